//! One wrong byte, at every place of a small file: no panic, no edit that the program takes back, no invalid YAML.

use super::{Subject, modes};
use crate::yaml::oracle;

/// What a slip of the hand puts into a file.
const SLIPS: [&str; 14] = ["", ":", "\"", "'", "\t", "{", "]", "#", "- ", "&", "*", "\n", " ", "—"];

pub(super) fn broken_by(subject: &Subject) -> Vec<String> {
    let Some(text) = subject.project.only_text() else { return Vec::new() };
    let mut failures = Vec::new();
    for (number, (at, old)) in text.char_indices().enumerate() {
        // Each way to run gets another slip at the same place.
        for (shift, (mode, settings)) in modes().into_iter().enumerate() {
            let slip = SLIPS[(number + shift * SLIPS.len() / 2) % SLIPS.len()];
            let slipped = subject.project.with_compose(|text| format!("{}{slip}{}", &text[..at], &text[at + old.len_utf8()..]));
            let run = slipped.run(&settings);
            let taken_back = run.findings.iter().any(|finding| finding.rule.id == "internal");
            let invalid =
                run.after != slipped.texts && run.after.iter().any(|(id, text)| slipped.parts.contains(id) && oracle::parse(text).is_err());
            if invalid || taken_back {
                failures.push(format!(
                    "{} {mode}: a wrong edit with `{slip}` at byte {at}:\n{}",
                    subject.name,
                    slipped.only_text().unwrap_or_default()
                ));
            }
        }
    }
    failures
}
