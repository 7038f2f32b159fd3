//! Text a person was writing when the window locked, closed or fell over.
//!
//! It belongs to a place on a screen, not to a record; it is nobody's statement yet. So it has neither
//! outbox record nor audit line, never leaves this device, and goes when the text is saved.

use crate::{
    Result,
    tx::{ReadTx, WriteTx},
};

impl WriteTx {
    /// Keeps what stands in `place`.
    pub async fn keep_unsaved(&mut self, place: &str, text: &str) -> Result<()> {
        let query = sqlx::query(
            "insert into unsaved (place, text, at) values (?, ?, ?)
             on conflict (place) do update set text = excluded.text, at = excluded.at",
        );
        self.admit(query.bind(place).bind(text).bind(self.now())).await?;
        Ok(())
    }

    /// Forgets what stood in `place`: it was saved, or given up.
    pub async fn drop_unsaved(&mut self, place: &str) -> Result<()> {
        self.admit(sqlx::query("delete from unsaved where place = ?").bind(place)).await?;
        Ok(())
    }
}

impl ReadTx {
    /// What stood in `place`.
    pub async fn unsaved(&mut self, place: &str) -> Result<Option<String>> {
        let query = sqlx::query_as::<_, (String,)>("select text from unsaved where place = ?");
        Ok(self.optional(query.bind(place)).await?.map(|(text,)| text))
    }
}
