//! Ranges of ports that are too wide to be mapped.

use crate::compose::service::Variable;
use crate::diagnostic::{Family, Finding, Obligation, Rule};
use crate::knowledge::{variables, words};
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

/// The first range that is too wide.
pub(crate) fn check(case: &Case<'_>) -> Vec<Finding> {
    let ranges = case.service.ports.iter().filter_map(|entry| Some((entry.at, entry.mapping.as_ref()?.target.range.count())));
    let exposed = case.service.expose.iter().map(|entry| (entry.text.at(), entry.ports.len()));
    let documented = case.subject.known.iter().flat_map(|known| &known.wide_ranges);
    let documented = documented.map(|(first, last)| (case.subject.at(), usize::from(last.number - first.number) + 1));
    let wide = ranges.chain(exposed).chain(by_limits(case)).chain(documented).filter(|(_, count)| *count > MAX_RANGE);
    wide.map(|(at, count)| Finding::keeps(&RULE, format!("a range of {count} ports"), at)).take(1).collect()
}

/// Ranges of ports whose ends are two variables: `RTP_START` and `RTP_END`, `MIN_PORT` and `MAX_PORT`.
fn by_limits(case: &Case<'_>) -> Vec<(Location, usize)> {
    let port = |variable: &Variable| variable.text().parse::<u16>().ok().filter(|number| *number >= 1024);
    let range = |low: &Variable| {
        let first = port(low)?;
        let high = |name: String| case.service.environment.iter().find(|it| it.name.eq_ignore_ascii_case(&name));
        let last = port(upper_ends(&low.name).find_map(high)?)?;
        Some((low.at, usize::from(last.checked_sub(first)?) + 1))
    };
    let speaks_of_ports = |variable: &&Variable| variables::is_limit(&variable.name);
    case.service.environment.iter().filter(speaks_of_ports).filter_map(range).collect()
}

/// The names that a variable with the upper end may have: one word of `name` is that of a lower end.
fn upper_ends(name: &str) -> impl Iterator<Item = String> {
    let parts: Vec<&str> = name.split('_').collect();
    (0..parts.len()).filter_map(move |at| {
        let mut other: Vec<String> = parts.iter().map(|&part| part.to_owned()).collect();
        *other.get_mut(at)? = words::upper_end(parts.get(at)?)?;
        Some(other.join("_"))
    })
}

#[cfg(test)]
mod tests {
    use crate::tests::verdict::hold;

    #[test]
    fn wide_ranges_keep_a_service() {
        hold(&[
            ("image: example/app\nenvironment: {PORT: 1, RTP_START: 10000, RTP_END: 20000}", "keep 1/tcp media-range"),
            ("image: example/app\nenvironment: {PORT: 1, RTP_START: 10000, RTP_END: 10010}", "migrate 1/tcp"),
            ("image: example/app\nenvironment: {PORT: 1, PAGE_START: 10000, PAGE_END: 20000}", "migrate 1/tcp"),
        ]);
    }
}
