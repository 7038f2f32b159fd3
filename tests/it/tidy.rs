//! The house rules, read off the manifests and the sources. A rule that cannot fail is not here.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Every file below the given folders with one of these extensions, by its path from the root.
fn sources(folders: &[&str], extensions: &[&str]) -> BTreeMap<String, String> {
    fn walk(folder: &Path, extensions: &[&str], found: &mut BTreeMap<String, String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                if !matches!(
                    path.file_name().and_then(|name| name.to_str()),
                    Some("node_modules" | "dist" | "target")
                ) {
                    walk(&path, extensions, found);
                }
            } else if path.extension().and_then(|e| e.to_str()).is_some_and(|e| extensions.contains(&e)) {
                let name = path.strip_prefix(root()).unwrap().to_string_lossy().replace('\\', "/");
                found.insert(name, fs::read_to_string(&path).unwrap());
            }
        }
    }
    let mut found = BTreeMap::new();
    for folder in folders {
        walk(&root().join(folder), extensions, &mut found);
    }
    assert!(!found.is_empty(), "there are sources in {folders:?}");
    found
}

fn rust() -> BTreeMap<String, String> {
    sources(&["crates", "src-tauri", "tests", "xtask"], &["rs"])
}

/// The files that break a rule, as one readable list.
fn refuse(rule: &str, broken: Vec<String>) {
    assert!(broken.is_empty(), "{rule}:\n  {}", broken.join("\n  "));
}

/// Which of our own crates a manifest names outside its tests.
fn leans_on(manifest: &str) -> Vec<String> {
    let mut ours = Vec::new();
    let mut counted = false;
    for line in manifest.lines() {
        if line.starts_with('[') {
            counted = line == "[dependencies]";
        } else if counted && line.starts_with("attune") {
            ours.push(line.split(['.', ' ', '=']).next().unwrap_or_default().to_owned());
        }
    }
    ours
}

#[test]
fn crates_lean_only_on_whom_they_may() {
    let may: [(&str, &[&str]); 9] = [
        ("crates/attune-kernel", &[]),
        ("crates/attune-vault", &["attune-kernel"]),
        ("crates/attune-store", &["attune-kernel", "attune-vault"]),
        ("crates/attune-practice", &["attune-kernel", "attune-store"]),
        ("crates/attune-audio", &["attune-kernel", "attune-vault"]),
        ("crates/attune-speech", &["attune-kernel", "attune-vault"]),
        (
            "crates/attune-scribe",
            &[
                "attune-audio",
                "attune-kernel",
                "attune-practice",
                "attune-speech",
                "attune-store",
                "attune-vault",
            ],
        ),
        (
            "crates/attune-testkit",
            &[
                "attune-audio",
                "attune-kernel",
                "attune-practice",
                "attune-scribe",
                "attune-speech",
                "attune-store",
                "attune-vault",
            ],
        ),
        (
            ".",
            &[
                "attune-audio",
                "attune-kernel",
                "attune-practice",
                "attune-scribe",
                "attune-speech",
                "attune-store",
            ],
        ),
    ];
    let mut broken = Vec::new();
    for (folder, allowed) in may {
        let manifest = fs::read_to_string(root().join(folder).join("Cargo.toml")).unwrap();
        for other in leans_on(&manifest) {
            if !allowed.contains(&other.as_str()) {
                broken.push(format!("{folder} leans on {other}"));
            }
        }
    }
    refuse("a crate leans on whom it may not", broken);
    let crates = fs::read_dir(root().join("crates"))
        .unwrap()
        .filter(|entry| entry.as_ref().unwrap().path().is_dir())
        .count();
    assert_eq!(crates, may.len() - 1, "a new crate gets its line in this table");
}

#[test]
fn slices_lean_on_each_other_only_along_the_table() {
    let may: [(&str, &[&str]); 8] = [
        ("team", &["patients"]),
        ("patients", &["moods", "team"]),
        ("moods", &["patients", "team"]),
        ("consents", &["patients"]),
        ("sessions", &["consents", "patients", "recordings"]),
        ("recordings", &["consents", "patients"]),
        ("transcripts", &["patients", "recordings", "team"]),
        ("safety", &[]),
    ];
    let mut broken = Vec::new();
    for (name, text) in sources(&["crates/attune-practice/src"], &["rs"]) {
        let Some((slice, file)) = name.trim_start_matches("crates/attune-practice/src/").split_once('/')
        else {
            continue;
        };
        let Some((_, allowed)) = may.iter().find(|(known, _)| *known == slice) else {
            if slice != "sample" {
                broken.push(format!("{slice} has no line in the table of slices"));
            }
            continue;
        };
        if file.split('/').any(|part| matches!(part, "tests" | "tests.rs" | "sample.rs")) {
            continue;
        }
        for (other, _) in may.iter().filter(|(other, _)| *other != slice && !allowed.contains(other)) {
            if uses_room(&text, other) {
                broken.push(format!("{name} uses {other}"));
            }
        }
    }
    refuse("a slice uses another it may not", broken);
}

/// Whether a source names a room of its crate, by its path or in a list of several.
fn uses_room(text: &str, room: &str) -> bool {
    let named = |list: &str| {
        let mut depth = 0_usize;
        let outer: String = list
            .chars()
            .take_while(|c| *c != ';')
            .filter(|c| {
                depth = depth + usize::from(*c == '{') - usize::from(*c == '}' && depth > 0);
                depth == 1 && !matches!(c, '{' | '}')
            })
            .collect();
        outer.split(',').any(|one| one.trim().trim_end_matches("::") == room)
    };
    text.contains(&format!("crate::{room}"))
        || text.match_indices("use crate::{").any(|(at, opening)| named(&text[at + opening.len() - 1..]))
}

#[test]
fn every_file_says_what_it_is() {
    let mut broken: Vec<String> =
        rust().into_iter().filter(|(_, text)| !text.starts_with("//!")).map(|(name, _)| name).collect();
    for (name, text) in sources(&["ui/src", "ui/tests"], &["svelte", "ts", "css"]) {
        let head = text.trim_start();
        let said = ["<!--", "/**", "/*"].iter().any(|open| head.starts_with(open));
        if !said && name != "ui/src/bindings.ts" {
            broken.push(name);
        }
    }
    refuse("a file does not open with what it is", broken);
}

#[test]
fn sql_stands_in_tables_and_in_the_store() {
    let broken = rust()
        .into_iter()
        .filter(|(name, text)| {
            let room = ["/table.rs", "/tests.rs"].iter().any(|end| name.ends_with(end))
                || name.starts_with("crates/attune-store/");
            !room && name != "tests/it/tidy.rs" && text.contains("sqlx::query")
        })
        .map(|(name, _)| name)
        .collect();
    refuse("SQL outside a table.rs", broken);
}

#[test]
fn only_the_vault_names_a_cipher() {
    let ciphers = ["chacha20poly1305", "argon2", "hkdf", "sha2", "aead_stream", "ed25519"];
    let mut broken = Vec::new();
    for (name, text) in rust() {
        let told = |line: &str| !line.trim_start().starts_with("//");
        let names = ciphers
            .iter()
            .any(|cipher| text.lines().any(|line| told(line) && line.contains(&format!("{cipher}::"))));
        if names && !name.starts_with("crates/attune-vault/") {
            broken.push(name);
        }
    }
    refuse("a cipher outside the vault", broken);
}

#[test]
fn errors_are_types_and_names_are_things() {
    let me = "tests/it/tidy.rs";
    let mut broken = Vec::new();
    for (name, text) in rust().into_iter().filter(|(name, _)| name != me) {
        for (line, words) in text.lines().enumerate() {
            let stringly = words.contains("Result<") && words.contains(", String>");
            let role = ["Manager", "Helper", "Util"].iter().any(|role| {
                ["struct ", "enum ", "trait ", "mod ", "type "]
                    .iter()
                    .any(|kind| words.contains(kind) && words.contains(role))
            });
            if stringly || role {
                broken.push(format!("{name}:{}", line + 1));
            }
        }
    }
    refuse("an error as a string, or a name for a role instead of a thing", broken);
}

/// What a person wrote or is called may not be a bare `String` in a type that can print itself.
#[test]
fn no_clinical_type_prints_itself() {
    let told = [
        "name",
        "preferred_name",
        "words",
        "note",
        "email",
        "phone",
        "greeting",
        "practice",
        "pronouns",
        "reference",
    ];
    let mut broken = Vec::new();
    for (name, text) in sources(&["crates/attune-practice/src", "crates/attune-store/src"], &["rs"]) {
        let mut prints = false;
        let mut owner = String::new();
        for line in text.lines() {
            if line.trim_start().starts_with("#[derive(") {
                prints = line.contains("Debug");
            } else if let Some(at) = line.find("struct ") {
                line[at + 7..].split(['<', '{', '(', ' ']).next().unwrap_or_default().clone_into(&mut owner);
            } else if line == "}" {
                prints = false;
            }
            let field = line.trim_start().trim_start_matches("pub ").trim_start_matches("(crate) ");
            if let Some((field, kind)) = field.split_once(": ")
                && prints
                && told.contains(&field)
                && matches!(kind.trim_end_matches(','), "String" | "Option<String>")
                && !MAY_PRINT.contains(&format!("{owner}.{field}").as_str())
            {
                broken.push(format!("{name}: {owner}.{field}"));
            }
        }
    }
    refuse("a person's words in a type that prints itself: wrap them in Private", broken);
}

/// Published words, not a person's: each with its reason.
const MAY_PRINT: [&str; 4] = [
    // A practice's name stands on its door.
    "Practice.name",
    "PracticeV1.name",
    // A help line's name comes from our own data file.
    "CrisisLine.name",
    "StaleLine.name",
];

#[test]
fn migrations_are_numbered_in_a_row_and_say_what_they_do() {
    let files = sources(&["migrations/device"], &["sql"]);
    let mut broken = Vec::new();
    for (at, (name, text)) in files.iter().enumerate() {
        let number = format!("{:04}_", at + 1);
        if !name.trim_start_matches("migrations/device/").starts_with(&number) || !text.starts_with("-- ") {
            broken.push(name.clone());
        }
    }
    refuse("a migration out of its row, or without a word", broken);
}

#[test]
fn the_window_loads_nothing_from_elsewhere() {
    let config: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(root().join("tauri.conf.json")).unwrap()).unwrap();
    let policy = config["app"]["security"]["csp"].as_str().unwrap();
    for part in ["default-src 'self'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"] {
        assert!(policy.contains(part), "the content policy says {part}");
    }
    assert!(!policy.contains("https:") && !policy.contains("unsafe-eval"), "{policy}");
    let mut broken = Vec::new();
    for (name, text) in sources(&["ui/src"], &["svelte", "ts", "css"]) {
        if text.contains("@import url(http") || text.contains("fetch('http") || text.contains("src=\"http") {
            broken.push(name);
        }
    }
    refuse("a screen fetches from elsewhere", broken);
}
