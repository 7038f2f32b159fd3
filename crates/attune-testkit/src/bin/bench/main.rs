//! The bench: how long a full practice keeps a person waiting, as p50 and p95 beside the targets.
//!
//! It fills a real encrypted store on a real disk, through the same use-cases the screens call, and times
//! what a person waits for. The slice `sessions` does not exist yet, so what 10 000 of them would weigh is
//! stood in for by 10 000 further moods with long words and the audit lines of opening a chart for each;
//! the heading says so. Cold start needs a window and is measured by `cargo xtask bench`.
//!
//! Figures are only worth reading from a release build; the heading names the build. With `--check` it fails
//! if a p95 is more than three times its target: a guard against a slip, not a verdict on this machine.

#![expect(clippy::disallowed_macros, reason = "a program of its own: its figures are what it is for")]

mod transcript;

use std::{
    env,
    ops::Range,
    process::ExitCode,
    sync::Arc,
    time::{Duration, Instant},
};

use attune_kernel::{PatientId, Private, SystemClock};
use attune_practice::{
    moods::{self, NewMood},
    patients::{self, NewPatient, Standing},
    team::{self, Founding},
};
use attune_store::{
    Opened, Profiles, Result, Store,
    profiles::{NewProfile, NoKeychain, ProfileKind},
};
use chrono::TimeDelta;

const PATIENTS: usize = 500;
const MANY_PATIENTS: usize = 5_000;
const MOODS: usize = 20_000;
const SESSIONS: usize = 10_000;
const PASSWORD: &str = "a bench of oak under four windows";
/// How far beyond its target a figure may be before `--check` fails.
const LENIENCE: u32 = 3;

#[tokio::main]
async fn main() -> Result<ExitCode> {
    let checking = env::args().skip(1).any(|argument| argument == "--check");
    let folder = tempfile::tempdir()?;
    let profiles = Profiles::new(folder.path(), Arc::new(SystemClock), Arc::new(NoKeychain));

    let start = Instant::now();
    let (mut opened, charts) = full_practice(&profiles).await?;
    println!(
        "{PATIENTS} patients, {MOODS} moods, and for {SESSIONS} sessions as many moods of 500 characters \
         and opened charts.\n{} build, filled in {:.0} s.\n",
        if cfg!(debug_assertions) { "Debug" } else { "Release" },
        start.elapsed().as_secs_f64(),
    );

    let mut figures = vec![save_mood(&opened, &charts).await?];
    figures.push(find_patient(&opened, "find patient").await?);
    figures.push(list_everyone(&opened).await?);
    figures.push(open_chart(&opened, &charts).await?);
    figures.push(home(&opened).await?);
    figures.push(transcript::read(&opened, charts[0]).await?);
    let mut unlocking = Figure::new("unlock → home", Duration::from_millis(700));
    let mut locking = Figure::new("lock → keys let go", Duration::from_millis(100));
    for _ in 0..10 {
        let id = opened.id();
        let start = Instant::now();
        profiles.lock(Arc::new(opened)).await?;
        locking.times.push(start.elapsed());
        let start = Instant::now();
        opened = profiles.unlock(id, PASSWORD).await?;
        read_home(&opened).await?;
        unlocking.times.push(start.elapsed());
    }
    figures.extend([unlocking, locking]);
    open_charts(&opened, PATIENTS..MANY_PATIENTS).await?;
    figures.push(find_patient(&opened, "find patient among 5 000").await?);

    println!("{:<34}{:>10}{:>10}{:>10}", "", "p50", "p95", "target");
    let mut within = true;
    for figure in &mut figures {
        within &= figure.print();
    }
    Ok(if checking && !within { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// One thing a person waits for.
struct Figure {
    name: &'static str,
    target: Duration,
    times: Vec<Duration>,
}

impl Figure {
    const fn new(name: &'static str, target: Duration) -> Self {
        Self { name, target, times: Vec::new() }
    }

    /// Prints the line. False if the p95 is beyond all lenience.
    fn print(&mut self) -> bool {
        self.times.sort_unstable();
        let at = |percent: usize| self.times[(self.times.len() - 1) * percent / 100];
        let shown = |time: Duration| format!("{:.1} ms", time.as_secs_f64() * 1_000.0);
        let mark = if at(95) > self.target { "  over" } else { "" };
        println!(
            "{:<34}{:>10}{:>10}{:>10}{mark}",
            self.name,
            shown(at(50)),
            shown(at(95)),
            shown(self.target)
        );
        at(95) <= self.target * LENIENCE
    }
}

async fn save_mood(store: &Store, charts: &[PatientId]) -> Result<Figure> {
    let mut figure = Figure::new("save mood", Duration::from_millis(10));
    for patient in charts.iter().cycle().take(200) {
        let new = NewMood {
            patient: *patient,
            score: 6,
            words: Some(Private::new("Slept through.".into())),
            felt_at: None,
        };
        let start = Instant::now();
        store.write(store.author(), async |tx| moods::log(tx, &new).await).await?;
        figure.times.push(start.elapsed());
    }
    Ok(figure)
}

async fn find_patient(store: &Store, name: &'static str) -> Result<Figure> {
    let mut figure = Figure::new(name, Duration::from_millis(20));
    // A name as it grows under the hand, words the other way round, a slip, a telephone, and nobody.
    let queries =
        ["m", "ma", "may", "maya", "maya ok", "okafor m", "lindkvist", "07700 9001", "LP-0042", "xqzw"];
    for query in queries.iter().cycle().take(200) {
        let start = Instant::now();
        store.read(async |tx| patients::find(tx, query, Standing::Active).await).await?;
        figure.times.push(start.elapsed());
    }
    Ok(figure)
}

async fn list_everyone(store: &Store) -> Result<Figure> {
    let mut figure = Figure::new("list everyone with their last mood", Duration::from_millis(50));
    for _ in 0..50 {
        let start = Instant::now();
        store.read(async |tx| patients::find(tx, "", Standing::Active).await).await?;
        figure.times.push(start.elapsed());
    }
    Ok(figure)
}

async fn open_chart(store: &Store, charts: &[PatientId]) -> Result<Figure> {
    let mut figure = Figure::new("open chart with its moods", Duration::from_millis(20));
    for patient in charts.iter().cycle().take(200) {
        let start = Instant::now();
        store.write(store.author(), async |tx| patients::open(tx, *patient).await).await?;
        store.read(async |tx| moods::list(tx, *patient).await).await?;
        figure.times.push(start.elapsed());
    }
    Ok(figure)
}

async fn home(store: &Store) -> Result<Figure> {
    let mut figure = Figure::new("home, already unlocked", Duration::from_millis(100));
    for _ in 0..50 {
        let start = Instant::now();
        read_home(store).await?;
        figure.times.push(start.elapsed());
    }
    Ok(figure)
}

/// What the clinician's first screen reads.
async fn read_home(store: &Store) -> Result<()> {
    store
        .read(async |tx| {
            team::me(tx, store.author()).await?;
            team::practice(tx).await?;
            team::own_chart(tx).await?;
            team::members(tx).await?;
            patients::find(tx, "", Standing::Active).await?;
            Ok(())
        })
        .await
}

async fn full_practice(profiles: &Profiles) -> Result<(Opened, Vec<PatientId>)> {
    let new = NewProfile {
        kind: ProfileKind::Practice,
        name: Private::new("Ingrid Lindqvist".into()),
        practice_name: Some(Private::new("Lindqvist Practice".into())),
        country: "GB".into(),
        password: Private::new(PASSWORD.into()),
        sample: false,
    };
    let opened = profiles
        .enrol(&new, async |store| {
            let founding = Founding::of(&new);
            store.write(store.author(), async |tx| team::found(tx, &founding).await.map(drop)).await
        })
        .await?;
    let charts = open_charts(&opened, 0..PATIENTS).await?;
    log_moods(&opened, &charts, MOODS, 40).await?;
    log_moods(&opened, &charts, SESSIONS, 500).await?;
    opened
        .write(opened.author(), async |tx| {
            for patient in charts.iter().cycle().take(SESSIONS) {
                patients::open(tx, *patient).await?;
            }
            Ok(())
        })
        .await?;
    Ok((opened, charts))
}

async fn open_charts(store: &Store, places: Range<usize>) -> Result<Vec<PatientId>> {
    const FIRST: [&str; 10] =
        ["Maya", "Jonas", "Zoë", "Elif", "Tomasz", "Priya", "Søren", "Lena", "Daniel", "ליאת"];
    const LAST: [&str; 10] =
        ["Okafor", "Meyer", "Lefèvre", "Demir", "Wójcik", "Nair", "Kjær", "Lindqvist", "Rees", "Müller"];
    store
        .write(store.author(), async |tx| {
            let mut charts = Vec::with_capacity(places.len());
            for place in places {
                let (first, last) = (FIRST[place % 10], LAST[place / 10 % 10]);
                let new = NewPatient {
                    name: Private::new(format!("{first} {last} {}", place / 100)),
                    reference: Some(Private::new(format!("LP-{place:04}"))),
                    email: Some(Private::new(format!("person{place}@example.org"))),
                    phone: Some(Private::new(format!("07700 9{place:05}"))),
                    ..NewPatient::default()
                };
                charts.push(patients::create(tx, &new).await?.id);
            }
            Ok(charts)
        })
        .await
}

/// So many moods of so many characters, spread over the charts and over a year.
async fn log_moods(store: &Store, charts: &[PatientId], count: usize, characters: usize) -> Result<()> {
    let now = store.now();
    store
        .write(store.author(), async |tx| {
            for (place, patient) in (0_i32..).zip(charts.iter().cycle().take(count)) {
                let new = NewMood {
                    patient: *patient,
                    score: 1 + place % 10,
                    words: Some(Private::new("n".repeat(characters))),
                    felt_at: Some(now - TimeDelta::minutes(i64::from(place) * 17)),
                };
                moods::log(tx, &new).await?;
            }
            Ok(())
        })
        .await
}
