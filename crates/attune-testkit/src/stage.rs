//! Microphones on a stage: they deliver real sound in real time through the real ring, and go, stall and
//! change when they are told to. For what no sound server can be made to do on command, and for hours that
//! must pass faster than hours do.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    },
    thread::JoinHandle,
    time::Duration,
};

use attune_audio::{
    Result,
    ear::Pace,
    source::{Device, DeviceKey, DeviceKind, Listening, Microphones, Open, Wanted},
    tap::{Alarm, Failure, Tap, tap},
};
use attune_kernel::Code;

/// The sample a microphone delivers at its so-manieth place.
pub type Script = Arc<dyn Fn(u64) -> f32 + Send + Sync>;

const TICK: Duration = Duration::from_millis(10);

struct Prop {
    device: Device,
    script: Script,
    plugged: bool,
    stalled: Arc<AtomicBool>,
    /// Drops what it should deliver meanwhile, as a machine too busy for its callback does.
    starved: Arc<AtomicBool>,
    offered: Arc<AtomicU64>,
    alarms: Vec<Alarm>,
}

#[derive(Default)]
struct Props {
    devices: BTreeMap<String, Prop>,
    denied: bool,
}

/// The stage.
#[derive(Clone)]
pub struct Stage {
    pace: Arc<dyn Pace>,
    props: Arc<Mutex<Props>>,
    waiting: Arc<AtomicUsize>,
}

impl Stage {
    /// An empty one.
    pub fn new(pace: Arc<dyn Pace>) -> Self {
        Self { pace, props: Arc::default(), waiting: Arc::default() }
    }

    /// Brings a microphone on. The first one is the default.
    pub fn plug(&self, name: &str, rate: u32, channels: u16, script: Script) -> DeviceKey {
        let key = DeviceKey(format!("stage:{name}"));
        let mut props = self.props();
        let default = !props.devices.values().any(|prop| prop.plugged && prop.device.default);
        let device = Device {
            key: key.clone(),
            name: name.to_owned(),
            kind: DeviceKind::Microphone,
            default,
            channels,
            rate,
        };
        let prop = Prop {
            device,
            script,
            plugged: true,
            stalled: Arc::default(),
            starved: Arc::default(),
            offered: Arc::default(),
            alarms: Vec::new(),
        };
        props.devices.insert(key.0.clone(), prop);
        key
    }

    /// Pulls it out. `told` says whether the system says so; some do not.
    pub fn unplug(&self, key: &DeviceKey, told: bool) {
        self.with(key, |prop| {
            prop.plugged = false;
            prop.device.default = false;
            prop.stalled.store(true, Ordering::Release);
            if told {
                prop.alarms.drain(..).for_each(|alarm| alarm.raise(Failure::Gone));
            }
        });
        let mut props = self.props();
        if !props.devices.values().any(|prop| prop.device.default)
            && let Some(next) = props.devices.values_mut().find(|prop| prop.plugged)
        {
            next.device.default = true;
        }
    }

    /// Puts it back.
    pub fn replug(&self, key: &DeviceKey) {
        self.with(key, |prop| {
            prop.plugged = true;
            prop.stalled = Arc::default();
        });
    }

    /// Makes it the system's choice.
    pub fn make_default(&self, key: &DeviceKey) {
        for prop in self.props().devices.values_mut() {
            prop.device.default = prop.device.key == *key;
        }
    }

    /// Whether it delivers nothing, and says nothing about it.
    pub fn stall(&self, key: &DeviceKey, stalled: bool) {
        self.with(key, |prop| prop.stalled.store(stalled, Ordering::Release));
    }

    /// Whether it loses what it should deliver.
    pub fn starve(&self, key: &DeviceKey, starved: bool) {
        self.with(key, |prop| prop.starved.store(starved, Ordering::Release));
    }

    /// Whether the system lets nobody listen.
    pub fn deny(&self, denied: bool) {
        self.props().denied = denied;
    }

    /// How many samples of a channel it has delivered.
    pub fn offered(&self, key: &DeviceKey) -> u64 {
        self.props().devices.get(&key.0).map_or(0, |prop| prop.offered.load(Ordering::Acquire))
    }

    /// Whether a microphone that plays faster than life waits for its ring to be emptied. A clock that went on
    /// meanwhile would ask more of this machine than it can do.
    pub fn waits(&self) -> bool {
        self.waiting.load(Ordering::Acquire) > 0
    }

    fn with(&self, key: &DeviceKey, change: impl FnOnce(&mut Prop)) {
        if let Some(prop) = self.props().devices.get_mut(&key.0) {
            change(prop);
        }
    }

    fn props(&self) -> MutexGuard<'_, Props> {
        self.props.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Microphones for Stage {
    fn list(&self) -> Result<Vec<Device>> {
        let props = self.props();
        Ok(props.devices.values().filter(|prop| prop.plugged).map(|prop| prop.device.clone()).collect())
    }

    fn default_key(&self) -> Option<DeviceKey> {
        let props = self.props();
        props.devices.values().find(|prop| prop.device.default).map(|prop| prop.device.key.clone())
    }

    fn open(&self, wanted: &Wanted) -> Result<Open> {
        let mut props = self.props();
        if props.denied {
            return Err(Code::MicrophoneDenied.into());
        }
        let chosen = match wanted {
            Wanted::Device(key) => {
                props.devices.get(&key.0).filter(|prop| prop.plugged).map(|_| key.0.clone())
            }
            Wanted::Default => None,
        };
        let stands_in = || {
            let mut plugged = props.devices.iter().filter(|(_, prop)| prop.plugged);
            plugged.clone().find(|(_, prop)| prop.device.default).or_else(|| plugged.next())
        };
        let chosen = chosen.or_else(|| stands_in().map(|(key, _)| key.clone()));
        let prop = chosen.and_then(|key| props.devices.get_mut(&key)).ok_or(Code::MicrophoneMissing)?;
        let Device { rate, channels, .. } = prop.device;
        let (tap, drain, alarm) = tap(rate, channels);
        prop.alarms.push(alarm);
        let playing = Playing {
            tap,
            script: Arc::clone(&prop.script),
            pace: Arc::clone(&self.pace),
            rate,
            channels,
            stalled: Arc::clone(&prop.stalled),
            starved: Arc::clone(&prop.starved),
            offered: Arc::clone(&prop.offered),
            waiting: Waiting { told: false, everybody: Arc::clone(&self.waiting) },
        };
        Ok(Open {
            device: prop.device.clone(),
            rate,
            channels,
            drain: Some(drain),
            stream: Box::new(Curtain::rise(playing)),
        })
    }
}

struct Playing {
    tap: Tap,
    script: Script,
    pace: Arc<dyn Pace>,
    rate: u32,
    channels: u16,
    stalled: Arc<AtomicBool>,
    starved: Arc<AtomicBool>,
    offered: Arc<AtomicU64>,
    waiting: Waiting,
}

/// Whether this microphone waits for room.
struct Waiting {
    told: bool,
    everybody: Arc<AtomicUsize>,
}

impl Waiting {
    fn tell(&mut self, waits: bool) {
        match (self.told, waits) {
            (false, true) => self.everybody.fetch_add(1, Ordering::AcqRel),
            (true, false) => self.everybody.fetch_sub(1, Ordering::AcqRel),
            _ => 0,
        };
        self.told = waits;
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.tell(false);
    }
}

impl Playing {
    fn play(mut self, down: &AtomicBool) {
        let place = |now: Duration| (now.as_secs_f64() * f64::from(self.rate)) as u64;
        let mut at = place(self.pace.now());
        // A machine does not run faster because its clock does. A quarter of the ring may be full, as it never
        // is at life's own speed; then the microphone waits.
        let least = if self.pace.speed() > 1.0 { self.tap.room() / 4 * 3 } else { 0 };
        let mut block = Vec::new();
        while !down.load(Ordering::Acquire) {
            std::thread::park_timeout(TICK);
            let until = place(self.pace.now());
            if self.stalled.load(Ordering::Acquire) || self.starved.load(Ordering::Acquire) {
                at = until;
                self.waiting.tell(false);
                continue;
            }
            while at < until {
                let samples = (until - at).min(u64::from(self.rate) / 100);
                if self.tap.room() < least {
                    break;
                }
                block.clear();
                for index in at..at + samples {
                    block.extend(std::iter::repeat_n((self.script)(index), usize::from(self.channels)));
                }
                self.tap.take(&block, |sample: f32| sample);
                at += samples;
                self.offered.fetch_add(samples, Ordering::AcqRel);
            }
            self.waiting.tell(at < until);
        }
    }
}

/// Plays until it falls.
struct Curtain {
    down: Arc<AtomicBool>,
    player: Option<JoinHandle<()>>,
}

impl Curtain {
    fn rise(playing: Playing) -> Self {
        let down = Arc::new(AtomicBool::new(false));
        // Named: else it bears the name of the thread that opened the device, and its work would count as that
        // one's.
        let player = std::thread::Builder::new()
            .name("stage".into())
            .spawn({
                let down = Arc::clone(&down);
                move || playing.play(&down)
            })
            .expect("a thread starts");
        Self { down, player: Some(player) }
    }
}

impl Listening for Curtain {}

impl Drop for Curtain {
    fn drop(&mut self) {
        self.down.store(true, Ordering::Release);
        if let Some(player) = self.player.take() {
            player.thread().unpark();
            player.join().expect("the stage plays to the end");
        }
    }
}
