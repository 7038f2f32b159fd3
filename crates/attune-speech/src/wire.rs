//! How this crate reaches another computer: over TLS, by the way the system goes out, saying nothing of whoever asks.
//!
//! Plain HTTP goes to this same computer and nowhere else, whether somebody typed the address or a server pointed there.

use std::time::Duration;

use attune_kernel::Code;
use chrono::DateTime;
use reqwest::{
    Client, Url,
    header::{DATE, HeaderMap, RETRY_AFTER},
    redirect::Policy,
};

use crate::Result;

/// By which proxy one goes out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Proxy {
    /// The system's own, or the one named in the environment; none to this same computer.
    #[default]
    System,
    Direct,
    At(String),
}

/// What asks. Every request to `to` and to where it is sent on goes through it.
pub(crate) fn client(proxy: &Proxy, to: &Url, connect: Duration, redirects: Policy) -> Result<Client> {
    // Fails where one is installed already, and then there is one.
    drop(rustls::crypto::ring::default_provider().install_default());
    let asking = Client::builder().user_agent("Attune").connect_timeout(connect).redirect(redirects);
    let asking = match proxy {
        Proxy::System if is_here(to) => asking.no_proxy(),
        Proxy::System => asking,
        Proxy::Direct => asking.no_proxy(),
        Proxy::At(address) => asking.proxy(reqwest::Proxy::all(address).map_err(|_| Code::AddressInvalid)?),
    };
    Ok(asking.build().map_err(reqwest::Error::without_url)?)
}

/// Whether something may be asked of this address at all: TLS, or this same computer; and no password in it, because
/// addresses are printed.
pub(crate) fn may_ask(url: &Url) -> bool {
    let safe = url.scheme() == "https" || (url.scheme() == "http" && is_here(url));
    safe && url.has_host() && url.username().is_empty() && url.password().is_none()
}

/// Whether one may be sent on from one address to another: never out of TLS, nor from elsewhere to this computer.
pub(crate) fn may_follow(from: &Url, to: &Url) -> bool {
    may_ask(to) && (to.scheme() == "https" || from.scheme() == "http") && (is_here(from) || !is_here(to))
}

/// Whether an address is this same computer.
pub(crate) fn is_here(url: &Url) -> bool {
    match url.host_str() {
        Some("localhost") => true,
        Some(host) => host
            .trim_start_matches('[')
            .trim_end_matches(']')
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback()),
        None => false,
    }
}

/// How long a server asks to be left alone: in seconds, or until a date, which counts from the server's own clock.
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    let asked = text(RETRY_AFTER)?;
    if let Ok(seconds) = asked.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let until = DateTime::parse_from_rfc2822(asked).ok()?;
    let now = DateTime::parse_from_rfc2822(text(DATE)?).ok()?;
    Some((until - now).to_std().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn plain_http_goes_to_this_computer_and_nowhere_else() {
        for here in ["http://127.0.0.1:8000", "http://localhost/v1", "http://[::1]:9", "http://127.1.2.3"] {
            assert!(may_ask(&url(here)), "{here}");
        }
        assert!(may_ask(&url("https://models.example")));
        for elsewhere in [
            "http://models.example",
            "http://127.0.0.1.example",
            "http://localhost.example",
            "http://10.0.0.7",
            "http://[::2]",
            "ftp://127.0.0.1",
            "file:///etc/passwd",
            "https://me:secret@models.example",
            "https://me@models.example",
        ] {
            assert!(!may_ask(&url(elsewhere)), "{elsewhere}");
        }
    }

    #[test]
    fn nobody_is_sent_out_of_tls_nor_from_elsewhere_to_this_computer() {
        for (from, to, may) in [
            ("https://a.example", "https://b.example", true),
            ("https://a.example", "http://b.example", false),
            ("https://a.example", "http://127.0.0.1", false),
            ("https://a.example", "https://localhost", false),
            ("http://127.0.0.1:1", "http://127.0.0.1:2", true),
            ("http://127.0.0.1:1", "https://b.example", true),
            ("http://127.0.0.1:1", "http://b.example", false),
        ] {
            assert_eq!(may_follow(&url(from), &url(to)), may, "{from} to {to}");
        }
    }

    #[test]
    fn a_server_asks_for_patience_in_seconds_or_until_a_date_of_its_own_clock() {
        let asked = |pairs: &[(&'static str, &'static str)]| {
            let headers = pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
            retry_after(&headers.collect())
        };
        let date = ("date", "Wed, 21 Oct 2015 07:28:00 GMT");
        assert_eq!(asked(&[("retry-after", " 7 ")]), Some(Duration::from_secs(7)));
        assert_eq!(
            asked(&[date, ("retry-after", "Wed, 21 Oct 2015 07:30:00 GMT")]),
            Some(Duration::from_secs(120))
        );
        assert_eq!(asked(&[date, ("retry-after", "Wed, 21 Oct 2015 07:00:00 GMT")]), Some(Duration::ZERO));
        assert_eq!(asked(&[("retry-after", "Wed, 21 Oct 2015 07:30:00 GMT")]), None);
        assert_eq!(asked(&[date, ("retry-after", "soon")]), None);
        assert_eq!(asked(&[("retry-after", "-3")]), None);
        assert_eq!(asked(&[date]), None);
    }
}
