//! Everyone a row of a table may already be, so arranged that ten thousand rows are compared in a moment:
//! people who resemble each other share a name, an address, a telephone or a birthday.

use std::collections::HashMap;

use attune_store::{ReadTx, Result};

use crate::patients::{Details, PatientName, resembling::Traits, table};

#[derive(Default)]
pub(super) struct Crowd {
    people: Vec<(Traits, PatientName)>,
    by_trait: HashMap<String, Vec<usize>>,
}

/// A birthday that so many share was filled in by a machine, and tells nobody apart.
const SHARED_BY_TOO_MANY: usize = 50;

impl Crowd {
    /// Everyone who has a chart.
    pub(super) async fn of_the_practice(tx: &mut ReadTx) -> Result<Self> {
        let mut crowd = Self::default();
        for patient in table::all(tx).await? {
            crowd.join(&patient.details);
        }
        Ok(crowd)
    }

    pub(super) fn join(&mut self, details: &Details) {
        let traits = Traits::of(details);
        let place = self.people.len();
        for key in keys(&traits) {
            let sharing = self.by_trait.entry(key).or_default();
            if sharing.len() < SHARED_BY_TOO_MANY {
                sharing.push(place);
            }
        }
        self.people.push((traits, details.name.clone()));
    }

    /// The first to resemble this person.
    pub(super) fn resembling(&self, details: &Details) -> Option<&PatientName> {
        let traits = Traits::of(details);
        let first = keys(&traits)
            .iter()
            .filter_map(|key| self.by_trait.get(key))
            .filter_map(|places| places.iter().find(|place| traits.resemble(&self.people[**place].0)))
            .min()?;
        Some(&self.people[*first].1)
    }
}

fn keys(traits: &Traits) -> Vec<String> {
    let names = traits.names.iter().map(|name| format!("name {name}"));
    let email = traits.email.iter().map(|email| format!("email {email}"));
    let phone = traits.phone.iter().map(|phone| format!("phone {phone}"));
    let born_on = traits.born_on.iter().map(|born_on| format!("born {born_on}"));
    names.chain(email).chain(phone).chain(born_on).collect()
}
