//! Importing: tables as people really export them, and tables nobody should have sent.

use attune_kernel::{Code, Coded};
use attune_testkit::StoreInFolder;

use crate::{
    Country,
    patients::{self, ImportReport, ImportVerdict, Standing},
    tests::{chart, practice, write},
};

async fn preview(store: &StoreInFolder, file: &[u8]) -> Result<ImportReport, Code> {
    let (country, today) = (Country::check("GB").unwrap(), store.now().date_naive());
    let read = store.read(async |tx| patients::preview(tx, file, &country, today).await).await;
    read.map_err(|error| error.code())
}

async fn import(store: &StoreInFolder, file: &[u8], with_duplicates: bool) -> Result<ImportReport, Code> {
    let country = Country::check("GB").unwrap();
    let written = write(store, async |tx| patients::import(tx, file, &country, with_duplicates).await).await;
    written.map_err(|error| error.code())
}

async fn names(store: &StoreInFolder) -> Vec<String> {
    let found = store.read(async |tx| patients::find(tx, "", Standing::Active).await).await.unwrap();
    found.into_iter().map(|found| found.patient.details.name.reveal().to_owned()).collect()
}

const TABLE: &str = "\
First name,Surname,Date of birth,E-mail,Mobile,Shoe size,Notes
Maya,Okafor,11/02/1994,maya@example.org,07700 900142,39,\"Prefers mornings,
never Fridays\"
Jonas,Meyer,30/09/1981,,,44,
,,,,,,
Zoë,Lefèvre,1997-11-19,zoe@example,,,
Elif,,,,12,,
,,,ghost@example.org,,,
";

#[tokio::test]
async fn a_preview_says_row_by_row_what_an_import_would_do_and_does_nothing() {
    let store = practice().await;
    let report = preview(&store, TABLE.as_bytes()).await.unwrap();
    assert_eq!((report.ready, report.duplicates, report.refused, report.imported), (2, 0, 3, 0));
    assert_eq!(report.columns, ["First name", "Surname", "Date of birth", "E-mail", "Mobile", "Notes"]);
    assert_eq!(report.ignored, ["Shoe size"]);
    let rows: Vec<_> = report
        .rows
        .iter()
        .map(|row| (row.line, row.name.reveal().as_str(), row.code, row.column.as_deref()))
        .collect();
    assert_eq!(
        rows,
        [
            (2, "Maya Okafor", None, None),
            (4, "Jonas Meyer", None, None),
            (6, "Zoë Lefèvre", Some(Code::EmailInvalid), Some("E-mail")),
            (7, "Elif", Some(Code::PhoneInvalid), Some("Mobile")),
            (8, "", Some(Code::NameMissing), Some("Surname")),
        ]
    );
    assert!(names(&store).await.is_empty());
}

#[tokio::test]
async fn an_import_does_what_the_preview_said() {
    let store = practice().await;
    let expected = preview(&store, TABLE.as_bytes()).await.unwrap();
    let report = import(&store, TABLE.as_bytes(), false).await.unwrap();
    assert_eq!(report, ImportReport { imported: 2, ..expected });
    assert_eq!(names(&store).await, ["Jonas Meyer", "Maya Okafor"]);
    let maya =
        store.read(async |tx| patients::find(tx, "maya", Standing::Active).await).await.unwrap().remove(0);
    let details = maya.patient.details;
    assert_eq!(details.born_on.unwrap().reveal().to_string(), "1994-02-11");
    assert_eq!(details.note.unwrap().reveal(), "Prefers mornings,\nnever Fridays");
}

#[tokio::test]
async fn somebody_who_is_there_already_is_imported_only_if_asked() {
    let store = practice().await;
    chart(&store, "Maya Okafor").await;
    let file = b"name,email\nMAYA OKAFOR,\nJonas Meyer,j@example.org\nJon Meyer,J@example.org\n";
    let report = import(&store, file, false).await.unwrap();
    let rows: Vec<_> = report
        .rows
        .iter()
        .map(|row| (row.verdict, row.resembles.as_ref().map(|name| name.reveal())))
        .collect();
    assert_eq!(
        rows,
        [
            (ImportVerdict::Duplicate, Some("Maya Okafor")),
            (ImportVerdict::Ready, None),
            (ImportVerdict::Duplicate, Some("Jonas Meyer")),
        ]
    );
    assert_eq!((report.duplicates, report.imported), (2, 1));

    let again = import(&store, file, true).await.unwrap();
    assert_eq!((again.ready, again.duplicates, again.imported), (3, 0, 3));
    assert!(again.rows.iter().all(|row| row.verdict == ImportVerdict::Ready && row.resembles.is_some()));
}

#[tokio::test]
async fn any_encoding_and_delimiter_is_understood() {
    let text = "sep=;\r\nName;Geburtsdatum;Telefon\r\nGroß, Jürgen;3.4.1985;+49 30 123456\r\n";
    let windows = encoding_rs::WINDOWS_1252.encode(text).0.into_owned();
    let wide: Vec<u8> =
        format!("\u{feff}{}", text.replace(';', "\t")).encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (file, encoding) in [(text.as_bytes(), "UTF-8"), (&windows, "windows-1252"), (&wide, "UTF-16LE")] {
        let store = practice().await;
        let report = import(&store, file, false).await.unwrap();
        assert_eq!((report.encoding.as_str(), report.rows[0].line), (encoding, 3));
        assert_eq!(names(&store).await, ["Jürgen Groß"], "{encoding}");
    }
}

#[tokio::test]
async fn the_country_decides_a_date_that_can_be_read_two_ways() {
    let store = practice().await;
    let today = store.now().date_naive();
    for (country, born_on) in [("GB", "1985-04-03"), ("US", "1985-03-04")] {
        let country = Country::check(country).unwrap();
        let file = b"name,dob\nMaya,03/04/1985\n";
        write(&store, async |tx| patients::import(tx, file, &country, true).await).await.unwrap();
        let found = store.read(async |tx| patients::find(tx, "maya", Standing::Active).await).await.unwrap();
        let dates: Vec<_> = found
            .iter()
            .map(|found| found.patient.details.born_on.as_ref().unwrap().reveal().to_string())
            .collect();
        assert!(dates.contains(&born_on.to_owned()), "{dates:?} {today}");
    }
}

#[tokio::test]
async fn a_file_that_is_no_table_is_refused_with_its_reason() {
    let store = practice().await;
    let noise: Vec<u8> = (0..9_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 11) as u8).collect();
    for (file, code) in [
        (&b""[..], Code::CsvEmpty),
        (b"\xef\xbb\xbf", Code::CsvEmpty),
        (b"\n\n , \n", Code::CsvEmpty),
        (b"name,email\n", Code::CsvEmpty),
        (b"email,phone\nmaya@example.org,\n", Code::CsvNoName),
        (b"Maya Okafor\nJonas Meyer\n", Code::CsvNoName),
        (b"PK\x03\x04\x14\0\x06\0xl/workbook.xml", Code::CsvUnreadable),
        (&noise, Code::CsvUnreadable),
    ] {
        assert_eq!(preview(&store, file).await.unwrap_err(), code);
        assert_eq!(import(&store, file, true).await.unwrap_err(), code);
    }
    assert!(names(&store).await.is_empty());
}

#[tokio::test]
async fn a_hundred_thousand_rows_are_refused_and_ten_thousand_are_not() {
    let store = practice().await;
    let table = |rows: u32| {
        let lines: String = (0..rows).map(|n| format!("Person {n},person{n}@example.org\n")).collect();
        format!("name,email\n{lines}")
    };
    assert_eq!(import(&store, table(100_000).as_bytes(), true).await.unwrap_err(), Code::CsvTooManyRows);
    assert_eq!(import(&store, table(10_001).as_bytes(), true).await.unwrap_err(), Code::CsvTooManyRows);
    assert_eq!(preview(&store, table(10_000).as_bytes()).await.unwrap().ready, 10_000);
    assert!(names(&store).await.is_empty());
}

#[tokio::test]
async fn a_file_of_more_than_eight_mebibytes_is_refused() {
    let store = practice().await;
    let file = vec![b'a'; 8 * 1024 * 1024 + 1];
    assert_eq!(preview(&store, &file).await.unwrap_err(), Code::CsvTooLarge);
}

#[tokio::test]
async fn a_row_that_cannot_be_taken_is_refused_whole_and_the_others_are_not() {
    let store = practice().await;
    let long = "a".repeat(10_000);
    let file = format!(
        "name,email\nMa\0ya,\n{long},\nSam,sam@example.org,what is this\nSam\u{202e} Whitfield,\n👩🏽‍🎤 Ada,\nليلى حداد,\n"
    );
    let report = import(&store, file.as_bytes(), false).await.unwrap();
    let codes: Vec<_> = report.rows.iter().map(|row| row.code).collect();
    assert_eq!(
        codes,
        [Some(Code::TextUnprintable), Some(Code::NameTooLong), Some(Code::CsvRowBroken), None, None, None]
    );
    assert_eq!(report.rows[1].name.reveal().chars().count(), 100);
    assert_eq!(names(&store).await, ["Sam Whitfield", "ليلى حداد", "👩🏽‍🎤 Ada"]);
}

#[tokio::test]
async fn a_quotation_mark_that_is_never_closed_spoils_only_what_it_swallows() {
    let store = practice().await;
    let report =
        preview(&store, b"name,note\nMaya Okafor,\nJonas Meyer,\"late\nElif Demir,\n").await.unwrap();
    let codes: Vec<_> = report.rows.iter().map(|row| (row.line, row.code)).collect();
    assert_eq!(codes, [(2, None), (3, Some(Code::CsvRowBroken))]);
}

#[tokio::test]
async fn a_first_name_beside_a_whole_name_is_not_said_twice() {
    let store = practice().await;
    let file = b"Name,Vorname\nMaya Okafor,Maya\nMeyer,Jonas\n";
    import(&store, file, false).await.unwrap();
    assert_eq!(names(&store).await, ["Jonas Meyer", "Maya Okafor"]);
}

#[tokio::test]
async fn a_first_name_that_begins_like_the_family_name_is_kept() {
    let store = practice().await;
    let file = b"First name,Last name\nJo,Jones\nRob,Robinson\nJ,Jones\nWill,Williams\n";
    import(&store, file, true).await.unwrap();
    assert_eq!(names(&store).await, ["J Jones", "Jo Jones", "Rob Robinson", "Will Williams"]);

    let store = practice().await;
    let file = b"Name,First name\nJones,Jo\nWilliams,Will\nRob Robinson,Rob\n\"Okafor, Maya\",Maya\n";
    import(&store, file, true).await.unwrap();
    assert_eq!(names(&store).await, ["Jo Jones", "Maya Okafor", "Rob Robinson", "Will Williams"]);
}
