//! The frozen form: it reads back, yesterday's still reads, and nothing a newer Attune wrote is lost.

use attune_kernel::{MemberId, Private};
use attune_store::Queued;
use chrono::{DateTime, NaiveDate, Utc};
use proptest::prelude::*;
use uuid::Uuid;

use crate::{
    Replayed,
    form::Unknown,
    patients::{
        self, Standing,
        record::{PatientV1, read},
    },
    tests::{arrive, chart, named, other_device, outbox, practice, write},
};

fn text() -> impl Strategy<Value = Option<Private<String>>> {
    prop::option::of(".{0,40}".prop_map(Private::new))
}

fn time() -> impl Strategy<Value = DateTime<Utc>> {
    (0..4_102_444_800_000_i64).prop_map(|ms| DateTime::from_timestamp_millis(ms).unwrap())
}

prop_compose! {
    fn form()(
        name in ".{1,100}", preferred_name in text(), pronouns in text(), reference in text(),
        email in text(), phone in text(), note in text(),
        days in prop::option::of(0..60_000_i32), clinician in any::<u128>(), archived in any::<bool>(),
        created_at in time(), changed_at in time(),
        unknown in prop::collection::btree_map("x_[a-z]{1,8}", "\\PC{0,12}", 0..4),
    ) -> PatientV1 {
        PatientV1 {
            v: 1, name: Private::new(name), preferred_name, pronouns, reference, email, phone, note,
            born_on: days.map(|days| Private::new(NaiveDate::from_num_days_from_ce_opt(690_000 + days).unwrap())),
            clinician: MemberId::from(Uuid::from_u128(clinician)),
            standing: if archived { Standing::Archived } else { Standing::Active },
            created_at, changed_at,
            unknown: Unknown::from_text(&serde_json::to_string(&unknown).unwrap()).unwrap(),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_form_reads_back_as_it_was_written(form in form()) {
        prop_assert_eq!(read(&serde_json::to_string(&form).unwrap()), Ok(form));
    }

    #[test]
    fn no_body_brings_the_reader_down(body in ".{0,200}") {
        prop_assert!(read(&body).is_err());
    }
}

/// Version 1 as it was first released. This text never changes.
const V1: &str = r#"{"v":1,"name":"Maya Okafor","preferred_name":null,"pronouns":"she/her","reference":"LP-0017","email":"maya@example.org","phone":"+44 7700 900142","born_on":"1994-02-11","note":"Prefers mornings.","clinician":"019d8a50-0000-7000-8000-000000000001","standing":"active","created_at":"2026-04-14T10:00:00Z","changed_at":"2026-04-14T10:00:00Z"}"#;

#[test]
fn version_1_reads_forever_and_is_still_what_we_write() {
    let form = read(V1).unwrap();
    assert_eq!(form.name.reveal(), "Maya Okafor");
    assert_eq!(form.born_on.as_ref().unwrap().reveal().to_string(), "1994-02-11");
    assert_eq!(serde_json::to_string(&form).unwrap(), V1);
}

#[tokio::test]
async fn fields_a_newer_attune_wrote_survive_an_edit_here() {
    let here = practice().await;
    let maya = chart(&here, "Maya Okafor").await;
    let there = other_device(&here).await;
    let record = outbox(&here).await.into_iter().find(|record| record.kind == "patient").unwrap();
    let newer = record.body.replacen('{', r#"{"allergies":["penicillin",{"since":2019}],"#, 1);
    let record = Queued { body: newer, ..record };
    assert_eq!(arrive(&there, here.author().member, &record).await.unwrap(), Replayed::Applied);

    write(&there, async |tx| patients::edit(tx, maya.id, &named("Maya Okafor-Bell")).await).await.unwrap();
    write(&there, async |tx| patients::archive(tx, maya.id).await).await.unwrap();
    let sent = &outbox(&there).await[0].body;
    assert!(sent.contains(r#""allergies":["penicillin",{"since":2019}]"#), "{sent}");
    assert!(sent.contains("Maya Okafor-Bell") && sent.contains(r#""standing":"archived""#), "{sent}");
}

#[tokio::test]
async fn a_name_from_elsewhere_that_could_harm_a_screen_is_tamed() {
    let here = practice().await;
    let maya = chart(&here, "Maya Okafor").await;
    let there = other_device(&here).await;
    let record = outbox(&here).await.into_iter().find(|record| record.kind == "patient").unwrap();
    let body = record.body.replace("Maya Okafor", "Maya\\u0000\\u202e Okafor");
    arrive(&there, here.author().member, &Queued { body, ..record }).await.unwrap();
    let read = write(&there, async |tx| patients::open(tx, maya.id).await).await.unwrap();
    assert_eq!(read.details.name.reveal(), "Maya Okafor");
}
