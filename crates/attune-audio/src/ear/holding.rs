//! Holding on to devices: opens them, notices when one goes or the system's choice changes, and opens the
//! next. Every call into the sound system is made here, because every one of them may block.

use std::{
    sync::{
        Arc,
        mpsc::{Receiver, RecvTimeoutError, Sender},
    },
    time::{Duration, Instant},
};

use attune_kernel::{Code, Coded};

use super::keeper::Ask;
use crate::{
    source::{DeviceKey, Listening, Microphones, Open, Wanted},
    tap::{Alarm, Failure},
};

/// How often the devices are looked at.
const LOOK: Duration = Duration::from_millis(100);
/// A device that delivered and then is silent for so long is gone. Well under the second in which a person
/// must be told.
const SILENT: Duration = Duration::from_millis(700);
/// A device may take so long before it delivers for the first time: wireless ones do.
const SLOW_START: Duration = Duration::from_millis(2_500);
/// How often another try is made to open one.
const RETRY: Duration = Duration::from_millis(300);
/// How often the system is asked what it would take now.
const ASK_DEFAULT: Duration = Duration::from_millis(1_000);

/// What the keeper wants.
pub enum Order {
    /// These, one a channel; those already open stay open.
    Open(Vec<Wanted>),
    /// None. The machine's own light goes out.
    Close,
}

struct Held {
    wanted: Wanted,
    open: Option<OpenDevice>,
    tried: Option<Instant>,
    told: Option<Code>,
}

struct OpenDevice {
    key: DeviceKey,
    alarm: Alarm,
    since: Instant,
    // Held, not read: dropping it closes the device.
    _stream: Box<dyn Listening>,
}

/// The thread that holds the devices.
pub struct Holding {
    microphones: Arc<dyn Microphones>,
    orders: Receiver<Order>,
    keeper: Sender<Ask>,
    held: Vec<Held>,
    asked_default: Instant,
}

impl Holding {
    pub fn new(microphones: Arc<dyn Microphones>, orders: Receiver<Order>, keeper: Sender<Ask>) -> Self {
        Self { microphones, orders, keeper, held: Vec::new(), asked_default: Instant::now() }
    }

    pub fn run(mut self) {
        loop {
            match self.orders.recv_timeout(LOOK) {
                Ok(Order::Open(wanted)) => self.want(wanted),
                Ok(Order::Close) => self.held.clear(),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
            let ask_default = self.asked_default.elapsed() >= ASK_DEFAULT && !self.held.is_empty();
            if ask_default {
                self.asked_default = Instant::now();
            }
            for channel in 0..self.held.len() {
                self.look_at(channel);
                if ask_default {
                    self.follow(channel);
                }
            }
        }
    }

    fn want(&mut self, wanted: Vec<Wanted>) {
        let mut before = std::mem::take(&mut self.held).into_iter();
        for (channel, wanted) in wanted.into_iter().enumerate() {
            let (held, is_new) = match before.next() {
                Some(held) if held.wanted == wanted => (held, false),
                // What delivers goes on delivering until another does.
                Some(Held { open, .. }) => (Held { wanted, open, tried: None, told: None }, true),
                None => (Held { wanted, open: None, tried: None, told: None }, false),
            };
            self.held.push(held);
            if is_new && !self.holds_what_is_wanted(channel) {
                self.try_to_open(channel);
            }
        }
    }

    fn holds_what_is_wanted(&self, channel: usize) -> bool {
        let Held { wanted, open, .. } = &self.held[channel];
        matches!((wanted, open), (Wanted::Device(key), Some(open)) if *key == open.key)
    }

    fn look_at(&mut self, channel: usize) {
        let held = &mut self.held[channel];
        if let Some(open) = &held.open {
            let silent = open.alarm.silent_for();
            // Silent since it was opened, or since it last delivered.
            let patience = if silent >= open.since.elapsed() { SLOW_START } else { SILENT };
            let raised = open.alarm.raised();
            if raised.is_none() && silent < patience {
                return;
            }
            let denied = (raised == Some(Failure::Denied)).then_some(Code::MicrophoneDenied);
            (held.told, held.tried) = (denied, None);
            self.tell(Ask::Lost { channel });
            if let Some(code) = denied {
                self.tell(Ask::Deaf { code });
            }
            self.held[channel].open = None;
        }
        self.try_to_open(channel);
    }

    fn try_to_open(&mut self, channel: usize) {
        let held = &mut self.held[channel];
        if held.tried.is_some_and(|tried| tried.elapsed() < RETRY) {
            return;
        }
        held.tried = Some(Instant::now());
        match self.microphones.open(&held.wanted) {
            Ok(open) => self.take(channel, open),
            Err(error) => {
                let code = error.code();
                // While the one before delivers, nobody is deaf.
                if held.open.is_none() && held.told != Some(code) {
                    tracing::info!(channel, ?code, %error, "no microphone opens");
                    held.told = Some(code);
                    self.tell(Ask::Deaf { code });
                }
            }
        }
    }

    fn take(&mut self, channel: usize, open: Open) {
        let Open { device, rate, channels, drain, stream } = open;
        let Some(drain) = drain else { return };
        let since = Instant::now();
        let opened = OpenDevice { key: device.key.clone(), alarm: drain.watch(), since, _stream: stream };
        self.held[channel].told = None;
        // The one before goes when its place is taken, so that there is hardly a moment between them.
        let _before = self.held[channel].open.replace(opened);
        self.tell(Ask::Opened { channel, device, rate, channels, drain });
    }

    /// Goes where the system's choice went, or back to the device somebody chose.
    fn follow(&mut self, channel: usize) {
        let held = &self.held[channel];
        let Some(open) = &held.open else { return };
        let better = match &held.wanted {
            Wanted::Default => self.microphones.default_key().is_some_and(|key| key != open.key),
            Wanted::Device(key) if *key != open.key => {
                self.microphones.list().is_ok_and(|devices| devices.iter().any(|device| device.key == *key))
            }
            Wanted::Device(_) => false,
        };
        if better {
            self.held[channel].tried = None;
            self.try_to_open(channel);
        }
    }

    fn tell(&self, ask: Ask) {
        // The keeper may have ended a moment ago: then the orders end too.
        let _ended = self.keeper.send(ask);
    }
}
