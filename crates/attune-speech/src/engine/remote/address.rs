//! Where the sound goes, from what somebody typed.

use attune_kernel::Code;
use reqwest::Url;

use crate::{Result, wire};

const PATH: &str = "audio/transcriptions";

/// The whole address. Only TLS, or this same computer.
pub fn of(typed: &str) -> Result<Url> {
    let mut url = Url::parse(typed.trim()).map_err(|_| Code::AddressInvalid)?;
    if !wire::may_ask(&url) {
        return Err(Code::AddressInvalid.into());
    }
    url.set_fragment(None);
    let path = url.path().trim_matches('/').to_owned();
    let whole = match path.as_str() {
        "" => format!("/v1/{PATH}"),
        typed if typed.ends_with(PATH) => format!("/{typed}"),
        typed => format!("/{typed}/{PATH}"),
    };
    url.set_path(&whole);
    Ok(url)
}

#[cfg(test)]
mod tests {
    use attune_kernel::Coded;

    use super::*;

    #[test]
    fn an_address_is_understood_however_much_of_it_was_typed() {
        for typed in [
            "https://api.example",
            "https://api.example/",
            "https://api.example/v1",
            " https://api.example/v1/ ",
            "https://api.example/v1/audio/transcriptions",
            "https://api.example/v1/audio/transcriptions/#top",
        ] {
            assert_eq!(of(typed).unwrap().as_str(), "https://api.example/v1/audio/transcriptions", "{typed}");
        }
        for (typed, whole) in [
            ("https://api.example/openai/v1", "https://api.example/openai/v1/audio/transcriptions"),
            ("http://127.0.0.1:8000/v1", "http://127.0.0.1:8000/v1/audio/transcriptions"),
            ("https://a.example/v1?version=2", "https://a.example/v1/audio/transcriptions?version=2"),
        ] {
            assert_eq!(of(typed).unwrap().as_str(), whole);
        }
    }

    #[test]
    fn sound_goes_to_no_address_without_tls_but_this_same_computer() {
        for typed in ["", "api.example", "http://api.example/v1", "ftp://a.example", "https://", "file:///x"]
        {
            assert_eq!(of(typed).unwrap_err().code(), Code::AddressInvalid, "{typed}");
        }
    }
}
