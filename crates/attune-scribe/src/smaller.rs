//! Making a recording smaller: a copy of its spool beside it, read back, then put in its place.
//!
//! Whatever ends it on its way leaves the recording as it was. What it wrote so far is a copy that belongs to
//! nothing: it goes at once where that is possible, else with the next attempt or the next settling.

use attune_audio::spool::{SpoolReader, SpoolWriter, smaller, tells_the_same};
use attune_kernel::RecordingId;
use attune_practice::recordings::{self, Codec, Recording};
use attune_store::Store;

use crate::{Result, Scribe, scribe::blocking};

impl Scribe {
    /// Makes a recording smaller; one that is small already is left alone. `progress` hears how much of how much
    /// is done.
    pub async fn make_smaller(
        &self,
        store: &Store,
        id: RecordingId,
        progress: impl FnMut(u64, u64) + Send + 'static,
    ) -> Result<Recording> {
        let recording = store.read(async |tx| recordings::read(tx, id).await).await?;
        if recording.codec == Codec::Small && recording.deleted_at.is_none() {
            return Ok(recording);
        }
        let (_held, (from, to)) = {
            let _turn = self.turn().await;
            let held = self.holding(id)?;
            let begun = store.write(store.author(), async |tx| {
                let to = recordings::begin_smaller(tx, id).await?;
                let file = recordings::read(tx, id).await?.file;
                Ok((tx.spool_place(file).await?, to))
            });
            (held, begun.await?)
        };
        let copy = to.file;
        let made = blocking(move || {
            let spool = SpoolReader::open(&from.path, &from.key)?;
            let story = spool.story().clone();
            let begin = |begun| SpoolWriter::create(&to.path, &to.key, begun);
            let bytes = smaller(spool, begin, progress)?;
            tells_the_same(&story, &mut SpoolReader::open(&to.path, &to.key)?)?;
            Ok(bytes)
        })
        .await;
        let replaced = match made {
            Ok(bytes) => {
                let replace = async |tx: &mut _| recordings::replace_spool(tx, id, copy, bytes).await;
                store.write(store.author(), replace).await.map_err(Into::into)
            }
            Err(error) => Err(error),
        };
        if replaced.is_err() {
            let forget = store.write(store.author(), async |tx| {
                let left = tx.growing_copies().await?.iter().any(|(left, _)| *left == copy);
                if left { tx.forget_copy(copy).await } else { Ok(()) }
            });
            if let Err(error) = forget.await {
                tracing::warn!(%error, "a copy that came to nothing goes with the next settling");
            }
        }
        replaced
    }
}
