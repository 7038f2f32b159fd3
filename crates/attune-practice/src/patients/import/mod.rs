//! Importing patients from a table somebody exported elsewhere.
//!
//! Nobody's export is like another's, so the file is read as it is: its encoding, its delimiter and the
//! meaning of its columns are worked out and reported. Looking first and importing are one and the same
//! reading, so the preview cannot promise what the import does not keep. Every row gets a verdict; a row
//! that cannot be taken is refused whole, with the reason and the column, and nothing is half imported:
//! all ready rows go in together or none does.

mod columns;
mod crowd;
mod dates;
mod decode;
mod sheet;

use attune_kernel::{Code, Private};
use attune_store::{ReadTx, Result, WriteTx};
use chrono::NaiveDate;
use serde::Serialize;
use specta::Type;

use super::{Details, PatientName, open_chart};
use crate::Country;
use columns::Field;
use crowd::Crowd;
use dates::DateOrder;
use sheet::Sheet;

/// What became of a row, or would.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ImportVerdict {
    /// It can be imported; after an import, it was.
    Ready,
    /// Somebody like this is there already, in the practice or further up in the file.
    Duplicate,
    /// It cannot be taken as it stands.
    Refused,
}

/// One row of the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ImportRow {
    /// Where it begins in the file, the way an editor counts.
    pub line: u32,
    /// The name as far as it could be read.
    pub name: Private<String>,
    pub verdict: ImportVerdict,
    pub code: Option<Code>,
    /// The heading of the column that was refused.
    pub column: Option<String>,
    /// The name of whom this may already be.
    pub resembles: Option<PatientName>,
}

/// What a file holds, row by row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ImportReport {
    pub encoding: String,
    pub ready: u32,
    pub duplicates: u32,
    pub refused: u32,
    /// The headings that were understood.
    pub columns: Vec<String>,
    /// The headings that were not, or that say again what an earlier one said.
    pub ignored: Vec<String>,
    pub rows: Vec<ImportRow>,
    /// How many charts were opened: none in a preview.
    pub imported: u32,
}

const MOST_BYTES: usize = 8 * 1024 * 1024;
/// A cell that is no name at all is shown only so far as to recognise the row.
const SHOWN_OF_A_NAME: usize = 100;

/// What [`import`] would do. Dates that can be read two ways are read as people in `country` write them.
pub async fn preview(
    tx: &mut ReadTx,
    file: &[u8],
    country: &Country,
    today: NaiveDate,
) -> Result<ImportReport> {
    let (report, _) = read(tx, file, country, today, false).await?;
    Ok(report)
}

/// Opens a chart for every ready row, and for duplicates too if asked to.
pub async fn import(
    tx: &mut WriteTx,
    file: &[u8],
    country: &Country,
    with_duplicates: bool,
) -> Result<ImportReport> {
    let today = tx.now().date_naive();
    let (mut report, ready) = read(tx, file, country, today, with_duplicates).await?;
    for details in ready {
        open_chart(tx, details, tx.author().member, tx.now()).await?;
        report.imported += 1;
    }
    Ok(report)
}

async fn read(
    tx: &mut ReadTx,
    file: &[u8],
    country: &Country,
    today: NaiveDate,
    with_duplicates: bool,
) -> Result<(ImportReport, Vec<Details>)> {
    if file.len() > MOST_BYTES {
        return Err(Code::CsvTooLarge.into());
    }
    let decoded = decode::decode(file)?;
    let sheet = Sheet::read(&decoded.text)?;
    let order = DateOrder::of(sheet.values(Field::BornOn), country);

    let mut report = ImportReport {
        encoding: decoded.encoding.to_owned(),
        ready: 0,
        duplicates: 0,
        refused: 0,
        columns: sheet.columns.understood(),
        ignored: sheet.columns.ignored(),
        rows: Vec::with_capacity(sheet.rows.len()),
        imported: 0,
    };
    let mut ready = Vec::new();
    let mut crowd = Crowd::of_the_practice(tx).await?;
    for row in &sheet.rows {
        let mut line = ImportRow {
            line: row.line,
            name: Private::new(sheet.name_of(row).chars().take(SHOWN_OF_A_NAME).collect()),
            verdict: ImportVerdict::Refused,
            code: None,
            column: None,
            resembles: None,
        };
        match sheet.check(row, order, today) {
            Err(refusal) => {
                line.code = Some(refusal.code);
                line.column = refusal.field.and_then(|field| sheet.columns.heading(field));
                report.refused += 1;
            }
            Ok(details) => {
                line.resembles = crowd.resembling(&details).cloned();
                if line.resembles.is_some() && !with_duplicates {
                    line.verdict = ImportVerdict::Duplicate;
                    report.duplicates += 1;
                } else {
                    line.verdict = ImportVerdict::Ready;
                    report.ready += 1;
                    crowd.join(&details);
                    ready.push(details);
                }
            }
        }
        report.rows.push(line);
    }
    Ok((report, ready))
}
