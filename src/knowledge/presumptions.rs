//! Presumptions: what is taken for granted without evidence, and the record that each has on real files.
//!
//! Which obligation a presumption discharges, and when it is called on, is for the rules. Here stands only whether it may count.

use super::table::{Line, Table};
use std::sync::LazyLock;

pub(super) const TEXT: &str = include_str!("../../data/presumptions.txt");

static TABLE: LazyLock<Table> = LazyLock::new(|| Table::new(TEXT));

/// So many times of a hundred a presumption has to have been right.
const SHARE: u32 = 97;
/// Used less often, it has to have been right each time.
const OFTEN: u32 = 20;

/// Whether the presumption of that name was right often enough to discharge an obligation.
pub(crate) fn counts(name: &str) -> bool {
    TABLE.of(name).next().and_then(record).is_some_and(|(right, of)| is_good(right, of))
}

fn record(line: Line) -> Option<(u32, u32)> {
    Some((line.field("right")?.parse().ok()?, line.field("of")?.parse().ok()?))
}

fn is_good(right: u32, of: u32) -> bool {
    of > 0 && if of < OFTEN { right == of } else { right * 100 >= of * SHARE }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_good_when_it_is_long_and_nearly_clean_or_short_and_clean() {
        for (right, of, good) in
            [(0, 0, false), (1, 1, true), (18, 19, false), (19, 20, false), (97, 100, true), (96, 100, false), (33, 34, true)]
        {
            assert_eq!(is_good(right, of), good, "{right} of {of}");
        }
    }

    #[test]
    fn every_presumption_has_a_record() {
        assert!(TABLE.lines().all(|line| record(line).is_some_and(|(right, of)| right <= of)));
        assert!(!counts("nothing-of-that-name"));
    }
}
