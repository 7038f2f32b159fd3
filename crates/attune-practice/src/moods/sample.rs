//! The sample practice's year of moods: believable courses, short words, nothing lurid.
//!
//! Each person's days follow their course with a little chance; a session a week is logged in the room by
//! the clinician, the other days at home by the patient. No day is complete: nobody logs every day.

use attune_kernel::{MemberId, MoodId, Private};
use attune_store::{Result, WriteTx};
use chrono::{Days, NaiveDate, NaiveTime, TimeDelta};

use super::{Logged, NewMood, Score, record, words};
use crate::sample::{Course, Dice, Followed};

const LOW: [&str; 10] = [
    "Slept badly again.",
    "Could not get going today.",
    "Cancelled on a friend. Felt worse after.",
    "Heavy morning.",
    "Tired. Work was a lot.",
    "Argued with my brother.",
    "Stayed in all day.",
    "Worried about money.",
    "Woke at four and lay there.",
    "Everything took twice as long.",
];
const MIDDLE: [&str; 10] = [
    "An ordinary day.",
    "Walked to work instead of the bus.",
    "Better in the evening.",
    "Did the breathing once.",
    "Rang Mum.",
    "Rain, but all right.",
    "Busy. Did not think much.",
    "Wrote the worry down before bed.",
    "Slow start, fine later.",
    "Not bad, not good.",
];
const HIGH: [&str; 10] = [
    "Laughed a lot at dinner.",
    "Slept through.",
    "Swam for the first time in months.",
    "Said no and nothing bad happened.",
    "Good talk with my sister.",
    "Cooked for friends.",
    "The garden is coming up.",
    "Proud of the interview.",
    "Went dancing.",
    "Quiet morning with coffee. Lovely.",
];

/// One person's year, by whose hand wrote it.
pub(crate) fn year_of(one: &Followed, today: NaiveDate) -> Vec<(MemberId, Vec<NewMood>)> {
    let mut dice = Dice::new(0x5eed_0001 + one.since.unsigned_abs());
    let (mut in_the_room, mut at_home) = (Vec::new(), Vec::new());
    let session_day = dice.below(5);
    for day in 0..one.since {
        let date = today - Days::new((one.since - day).unsigned_abs());
        // The first day is the first session; then one a week.
        let session = day == 0 || day % 7 == i64::try_from(session_day).unwrap_or(0);
        let percent = if one.course == Course::Sparse { 9 } else { 52 };
        let log_at_home = one.own.is_some() && dice.chance(percent);
        if !(session || log_at_home) || (one.archived && day * 4 > one.since * 3) {
            continue;
        }
        let score = score(one.course, share(day, one.since), &mut dice);
        let words = dice.chance(26).then(|| say(score, &mut dice));
        let minutes = dice.below(if session { 8 * 60 } else { 13 * 60 });
        let felt_at = date.and_time(NaiveTime::MIN) + TimeDelta::minutes(9 * 60 + minutes.cast_signed());
        let mood = NewMood {
            patient: one.patient,
            score,
            words: words.map(|words| Private::new(words.to_owned())),
            felt_at: Some(felt_at.and_utc()),
        };
        if session { in_the_room.push(mood) } else { at_home.push(mood) }
    }
    let at_home = one.own.map(|own| (own, at_home));
    [(one.clinician, in_the_room)].into_iter().chain(at_home).collect()
}

/// Logs what one hand wrote, each at the moment it was felt.
pub(crate) async fn log_all(tx: &mut WriteTx, moods: &[NewMood]) -> Result<()> {
    for mood in moods {
        let felt_at = mood.felt_at.unwrap_or_else(|| tx.now());
        let logged = Logged {
            patient: mood.patient,
            score: Score::check(mood.score)?,
            words: words(mood.words.as_ref().map(|words| words.reveal().as_str()))?,
            felt_at,
            logged_at: felt_at,
        };
        record::write(tx, MoodId::new(felt_at), logged).await?;
    }
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "a year has few days")]
fn share(day: i64, of: i64) -> f64 {
    day as f64 / of as f64
}

#[expect(clippy::cast_possible_truncation, reason = "a score is small")]
fn score(course: Course, through: f64, dice: &mut Dice) -> i32 {
    let level = match course {
        Course::GettingBetter => 3.2 + 4.3 * through,
        Course::Relapse if through < 0.6 => 3.4 + 6.0 * through,
        Course::Relapse if through < 0.72 => 7.0 - 30.0 * (through - 0.6),
        Course::Relapse => 3.4 + 9.0 * (through - 0.72),
        Course::UpAndDown => 3.4 + 7.2 * ((through * 7.0).fract() - 0.5).abs(),
        Course::Steady => 5.6,
        Course::Sparse => 4.6 + 1.4 * through,
    };
    let weather = (dice.share() + dice.share() - 1.0) * 2.4;
    ((level + weather).round() as i32).clamp(1, 10)
}

fn say(score: i32, dice: &mut Dice) -> &'static str {
    let words: &[&'static str] = match score {
        ..=4 => &LOW,
        5..=6 => &MIDDLE,
        _ => &HIGH,
    };
    dice.one_of(words)
}
