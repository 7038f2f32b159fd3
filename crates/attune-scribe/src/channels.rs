//! Through which device each channel is heard. Two may be kept apart, and one of them may be gone while the
//! other goes on: that is a warning, and not a recording that hears nothing.

/// The most that are kept apart.
const MOST: usize = 2;

/// What is known of each channel.
#[derive(Debug, Default)]
pub struct Channels([Channel; MOST]);

#[derive(Debug, Default)]
struct Channel {
    device: Option<String>,
    lost: bool,
}

impl Channels {
    /// A device delivers this channel.
    pub fn opened(&mut self, channel: usize, device: String) {
        if let Some(channel) = self.0.get_mut(channel) {
            *channel = Channel { device: Some(device), lost: false };
        }
    }

    /// Its device went.
    pub fn lost(&mut self, channel: usize) {
        if let Some(channel) = self.0.get_mut(channel) {
            *channel = Channel { device: None, lost: true };
        }
    }

    /// No device opens for those of the first so many that have none.
    pub fn deaf(&mut self, channels: usize) {
        for channel in self.0.iter_mut().take(channels).filter(|channel| channel.device.is_none()) {
            channel.lost = true;
        }
    }

    /// Whether one of them is missing.
    pub fn any_lost(&self) -> bool {
        self.0.iter().any(|channel| channel.lost)
    }

    /// Whether nothing is heard at all.
    pub fn is_deaf(&self) -> bool {
        self.0.iter().all(|channel| channel.device.is_none())
    }

    /// What they are called, each once; none where nothing is heard.
    pub fn names(&self) -> Option<String> {
        let mut names: Vec<&str> = self.0.iter().filter_map(|channel| channel.device.as_deref()).collect();
        names.dedup();
        (!names.is_empty()).then(|| names.join(" + "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_of_two_that_goes_is_missed_until_it_is_back_and_the_other_is_still_heard() {
        let mut channels = Channels::default();
        assert!(channels.is_deaf() && channels.names().is_none());
        channels.opened(0, "Desk".to_owned());
        channels.opened(1, "Chair".to_owned());
        assert_eq!(channels.names().as_deref(), Some("Desk + Chair"));
        channels.lost(0);
        channels.opened(1, "Chair".to_owned());
        assert!(channels.any_lost() && !channels.is_deaf());
        assert_eq!(channels.names().as_deref(), Some("Chair"));
        channels.opened(0, "Chair".to_owned());
        assert!(!channels.any_lost());
        assert_eq!(channels.names().as_deref(), Some("Chair"), "one device for both is named once");
    }
}
