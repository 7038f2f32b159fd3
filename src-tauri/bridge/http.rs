//! As much of HTTP/1.1 as a browser on this computer needs: a thread and one request to each connection.
//!
//! A server that keeps connections open and lends them threads from a pool lets a page wait for ever when it
//! opens several at once, which is how every page begins. Nothing here is for a network.

use std::{
    io::{self, BufRead, BufReader, Read, Write},
    net::TcpStream,
};

pub struct Request {
    pub method: String,
    /// Path and query, as they were sent.
    pub target: String,
    pub body: Vec<u8>,
    headers: Vec<(String, String)>,
}

impl Request {
    /// What the browser asks, or nothing: browsers open connections ahead and may not use them.
    pub fn read(browser: &TcpStream) -> io::Result<Option<Self>> {
        let mut from = BufReader::new(browser);
        let first = line(&mut from)?;
        let mut words = first.split_whitespace().map(str::to_owned);
        let (Some(method), Some(target)) = (words.next(), words.next()) else { return Ok(None) };
        let mut request = Self { method, target, body: Vec::new(), headers: Vec::new() };
        loop {
            let line = line(&mut from)?;
            let Some((name, value)) = line.split_once(':') else { break };
            request.headers.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
        }
        let length = request.header("content-length").map_or(Ok(0), str::parse).map_err(io::Error::other)?;
        request.body.resize(length, 0);
        from.read_exact(&mut request.body)?;
        Ok(Some(request))
    }

    /// The value of a header, named in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(each, _)| each == name).map(|(_, value)| value.as_str())
    }
}

/// The whole answer; the connection ends with it.
pub fn respond(mut browser: &TcpStream, status: u16, kind: &str, body: &[u8]) -> io::Result<()> {
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status} \r\ncontent-type: {kind}\r\ncontent-length: {length}\r\ncache-control: no-store\r\n\
         connection: close\r\n\r\n"
    );
    browser.write_all(head.as_bytes())?;
    browser.write_all(body)
}

/// The head of an answer that goes on for as long as both sides like.
pub fn begin_events(mut browser: &TcpStream) -> io::Result<()> {
    browser.write_all(
        b"HTTP/1.1 200 \r\ncontent-type: text/event-stream\r\ncache-control: no-store\r\nconnection: close\r\n\r\n",
    )
}

fn line(from: &mut impl BufRead) -> io::Result<String> {
    let mut line = String::new();
    from.read_line(&mut line)?;
    Ok(line.trim_end().to_owned())
}
