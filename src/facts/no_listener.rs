//! Services that listen on no port: workers, jobs, clients, servers of a unix socket.
//!
//! Silence is evidence like any other: it is said by something in the files, never concluded from an absence.

use super::ServiceFacts;
use super::launches::Launch;
use super::listeners::{Silence, SourceId};
use crate::compose::service::Variable;
use crate::knowledge::images::Role;
use crate::knowledge::programs::Kind;
use crate::knowledge::{protocols, setting, variables, words};

/// Why `subject` listens on nothing, if its command, its image or a socket says so.
pub(crate) fn find(subject: &ServiceFacts<'_>) -> Option<Silence> {
    by_command(subject).or_else(|| by_verb(subject)).or_else(|| by_socket(subject)).or_else(|| by_role(subject))
}

/// Why a service without any evidence of a port dials out only: its name or command calls it a worker and it dials
/// a queue.
pub(crate) fn as_worker(subject: &ServiceFacts<'_>) -> Option<Silence> {
    let service = subject.service;
    let command = subject.launches.iter().flat_map(|launch| launch.words.clone()).collect::<Vec<_>>().join(" ");
    let named = |text: &str| text.split(|char: char| !char.is_ascii_alphanumeric()).any(words::is_worker);
    let queue = service.environment.iter().find(|variable| is_queue(variable))?;
    (named(&service.name) || named(&command)).then(|| Silence {
        source: SourceId::Environment,
        because: format!("a worker of the queue in `{}`", queue.name),
        at: queue.at,
    })
}

fn is_queue(variable: &Variable) -> bool {
    protocols::is_queue_url(variable.text()) || protocols::is_queue(&variable.name) || variables::is_queue(&variable.name)
}

/// The last program is a job, a worker or a client, and none in front of it is known to serve, nor reads settings that may say so.
fn by_command(subject: &ServiceFacts<'_>) -> Option<Silence> {
    let reads_settings = |launch: &Launch| {
        let words: Vec<&str> = launch.words.iter().map(String::as_str).collect();
        launch.program.as_ref().is_some_and(|program| !setting::given(&program.config, &words).is_empty())
    };
    if subject.launches.iter().any(reads_settings) {
        return None;
    }
    let quiet = |launch: &Launch| launch.program.as_ref().is_none_or(|program| matches!(program.kind, Kind::Job | Kind::Client));
    let idle = |launch: &&Launch| launch.program.as_ref().is_some_and(|program| program.idle);
    let last = subject.launches.iter().rfind(|launch| !idle(launch)).filter(|_| subject.launches.iter().all(quiet))?;
    let program = last.program.as_ref()?;
    Some(Silence { source: SourceId::Program, because: format!("`{}` listens on nothing", program.name.replace('+', " ")), at: last.at })
}

/// The command begins with a word such as `migrate`: that process serves nobody, whatever the image does otherwise.
fn by_verb(subject: &ServiceFacts<'_>) -> Option<Silence> {
    let [launch] = subject.launches.as_slice() else { return None };
    let verb = launch.words.iter().find(|word| !word.starts_with('-')).filter(|word| words::is_job(word))?;
    Some(Silence { source: SourceId::Command, because: format!("its command is the job `{verb}`"), at: launch.at })
}

fn by_socket(subject: &ServiceFacts<'_>) -> Option<Silence> {
    let says_socket = |variable: &&Variable| variables::is_socket(&variable.name, variable.text());
    let variable = subject.service.environment.iter().find(says_socket)?;
    Some(Silence { source: SourceId::Environment, because: format!("serves the unix socket in `{}`", variable.name), at: variable.at })
}

fn by_role(subject: &ServiceFacts<'_>) -> Option<Silence> {
    let known = subject.known.as_ref().filter(|known| matches!(known.role, Role::Client | Role::Job) && known.ports.is_empty())?;
    let what = if known.role == Role::Job { "a job that ends" } else { "a client that only dials out" };
    Some(Silence { source: SourceId::Image, because: format!("image `{}` is {what}", known.name), at: subject.at() })
}
