//! A table cut into rows and cells, and one row checked against the rules for typing.

use attune_kernel::Code;
use chrono::NaiveDate;

use super::{
    columns::{Columns, Field},
    dates::DateOrder,
};
use crate::{
    fold::fold,
    patients::{BornOn, Details, Email, Note, PatientName, Phone, Pronouns, Reference},
};

const MOST_ROWS: usize = 10_000;

pub(super) struct Sheet {
    pub columns: Columns,
    pub rows: Vec<Row>,
}

pub(super) struct Row {
    pub line: u32,
    cells: Vec<String>,
    /// Its cells cannot be told apart.
    broken: bool,
}

/// Why a row cannot be taken.
pub(super) struct Refusal {
    pub code: Code,
    pub field: Option<Field>,
}

impl Sheet {
    pub(super) fn read(text: &str) -> Result<Self, Code> {
        let (delimiter, text, skipped) = delimiter(text);
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .flexible(true)
            .has_headers(false)
            .from_reader(text.as_bytes());
        let mut columns = None;
        let mut rows = Vec::new();
        for record in reader.records() {
            let record = record.map_err(|_| Code::CsvUnreadable)?;
            let cells: Vec<_> = record.iter().map(|cell| cell.trim().to_owned()).collect();
            if cells.iter().all(String::is_empty) {
                continue;
            }
            let Some(columns) = &columns else {
                columns = Some(Columns::read(cells).ok_or(Code::CsvNoName)?);
                continue;
            };
            if rows.len() == MOST_ROWS {
                return Err(Code::CsvTooManyRows);
            }
            let line = record.position().map_or(0, csv::Position::line) + skipped;
            let broken = cells.iter().skip(Columns::width(columns)).any(|cell| !cell.is_empty());
            rows.push(Row { line: u32::try_from(line).unwrap_or(u32::MAX), cells, broken });
        }
        let columns = columns.ok_or(Code::CsvEmpty)?;
        let last = rows.last_mut().ok_or(Code::CsvEmpty)?;
        // A quotation mark that is never closed swallows every row after it.
        last.broken |=
            text.matches('"').count() % 2 == 1 && last.cells.iter().any(|cell| cell.contains('\n'));
        Ok(Self { columns, rows })
    }

    /// The cells of a column.
    pub(super) fn values(&self, field: Field) -> impl Iterator<Item = &str> {
        self.rows.iter().map(move |row| self.cell(row, field))
    }

    fn cell<'a>(&self, row: &'a Row, field: Field) -> &'a str {
        let place = self.columns.place(field);
        place.and_then(|place| row.cells.get(place)).map_or("", String::as_str)
    }

    /// The name, put together from the columns there are: "Okafor, Maya" is turned round.
    pub(super) fn name_of(&self, row: &Row) -> String {
        let [name, first, last] =
            [Field::Name, Field::FirstName, Field::LastName].map(|field| self.cell(row, field));
        if !last.is_empty() {
            return format!("{first} {last}").trim().to_owned();
        }
        let name = match name.split_once(',') {
            Some((family, first)) if !first.contains(',') => format!("{first} {family}"),
            _ => name.to_owned(),
        };
        // In a table with a first name and a name, the name may be the whole name or the family's.
        if begins_with_the_words(&name, first) { name } else { format!("{first} {name}").trim().to_owned() }
    }

    /// One row as a person's details, under the same rules as typing.
    pub(super) fn check(&self, row: &Row, order: DateOrder, today: NaiveDate) -> Result<Details, Refusal> {
        if row.broken {
            return Err(Refusal { code: Code::CsvRowBroken, field: None });
        }
        let at = |field| move |code| Refusal { code, field: Some(field) };
        let cell = |field| self.cell(row, field);
        Ok(Details {
            name: PatientName::check(&self.name_of(row)).map_err(at(Field::Name))?,
            preferred_name: PatientName::check_optional(cell(Field::PreferredName))
                .map_err(at(Field::PreferredName))?,
            pronouns: Pronouns::check(cell(Field::Pronouns)).map_err(at(Field::Pronouns))?,
            reference: Reference::check(cell(Field::Reference)).map_err(at(Field::Reference))?,
            email: Email::check(cell(Field::Email)).map_err(at(Field::Email))?,
            phone: Phone::check(cell(Field::Phone)).map_err(at(Field::Phone))?,
            born_on: born_on(cell(Field::BornOn), order, today).map_err(at(Field::BornOn))?,
            note: Note::check(cell(Field::Note)).map_err(at(Field::Note))?,
        })
    }
}

/// "Rob Robinson" begins with the word "Rob"; "Robinson" does not, though its letters do.
fn begins_with_the_words(name: &str, first: &str) -> bool {
    let (name, first) = (fold(name), fold(first));
    let mut words = name.split(' ');
    first.is_empty() || first.split(' ').all(|word| words.next() == Some(word))
}

fn born_on(cell: &str, order: DateOrder, today: NaiveDate) -> Result<Option<BornOn>, Code> {
    if cell.is_empty() {
        return Ok(None);
    }
    BornOn::between_1900_and(today, order.read(cell, today)?).map(Some)
}

/// What separates the cells: what Excel's "sep=" line says, or what the first line has most of outside
/// quotation marks. Also gives the text behind such a line, and how many lines that skipped.
fn delimiter(text: &str) -> (u8, &str, u64) {
    if let Some(rest) = text.strip_prefix("sep=")
        && let [delimiter @ (b',' | b';' | b'\t'), ..] = rest.as_bytes()
        && let Some((_, table)) = rest.split_once('\n')
    {
        return (*delimiter, table, 1);
    }
    let mut counts = [(b',', 0), (b';', 0), (b'\t', 0)];
    let mut quoted = false;
    for byte in text.trim_start().bytes() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' if !quoted => break,
            _ if quoted => {}
            _ => counts.iter_mut().filter(|(known, _)| *known == byte).for_each(|(_, count)| *count += 1),
        }
    }
    let most = counts.into_iter().rev().max_by_key(|(_, count)| *count);
    (most.map_or(b',', |(delimiter, _)| delimiter), text, 0)
}
