//! Whom to call: the right country's lines, nobody else's, and none that was never checked passing as checked.

use super::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

#[test]
fn a_country_has_its_emergency_number_and_its_lines() {
    let lines = lines("gb");
    assert_eq!((lines.country.as_str(), &lines.emergency[..]), ("GB", &["999".to_owned()][..]));
    assert_eq!(lines.lines[0].name, "Samaritans");
    assert_eq!(lines.lines[0].call.as_deref(), Some("116 123"));
}

#[test]
fn a_country_of_the_union_without_lines_of_its_own_has_those_of_the_union() {
    let lines = lines("PT");
    assert_eq!(lines.emergency, ["112"]);
    assert!(lines.lines.iter().any(|line| line.call.as_deref() == Some("116 123")));
}

#[test]
fn a_country_we_hold_nothing_for_borrows_no_number() {
    for country in ["PE", "XX", "", "\0", "no such country"] {
        let lines = lines(country);
        assert!(lines.emergency.is_empty(), "{country}");
        assert!(
            lines.lines.iter().all(|line| line.call.is_none() && line.text.is_none() && line.web.is_some())
        );
        assert!(!lines.lines.is_empty());
    }
}

#[test]
fn every_line_can_be_reached_and_says_where_it_was_read() {
    let lists = DATA.countries.values().chain([&DATA.european_union, &DATA.elsewhere]);
    for (name, _, source) in lists.clone().flat_map(List::checks) {
        assert!(source.starts_with("https://"), "{name}");
    }
    for line in lists.flat_map(|list| &list.lines) {
        assert!(line.call.is_some() || line.text.is_some() || line.web.is_some(), "{}", line.name);
        for number in line.call.iter().chain(&line.text) {
            assert!(number.chars().all(|c| c.is_ascii_digit() || c == ' ' || c == '-'), "{number}");
        }
    }
}

#[test]
fn every_country_in_the_file_is_a_country() {
    for country in DATA.countries.keys() {
        assert_eq!(Country::check(country).unwrap().as_str(), country);
    }
}

#[test]
fn a_line_nobody_checked_waits_for_it_before_a_release() {
    let stale = stale(day("2026-08-20"));
    let samaritans = stale.iter().find(|line| line.country == "GB" && line.name == "Samaritans");
    assert_eq!(samaritans.map(|line| line.verified_on), Some(None));
    assert!(stale.iter().any(|line| line.country == "GB" && line.name == "999"), "emergency numbers too");
}

#[test]
fn a_check_holds_for_180_days() {
    let checked = Some(day("2026-08-01"));
    assert!(is_fresh(checked, day("2026-08-01")) && is_fresh(checked, day("2027-01-28")));
    assert!(!is_fresh(checked, day("2027-01-29")));
    assert!(!is_fresh(checked, day("2026-07-31")), "a check that lies in the future proves nothing");
    assert!(!is_fresh(None, day("2026-08-01")));
}

#[test]
fn what_is_to_be_known_before_calling_is_a_key_and_never_a_sentence() {
    let lines = lines("GB");
    let notes: Vec<_> = lines.lines.iter().filter_map(|line| line.note_key).collect();
    assert!(notes.contains(&CrisisNote::FreeDayAndNight));
    assert_eq!(serde_json::to_value(notes[0]).unwrap(), "free_day_and_night");
}
