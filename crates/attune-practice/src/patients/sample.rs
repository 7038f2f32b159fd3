//! The sample practice's twelve patients: of many backgrounds, ages and scripts, one of them archived.
//!
//! All are invented. Telephone numbers lie in the ranges that Ofcom keeps free for drama, and addresses
//! under example.org, so that none can reach anybody.

use attune_kernel::{MemberId, Private};
use attune_store::{Result, WriteTx};
use chrono::{Days, NaiveDate, NaiveTime};

use super::{NewPatient, open_chart};
use crate::sample::{Course, Followed};

struct Person {
    name: &'static str,
    preferred_name: &'static str,
    pronouns: &'static str,
    phone: &'static str,
    email: &'static str,
    born_on: &'static str,
    note: &'static str,
    course: Course,
    /// Days before today on which they came first.
    since: u64,
    /// Whether they log at home, in an application of their own.
    at_home: bool,
    with_colleague: bool,
    archived: bool,
}

const PLAIN: Person = Person {
    name: "",
    preferred_name: "",
    pronouns: "",
    phone: "",
    email: "",
    born_on: "",
    note: "",
    course: Course::Steady,
    since: 300,
    at_home: true,
    with_colleague: false,
    archived: false,
};

const PEOPLE: [Person; 12] = [
    Person {
        name: "Maya Okafor",
        pronouns: "she/her",
        phone: "07700 900142",
        email: "maya.okafor@example.org",
        born_on: "1994-02-11",
        note: "Prefers mornings. Sister visits in spring.",
        course: Course::GettingBetter,
        since: 352,
        ..PLAIN
    },
    Person {
        name: "Jonas Meyer",
        pronouns: "he/him",
        phone: "07700 900187",
        email: "jonas@example.org",
        born_on: "1981-09-30",
        course: Course::Relapse,
        since: 340,
        ..PLAIN
    },
    Person {
        name: "Sam Whitfield",
        preferred_name: "Sam",
        pronouns: "they/them",
        phone: "020 7946 0381",
        born_on: "2001-06-17",
        note: "Text before calling.",
        course: Course::UpAndDown,
        since: 61,
        ..PLAIN
    },
    Person {
        name: "Elif Demir",
        pronouns: "she/her",
        phone: "07700 900233",
        email: "elif.demir@example.org",
        born_on: "1988-12-03",
        course: Course::GettingBetter,
        since: 238,
        with_colleague: true,
        ..PLAIN
    },
    Person {
        name: "Lena Fuchs",
        email: "lena.fuchs@example.org",
        born_on: "1976-04-22",
        course: Course::Steady,
        since: 331,
        ..PLAIN
    },
    Person {
        name: "Priya Nair",
        pronouns: "she/her",
        phone: "07700 900305",
        email: "priya.nair@example.org",
        born_on: "1990-08-08",
        note: "Works nights every other week.",
        course: Course::UpAndDown,
        since: 203,
        ..PLAIN
    },
    Person {
        name: "Daniel Rees",
        preferred_name: "Dan",
        pronouns: "he/him",
        phone: "029 2018 0476",
        born_on: "1969-01-27",
        course: Course::Relapse,
        since: 287,
        with_colleague: true,
        ..PLAIN
    },
    Person {
        name: "Zoë Lefèvre",
        pronouns: "she/her",
        phone: "07700 900418",
        email: "zoe.lefevre@example.org",
        born_on: "1997-11-19",
        course: Course::GettingBetter,
        since: 175,
        ..PLAIN
    },
    Person {
        name: "ليلى حداد",
        preferred_name: "Layla",
        phone: "07700 900461",
        email: "layla.haddad@example.org",
        born_on: "1985-05-05",
        note: "Interpreter for the first session; English since.",
        course: Course::Steady,
        since: 129,
        with_colleague: true,
        ..PLAIN
    },
    Person {
        name: "Søren Kjær",
        pronouns: "he/him",
        phone: "0131 496 0952",
        born_on: "1958-07-14",
        course: Course::Sparse,
        since: 316,
        at_home: false,
        ..PLAIN
    },
    Person {
        name: "Nguyễn Thị Hương",
        preferred_name: "Hương",
        pronouns: "she/her",
        email: "huong.nguyen@example.org",
        born_on: "2003-03-01",
        course: Course::Sparse,
        since: 40,
        with_colleague: true,
        ..PLAIN
    },
    Person {
        name: "Tomasz Wójcik",
        pronouns: "he/him",
        phone: "0161 496 0623",
        born_on: "1973-10-09",
        note: "Ended by agreement. May come back in autumn.",
        course: Course::GettingBetter,
        since: 358,
        at_home: false,
        archived: true,
        ..PLAIN
    },
];

/// Opens the twelve charts, each on the day its person came first.
pub(crate) async fn fill(tx: &mut WriteTx, today: NaiveDate, colleague: MemberId) -> Result<Vec<Followed>> {
    let mut followed = Vec::with_capacity(PEOPLE.len());
    for (place, person) in PEOPLE.iter().enumerate() {
        let details = person.typed(place).check(today)?;
        let came = (today - Days::new(person.since)).and_time(NaiveTime::MIN) + chrono::TimeDelta::hours(9);
        let clinician = if person.with_colleague { colleague } else { tx.author().member };
        let chart = open_chart(tx, details, clinician, came.and_utc()).await?;
        followed.push(Followed {
            patient: chart.id,
            name: person.name,
            course: person.course,
            clinician,
            at_home: person.at_home,
            own: None,
            since: i64::try_from(person.since).unwrap_or(0),
            archived: person.archived,
        });
    }
    Ok(followed)
}

impl Person {
    fn typed(&self, place: usize) -> NewPatient {
        let field = |text: &str| Some(Private::new(text.to_owned()));
        NewPatient {
            name: self.name.to_owned().into(),
            preferred_name: field(self.preferred_name),
            pronouns: field(self.pronouns),
            reference: Some(Private::new(format!("LP-{:04}", 1_031 + place * 7))),
            email: field(self.email),
            phone: field(self.phone),
            born_on: field(self.born_on),
            note: field(self.note),
        }
    }
}
