//! What can be seen in the texts alone: without a finding nothing changes, a second run changes nothing, comments survive.

use super::{Broken, Trial, broken};
use std::collections::BTreeMap;

pub(super) fn broken_by(trial: &Trial<'_>) -> Vec<Broken> {
    let Trial { before, run, after, settings } = trial;
    let mut failures = Vec::new();
    let mistakes = run.findings.iter().filter(|finding| finding.rule.id == "internal");
    failures.extend(mistakes.map(|finding| broken("own-check", &finding.message)));
    if after.texts == before.texts {
        return failures;
    }
    if run.is_quiet() {
        failures.push(broken("quiet", "a change without a finding"));
    }
    if after.run(settings).after != after.texts {
        failures.push(broken("twice", "a second run changes more"));
    }
    for (id, text) in &before.texts {
        failures.extend(lost_comment(text, &after.texts[id]).map(|comment| broken("comments", format!("lost: {comment}"))));
    }
    failures
}

/// What looks like a comment, line by line and without regard to YAML, has to be there afterwards.
fn lost_comment(before: &str, after: &str) -> Option<String> {
    let mut left = comment_like(after);
    let lost = comment_like(before).into_iter().find(|(text, count)| left.remove(text).unwrap_or_default() < *count);
    lost.map(|(text, _)| text.to_owned())
}

fn comment_like(text: &str) -> BTreeMap<&str, usize> {
    let mut counts = BTreeMap::new();
    for line in text.lines() {
        let at = line.match_indices('#').find(|(at, _)| line[..*at].chars().next_back().is_none_or(char::is_whitespace));
        if let Some((at, _)) = at {
            *counts.entry(line[at..].trim_end()).or_default() += 1;
        }
    }
    counts
}
