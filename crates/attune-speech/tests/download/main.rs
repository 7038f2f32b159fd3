//! Models over a network that does everything wrong. Every server here is a real one on this computer.

mod mirrors;
#[path = "../misbehaving/mod.rs"]
mod misbehaving;
mod refusing;
mod resuming;
mod together;

use std::{fs, io::Write, path::PathBuf, time::Duration};

use attune_kernel::{Code, Coded};
use attune_speech::{
    Error, Proxy,
    models::{Catalogue, Shelf, Ways},
};
use attune_vault::Digester;
use misbehaving::Server;
use tempfile::TempDir;

const ID: &str = "whisper-test";
const ETAG: &str = "\"first\"";

/// A file that begins as a model does and is otherwise noise.
fn model() -> Vec<u8> {
    let mut state = 1_u32;
    let noise = std::iter::repeat_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    });
    b"GGUF".iter().copied().chain(noise).take(200_000).collect()
}

fn hexadecimal(bytes: &[u8]) -> String {
    let mut digester = Digester::default();
    digester.write_all(bytes).unwrap();
    digester.finish().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn catalogue(file: &[u8], mirrors: &[String]) -> Catalogue {
    let text = serde_json::json!({
        "languages": { "english": ["en"] },
        "models": [{
            "id": ID, "name": "Test", "quantisation": "Q8_0", "family": "whisper", "languages": "english",
            "choice": "fast", "maker": "nobody", "licence": "none",
            "download": { "bytes": file.len(), "sha256": hexadecimal(file), "mirrors": mirrors },
        }],
    });
    Catalogue::read(&text.to_string()).unwrap()
}

fn ways() -> Ways {
    Ways {
        proxy: Proxy::Direct,
        connect: Duration::from_secs(20),
        stall: Duration::from_secs(20),
        pause: Duration::from_millis(1),
        longest_pause: Duration::from_millis(20),
        tries: 3,
        free: |_| Ok(u64::MAX),
    }
}

/// A shelf in a folder of its own, and where the model's files would lie.
struct Room {
    _folder: TempDir,
    shelf: Shelf,
    model: PathBuf,
    part: PathBuf,
}

impl Room {
    fn new(servers: &[&Server], ways: Ways) -> Self {
        Self::with(&servers.iter().map(|server| server.address("/model.gguf")).collect::<Vec<_>>(), ways)
    }

    fn with(mirrors: &[String], ways: Ways) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let shelf = Shelf::with(folder.path(), catalogue(&model(), mirrors), ways);
        let model = folder.path().join(format!("{ID}.gguf"));
        let part = folder.path().join(format!("{ID}.gguf.part"));
        Self { _folder: folder, shelf, model, part }
    }

    /// What an earlier download left, with what the server of then called the file.
    fn left(&self, part: &[u8], server: &Server) {
        fs::write(&self.part, part).unwrap();
        let note = serde_json::json!({ "mirror": server.address("/model.gguf"), "etag": ETAG });
        fs::write(self.part.with_added_extension("json"), note.to_string()).unwrap();
    }

    async fn fetch(&self) -> Result<(), Error> {
        self.shelf.download(ID, &mut |_| {}).await.map(drop)
    }

    async fn refused(&self) -> Code {
        let code = self.fetch().await.expect_err("this does not come").code();
        assert!(!self.model.exists(), "what is not right is not seen");
        assert!(self.shelf.get(ID).unwrap().is_none());
        code
    }

    fn is_right(&self) {
        assert!(fs::read(&self.model).unwrap() == model(), "every byte is the model's");
        assert!(!self.part.exists() && !self.part.with_added_extension("json").exists());
        assert_eq!(self.shelf.get(ID).unwrap().unwrap().path, self.model);
    }
}
