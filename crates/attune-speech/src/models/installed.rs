//! What is on the shelf, read off its folder.

use std::{fs, io, path::PathBuf};

use super::{
    gguf::{self, Family},
    practice::{self, PRACTICE},
    shelf::{BROUGHT, ENDING, Shelf},
};
use crate::Result;

/// A model that is on this computer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installed {
    pub id: String,
    /// As its maker calls it, or whoever named the file.
    pub name: String,
    pub family: Family,
    pub languages: Vec<String>,
    pub bytes: u64,
    pub path: PathBuf,
    /// It came from a file, and the catalogue does not know it.
    pub brought: bool,
}

impl Installed {
    /// Whether it hears synthetic voices only.
    pub fn is_practice(&self) -> bool {
        self.id == PRACTICE
    }
}

impl Shelf {
    /// What is here: the models of the catalogue in its order, those that were brought in by their names, and the practice
    /// model, which always is.
    pub fn installed(&self) -> Result<Vec<Installed>> {
        let mut found: Vec<Installed> =
            self.catalogue.models().iter().filter_map(|model| self.known(&model.id)).collect();
        found.extend(self.brought()?);
        found.push(self.practice());
        Ok(found)
    }

    /// The model of this id, if it is here.
    pub fn get(&self, id: &str) -> Result<Option<Installed>> {
        if id == PRACTICE {
            return Ok(Some(self.practice()));
        }
        match self.known(id) {
            Some(known) => Ok(Some(known)),
            None if id.starts_with(BROUGHT) => Ok(self.brought()?.into_iter().find(|model| model.id == id)),
            None => Ok(None),
        }
    }

    /// The model that tells voices apart, if one was brought in.
    pub fn voices(&self) -> Result<Option<Installed>> {
        Ok(self.installed()?.into_iter().find(|model| !model.family.writes()))
    }

    /// A model of the catalogue, if it is here. It has this name because its digest was right; its length says that
    /// nothing has become of it since.
    pub(super) fn known(&self, id: &str) -> Option<Installed> {
        let model = self.catalogue.named(id)?;
        let path = self.file_of(id);
        let bytes = fs::metadata(&path).ok().filter(fs::Metadata::is_file)?.len();
        let whole = model.download.as_ref().is_some_and(|download| download.bytes == bytes);
        whole.then(|| Installed {
            id: model.id.clone(),
            name: model.name.clone(),
            family: model.family,
            languages: model.languages.clone(),
            bytes,
            path,
            brought: false,
        })
    }

    fn brought(&self) -> Result<Vec<Installed>> {
        let entries = match fs::read_dir(self.folder.join(BROUGHT)) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error.into()),
        };
        let mut found = Vec::new();
        for entry in entries {
            let path = entry?.path();
            let Some(stem) = path.file_stem().and_then(|stem| stem.to_str()) else { continue };
            if path.extension().is_none_or(|ending| ending != ENDING) {
                continue;
            }
            // What became unreadable on the disk is no longer a model, and says so when it is asked for.
            let Ok((head, family)) = gguf::check(&path) else { continue };
            found.push(Installed {
                id: format!("{BROUGHT}/{stem}"),
                name: head.name.unwrap_or_else(|| stem.to_owned()),
                family,
                languages: head.languages,
                bytes: fs::metadata(&path)?.len(),
                brought: true,
                path,
            });
        }
        found.sort_by(|a, b| a.id.cmp(&b.id));
        Ok(found)
    }

    pub(super) fn practice(&self) -> Installed {
        Installed {
            id: PRACTICE.into(),
            name: "Practice".into(),
            family: Family::Parakeet,
            languages: vec!["en".into()],
            bytes: practice::length(),
            path: self.file_of(PRACTICE),
            brought: false,
        }
    }
}
