//! What the headings of somebody's table mean, in the languages our exports come in.

use crate::fold::fold;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    /// The whole name.
    Name,
    FirstName,
    LastName,
    PreferredName,
    Pronouns,
    Reference,
    Email,
    Phone,
    BornOn,
    Note,
}

/// Headings, folded and run together. English, German, French, Spanish.
const KNOWN: [(Field, &str); 10] = [
    (
        Field::Name,
        "name fullname patient patientname client clientname patientenname vollstandigername klient klientin \
         nomcomplet nometprenom prenometnom nombrecompleto nombreyapellidos paciente",
    ),
    (Field::FirstName, "firstname first givenname forename vorname prenom nombre nombres"),
    (
        Field::LastName,
        "lastname last surname familyname nachname familienname zuname nom nomdefamille apellido apellidos",
    ),
    (
        Field::PreferredName,
        "preferredname knownas nickname calledname rufname spitzname nomusuel surnom nombrepreferido apodo",
    ),
    (Field::Pronouns, "pronouns pronomen pronoms pronombres"),
    (
        Field::Reference,
        "reference ref id number no patientid clientid patientnumber clientnumber filenumber chartnumber \
         recordnumber mrn nhsnumber referenz nr nummer patientennummer patientennr aktenzeichen akte \
         numero numerodedossier dossier referencia expediente numerodehistoria historia",
    ),
    (
        Field::Email,
        "email emailaddress mail emailadresse mailadresse courriel adresseemail adressemail correo \
         correoelectronico",
    ),
    (
        Field::Phone,
        "phone phonenumber telephone telephonenumber tel mobile mobilephone mobilenumber cell cellphone \
         telefon telefonnummer handy handynummer mobil rufnummer portable numerodetelephone telefono movil \
         celular",
    ),
    (
        Field::BornOn,
        "dateofbirth dob birthdate birthday born geburtsdatum geboren geborenam geburtstag gebdatum \
         datedenaissance naissance neele ne fechadenacimiento nacimiento",
    ),
    (
        Field::Note,
        "note notes comment comments remark remarks notiz notizen bemerkung bemerkungen anmerkung \
         anmerkungen kommentar remarque remarques commentaire commentaires nota notas observaciones \
         comentario comentarios",
    ),
];

/// Which column holds what.
#[derive(Debug)]
pub(super) struct Columns {
    headings: Vec<String>,
    fields: Vec<Option<Field>>,
}

impl Columns {
    /// Reads a row of headings; none if no column holds a name.
    pub(super) fn read(headings: Vec<String>) -> Option<Self> {
        let mut fields: Vec<Option<Field>> = Vec::with_capacity(headings.len());
        for heading in &headings {
            // The first of two telephones is the one; the second is reported as ignored.
            fields.push(meaning(heading).filter(|field| !fields.contains(&Some(*field))));
        }
        let named = [Field::Name, Field::FirstName, Field::LastName];
        fields.iter().flatten().any(|field| named.contains(field)).then_some(Self { headings, fields })
    }

    pub(super) fn place(&self, field: Field) -> Option<usize> {
        self.fields.iter().position(|known| *known == Some(field))
    }

    pub(super) fn heading(&self, field: Field) -> Option<String> {
        // A name may have come together from several columns: the one that is there is shown.
        let columns: &[Field] = match field {
            Field::Name => &[Field::Name, Field::LastName, Field::FirstName],
            _ => &[field],
        };
        columns.iter().find_map(|field| self.place(*field)).map(|place| self.headings[place].clone())
    }

    pub(super) fn width(&self) -> usize {
        self.headings.len()
    }

    pub(super) fn understood(&self) -> Vec<String> {
        self.choose(|field| field.is_some())
    }

    pub(super) fn ignored(&self) -> Vec<String> {
        self.choose(|field| field.is_none())
    }

    fn choose(&self, chosen: impl Fn(&Option<Field>) -> bool) -> Vec<String> {
        let named = self.headings.iter().zip(&self.fields);
        named
            .filter(|(heading, field)| chosen(field) && !heading.is_empty())
            .map(|(heading, _)| heading.clone())
            .collect()
    }
}

fn meaning(heading: &str) -> Option<Field> {
    let heading = fold(heading).replace(' ', "");
    KNOWN
        .iter()
        .find(|(_, known)| known.split_ascii_whitespace().any(|word| word == heading))
        .map(|(field, _)| *field)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_are_understood_in_four_languages_and_any_dress() {
        for (heading, field) in [
            ("Full Name", Field::Name),
            ("FIRST_NAME", Field::FirstName),
            ("E-Mail-Adresse", Field::Email),
            ("Prénom", Field::FirstName),
            ("Date de naissance", Field::BornOn),
            ("Teléfono", Field::Phone),
            ("Geb.-Datum", Field::BornOn),
            ("Patient ID", Field::Reference),
            ("Vollständiger Name", Field::Name),
        ] {
            assert_eq!(meaning(heading), Some(field), "{heading}");
        }
        assert_eq!(meaning("Shoe size"), None);
        assert_eq!(meaning(""), None);
    }

    #[test]
    fn no_heading_means_two_things() {
        let mut all: Vec<_> = KNOWN.iter().flat_map(|(_, words)| words.split_ascii_whitespace()).collect();
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
    }

    #[test]
    fn a_second_column_of_the_same_meaning_is_said_to_be_ignored() {
        let columns = Columns::read(["Name", "Phone", "Mobile", "Shoe size"].map(Into::into).into()).unwrap();
        assert_eq!(columns.understood(), ["Name", "Phone"]);
        assert_eq!(columns.ignored(), ["Mobile", "Shoe size"]);
    }

    #[test]
    fn a_table_without_a_name_is_none() {
        assert!(Columns::read(["Phone", "E-mail"].map(Into::into).into()).is_none());
    }
}
