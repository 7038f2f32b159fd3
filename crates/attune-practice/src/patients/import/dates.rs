//! Dates of birth as tables write them.
//!
//! 03/04/1985 is two dates. Where any row of the file gives the order away (a 25 can be no month), all rows
//! are read that way; where none does, the country of the practice decides. A date that does not fit the
//! order is refused and never turned round to make it fit: a wrong birthday is worse than a missing one.

use attune_kernel::Code;
use chrono::{Datelike, NaiveDate};

use crate::Country;

/// Which of two numbers before a year is the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DateOrder {
    DayFirst,
    MonthFirst,
}

impl DateOrder {
    /// The order that a column's values give away, or else that of the country.
    pub(super) fn of<'a>(values: impl Iterator<Item = &'a str>, country: &Country) -> Self {
        let (mut day_first, mut month_first) = (false, false);
        for (first, second) in values.filter_map(ambiguous) {
            day_first |= first > 12;
            month_first |= second > 12;
        }
        match (day_first, month_first) {
            (true, false) => Self::DayFirst,
            (false, true) => Self::MonthFirst,
            _ if country.writes_the_month_first() => Self::MonthFirst,
            _ => Self::DayFirst,
        }
    }

    /// The date of one cell. A year of two digits is the last such year that is not in the future.
    pub(super) fn read(self, cell: &str, today: NaiveDate) -> Result<NaiveDate, Code> {
        let parts = parts(cell).ok_or(Code::BornInvalid)?;
        let number = |part: &str| part.parse::<u32>().map_err(|_| Code::BornInvalid);
        let (a, b, c) = (number(parts.0)?, number(parts.1)?, number(parts.2)?);
        let (year, month, day) = match (parts.0.len(), parts.3, self) {
            (4, _, _) => (a, b, c),
            // Dots are written day first wherever they are written.
            (_, '.', _) | (_, _, Self::DayFirst) => (full_year(parts.2, c, today)?, b, a),
            (_, _, Self::MonthFirst) => (full_year(parts.2, c, today)?, a, b),
        };
        let year = i32::try_from(year).map_err(|_| Code::BornInvalid)?;
        NaiveDate::from_ymd_opt(year, month, day).ok_or(Code::BornInvalid)
    }
}

/// The three numbers of a date and what stands between them. A time of day behind it is let go.
fn parts(cell: &str) -> Option<(&str, &str, &str, char)> {
    let date = cell.split(['T', ' ']).next()?;
    let between = date.chars().find(|c| !c.is_ascii_digit()).filter(|c| matches!(c, '-' | '/' | '.'))?;
    let mut parts = date.split(between);
    let (a, b, c) = (parts.next()?, parts.next()?, parts.next()?);
    let digits = |part: &str| (1..=4).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    (parts.next().is_none() && digits(a) && digits(b) && digits(c)).then_some((a, b, c, between))
}

fn ambiguous(cell: &str) -> Option<(u32, u32)> {
    let (a, b, _, between) = parts(cell.trim())?;
    (a.len() <= 2 && between != '.').then(|| Some((a.parse().ok()?, b.parse().ok()?))).flatten()
}

fn full_year(written: &str, year: u32, today: NaiveDate) -> Result<u32, Code> {
    match written.len() {
        4 => Ok(year),
        2 => {
            let this_year = u32::try_from(today.year()).map_err(|_| Code::BornInvalid)?;
            let century = this_year - this_year % 100;
            Ok(if century + year > this_year { century - 100 + year } else { century + year })
        }
        _ => Err(Code::BornInvalid),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn today() -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 4, 14).unwrap()
    }

    fn order(values: &[&str], country: &str) -> DateOrder {
        DateOrder::of(values.iter().copied(), &Country::check(country).unwrap())
    }

    #[test]
    fn a_date_that_says_its_order_is_read_in_it() {
        for cell in ["1985-04-03", "1985/4/3", "1985.04.03", "03.04.1985", "3.4.85", "1985-04-03T00:00:00"] {
            for order in [DateOrder::DayFirst, DateOrder::MonthFirst] {
                assert_eq!(
                    order.read(cell, today()),
                    Ok(NaiveDate::from_ymd_opt(1985, 4, 3).unwrap()),
                    "{cell}"
                );
            }
        }
    }

    #[test]
    fn a_date_with_two_readings_is_read_in_the_order_of_the_file() {
        let march = NaiveDate::from_ymd_opt(1985, 3, 4).unwrap();
        let april = NaiveDate::from_ymd_opt(1985, 4, 3).unwrap();
        assert_eq!(DateOrder::DayFirst.read("03/04/1985", today()), Ok(april));
        assert_eq!(DateOrder::MonthFirst.read("03/04/1985 00:00", today()), Ok(march));
        assert_eq!(DateOrder::MonthFirst.read("25/04/1985", today()), Err(Code::BornInvalid));
    }

    #[test]
    fn one_row_gives_the_order_of_the_file_away() {
        assert_eq!(order(&["03/04/1985", "12/25/1990"], "GB"), DateOrder::MonthFirst);
        assert_eq!(order(&["03/04/1985", "25/12/1990"], "US"), DateOrder::DayFirst);
    }

    #[test]
    fn where_no_row_does_the_country_decides() {
        assert_eq!(order(&["03/04/1985", "", "soon"], "GB"), DateOrder::DayFirst);
        assert_eq!(order(&["03/04/1985"], "US"), DateOrder::MonthFirst);
        assert_eq!(order(&["25/04/1985", "04/25/1985"], "US"), DateOrder::MonthFirst);
    }

    #[test]
    fn a_year_of_two_digits_is_never_in_the_future() {
        let read = |cell| DateOrder::DayFirst.read(cell, today()).unwrap().year();
        assert_eq!((read("1/1/26"), read("1/1/27"), read("1/1/85")), (2026, 1927, 1985));
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for cell in
            ["soon", "31142", "1985-02-30", "1985-4", "1/2/3/4", "--", "1/1/985", "４/４/1985", "Apr 3 1985"]
        {
            assert_eq!(DateOrder::DayFirst.read(cell, today()), Err(Code::BornInvalid), "{cell}");
        }
    }
}
