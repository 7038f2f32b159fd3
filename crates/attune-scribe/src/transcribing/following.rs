//! Writing down the session that is being recorded, as far as the disk has it.

use attune_kernel::{Coded, RecordingId};
use attune_practice::recordings;
use attune_store::Store;

use super::{
    LiveText, Transcriber, Written,
    runner::Hand,
    underway::{Step, Underway},
};
use crate::Result;

impl Transcriber {
    /// Writes down what the disk has of the recording that goes on. Whatever stands in the way of it stands in the
    /// way of nothing else: the job that follows begins anew.
    pub(super) async fn follow(
        &self,
        store: &Store,
        recording: RecordingId,
        live: &mut Option<Underway>,
    ) -> Result<bool> {
        let chosen = self.tools.chosen().filter(|_| self.tools.while_recording());
        let (Some(model), false) = (chosen, self.state().not_live == Some(recording)) else {
            self.listening(false);
            return Ok(false);
        };
        match self.follow_with(store, recording, model, live).await {
            Ok(worked) => Ok(worked),
            Err(error) => {
                tracing::warn!(%recording, code = %error.code(), "not written down while it is recorded");
                *live = None;
                self.state().not_live = Some(recording);
                self.listening(false);
                Ok(false)
            }
        }
    }

    async fn follow_with(
        &self,
        store: &Store,
        recording: RecordingId,
        model: String,
        live: &mut Option<Underway>,
    ) -> Result<bool> {
        let mut underway = match live.take() {
            Some(held) if held.recording == recording && held.model == model => held,
            _ => {
                let place = store
                    .read(async |tx| {
                        let file = recordings::read(tx, recording).await?.file;
                        tx.spool_place(file).await
                    })
                    .await?;
                Underway::open(recording, model.clone(), place, None).await?
            }
        };
        self.listening(true);
        let mut hand = Hand::Local(model.clone(), Box::new(self.local(&model)?));
        let before = underway.writing.written_ms();
        let stepped = loop {
            self.gently(&mut hand);
            let (held, step) = underway.step(hand.engine()).await;
            underway = held;
            match step {
                Ok(Step::More) => {}
                Ok(Step::Dry | Step::Done) => break Ok(()),
                Err(error) => break Err(error),
            }
            if self.scribe.being_recorded() != Some(recording) {
                break Ok(());
            }
        };
        self.put_back(hand);
        let written = underway.writing.written_ms();
        if written > before && self.state().show_live {
            let so_far = underway.writing.so_far();
            let text = LiveText::of(recording, &so_far, written, underway.writing.heard_ms());
            (self.tell)(Written::Live(text));
        }
        *live = Some(underway);
        stepped.map(|()| false)
    }
}
