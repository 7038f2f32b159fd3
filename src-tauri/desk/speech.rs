//! What writing down takes on this computer: the shelf of models and what is on its way to it, the worker, and the
//! engine elsewhere where the practice has one.

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, RwLock,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use attune_kernel::{Code, Coded, ProfileId};
use attune_practice::transcripts::remote;
use attune_scribe::transcribing::Tools;
use attune_speech::{
    engine::{
        Answer, Engine,
        local::{IDLE, Local, LocalOptions},
        remote::{Key, Remote, RemoteOptions},
    },
    models::{Choice, Fits, Installed, Machine, Model, PRACTICE, Progress, Shelf, Stage, advice},
    worker::{Program, Threads},
};
use attune_store::{Opened, Profiles};
use serde::{Deserialize, Serialize};
use specta::Type;
use tokio::{sync::broadcast, task::AbortHandle};
use zeroize::Zeroizing;

use super::Told;
use crate::{Home, fault, preferences::Settings};

/// Under which name the keychain keeps the key to the engine elsewhere.
pub const REMOTE_KEY: &str = "remote transcription";
/// How often a screen hears how far a model has come.
const NEWS: Duration = Duration::from_millis(200);
/// Where English is what is mostly spoken, by country.
const ENGLISH: [&str; 6] = ["AU", "CA", "GB", "IE", "NZ", "US"];

/// How a model stands on this computer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ModelState {
    Absent,
    /// Some of it is here.
    Part {
        #[specta(type = u32)]
        done: u64,
    },
    Downloading {
        #[specta(type = u32)]
        done: u64,
    },
    Checking,
    Installed,
    Failed {
        code: Code,
    },
}

/// A model as a screen shows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct SpeechModel {
    pub id: String,
    pub family: String,
    pub name: String,
    pub languages: Vec<String>,
    #[specta(type = u32)]
    pub bytes: u64,
    pub licence: String,
    /// Words it gets wrong in a hundred, as its maker published.
    #[specta(type = Option<u32>)]
    pub wer: Option<f32>,
    /// What somebody would choose it for; none where it tells voices apart and writes nothing.
    pub speed: Option<Choice>,
    pub fits: Fits,
    pub advised: bool,
    pub practice: bool,
    /// From a file, and not in the catalogue.
    pub brought: bool,
    pub state: ModelState,
}

/// Every model there is to show.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct SpeechModels {
    pub models: Vec<SpeechModel>,
    pub chosen: Option<String>,
    #[specta(type = u32)]
    pub memory_bytes: u64,
    pub cores: u32,
    /// How much room the disk has.
    #[specta(type = u32)]
    pub free: u64,
}

/// The shelf, the worker, and what is on its way.
pub struct Speech {
    shelf: Shelf,
    machine: Machine,
    worker: Program,
    profiles: Arc<Profiles>,
    open: Arc<RwLock<Option<Arc<Opened>>>>,
    settings: Arc<RwLock<Settings>>,
    told: broadcast::Sender<Told>,
    coming: Mutex<BTreeMap<String, Coming>>,
    /// Whether the practice that is open is the sample: it is written down by the practice model.
    sample: AtomicBool,
    english: AtomicBool,
}

/// A model that is on its way, or was.
struct Coming {
    state: ModelState,
    task: AbortHandle,
    told: Instant,
}

impl Speech {
    pub(super) fn new(
        home: &Home,
        worker: Program,
        profiles: &Arc<Profiles>,
        open: &Arc<RwLock<Option<Arc<Opened>>>>,
        settings: &Arc<RwLock<Settings>>,
        told: broadcast::Sender<Told>,
    ) -> Arc<Self> {
        Arc::new(Self {
            shelf: Shelf::at(home.models()),
            machine: Machine::this(),
            worker,
            profiles: Arc::clone(profiles),
            open: Arc::clone(open),
            settings: Arc::clone(settings),
            told,
            coming: Mutex::default(),
            sample: AtomicBool::new(false),
            english: AtomicBool::new(true),
        })
    }

    /// Another practice sits down.
    pub(super) fn open_on(&self, opened: &Opened) {
        let cards = self.profiles.list().unwrap_or_default();
        let card = cards.iter().find(|card| card.id == opened.id());
        self.sample.store(card.is_some_and(|card| card.sample), Ordering::Relaxed);
        let english = card.is_none_or(|card| ENGLISH.contains(&card.country.as_str()));
        self.english.store(english, Ordering::Relaxed);
    }

    /// Every model there is to show, those of the catalogue first.
    pub fn models(&self) -> attune_speech::Result<SpeechModels> {
        let language = self.english.load(Ordering::Relaxed).then_some("en");
        let catalogue = self.shelf.catalogue().models();
        let best = advice(catalogue, &self.machine, language);
        let best = best.first().filter(|best| best.fits != Fits::No).map(|best| best.model.id.clone());
        let installed = self.shelf.installed()?;
        let here = |id: &str| installed.iter().any(|model| model.id == id);
        let known = catalogue.iter().map(|model| {
            let state = self.state_of(&model.id, here(&model.id));
            SpeechModel { advised: best.as_ref() == Some(&model.id), ..self.known(model, state) }
        });
        let others = installed.iter().filter(|model| model.brought || model.is_practice());
        Ok(SpeechModels {
            models: known.chain(others.map(|model| self.other(model))).collect(),
            chosen: self.chosen(),
            memory_bytes: self.machine.memory_bytes,
            cores: u32::try_from(self.machine.physical_cores).unwrap_or(u32::MAX),
            free: self.shelf.free()?,
        })
    }

    fn known(&self, model: &Model, state: ModelState) -> SpeechModel {
        SpeechModel {
            id: model.id.clone(),
            family: model.family.name().to_owned(),
            name: model.name.clone(),
            languages: model.languages.clone(),
            bytes: model.about_bytes,
            licence: model.licence.clone(),
            wer: model.wer,
            speed: model.choice,
            fits: self.machine.fits(model.about_bytes),
            advised: false,
            practice: false,
            brought: false,
            state,
        }
    }

    fn other(&self, model: &Installed) -> SpeechModel {
        SpeechModel {
            id: model.id.clone(),
            family: model.family.name().to_owned(),
            name: model.name.clone(),
            languages: model.languages.clone(),
            bytes: model.bytes,
            licence: String::new(),
            wer: None,
            speed: None,
            fits: self.machine.fits(model.bytes),
            advised: false,
            practice: model.is_practice(),
            brought: model.brought,
            state: ModelState::Installed,
        }
    }

    fn state_of(&self, id: &str, here: bool) -> ModelState {
        match self.coming().get(id) {
            Some(coming) => coming.state,
            None if here => ModelState::Installed,
            None => self.shelf.part_of(id).map_or(ModelState::Absent, |done| ModelState::Part { done }),
        }
    }

    /// Fetches a model. Whoever asks is not kept waiting; `done` hears when it is here.
    pub fn download(self: &Arc<Self>, id: &str, done: impl FnOnce() + Send + 'static) {
        let mut coming = self.coming();
        let is_coming =
            coming.get(id).is_some_and(|coming| !matches!(coming.state, ModelState::Failed { .. }));
        if is_coming {
            return;
        }
        let (speech, named) = (Arc::clone(self), id.to_owned());
        let task = tokio::spawn(async move {
            let telling = Arc::clone(&speech);
            let mut told = |progress: Progress| telling.moved(&named, progress);
            match speech.shelf.download(&named, &mut told).await {
                Ok(_) => {
                    speech.coming().remove(&named);
                    done();
                }
                Err(error) => {
                    let code = fault::note(&error).code;
                    if let Some(coming) = speech.coming().get_mut(&named) {
                        coming.state = ModelState::Failed { code };
                    }
                }
            }
            speech.tell();
        });
        let state = ModelState::Downloading { done: self.shelf.part_of(id).unwrap_or_default() };
        coming.insert(id.to_owned(), Coming { state, task: task.abort_handle(), told: Instant::now() });
        drop(coming);
        self.tell();
    }

    /// Stops a model that is on its way. What came of it stays.
    pub fn cancel(&self, id: &str) {
        if let Some(coming) = self.coming().remove(id) {
            coming.task.abort();
        }
        self.tell();
    }

    /// Takes a model away from this computer.
    pub fn delete(&self, id: &str) -> attune_speech::Result<()> {
        self.cancel(id);
        self.shelf.delete(id)?;
        self.tell();
        Ok(())
    }

    /// Takes in a model from a file.
    pub async fn bring_in(&self, path: PathBuf) -> attune_speech::Result<Installed> {
        let mut told = |progress: Progress| {
            // Before the window is there, nobody listens.
            let _listeners = self
                .told
                .send(Told::Audio(attune_store::Progress { done: progress.done, total: progress.total }));
        };
        let brought = self.shelf.bring_in(&path, &mut told).await?;
        self.tell();
        Ok(brought)
    }

    /// Whether a model of this name is here, and can write speech down.
    pub fn has(&self, id: &str) -> bool {
        matches!(self.shelf.get(id), Ok(Some(model)) if model.family.writes())
    }

    /// Whether somebody chose a model that is here.
    pub fn has_chosen(&self) -> bool {
        self.settings().speech_model.is_some_and(|chosen| self.has(&chosen))
    }

    fn moved(&self, id: &str, progress: Progress) {
        let mut coming = self.coming();
        let Some(coming_now) = coming.get_mut(id) else { return };
        coming_now.state = match progress.stage {
            Stage::Coming => ModelState::Downloading { done: progress.done },
            Stage::Checking => ModelState::Checking,
        };
        if coming_now.told.elapsed() < NEWS {
            return;
        }
        coming_now.told = Instant::now();
        drop(coming);
        self.tell();
    }

    /// Says how the models stand.
    pub fn tell(&self) {
        match self.models() {
            Ok(models) => {
                // Before the window is there, nobody listens.
                let _listeners = self.told.send(Told::Models(models));
            }
            Err(error) => {
                fault::note(&error);
            }
        }
    }

    fn coming(&self) -> MutexGuard<'_, BTreeMap<String, Coming>> {
        self.coming.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn settings(&self) -> Settings {
        self.settings.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Keeps the key to a server, for that server alone: another address must not be sent it.
    pub async fn keep_key(&self, id: ProfileId, endpoint: &str, key: &str) -> attune_store::Result<()> {
        let origin = origin(endpoint).ok_or(Code::AddressInvalid)?;
        let kept = Zeroizing::new(format!("{origin}\n{}", key.trim()));
        self.profiles.keep_beside(id, REMOTE_KEY, kept).await
    }

    /// The key to a server, if one was kept for it. A keychain that does not answer has none.
    pub async fn key_for(&self, id: ProfileId, endpoint: &str) -> Option<Key> {
        let kept = self.profiles.find_beside(id, REMOTE_KEY).await.ok().flatten()?;
        let (kept_for, key) = kept.split_once('\n')?;
        (origin(endpoint)? == kept_for).then(|| Key::new(key))
    }

    /// The engine elsewhere, as the open practice has it.
    async fn elsewhere(&self) -> attune_store::Result<RemoteOptions> {
        let opened = self.open.read().unwrap_or_else(PoisonError::into_inner).clone().ok_or(Code::Locked)?;
        let remote = opened.read(async |tx| remote::remote(tx).await).await?;
        if !remote.on {
            return Err(Code::RemoteNotAllowed.into());
        }
        // A server on this same computer may ask for none; whoever does ask says so.
        let key = self.key_for(opened.id(), &remote.endpoint).await;
        Ok(RemoteOptions::to(remote.endpoint, remote.model, key))
    }
}

impl Tools for Speech {
    fn chosen(&self) -> Option<String> {
        let chosen = self.settings().speech_model.filter(|chosen| self.has(chosen));
        let practice = || self.sample.load(Ordering::Relaxed).then(|| PRACTICE.to_owned());
        chosen.or_else(practice)
    }

    fn local(&self, model: &str) -> attune_speech::Result<Local> {
        let path = self.shelf.path_of(model)?;
        Ok(engine(self.worker.clone(), model.to_owned(), path))
    }

    fn remote(&self) -> Answer<'_, Box<dyn Engine>> {
        Box::pin(async {
            let options = self.elsewhere().await.map_err(|error| {
                tracing::warn!(%error, "the engine elsewhere is not at hand");
                attune_speech::Error::Refused(error.code())
            })?;
            Ok(Box::new(Remote::new(options)?) as Box<dyn Engine>)
        })
    }

    fn diarizer(&self) -> Option<PathBuf> {
        self.shelf.voices().ok().flatten().map(|model| model.path)
    }

    fn while_recording(&self) -> bool {
        self.settings().transcribe_while_recording
    }
}

/// Whom an address belongs to.
fn origin(endpoint: &str) -> Option<String> {
    Some(tauri::Url::parse(endpoint.trim()).ok()?.origin().ascii_serialization())
}

/// The local engine with a model.
pub fn engine(worker: Program, name: String, model: PathBuf) -> Local {
    Local::new(worker, LocalOptions { model, name, threads: Threads::Spare, gpu: true, idle: IDLE })
}
