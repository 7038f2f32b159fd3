//! What was asked for on the command line, as `--name value`.

use std::{cell::RefCell, str::FromStr};

use anyhow::{Context, Result, bail};

/// The words after the job's name.
#[derive(Debug)]
pub struct Asked {
    pairs: Vec<(String, String)>,
    known: RefCell<Vec<&'static str>>,
}

impl Asked {
    pub fn read(mut words: impl Iterator<Item = String>) -> Result<Self> {
        let mut pairs = Vec::new();
        while let Some(word) = words.next() {
            let Some(name) = word.strip_prefix("--") else { bail!("`{word}` is not understood here") };
            let value = words.next().with_context(|| format!("`{word}` needs a value"))?;
            pairs.push((name.to_owned(), value));
        }
        Ok(Self { pairs, known: RefCell::default() })
    }

    /// What was given under this name, if it was.
    pub fn given<T: FromStr>(&self, name: &'static str) -> Result<Option<T>> {
        self.known.borrow_mut().push(name);
        let Some((_, value)) = self.pairs.iter().find(|(given, _)| given == name) else { return Ok(None) };
        match value.parse() {
            Ok(value) => Ok(Some(value)),
            Err(_) => bail!("`--{name} {value}` is not understood"),
        }
    }

    /// What was given under this name, or what is usual.
    pub fn or<T: FromStr>(&self, name: &'static str, usual: T) -> Result<T> {
        Ok(self.given(name)?.unwrap_or(usual))
    }

    /// Refuses whatever nobody asked after: a slip must not quietly measure something else.
    pub fn nothing_else(&self) -> Result<()> {
        let known = self.known.borrow();
        match self.pairs.iter().find(|(name, _)| !known.contains(&name.as_str())) {
            Some((name, _)) => bail!("`--{name}` is not understood here"),
            None => Ok(()),
        }
    }
}
