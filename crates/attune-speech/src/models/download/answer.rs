//! What a server's answer means for what is already here. Pure, from the status and the head of the answer alone.
//!
//! A server that ignores ranges sends the whole anew; one that sends another range than was asked for would make garbage of
//! what is here; one that sends a page of words sends no model. None of them may touch what came before.

use std::time::Duration;

use attune_kernel::Code;
use reqwest::{
    StatusCode,
    header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG, HeaderMap},
};

use crate::wire;

/// What to do with an answer.
#[derive(Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The whole file, from its beginning.
    Whole,
    /// The rest, from where it was asked for.
    Rest,
    /// What is here goes with no answer of this server: once more, from the beginning.
    Anew,
    /// Not now. After so long, where the server says.
    Later(Option<Duration>, Code),
    /// Never, from here.
    No(Code),
}

/// What was asked.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The first byte that is missing. Nought asks for the whole.
    pub from: u64,
    /// What this server called the file when the first part came.
    pub etag: Option<&'a str>,
    /// How long the file is, by the catalogue.
    pub bytes: u64,
}

pub fn judge(status: StatusCode, head: &HeaderMap, asked: Asked<'_>) -> Verdict {
    match status {
        StatusCode::OK if !carries_a_file(head) => Verdict::No(Code::ServerRefused),
        StatusCode::OK if length(head).is_some_and(|length| length != asked.bytes) => {
            Verdict::No(Code::ModelMismatch)
        }
        StatusCode::OK => Verdict::Whole,
        StatusCode::PARTIAL_CONTENT if asked.from == 0 => Verdict::No(Code::ServerRefused),
        StatusCode::PARTIAL_CONTENT if !carries_a_file(head) => Verdict::Anew,
        StatusCode::PARTIAL_CONTENT => judge_rest(head, asked),
        StatusCode::RANGE_NOT_SATISFIABLE if asked.from > 0 => Verdict::Anew,
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
            Verdict::Later(wire::retry_after(head), Code::ServerBusy)
        }
        other if other.is_server_error() => Verdict::Later(None, Code::ServerRefused),
        _ => Verdict::No(Code::ServerRefused),
    }
}

fn judge_rest(head: &HeaderMap, asked: Asked<'_>) -> Verdict {
    let renamed = match (asked.etag, etag(head)) {
        (Some(before), Some(now)) => before != now,
        _ => false,
    };
    match word(head, CONTENT_RANGE).and_then(range) {
        Some(range) if range.total.is_some_and(|total| total != asked.bytes) => {
            Verdict::No(Code::ModelMismatch)
        }
        Some(range) if !renamed && range.first == asked.from && range.last < asked.bytes => Verdict::Rest,
        _ => Verdict::Anew,
    }
}

/// A name the server gives these very bytes, which it can be asked by later. A weak one promises too little.
pub fn etag(head: &HeaderMap) -> Option<&str> {
    word(head, ETAG).filter(|tag| tag.starts_with('"'))
}

fn word(head: &HeaderMap, name: reqwest::header::HeaderName) -> Option<&str> {
    head.get(name).and_then(|value| value.to_str().ok()).map(str::trim)
}

fn length(head: &HeaderMap) -> Option<u64> {
    word(head, CONTENT_LENGTH)?.parse().ok()
}

/// Whether what comes can be a file as it is: no page, no text, no list of ranges, and not packed on the way.
fn carries_a_file(head: &HeaderMap) -> bool {
    let kind = word(head, CONTENT_TYPE).unwrap_or_default().to_ascii_lowercase();
    let words = ["text/", "multipart/", "application/json", "application/xhtml", "application/xml"];
    let packed = word(head, CONTENT_ENCODING).is_some_and(|how| !how.eq_ignore_ascii_case("identity"));
    !packed && !words.iter().any(|start| kind.starts_with(start))
}

struct Range {
    first: u64,
    last: u64,
    total: Option<u64>,
}

/// `bytes 5-9/10`, where the last may be a star.
fn range(text: &str) -> Option<Range> {
    let (span, total) = text.strip_prefix("bytes ")?.trim().split_once('/')?;
    let (first, last) = span.split_once('-')?;
    let range = Range {
        first: first.parse().ok()?,
        last: last.parse().ok()?,
        total: if total == "*" { None } else { Some(total.parse().ok()?) },
    };
    (range.first <= range.last).then_some(range)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, head: &[(&'static str, &'static str)], from: u64, etag: Option<&str>) -> Verdict {
        let head = head.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
        judge(StatusCode::from_u16(status).unwrap(), &head.collect(), Asked { from, etag, bytes: 100 })
    }

    #[test]
    fn only_the_range_that_was_asked_for_is_the_rest() {
        let rest = |range| answer(206, &[("content-range", range)], 40, None);
        assert_eq!(rest("bytes 40-99/100"), Verdict::Rest);
        assert_eq!(rest("bytes 40-59/100"), Verdict::Rest, "a server may send less than all of it");
        assert_eq!(rest("bytes 40-99/*"), Verdict::Rest);
        for other in
            ["bytes 0-99/100", "bytes 41-99/100", "bytes 40-100/*", "bytes 99-40/100", "40-99/100", "x"]
        {
            assert_eq!(rest(other), Verdict::Anew, "{other}");
        }
        assert_eq!(answer(206, &[], 40, None), Verdict::Anew);
        assert_eq!(rest("bytes 40-119/120"), Verdict::No(Code::ModelMismatch), "another file");
        assert_eq!(
            answer(206, &[("content-range", "bytes 0-99/100")], 0, None),
            Verdict::No(Code::ServerRefused)
        );
        let several =
            [("content-type", "multipart/byteranges; boundary=x"), ("content-range", "bytes 40-99/100")];
        assert_eq!(answer(206, &several, 40, None), Verdict::Anew);
    }

    #[test]
    fn the_rest_of_a_file_that_changed_its_name_is_not_the_rest() {
        let range = ("content-range", "bytes 40-99/100");
        assert_eq!(answer(206, &[range, ("etag", "\"a\"")], 40, Some("\"a\"")), Verdict::Rest);
        assert_eq!(answer(206, &[range, ("etag", "\"b\"")], 40, Some("\"a\"")), Verdict::Anew);
        assert_eq!(answer(206, &[range], 40, Some("\"a\"")), Verdict::Rest);
    }

    #[test]
    fn a_server_that_ignores_ranges_begins_anew_and_one_that_sends_a_page_is_refused() {
        assert_eq!(answer(200, &[("content-length", "100")], 40, None), Verdict::Whole);
        assert_eq!(answer(200, &[], 0, None), Verdict::Whole);
        assert_eq!(answer(200, &[("content-length", "99")], 0, None), Verdict::No(Code::ModelMismatch));
        for kind in ["text/html; charset=utf-8", "Text/HTML", "application/json", "application/xhtml+xml"] {
            assert_eq!(answer(200, &[("content-type", kind)], 0, None), Verdict::No(Code::ServerRefused));
        }
        let packed = [("content-type", "application/octet-stream"), ("content-encoding", "gzip")];
        assert_eq!(answer(200, &packed, 0, None), Verdict::No(Code::ServerRefused));
    }

    #[test]
    fn a_busy_server_is_asked_again_and_one_that_says_no_is_not() {
        let seven = Some(Duration::from_secs(7));
        assert_eq!(answer(429, &[("retry-after", "7")], 0, None), Verdict::Later(seven, Code::ServerBusy));
        assert_eq!(answer(503, &[], 40, None), Verdict::Later(None, Code::ServerBusy));
        assert_eq!(answer(502, &[], 0, None), Verdict::Later(None, Code::ServerRefused));
        for no in [204, 304, 307, 401, 403, 404, 410] {
            assert_eq!(answer(no, &[], 0, None), Verdict::No(Code::ServerRefused), "{no}");
        }
        assert_eq!(answer(416, &[], 40, None), Verdict::Anew);
        assert_eq!(answer(416, &[], 0, None), Verdict::No(Code::ServerRefused));
    }

    #[test]
    fn a_weak_name_promises_too_little() {
        let head = |tag: &'static str| HeaderMap::from_iter([(ETAG, tag.parse().unwrap())]);
        assert_eq!(etag(&head("\"a\"")), Some("\"a\""));
        assert_eq!(etag(&head("W/\"a\"")), None);
    }
}
