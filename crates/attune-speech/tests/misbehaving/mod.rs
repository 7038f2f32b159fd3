//! A small HTTP server on this computer that answers as it is told to: well, badly, slowly, half, or not at all.
//!
//! It is a real socket with a real client at its other end; only the manners are made up. One answer a connection.

// Each test file uses some of it.
#![allow(dead_code)]

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

/// What was asked.
#[derive(Debug, Clone)]
pub struct Request {
    /// `GET /path HTTP/1.1`
    pub line: String,
    head: HashMap<String, String>,
    pub body: Vec<u8>,
}

impl Request {
    pub fn head(&self, name: &str) -> Option<&str> {
        self.head.get(name).map(String::as_str)
    }

    /// Where a range that was asked for begins.
    pub fn from(&self) -> Option<usize> {
        self.head("range")?.strip_prefix("bytes=")?.strip_suffix('-')?.parse().ok()
    }
}

/// How a body is sent.
#[derive(Debug, Clone)]
enum Manner {
    Well,
    /// So many bytes, and then the connection closes.
    Cut(usize),
    /// So many bytes, and then nothing more.
    Stall(usize),
    /// In pieces of this length, with a pause between them.
    Slowly(usize, Duration),
    /// Without saying how long it is.
    Chunked,
}

/// What is answered.
#[derive(Debug, Clone)]
pub struct Answer {
    status: u16,
    head: Vec<(String, String)>,
    body: Vec<u8>,
    manner: Manner,
}

impl Answer {
    pub fn status(status: u16) -> Self {
        Self { status, head: Vec::new(), body: Vec::new(), manner: Manner::Well }
    }

    pub fn body(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self { body: body.into(), ..Self::status(status) }
    }

    pub fn head(mut self, name: &str, value: impl Into<String>) -> Self {
        self.head.push((name.into(), value.into()));
        self
    }

    pub fn cut(self, after: usize) -> Self {
        Self { manner: Manner::Cut(after), ..self }
    }

    pub fn stall(self, after: usize) -> Self {
        Self { manner: Manner::Stall(after), ..self }
    }

    pub fn slowly(self, piece: usize, pause: Duration) -> Self {
        Self { manner: Manner::Slowly(piece, pause), ..self }
    }

    pub fn chunked(self) -> Self {
        Self { manner: Manner::Chunked, ..self }
    }

    /// A file, whole or from where it was asked for, as a good server gives it.
    pub fn file(file: &[u8], etag: &str, request: &Request) -> Self {
        let same = request.head("if-range").is_none_or(|asked| asked == etag);
        match request.from() {
            Some(from) if from >= file.len() => {
                Self::status(416).head("content-range", format!("bytes */{}", file.len()))
            }
            Some(from) if same => Self::body(206, &file[from..])
                .head("content-range", format!("bytes {from}-{}/{}", file.len() - 1, file.len()))
                .head("etag", etag),
            _ => Self::body(200, file).head("etag", etag),
        }
    }
}

/// The server. It ends when it is dropped.
pub struct Server {
    port: u16,
    asked: Arc<Mutex<Vec<Request>>>,
    listening: JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

impl Server {
    /// One that answers the nth request, counted from nought, as `answer` says.
    pub async fn answering(answer: impl Fn(usize, &Request) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = Arc::<Mutex<Vec<Request>>>::default();
        let (heard, answer) = (asked.clone(), Arc::new(answer));
        let listening = tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let (heard, answer) = (heard.clone(), answer.clone());
                tokio::spawn(async move {
                    let Some(request) = read(&mut stream).await else { return };
                    let given = {
                        let mut heard = heard.lock().unwrap();
                        heard.push(request.clone());
                        answer(heard.len() - 1, &request)
                    };
                    // A client that has heard enough hangs up, and that is its right.
                    drop(send(&mut stream, given).await);
                });
            }
        });
        Self { port, asked, listening }
    }

    pub fn address(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// Everything that was asked so far.
    pub fn asked(&self) -> Vec<Request> {
        self.asked.lock().unwrap().clone()
    }
}

async fn read(stream: &mut TcpStream) -> Option<Request> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break end;
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let text = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let mut lines = text.lines();
    let line = lines.next()?.to_owned();
    let head: HashMap<String, String> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let mut body = bytes.split_off(end + 4);
    let length: usize = head.get("content-length").and_then(|length| length.parse().ok()).unwrap_or_default();
    while body.len() < length {
        if stream.read_buf(&mut body).await.ok()? == 0 {
            return None;
        }
    }
    Some(Request { line, head, body })
}

async fn send(stream: &mut TcpStream, answer: Answer) -> std::io::Result<()> {
    let mut head = format!("HTTP/1.1 {} Answer\r\nconnection: close\r\n", answer.status);
    for (name, value) in &answer.head {
        head += &format!("{name}: {value}\r\n");
    }
    let body = &answer.body;
    head += &match answer.manner {
        Manner::Chunked => "transfer-encoding: chunked\r\n\r\n".to_owned(),
        _ => format!("content-length: {}\r\n\r\n", body.len()),
    };
    stream.write_all(head.as_bytes()).await?;
    match answer.manner {
        Manner::Well => stream.write_all(body).await?,
        Manner::Cut(after) => stream.write_all(&body[..after]).await?,
        Manner::Stall(after) => {
            stream.write_all(&body[..after]).await?;
            stream.flush().await?;
            // Until the client gives up: nothing more is ever read, and the end is when it hangs up.
            let mut nothing = [0];
            while stream.read(&mut nothing).await? > 0 {}
        }
        Manner::Slowly(piece, pause) => {
            for piece in body.chunks(piece) {
                stream.write_all(piece).await?;
                tokio::time::sleep(pause).await;
            }
        }
        Manner::Chunked => {
            for piece in body.chunks(16 * 1024) {
                stream.write_all(format!("{:x}\r\n", piece.len()).as_bytes()).await?;
                stream.write_all(piece).await?;
                stream.write_all(b"\r\n").await?;
            }
            stream.write_all(b"0\r\n\r\n").await?;
        }
    }
    stream.shutdown().await
}
