//! Any server that takes `/audio/transcriptions` as OpenAI's does.
//!
//! The sound leaves the computer, so this engine does nothing by itself: whoever makes one has seen that the practice
//! allows it and that this session's people agreed. What goes out is a window of sound, the name of a model and a language;
//! no file name, no patient, no recording. The key follows no redirect. What comes back may be anything, is bounded, and
//! is in no error: it holds what was spoken.

mod address;
mod answer;
mod languages;
mod wav;

use std::{fmt, time::Duration};

use attune_kernel::Code;
use reqwest::{
    Client, Response, StatusCode, Url,
    header::{AUTHORIZATION, HeaderValue},
    multipart::{Form, Part},
    redirect::Policy,
};
use tokio::time::{sleep, timeout};
use zeroize::Zeroizing;

use super::{About, Answer, Engine, Heard, Needs, Window};
use crate::{Error, Result, wire, wire::Proxy};
use answer::Reading;

/// How much an answer may say. Half a minute of speech is a few kilobytes with all its times.
const MOST_ANSWER: usize = 4 * 1024 * 1024;
/// How much sound goes at once: about a megabyte, which every such server takes.
const LONGEST_MS: u32 = 30_000;

/// A key to a server elsewhere. Wiped when dropped; it never prints.
#[derive(Clone)]
pub struct Key(Zeroizing<String>);

impl Key {
    /// As it was typed or pasted.
    pub fn new(typed: &str) -> Self {
        Self(Zeroizing::new(typed.trim().to_owned()))
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("‹secret›")
    }
}

/// Where the sound goes, and with how much patience.
#[derive(Debug, Clone)]
pub struct RemoteOptions {
    /// As it was typed: with or without `/v1`, a slash at the end, or the whole path.
    pub endpoint: String,
    pub model: String,
    /// None for servers that ask for none, as those on this same computer.
    pub key: Option<Key>,
    pub proxy: Proxy,
    /// How long one window may take.
    pub timeout: Duration,
    /// How long is waited before the first new try; each further one waits twice as long.
    pub pause: Duration,
    /// Longer than this nobody waits, whatever the server asks.
    pub longest_pause: Duration,
    /// How often a window is sent before the server counts as gone, or as busy.
    pub tries: u32,
}

/// Whether sound may be sent to what was typed: an address, and one that is sealed on its way.
pub fn check_address(typed: &str) -> Result<()> {
    address::of(typed).map(drop)
}

impl RemoteOptions {
    /// With the patience that suits a session.
    pub fn to(endpoint: impl Into<String>, model: impl Into<String>, key: Option<Key>) -> Self {
        Self {
            endpoint: endpoint.into(),
            model: model.into(),
            key,
            proxy: Proxy::System,
            timeout: Duration::from_secs(120),
            pause: Duration::from_secs(1),
            longest_pause: Duration::from_secs(60),
            tries: 4,
        }
    }
}

/// What an answer is asked for in. Not every server gives every one: the fullest that is understood stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    Words,
    Segments,
    Text,
}

impl Asked {
    fn less(self) -> Option<Self> {
        match self {
            Self::Words => Some(Self::Segments),
            Self::Segments => Some(Self::Text),
            Self::Text => None,
        }
    }
}

/// A server that writes down what it is sent.
pub struct Remote {
    client: Client,
    url: Url,
    options: RemoteOptions,
    about: About,
    asked: Asked,
}

/// Why a window was not written down, this time.
enum Missed {
    For(Error),
    /// Another try may do better; after so long, where the server says.
    Now(Option<Duration>, Code),
    /// It does not understand what is asked of it.
    Less,
}

impl Remote {
    /// Sends nothing yet. An address sound may not go to is refused here.
    pub fn new(options: RemoteOptions) -> Result<Self> {
        let url = address::of(&options.endpoint)?;
        let client = wire::client(&options.proxy, &url, options.timeout, Policy::none())?;
        let about = About {
            engine: format!("remote, {}", url.host_str().unwrap_or_default()),
            model: options.model.clone(),
            languages: Vec::new(),
            detects_language: true,
            word_times: false,
            streaming: false,
            longest_ms: LONGEST_MS,
            needs: Needs::Network,
        };
        Ok(Self { client, url, options, about, asked: Asked::Words })
    }

    async fn write(&mut self, window: Window<'_>) -> Result<Heard> {
        let sound = wav::of(window.pcm);
        let mut tries = 0;
        loop {
            let sent = timeout(self.options.timeout, self.send(&sound, window.language)).await;
            match sent.unwrap_or(Err(Missed::Now(None, Code::NetworkUnreachable))) {
                Ok(body) => {
                    let read = Reading { length_ms: wav::milliseconds(window.pcm), told: window.language };
                    if let Some((heard, word_times)) = read.read(&body) {
                        self.about.word_times = word_times;
                        return Ok(heard);
                    }
                    tries += 1;
                    self.wait(tries, None, Code::ServerRefused).await?;
                }
                Err(Missed::Less) => {
                    self.asked = self.asked.less().ok_or(Code::ServerRefused)?;
                }
                Err(Missed::Now(after, why)) => {
                    tries += 1;
                    self.wait(tries, after, why).await?;
                }
                Err(Missed::For(error)) => return Err(error),
            }
        }
    }

    async fn wait(&self, tries: u32, asked: Option<Duration>, why: Code) -> Result<()> {
        if tries >= self.options.tries {
            return Err(why.into());
        }
        let ours = self.options.pause * 2_u32.saturating_pow(tries - 1);
        sleep(asked.unwrap_or(ours).min(self.options.longest_pause)).await;
        Ok(())
    }

    async fn send(&self, sound: &[u8], language: Option<&str>) -> Result<Zeroizing<Vec<u8>>, Missed> {
        let form = self.form(sound, language).map_err(Missed::For)?;
        let mut request = self.client.post(self.url.clone()).multipart(form);
        if let Some(key) = &self.options.key {
            request = request.header(AUTHORIZATION, bearer(key).map_err(Missed::For)?);
        }
        let response = request.send().await.map_err(|_| Missed::Now(None, Code::NetworkUnreachable))?;
        match response.status() {
            StatusCode::OK => {}
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                return Err(Missed::For(Code::KeyRefused.into()));
            }
            StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
                return Err(Missed::Now(wire::retry_after(response.headers()), Code::ServerBusy));
            }
            StatusCode::BAD_REQUEST | StatusCode::UNPROCESSABLE_ENTITY => return Err(Missed::Less),
            other if other.is_server_error() => return Err(Missed::Now(None, Code::ServerRefused)),
            // Also one that sends us on: the key goes where a person sent it, and nowhere else.
            _ => return Err(Missed::For(Code::ServerRefused.into())),
        }
        body_of(response).await
    }

    fn form(&self, sound: &[u8], language: Option<&str>) -> Result<Form> {
        // Servers tell the format by a name, so there is one, and it is the same for every window of everybody.
        let file = Part::bytes(sound.to_vec()).file_name("sound.wav").mime_str("audio/wav");
        let file = file.map_err(reqwest::Error::without_url)?;
        let mut form = Form::new().part("file", file).text("model", self.options.model.clone());
        form = match self.asked {
            Asked::Words => form
                .text("response_format", "verbose_json")
                .text("timestamp_granularities[]", "word")
                .text("timestamp_granularities[]", "segment"),
            Asked::Segments => form.text("response_format", "verbose_json"),
            Asked::Text => form.text("response_format", "json"),
        };
        Ok(match language {
            Some(language) => form.text("language", language.to_owned()),
            None => form,
        })
    }
}

impl Engine for Remote {
    fn about(&self) -> &About {
        &self.about
    }

    fn hear<'a>(&'a mut self, window: Window<'a>) -> Answer<'a, Heard> {
        Box::pin(self.write(window))
    }
}

fn bearer(key: &Key) -> Result<HeaderValue> {
    let text = Zeroizing::new(format!("Bearer {}", key.0.as_str()));
    // What cannot stand in a header is no key.
    let mut value = HeaderValue::from_str(&text).map_err(|_| Code::KeyRefused)?;
    value.set_sensitive(true);
    Ok(value)
}

async fn body_of(mut response: Response) -> Result<Zeroizing<Vec<u8>>, Missed> {
    let mut body = Zeroizing::new(Vec::new());
    while let Some(piece) = response.chunk().await.map_err(|_| Missed::Now(None, Code::NetworkUnreachable))? {
        if body.len() + piece.len() > MOST_ANSWER {
            return Err(Missed::For(Code::ServerRefused.into()));
        }
        body.extend_from_slice(&piece);
    }
    Ok(body)
}
