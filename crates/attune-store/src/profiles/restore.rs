//! From a backup to a profile that opens. Everything is written beside and tried before it counts; what
//! stood on this computer before is never touched.

use std::{fs, io, path::Path, sync::Arc};

use attune_kernel::{Code, ProfileId};
use attune_vault::{BackupKey, DatabaseKey, KitCode, Unsealable};

use super::{
    Opened, ProfileCard, Profiles, blocking, derive,
    keyfile::{Keyfile, kdf},
    seal_password,
};
use crate::{
    Result, Store,
    backup::{DATABASE, FILES, Head, Progress, Section, Told, belongs, open},
};

impl Profiles {
    /// What stands readable at the head of a backup, and the key for the rest.
    pub(crate) async fn backup_head(&self, opened: &Opened) -> Result<(Head, BackupKey)> {
        // Not while a password is being changed: the salt of one would meet the key of the other.
        let _changing = self.changing(opened.id()).await?;
        let keyfile = self.read(opened.id())?;
        let head = Head {
            format: Head::FORMAT,
            under_password: opened.local().await.backup().seal_database(opened.database(), &keyfile.place),
            place: keyfile.place,
            kind: keyfile.kind,
            greeting: keyfile.greeting,
            practice: keyfile.practice,
            country: keyfile.country,
            kdf: keyfile.password.kdf,
            salt: keyfile.password.salt,
            kit: keyfile.kit,
        };
        Ok((head, opened.database().backup()))
    }

    /// Restores a backup as a profile of its own. `secret` is the password of the day it was made, which
    /// stays the password; or the printed kit, and then `new_password` is set.
    pub async fn restore(
        &self,
        path: &Path,
        secret: &str,
        new_password: Option<&str>,
        tell: impl Fn(Progress) + Send + 'static,
    ) -> Result<ProfileCard> {
        let (head, contents) = {
            let path = path.to_owned();
            blocking(move || open(&path)).await??
        };
        let (database, password) = open_head(&head, secret, new_password).await?;
        let id = ProfileId::new(self.clock.now());
        let (folder, beside) = (self.folder(id), self.profiles().join(format!("{id}.restoring")));
        fs::create_dir_all(&beside)?;
        let unpacked = {
            let (key, beside) = (database.backup(), beside.clone());
            blocking(move || unpack(&key, contents, &beside, &tell)).await?
        };
        let made = match unpacked {
            Ok(()) => self.settle(head, &database, password, &beside, id.to_string()).await,
            Err(error) => Err(error),
        };
        if let Err(error) = made {
            if let Err(kept) = fs::remove_dir_all(&beside) {
                tracing::warn!(error = %kept, "a half-restored profile could not be removed");
            }
            return Err(error);
        }
        fs::rename(&beside, &folder)?;
        self.card(id)
    }

    /// Opens and checks what was unpacked, and gives it its key file.
    async fn settle(
        &self,
        head: Head,
        database: &DatabaseKey,
        password: &str,
        folder: &Path,
        entry: String,
    ) -> Result<()> {
        let store = Store::open(folder, database, Arc::clone(&self.clock)).await?;
        let check = match store.verify().await {
            Ok(check) if check.database => store.become_another_device().await.map(|()| check),
            Ok(_) => Err(Code::BackupDamaged.into()),
            Err(error) => Err(error),
        };
        store.close().await;
        // A damaged file or audit line came from the store itself. It must not keep the rest from its owner,
        // and checking the store will say it again.
        if !check?.sound() {
            tracing::warn!("a backup was restored as damaged as it was made");
        }
        let (device, held) = self.new_device_secret(&entry).await?;
        let (_, seal) = seal_password(password, database, device.as_ref(), &head.place).await?;
        Keyfile::new(
            head.place,
            entry,
            head.kind,
            head.greeting,
            head.practice,
            head.country,
            held,
            seal,
            head.kit,
        )
        .save(folder)
    }
}

/// The database key of a backup, and the password it will have from now on.
async fn open_head<'s>(
    head: &Head,
    secret: &'s str,
    new_password: Option<&'s str>,
) -> Result<(DatabaseKey, &'s str)> {
    if let Some(password) = new_password {
        let kit = KitCode::parse(secret).ok_or(Code::WrongKit)?;
        let opened = kit.wrapping().open_database(&head.kit.database, &head.place);
        let database = opened.map_err(|Unsealable| Code::WrongKit)?;
        if !super::judge(password, &[]).enough {
            return Err(Code::WeakPassword.into());
        }
        return Ok((database, password));
    }
    let local = derive(secret, head.salt, kdf(head.kdf)?).await?;
    let opened = local.backup().open_database(&head.under_password, &head.place);
    Ok((opened.map_err(|Unsealable| Code::WrongPassword)?, secret))
}

/// Unpacks the sealed part into `folder`. Only the two names a backup holds are written, whatever the tar
/// says.
fn unpack(key: &BackupKey, contents: Section, folder: &Path, tell: &impl Fn(Progress)) -> Result<()> {
    let total = contents.len();
    let sealed = key.open(contents).map_err(|_| Code::BackupDamaged)?;
    let mut tar = tar::Archive::new(Told { from: sealed, done: 0, total, tell });
    fs::create_dir_all(folder.join(FILES))?;
    for entry in tar.entries()? {
        let mut entry = entry?;
        let path = entry.path()?.into_owned();
        let mut parts = path.components().map(|part| part.as_os_str().to_string_lossy().into_owned());
        let to = match (parts.next().as_deref(), parts.next(), parts.next()) {
            (Some(DATABASE), None, None) => folder.join(DATABASE),
            (Some(FILES), Some(name), None) if belongs(&name) => folder.join(FILES).join(name),
            _ => return Err(Code::BackupDamaged.into()),
        };
        let mut file = fs::File::create_new(to)?;
        io::copy(&mut entry, &mut file)?;
        file.sync_all()?;
    }
    Ok(())
}
