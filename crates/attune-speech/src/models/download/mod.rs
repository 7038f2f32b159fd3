//! Fetches a model: from the first mirror that has it, from where it stopped, and into no name but its part's until its
//! digest is right.
//!
//! Whoever drops the future stops it; what came stays. Nothing a server does can make a model of what is none: every
//! answer is judged before a byte of it is kept ([`answer`]), the first byte too many ends it, and a wrong digest throws
//! the part away, so that nothing goes on from garbage.

mod answer;
pub(super) mod part;

use std::time::Duration;

use attune_kernel::{Code, Coded};
use reqwest::{
    Client, Response, Url,
    header::{ACCEPT_ENCODING, IF_RANGE, RANGE},
    redirect::Policy,
};
use tokio::time::{sleep, timeout};

use super::{
    catalogue::Download,
    ways::{Progress, Stage, Told, Ways},
};
use crate::{Error, Result, wire};
use answer::{Asked, Verdict};
use part::{Note, Part};

/// What a model's file begins with.
const OPENING: &[u8] = b"GGUF";
/// No mirror sends one on more often.
const MOST_HOPS: usize = 8;
/// How often one mirror is asked at most, however much each answer brings.
const MOST_ANSWERS: u32 = 200;

/// Fetches what is missing of a model, and keeps it when it is right.
pub async fn fetch(download: &Download, mut part: Part, ways: &Ways, told: Told<'_>) -> Result<()> {
    let mut shown = 0;
    let mut coming = |done: u64, told: &mut (dyn FnMut(Progress) + Send)| {
        // What is begun anew has been shown before: a bar does not run backwards.
        shown = done.max(shown);
        told(Progress { stage: Stage::Coming, done: shown, total: download.bytes });
    };
    let mut last = Error::Refused(Code::ServerRefused);
    for address in &download.mirrors {
        // The second round is for a part that was damaged where it lay: what is fetched whole needs none.
        for _ in 0..2 {
            let resumed = part.length() > 0;
            let fetched = match Mirror::at(address, download.bytes, ways) {
                Ok(mirror) => mirror.complete(&mut part, &mut |done| coming(done, told)).await,
                Err(error) => Err(error),
            };
            match fetched {
                Ok(()) => {}
                Err(error @ Error::Io(_)) => return Err(error),
                Err(error) => {
                    tracing::warn!(mirror = host(address), code = %error.code(), "a mirror did not give the model");
                    last = error;
                    break;
                }
            }
            if part.is(&download.sha256, told).await? {
                return part.keep().await;
            }
            part.begin(None).await?;
            last = Code::ModelMismatch.into();
            if !resumed {
                break;
            }
        }
    }
    Err(last)
}

/// One server that says it has the model.
struct Mirror<'a> {
    address: &'a str,
    url: Url,
    client: Client,
    /// How long the model is, by the catalogue.
    bytes: u64,
    ways: &'a Ways,
}

/// What one answer brought.
enum Came {
    All,
    /// It ended, or stood still, before all was here.
    Some,
    Anew,
    Later(Option<Duration>, Code),
}

/// Who is told how much has come.
type Coming<'a> = &'a mut (dyn FnMut(u64) + Send);

impl<'a> Mirror<'a> {
    fn at(address: &'a str, bytes: u64, ways: &'a Ways) -> Result<Self> {
        let url = Url::parse(address).ok().filter(wire::may_ask).ok_or(Code::AddressInvalid)?;
        let client = wire::client(&ways.proxy, &url, ways.connect, redirects())?;
        Ok(Self { address, url, client, bytes, ways })
    }

    /// Asks until all is here, it refuses, or it brought nothing too often.
    async fn complete(&self, part: &mut Part, coming: Coming<'_>) -> Result<()> {
        let mut fruitless = 0;
        for _ in 0..MOST_ANSWERS {
            if part.length() > self.bytes {
                part.begin(None).await?;
            }
            coming(part.length());
            if part.length() == self.bytes {
                return Ok(());
            }
            let before = part.length();
            let (pause, why) = match self.ask(part, coming).await? {
                Came::All => continue,
                Came::Anew => {
                    part.begin(None).await?;
                    (Duration::ZERO, Code::ServerRefused)
                }
                Came::Some => (Duration::ZERO, Code::NetworkUnreachable),
                Came::Later(asked, code) => (asked.unwrap_or_default(), code),
            };
            fruitless = if part.length() > before { 0 } else { fruitless + 1 };
            if fruitless >= self.ways.tries {
                return Err(why.into());
            }
            let ours = self.ways.pause * 2_u32.saturating_pow(fruitless.saturating_sub(1));
            sleep(pause.max(ours).min(self.ways.longest_pause)).await;
        }
        Err(Code::NetworkUnreachable.into())
    }

    async fn ask(&self, part: &mut Part, coming: Coming<'_>) -> Result<Came> {
        let etag = part.etag(self.address);
        let asked = Asked { from: part.length(), etag: etag.as_deref(), bytes: self.bytes };
        // What is packed on the way has other lengths than the catalogue.
        let mut request = self.client.get(self.url.clone()).header(ACCEPT_ENCODING, "identity");
        if asked.from > 0 {
            request = request.header(RANGE, format!("bytes={}-", asked.from));
            if let Some(etag) = asked.etag {
                request = request.header(IF_RANGE, etag);
            }
        }
        let response = match timeout(self.ways.connect + self.ways.stall, request.send()).await {
            Ok(Ok(response)) => response,
            // Sent on to where nobody may be sent: not another time either.
            Ok(Err(error)) if error.is_redirect() => return Err(Code::ServerRefused.into()),
            Ok(Err(_)) | Err(_) => return Ok(Came::Some),
        };
        match answer::judge(response.status(), response.headers(), asked) {
            Verdict::Whole => {
                let note = answer::etag(response.headers());
                let note = note.map(|etag| Note { mirror: self.address.into(), etag: etag.into() });
                self.take(response, Some(note), part, coming).await
            }
            Verdict::Rest => self.take(response, None, part, coming).await,
            Verdict::Anew => Ok(Came::Anew),
            Verdict::Later(after, code) => Ok(Came::Later(after, code)),
            Verdict::No(code) => Err(code.into()),
        }
    }

    /// Adds what an answer brings to the part. Where it brings the whole, what was here goes when the first bytes of a
    /// model have come, and not for a page that says it is one.
    async fn take(
        &self,
        mut response: Response,
        mut whole: Option<Option<Note>>,
        part: &mut Part,
        coming: Coming<'_>,
    ) -> Result<Came> {
        loop {
            let piece = match timeout(self.ways.stall, response.chunk()).await {
                Ok(Ok(Some(piece))) => piece,
                Ok(Ok(None)) if part.length() == self.bytes => return Ok(Came::All),
                Ok(Ok(None) | Err(_)) | Err(_) => return Ok(Came::Some),
            };
            if let Some(note) = whole.take() {
                if !piece.iter().zip(OPENING).all(|(came, right)| came == right) {
                    return Err(Code::ServerRefused.into());
                }
                part.begin(note).await?;
            }
            if part.length() + piece.len() as u64 > self.bytes {
                // Longer than the file is: then it is another file, also what came of it before.
                part.begin(None).await?;
                return Err(Code::ModelMismatch.into());
            }
            part.add(piece).await?;
            coming(part.length());
        }
    }
}

/// Mirrors send one on to where their files lie.
fn redirects() -> Policy {
    Policy::custom(|attempt| {
        let allowed = attempt.previous().last().is_some_and(|from| wire::may_follow(from, attempt.url()));
        if allowed && attempt.previous().len() <= MOST_HOPS {
            attempt.follow()
        } else {
            attempt.error(Code::ServerRefused)
        }
    })
}

fn host(mirror: &str) -> String {
    Url::parse(mirror).ok().and_then(|url| url.host_str().map(Into::into)).unwrap_or_default()
}
