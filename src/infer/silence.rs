//! Services that listen on no port: workers, jobs, clients, servers of a unix socket.
//!
//! Silence is evidence like any other: it is said by something in the files, never concluded from an absence.

use super::Subject;
use super::known_images::Role;
use crate::compose::service::Variable;
use crate::source::Location;

/// Why a service listens on no port.
#[derive(Debug, Clone)]
pub struct Silence {
    /// The sentence for a person.
    pub because: String,
    /// The place that says so.
    pub at: Location,
}

/// Consecutive words of a command that make it a worker or a job; the first may be the end of a path.
const QUIET_COMMANDS: [&[&str]; 45] = [
    &["alembic", "upgrade"], &["apt-get"], &["artisan", "horizon"], &["artisan", "migrate"], &["artisan", "queue:work"], &["artisan", "schedule:run"],
    &["artisan", "schedule:work"], &["catkin", "build"], &["catkin", "clean"], &["catkin_make"], &["celery", "beat"], &["celery", "worker"], &["cmake"],
    &["colcon", "build"], &["cron"], &["crond"], &["db:migrate"], &["dramatiq"], &["echo"], &["ffmpeg"], &["flyway", "migrate"], &["good_job"],
    &["gst-launch-1.0"], &["hydra", "migrate"], &["k6", "run"], &["make"], &["manage.py", "collectstatic"], &["manage.py", "migrate"], &["manage.py", "qcluster"],
    &["manage.py", "rqworker"], &["migrate", "deploy"], &["migrate", "sql"], &["migrate", "up"], &["npm", "ci"], &["npm", "install"], &["pip", "install"],
    &["queue:work"], &["resque"], &["rq", "worker"], &["sidekiq"], &["sleep"], &["solid_queue"], &["supercronic"], &["tar"], &["unzip"],
];

/// Words in a service's name or command that speak of a worker, when nothing speaks of a port.
const WORKER_WORDS: [&str; 8] = ["beat", "consumer", "cron", "job", "migrate", "migrations", "scheduler", "worker"];

/// Why `subject` listens on nothing, if its command, its image or a socket says so.
pub fn find(subject: &Subject<'_>) -> Option<Silence> {
    by_command(subject).or_else(|| by_socket(subject)).or_else(|| by_role(subject))
}

/// Why a service without any evidence of a port dials out only: its name or command calls it a worker and it dials
/// a queue.
pub fn as_worker(subject: &Subject<'_>) -> Option<Silence> {
    let service = subject.service;
    let command = subject.words().into_iter().map(|word| word.value).collect::<Vec<_>>().join(" ");
    let named = |text: &str| text.to_ascii_lowercase().split(|char: char| !char.is_ascii_alphanumeric()).any(|word| WORKER_WORDS.contains(&word));
    let queue = service.environment.iter().find(|variable| is_queue(variable))?;
    (named(&service.name) || named(&command)).then(|| Silence { because: format!("a worker of the queue in `{}`", queue.name), at: queue.at })
}

fn is_queue(variable: &Variable) -> bool {
    let value = variable.text();
    ["redis://", "rediss://", "amqp://", "amqps://", "kafka://", "nats://"].iter().any(|scheme| value.starts_with(scheme))
        || ["BROKER", "QUEUE", "REDIS", "RABBIT", "AMQP", "KAFKA"].iter().any(|word| variable.name.to_ascii_uppercase().contains(word))
}

fn by_command(subject: &Subject<'_>) -> Option<Silence> {
    let words = subject.words();
    let plain: Vec<String> = words.iter().flat_map(|word| word.value.split_whitespace()).map(base_name).collect();
    let quiet = QUIET_COMMANDS.iter().find(|quiet| contains_in_order(&plain, quiet))?;
    let line = subject.service.command.as_ref().or(subject.service.entrypoint.as_ref())?;
    Some(Silence { because: format!("`{}` listens on nothing", quiet.join(" ")), at: line.at })
}

/// Whether `words` hold the first of `wanted` as a program and the others behind it, options in between.
fn contains_in_order(words: &[String], wanted: &[&str]) -> bool {
    let mut rest = words.iter().skip_while(|word| is_launcher(word));
    match wanted {
        [only] => rest.next().is_some_and(|word| word == only),
        _ => wanted.iter().all(|want| rest.any(|word| word == want)),
    }
}

/// Words in front of the program that runs in the end.
fn is_launcher(word: &str) -> bool {
    word.starts_with('-') || matches!(word, "sh" | "bash" | "exec" | "bundle" | "uv" | "poetry" | "run" | "python" | "python3" | "php" | "tini" | "dumb-init")
}

fn base_name(word: &str) -> String {
    let word = word.trim_matches(['"', '\'', ';']);
    if word.contains("://") { word.to_owned() } else { word.rsplit('/').next().unwrap_or(word).to_owned() }
}

fn by_socket(subject: &Subject<'_>) -> Option<Silence> {
    let says_socket = |variable: &&Variable| {
        let name = variable.name.to_ascii_uppercase();
        let own = name.contains("LISTEN") || name.contains("BIND") || matches!(name.as_str(), "SOCKET" | "SOCKET_PATH" | "UNIX_SOCKET" | "PORT");
        own && (variable.text().starts_with("unix:") || variable.text().starts_with('/'))
    };
    let variable = subject.service.environment.iter().find(says_socket)?;
    Some(Silence { because: format!("serves the unix socket in `{}`", variable.name), at: variable.at })
}

fn by_role(subject: &Subject<'_>) -> Option<Silence> {
    let known = subject.known.filter(|known| matches!(known.role, Role::Client | Role::Job) && !known.has_ports())?;
    let what = if known.role == Role::Job { "a job that ends" } else { "a client that only dials out" };
    Some(Silence { because: format!("image `{}` is {what}", known.name), at: subject.at() })
}
