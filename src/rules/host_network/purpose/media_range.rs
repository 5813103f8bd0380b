//! Ranges of ports that are too wide to be mapped.

use crate::compose::service::Variable;
use crate::diagnostic::{Family, Finding, Obligation, Rule};
use crate::rules::case::Case;
use crate::source::Location;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    id: "media-range",
    family: Family::HostNetwork,
    obligation: Some(Obligation::Purpose),
    summary: "it needs more ports than can be mapped one by one",
    page: include_str!("media_range.md"),
};

/// More listed ports than this are a range that is meant for the host.
const MAX_RANGE: usize = 100;

pub(crate) fn check(case: &Case<'_>) -> Vec<Finding> {
    let ranges = case.service.ports.iter().filter_map(|entry| Some((entry.at, entry.mapping.as_ref()?.target.range.count())));
    let exposed = case.service.expose.iter().map(|entry| (entry.text.at(), entry.ports.len()));
    let documented = case.subject.known.iter().flat_map(|known| &known.wide_ranges);
    let documented = documented.map(|(first, last)| (case.subject.at(), usize::from(last.number - first.number) + 1));
    let wide = ranges.chain(exposed).chain(by_limits(case)).chain(documented).filter(|(_, count)| *count > MAX_RANGE);
    wide.map(|(at, count)| Finding::keeps(&RULE, format!("a range of {count} ports"), at)).take(1).collect()
}

/// How the names of the two ends of a range of ports differ.
const LIMITS: [(&str, &str); 3] = [("MIN", "MAX"), ("START", "END"), ("FROM", "TO")];

/// Ranges of ports whose ends are two variables: `RTP_START` and `RTP_END`, `MIN_PORT` and `MAX_PORT`.
fn by_limits(case: &Case<'_>) -> Vec<(Location, usize)> {
    let port = |variable: &Variable| variable.text().parse::<u16>().ok().filter(|number| *number >= 1024);
    let range = |low: &Variable| {
        let (first, name) = (port(low)?, low.name.to_ascii_uppercase());
        LIMITS.iter().find_map(|(min, max)| {
            let other = name.split('_').map(|word| if word == *min { *max } else { word }).collect::<Vec<_>>().join("_");
            let high = case.service.environment.iter().find(|it| other != name && it.name.eq_ignore_ascii_case(&other))?;
            Some((low.at, usize::from(port(high)?.checked_sub(first)?) + 1))
        })
    };
    let speaks_of_ports = |variable: &&Variable| {
        ["PORT", "RTP", "RTC", "TURN", "PASV", "UDP"].iter().any(|word| variable.name.to_ascii_uppercase().contains(word))
    };
    case.service.environment.iter().filter(speaks_of_ports).filter_map(range).collect()
}
