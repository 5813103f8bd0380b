//! The sources of evidence, one line each, and what they say together.
//!
//! Evidence only: what to do with the ports is decided elsewhere.

use super::evidence::{Evidence, Inference, InferredPort, SourceId};
use super::{command, commented_out, dockerfile, engine, environment, expose, healthcheck, image, labels, mounted_config, ports, stated};
use crate::facts::{ServiceFacts, no_listener, puzzle};
use crate::port::Port;
use crate::source::Location;

/// How the sources rank. The evidence of a stage is looked at only if all stages before it have said nothing, except
/// where it moves or confirms a port.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    /// What the user says settles it.
    Stated,
    /// What is listened on now.
    Running,
    /// The author's own list, and what tells the program its port.
    Said,
    /// What is served is checked or fronted there.
    Observed,
    /// What the image is built or configured to do.
    Built,
    /// What the image does by default.
    Documented,
    /// What the author once wrote, or what others seem to expect.
    Hinted,
}

struct Source {
    stage: Stage,
    find: fn(&ServiceFacts<'_>) -> Vec<Evidence>,
}

/// The sources, strongest first.
const SOURCES: [Source; 17] = [
    Source { stage: Stage::Stated, find: stated::find },
    Source { stage: Stage::Running, find: engine::find_running },
    Source { stage: Stage::Said, find: ports::find },
    Source { stage: Stage::Said, find: expose::find },
    Source { stage: Stage::Said, find: command::find },
    Source { stage: Stage::Said, find: environment::find },
    Source { stage: Stage::Observed, find: healthcheck::find },
    Source { stage: Stage::Observed, find: labels::find },
    Source { stage: Stage::Observed, find: engine::find_stale },
    Source { stage: Stage::Built, find: mounted_config::find },
    Source { stage: Stage::Built, find: dockerfile::find },
    Source { stage: Stage::Built, find: environment::find_built },
    Source { stage: Stage::Built, find: command::find_built },
    Source { stage: Stage::Built, find: engine::find_exposed },
    Source { stage: Stage::Documented, find: image::find },
    Source { stage: Stage::Documented, find: command::find_defaults },
    Source { stage: Stage::Hinted, find: commented_out::find },
];

/// What each of `subjects` listens on, in their order. All services of a project, because they say things about each other.
pub(crate) fn infer_all(subjects: &[ServiceFacts<'_>]) -> Vec<Inference> {
    let mut inferences: Vec<Inference> = subjects.iter().map(infer).collect();
    puzzle::complete(subjects, &mut inferences);
    inferences
}

/// What the files say that `subject` listens on, other services left aside.
fn infer(subject: &ServiceFacts<'_>) -> Inference {
    let mut found: Vec<(Stage, Evidence)> = Vec::new();
    for source in &SOURCES {
        found.extend((source.find)(subject).into_iter().map(|evidence| (source.stage, evidence)));
    }
    let silence = if found.iter().any(|(stage, _)| *stage <= Stage::Running) { None } else { no_listener::find(subject) };
    if silence.is_some() {
        found.retain(|(_, evidence)| is_author_list(evidence));
    }
    let silence = silence.or_else(|| no_listener::as_worker(subject)).filter(|_| found.is_empty());
    // A default says nothing about a listener that something moves to a port which nobody knows.
    let is_said = |(stage, evidence): &(Stage, Evidence)| *stage <= Stage::Observed && evidence.moves.is_none();
    let unknown = if silence.is_some() || found.iter().any(is_said) { Vec::new() } else { unknown(subject) };
    Inference { ports: settle(subject, found), silence, unknown }
}

/// The author's own list stands even for a service that seems to listen on nothing.
fn is_author_list(evidence: &Evidence) -> bool {
    matches!(evidence.source, SourceId::Ports | SourceId::Expose)
}

fn unknown(subject: &ServiceFacts<'_>) -> Vec<(Location, String)> {
    [ports::unknown(subject), command::unknown(subject), environment::unknown(subject)].concat()
}

/// Puts the sources together. A default that something stronger moves is dropped; later stages add ports only when no
/// earlier one said any, but confirm those that are there.
fn settle(subject: &ServiceFacts<'_>, mut found: Vec<(Stage, Evidence)>) -> Vec<InferredPort> {
    if found.iter().any(|(stage, _)| *stage == Stage::Stated) {
        found.retain(|(stage, _)| *stage == Stage::Stated);
    }
    // A port that is not listened on is not mapped, whoever says it; what else speaks for the others stays with them.
    let running: Vec<Port> = found.iter().filter(|(stage, _)| *stage == Stage::Running).map(|(_, evidence)| evidence.port).collect();
    if !running.is_empty() {
        found.retain(|(_, evidence)| running.contains(&evidence.port));
    }
    let mut moved: Vec<Port> =
        found.iter().filter_map(|(_, evidence)| evidence.moves.filter(|default| *default != evidence.port)).collect();
    moved.retain(|default| !found.iter().any(|(_, evidence)| evidence.moves.is_some() && evidence.port == *default));
    found.retain(|(stage, evidence)| *stage < Stage::Built || !moved.contains(&evidence.port));
    found.sort_by_key(|(stage, _)| *stage);
    drop_moved_exposure(subject, &mut found);
    let settled_by = |found: &[(Stage, Evidence)], stage: Stage| {
        found.iter().any(|(other, evidence)| *other < stage && !speaks_of_one(subject, *other, evidence))
    };
    let mut ports: Vec<InferredPort> = Vec::new();
    for (stage, evidence) in &found {
        match ports.iter_mut().find(|inferred| inferred.port == evidence.port) {
            Some(inferred) => inferred.evidence.push(evidence.clone()),
            None if *stage > Stage::Observed && settled_by(&found, *stage) => {}
            None => ports.push(InferredPort { port: evidence.port, evidence: vec![evidence.clone()] }),
        }
    }
    ports.sort_by_key(|inferred| inferred.port);
    ports
}

/// Evidence that speaks of one documented listener leaves the other documented listeners where they are.
fn speaks_of_one(subject: &ServiceFacts<'_>, stage: Stage, evidence: &Evidence) -> bool {
    let of_image = || subject.known.iter().any(|known| known.ports.contains(&evidence.port) || known.more_ports.contains(&evidence.port));
    let of_program =
        || subject.launches.iter().filter_map(|launch| launch.program.as_ref()).any(|program| program.ports.contains(&evidence.port));
    evidence.moves.is_some() || stage == Stage::Observed && (of_image() || of_program())
}

/// A Dockerfile that exposes one port means the main listener: when a flag or variable of the service moves that, the
/// exposed port is the one it had before.
fn drop_moved_exposure(subject: &ServiceFacts<'_>, found: &mut Vec<(Stage, Evidence)>) {
    let exposed = subject.stage.as_ref().map_or(0, |(_, stage)| stage.expose.len());
    let moved = found.iter().any(|(stage, evidence)| *stage == Stage::Said && evidence.moves.is_some());
    if exposed == 1 && moved {
        found.retain(|(_, evidence)| evidence.source != SourceId::Dockerfile);
    }
}
