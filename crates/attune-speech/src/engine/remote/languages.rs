//! Languages as such servers name them, which is in English words, and as everything else here does, in ISO 639 codes.

/// The code of a language, whichever way it is named.
pub fn code(named: &str) -> Option<&str> {
    let plain = named.trim();
    let (short, _) = plain.split_once(['-', '_']).unwrap_or((plain, ""));
    if matches!(short.len(), 2 | 3) && short.chars().all(|c| c.is_ascii_lowercase()) {
        return Some(short);
    }
    NAMED.iter().find(|(name, _)| name.eq_ignore_ascii_case(plain)).map(|(_, code)| *code)
}

#[rustfmt::skip]
const NAMED: &[(&str, &str)] = &[
    ("english", "en"), ("chinese", "zh"), ("german", "de"), ("spanish", "es"), ("russian", "ru"),
    ("korean", "ko"), ("french", "fr"), ("japanese", "ja"), ("portuguese", "pt"), ("turkish", "tr"),
    ("polish", "pl"), ("catalan", "ca"), ("dutch", "nl"), ("arabic", "ar"), ("swedish", "sv"),
    ("italian", "it"), ("indonesian", "id"), ("hindi", "hi"), ("finnish", "fi"), ("vietnamese", "vi"),
    ("hebrew", "he"), ("ukrainian", "uk"), ("greek", "el"), ("malay", "ms"), ("czech", "cs"),
    ("romanian", "ro"), ("danish", "da"), ("hungarian", "hu"), ("tamil", "ta"), ("norwegian", "no"),
    ("thai", "th"), ("urdu", "ur"), ("croatian", "hr"), ("bulgarian", "bg"), ("lithuanian", "lt"),
    ("latin", "la"), ("maori", "mi"), ("malayalam", "ml"), ("welsh", "cy"), ("slovak", "sk"),
    ("telugu", "te"), ("persian", "fa"), ("latvian", "lv"), ("bengali", "bn"), ("serbian", "sr"),
    ("azerbaijani", "az"), ("slovenian", "sl"), ("kannada", "kn"), ("estonian", "et"), ("macedonian", "mk"),
    ("breton", "br"), ("basque", "eu"), ("icelandic", "is"), ("armenian", "hy"), ("nepali", "ne"),
    ("mongolian", "mn"), ("bosnian", "bs"), ("kazakh", "kk"), ("albanian", "sq"), ("swahili", "sw"),
    ("galician", "gl"), ("marathi", "mr"), ("punjabi", "pa"), ("sinhala", "si"), ("khmer", "km"),
    ("shona", "sn"), ("yoruba", "yo"), ("somali", "so"), ("afrikaans", "af"), ("occitan", "oc"),
    ("georgian", "ka"), ("belarusian", "be"), ("tajik", "tg"), ("sindhi", "sd"), ("gujarati", "gu"),
    ("amharic", "am"), ("yiddish", "yi"), ("lao", "lo"), ("uzbek", "uz"), ("faroese", "fo"),
    ("haitian creole", "ht"), ("pashto", "ps"), ("turkmen", "tk"), ("nynorsk", "nn"), ("maltese", "mt"),
    ("sanskrit", "sa"), ("luxembourgish", "lb"), ("myanmar", "my"), ("tibetan", "bo"), ("tagalog", "tl"),
    ("malagasy", "mg"), ("assamese", "as"), ("tatar", "tt"), ("hawaiian", "haw"), ("lingala", "ln"),
    ("hausa", "ha"), ("bashkir", "ba"), ("javanese", "jv"), ("sundanese", "su"), ("cantonese", "yue"),
];

#[cfg(test)]
mod tests {
    use super::code;

    #[test]
    fn a_language_is_known_by_its_name_and_by_its_code() {
        for (named, expected) in [
            ("english", Some("en")),
            ("German", Some("de")),
            ("he", Some("he")),
            ("pt-BR", Some("pt")),
            ("yue", Some("yue")),
            ("klingon", None),
            ("", None),
        ] {
            assert_eq!(code(named), expected, "{named}");
        }
    }
}
