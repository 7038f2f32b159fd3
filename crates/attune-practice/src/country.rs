//! A country, by its two letters. It decides which crisis lines are shown and how a typed date is read.

use std::fmt;

use attune_kernel::Code;
use serde::Serialize;
use specta::Type;

/// ISO 3166-1 alpha-2, in capitals.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Type)]
#[serde(transparent)]
#[specta(transparent)]
pub struct Country(String);

/// The officially assigned codes, https://www.iso.org/obp/ui/#search/code.
const ASSIGNED: &str = "\
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV \
    BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES \
    ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE \
    IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY \
    MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU \
    NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM \
    SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE \
    VG VI VN VU WF WS YE YT ZA ZM ZW";

const EUROPEAN_UNION: &str =
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK";

/// Where 03/04 is the fourth of March: the United States and those who write as they do.
const MONTH_FIRST: &str = "AS BZ FM GU MH MP PH PR PW UM US VI";

impl Country {
    /// The country these two letters stand for, in either case.
    pub fn check(typed: &str) -> Result<Self, Code> {
        let code = typed.trim().to_ascii_uppercase();
        if listed(ASSIGNED, &code) { Ok(Self(code)) } else { Err(Code::CountryUnknown) }
    }

    /// A country that was checked when it was written.
    pub(crate) const fn kept(code: String) -> Self {
        Self(code)
    }

    /// The two letters.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn in_the_european_union(&self) -> bool {
        listed(EUROPEAN_UNION, &self.0)
    }

    pub(crate) fn writes_the_month_first(&self) -> bool {
        listed(MONTH_FIRST, &self.0)
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn listed(list: &str, code: &str) -> bool {
    list.split_ascii_whitespace().any(|known| known == code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_letters_of_a_country_are_taken_in_either_case() {
        assert_eq!(Country::check(" gb ").unwrap().as_str(), "GB");
    }

    #[test]
    fn letters_that_name_no_country_are_refused() {
        for typed in ["", "G", "XX", "GBR", "AD AE", "🇬🇧", "\0\0"] {
            assert_eq!(Country::check(typed), Err(Code::CountryUnknown), "{typed:?}");
        }
    }

    #[test]
    fn every_country_with_a_habit_is_a_country() {
        for code in EUROPEAN_UNION.split(' ').chain(MONTH_FIRST.split(' ')) {
            assert!(Country::check(code).is_ok(), "{code}");
        }
    }
}
