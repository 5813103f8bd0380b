//! The proof of a service for people: one line for each obligation, what stands worst about it first.
//!
//! Kept apart from the rest of the report since it is as long for a service that leaves as for one that stays. What behaves differently
//! afterwards is no part of it.

use super::shown::{Place, Plain};
use crate::diagnostic::{Obligation, Proof, Verdict};
use crate::source::{Location, Sources};
use std::io::{self, Write};

/// So many findings of an obligation are named on its line.
const NAMED: usize = 3;

/// Writes a line for each obligation of `proof`; `at` is the place that was named already.
pub(super) fn write(sources: &Sources, proof: &Proof, at: Location, indent: &str, out: &mut dyn Write) -> io::Result<()> {
    for obligation in Obligation::ALL {
        let status = proof.status(obligation);
        let findings = status.findings();
        write!(out, "{indent}{:<9}", obligation.name())?;
        if status.verdict() > Verdict::Migrate {
            write!(out, "{}: ", status.verdict().name())?;
        }
        for (number, finding) in findings.iter().take(NAMED).enumerate() {
            write!(out, "{}[{}] {}", if number == 0 { "" } else { " · " }, finding.rule.id, Plain(&finding.message))?;
            write_place(sources, finding.at, at, out)?;
            for (place, note) in &finding.related {
                write!(out, ", {}", Plain(note))?;
                write_place(sources, *place, at, out)?;
            }
        }
        match findings.len() {
            0 => writeln!(out, "nothing speaks against it")?,
            count if count > NAMED => writeln!(out, " · and {} more", count - NAMED)?,
            _ => writeln!(out)?,
        }
    }
    Ok(())
}

/// A place unless it is the one already named; in the same file, line and column are enough.
fn write_place(sources: &Sources, place: Location, named: Location, out: &mut dyn Write) -> io::Result<()> {
    if place == named {
        return Ok(());
    }
    if place.file != named.file {
        return write!(out, " ({})", Place(sources, place));
    }
    let at = sources.get(named.file).line_column(place.span.start);
    write!(out, " ({}:{})", at.line, at.column)
}
