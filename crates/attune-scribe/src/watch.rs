//! When to ask whether the session is over, and when to stop by itself.
//!
//! A forgotten Stop must not run all night, and a pause in a session must not end it. So it only ever stops
//! when nobody has spoken for a long time, nobody answered, and the planned end is past. What was recorded is
//! kept in every case.

use std::{collections::BTreeSet, time::Duration};

use crate::state::Prompt;

const MINUTE: Duration = Duration::from_secs(60);
/// Silence in the middle of a session is part of the work; after its planned end it rarely is.
const ASK_AFTER: Duration = Duration::from_secs(5 * 60);
const ASK_AFTER_END: Duration = Duration::from_secs(2 * 60);
/// So much silence, unanswered, ends a recording that is past its planned end,
const STOP_AFTER_END: Duration = Duration::from_secs(20 * 60);
/// and so much one that had no planned end.
const STOP_WITHOUT_END: Duration = Duration::from_secs(60 * 60);

/// Watches one recording.
#[derive(Debug)]
pub struct Watch {
    planned: Option<Duration>,
    prompts: BTreeSet<Prompt>,
    spoke: Duration,
    end_told: bool,
}

impl Watch {
    pub fn new(planned_minutes: Option<u32>) -> Self {
        let planned = planned_minutes.map(|minutes| MINUTE * minutes);
        Self { planned, prompts: BTreeSet::new(), spoke: Duration::ZERO, end_told: false }
    }

    /// Looks, so long after the beginning. True when it is time to stop.
    pub fn look(&mut self, elapsed: Duration, speaking: bool) -> bool {
        if speaking {
            self.spoke = elapsed;
            self.prompts.remove(&Prompt::Silence);
        }
        let past = self.planned.is_some_and(|planned| elapsed >= planned);
        if past && !self.end_told {
            self.end_told = true;
            self.prompts.insert(Prompt::PlannedEnd);
        }
        let silent = elapsed.saturating_sub(self.spoke);
        if silent >= if past { ASK_AFTER_END } else { ASK_AFTER } {
            self.prompts.insert(Prompt::Silence);
        }
        let enough = match self.planned {
            Some(_) if past => STOP_AFTER_END,
            Some(planned) => STOP_WITHOUT_END.max(planned.saturating_sub(self.spoke)),
            None => STOP_WITHOUT_END,
        };
        silent >= enough
    }

    /// Somebody says that the session goes on.
    pub fn still_here(&mut self, elapsed: Duration) {
        self.spoke = elapsed;
        self.prompts.clear();
    }

    /// The session takes so much longer, from now where its end is past.
    pub fn extend(&mut self, elapsed: Duration, minutes: u32) {
        let from = self.planned.map_or(elapsed, |planned| planned.max(elapsed));
        self.planned = Some(from + MINUTE * minutes);
        self.end_told = false;
        self.still_here(elapsed);
    }

    /// The machine slept: nobody knows who is in the room now.
    pub fn slept(&mut self) {
        self.prompts.insert(Prompt::Slept);
    }

    pub fn planned_minutes(&self) -> Option<u32> {
        self.planned.map(|planned| u32::try_from(planned.as_secs().div_ceil(60)).unwrap_or(u32::MAX))
    }

    pub fn prompts(&self) -> Vec<Prompt> {
        self.prompts.iter().copied().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Looks every second; gives when something was first asked and when it stopped, in minutes.
    fn look_on(
        watch: &mut Watch,
        minutes: u64,
        speaks: impl Fn(u64) -> bool,
    ) -> (Vec<(u64, Prompt)>, Option<u64>) {
        let mut asked: Vec<(u64, Prompt)> = Vec::new();
        for second in 0..minutes * 60 {
            if watch.look(Duration::from_secs(second), speaks(second)) {
                return (asked, Some(second / 60));
            }
            for prompt in watch.prompts() {
                if !asked.iter().any(|(_, known)| *known == prompt) {
                    asked.push((second / 60, prompt));
                }
            }
        }
        (asked, None)
    }

    #[test]
    fn a_session_in_which_people_speak_is_never_ended_however_long_it_is() {
        let (asked, stopped) = look_on(&mut Watch::new(Some(50)), 600, |second| second % 60 < 20);
        assert_eq!((asked, stopped), (vec![(50, Prompt::PlannedEnd)], None));
    }

    #[test]
    fn a_forgotten_stop_is_asked_about_and_ends_after_twenty_silent_minutes() {
        let (asked, stopped) = look_on(&mut Watch::new(Some(50)), 600, |second| second < 49 * 60);
        assert_eq!(asked, [(50, Prompt::PlannedEnd), (50, Prompt::Silence)]);
        assert_eq!(stopped, Some(68));
    }

    #[test]
    fn a_long_silence_within_the_session_is_asked_about_and_does_not_end_it() {
        let quiet = |second: u64| !(10 * 60..40 * 60).contains(&second);
        let (asked, stopped) = look_on(&mut Watch::new(Some(50)), 49, quiet);
        assert_eq!((asked, stopped), (vec![(14, Prompt::Silence)], None));
    }

    #[test]
    fn without_a_planned_end_an_hour_of_silence_ends_it() {
        let (asked, stopped) = look_on(&mut Watch::new(None), 600, |second| second < 600);
        assert_eq!((asked, stopped), (vec![(14, Prompt::Silence)], Some(69)));
    }

    #[test]
    fn an_answer_puts_everything_off_and_more_time_counts_from_now() {
        let mut watch = Watch::new(Some(50));
        look_on(&mut watch, 60, |second| second < 50 * 60);
        watch.extend(Duration::from_secs(60 * 60), 10);
        assert_eq!(watch.planned_minutes(), Some(70));
        assert!(watch.prompts().is_empty());
        assert!(!watch.look(Duration::from_secs(69 * 60), false));
        watch.look(Duration::from_secs(70 * 60), true);
        assert_eq!(watch.prompts(), [Prompt::PlannedEnd]);
        watch.still_here(Duration::from_secs(71 * 60));
        assert!(!watch.look(Duration::from_secs(90 * 60), false));
    }
}
