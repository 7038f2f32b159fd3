//! The sample practice: the same on every machine, and believable.

use attune_testkit::StoreInFolder;
use chrono::TimeDelta;

use crate::{
    consents::{self, ConsentKind},
    moods::{self, Mood},
    patients::{self, PatientFound, Standing},
    sample,
    sessions::{self, SessionState},
    team::{self, Role},
};

async fn filled() -> StoreInFolder {
    let store = StoreInFolder::create().await;
    sample::fill(&store, store.now().date_naive()).await.unwrap();
    store
}

async fn charts(store: &StoreInFolder) -> Vec<(PatientFound, Vec<Mood>)> {
    let read = store.read(async |tx| {
        let mut charts = Vec::new();
        for standing in [Standing::Active, Standing::Archived] {
            for found in patients::find(tx, "", standing).await? {
                let moods = moods::list(tx, found.patient.id).await?;
                charts.push((found, moods));
            }
        }
        Ok(charts)
    });
    read.await.unwrap()
}

#[tokio::test]
async fn it_has_two_clinicians_twelve_patients_and_a_year() {
    let store = filled().await;
    let members = store.read(async |tx| team::members(tx).await).await.unwrap();
    let clinicians = members.iter().filter(|member| member.role != Role::Patient).count();
    let charts = charts(&store).await;
    assert_eq!((clinicians, charts.len()), (2, 12));
    let archived = charts.iter().filter(|(found, _)| found.patient.standing == Standing::Archived).count();
    assert_eq!(archived, 1);
    let moods: Vec<_> = charts.iter().flat_map(|(_, moods)| moods).collect();
    assert!(moods.len() > 900, "{}", moods.len());
    let first = moods.iter().map(|mood| mood.felt_at).min().unwrap();
    assert!(store.now() - first > TimeDelta::days(340));
    assert!(moods.iter().all(|mood| mood.felt_at <= store.now() && mood.logged_at == mood.felt_at));
    assert!(moods.iter().any(|mood| mood.by_patient) && moods.iter().any(|mood| !mood.by_patient));
}

#[tokio::test]
async fn it_is_the_same_every_time() {
    let told = async || {
        let charts = charts(&filled().await).await;
        charts
            .into_iter()
            .map(|(found, moods)| {
                let moods: Vec<_> = moods
                    .iter()
                    .map(|mood| {
                        (
                            mood.felt_at,
                            mood.score.get(),
                            mood.words.as_ref().map(|words| words.reveal().clone()),
                        )
                    })
                    .collect();
                (found.patient.details, found.patient.created_at, moods)
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(told().await, told().await);
}

#[tokio::test]
async fn somebody_gets_better_and_somebody_falls_back() {
    let store = filled().await;
    let charts = charts(&store).await;
    let course = |name: &str| {
        let (_, moods) =
            charts.iter().find(|(found, _)| found.patient.details.name.reveal() == name).unwrap();
        let mut scores: Vec<_> = moods.iter().map(|mood| f64::from(mood.score.get())).collect();
        scores.reverse();
        let mean = |part: &[f64]| part.iter().sum::<f64>() / part.len() as f64;
        scores.chunks(scores.len().div_ceil(10)).map(mean).collect::<Vec<_>>()
    };
    let maya = course("Maya Okafor");
    assert!(maya[maya.len() - 1] - maya[0] > 2.5, "{maya:?}");
    let jonas = course("Jonas Meyer");
    assert!(jonas[5] - jonas[7] > 1.5 && jonas[9] > jonas[7], "{jonas:?}");
}

#[tokio::test]
async fn everyone_who_still_comes_had_two_or_three_sessions_lately_and_one_of_them_never_agreed_to_be_recorded()
 {
    let store = filled().await;
    let mut without_consent = Vec::new();
    for (found, _) in charts(&store).await {
        let id = found.patient.id;
        let (consent, sessions) = store
            .read(async |tx| {
                Ok((
                    consents::live(tx, id, ConsentKind::Recording).await?,
                    sessions::of_patient(tx, id).await?,
                ))
            })
            .await
            .unwrap();
        let expected = if found.patient.standing == Standing::Archived { 0..=0 } else { 2..=3 };
        assert!(expected.contains(&sessions.len()));
        for session in sessions {
            let ended = session.ended_at.unwrap();
            assert!(session.started_at > found.patient.created_at && ended < store.now());
            assert_eq!((session.state, session.recordings.len()), (SessionState::Unrecorded, 0));
            assert_eq!(session.clinician, found.patient.clinician);
        }
        match consent {
            Some(consent) => assert_eq!(consent.recorded_by, found.patient.clinician),
            None if found.patient.standing == Standing::Active => without_consent.push(id),
            None => {}
        }
    }
    assert_eq!(without_consent.len(), 1);
}

#[tokio::test]
async fn its_audit_chain_is_sound() {
    assert!(filled().await.verify().await.unwrap().sound());
}
