//! The knowledge base of programs: which of their flags and variables name a listener, and which programs only dial out.
//!
//! Facts from the programs' documentation, one line each in `programs.txt`, whose head explains the columns. Kept apart from the images because
//! an image that nobody knows runs programs that everybody knows. It splits no shell text and reads no port out of a value.

use super::patterns::Patterns;
use super::setting::{self, Setting, ValueKind};
use super::table::{Line, Table, kinds};
use crate::port::Port;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

pub(super) const TEXT: &str = include_str!("../../data/programs.txt");

static TABLE: LazyLock<Table> = LazyLock::new(|| Table::new(TEXT));

/// The variables that programs document, each with the first that does. `PORT`, which many read, is nobody's.
static VARIABLES: LazyLock<Patterns<Setting>> = LazyLock::new(|| {
    let programs = TABLE.lines().filter(|line| line.field("env").is_some()).filter_map(parse);
    let settings = programs.flat_map(|program| program.env).filter(|setting| setting.name != "PORT");
    let mut first = BTreeSet::new();
    Patterns::of(settings.filter(|setting| first.insert(setting.name)).map(|setting| (setting.name, setting)))
});

/// The programs that read flags from variables, by the names of these.
static ARGS: LazyLock<BTreeMap<&str, Program>> = LazyLock::new(|| {
    let programs = TABLE.lines().filter(|line| line.field("args").is_some()).filter_map(parse);
    programs.flat_map(|program| program.args.clone().into_iter().map(move |name| (name, program.clone()))).collect()
});

/// The flags that mean a listener in a program that is not in the table.
static COMMON: LazyLock<Vec<Setting>> = LazyLock::new(|| program(ANY).map(|program| program.flags).unwrap_or_default());

/// The line of the table that stands for a program which is not in it.
const ANY: &str = "*";

/// What is known about a program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Program {
    /// Its name; `celery+flower` is `celery` with `flower` among its words.
    pub(crate) name: &'static str,
    /// What it does with a network.
    pub(crate) kind: Kind,
    /// What it listens on when nothing says otherwise.
    pub(crate) ports: Vec<Port>,
    /// The flags that say where it listens.
    pub(crate) flags: Vec<Setting>,
    /// The variables that say where it listens.
    pub(crate) env: Vec<Setting>,
    /// The flags of a client that name settings by which it may listen after all.
    pub(crate) config: Vec<Setting>,
    /// The variables that hold flags of it.
    pub(crate) args: Vec<&'static str>,
    /// What its first plain argument is, when that says where it listens.
    pub(crate) positional: Option<ValueKind>,
    /// Whether it listens on 127.0.0.1 unless told otherwise. The images of some programs tell them: what is known of an image wins.
    pub(crate) loopback: bool,
    /// Whether it only passes time.
    pub(crate) idle: bool,
    /// The pages of its documentation, without `https://`.
    pub(crate) pages: Vec<&'static str>,
    /// Whether it is all there is, and not what runs an application.
    pub(crate) complete: bool,
}

kinds! {
    /// What a program does with a network.
    pub(crate) enum Kind {
        /// It listens.
        Server = "server",
        /// It dials out: its port flags name a port of somebody else.
        Client = "client",
        /// It listens on nothing.
        Job = "job",
        /// It runs the command that follows its own words.
        Wrapper = "wrapper",
        /// It runs the text behind `-c` as a command.
        Shell = "shell",
    }
}

/// A program found in a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    /// Which one.
    pub(crate) program: Program,
    /// The index of its first argument.
    pub(crate) arguments: usize,
}

/// The program of that name as the table has it: `nginx`, `celery+flower`.
pub(crate) fn program(name: &str) -> Option<Program> {
    parse(TABLE.of(name).next()?)
}

/// What the program of that name does with a network.
pub(crate) fn kind(name: &str) -> Option<Kind> {
    TABLE.of(name).next()?.words().next().and_then(Kind::read)
}

/// Where the command starts in `words`, when their first is a program that only passes a command on, such as an init process.
pub(crate) fn passed_on(words: &[&str]) -> Option<usize> {
    let name = base_name(words.first()?);
    TABLE.of(name).next()?.words().find(|word| *word == "transparent")?;
    Some(behind(name, words, 1).unwrap_or(words.len()))
}

/// The program that `words` run, wrappers left aside: `tini -- uvicorn app:app` runs uvicorn. `None` when it is not known; a shell is the
/// last thing found, its text is the caller's to split.
pub(crate) fn recognise(words: &[&str]) -> Option<Found> {
    let mut at = 0;
    loop {
        at += words.get(at..)?.iter().take_while(|word| is_assignment(word)).count();
        let program = called(base_name(words.get(at)?), words.get(at + 1..)?)?;
        match program.kind {
            Kind::Wrapper => at = behind(program.name, words, at + 1)?,
            Kind::Shell if is_script(words.get(at + 1..)?) => at += 1,
            _ => return Some(Found { program, arguments: at + 1 }),
        }
    }
}

/// The program that an image runs with `words` as its command, when its entrypoint runs the program called `entrypoint`. The words may be
/// its arguments, a subcommand, or a command of their own; [`Found::arguments`] counts in `words`.
pub(crate) fn in_image(entrypoint: &str, words: &[&str]) -> Option<Found> {
    let own = || program(entrypoint).map(|program| Found { program, arguments: 0 });
    let base = entrypoint.split('+').next().unwrap_or(entrypoint);
    if let Some(program) = with_subcommand(base, words) {
        return Some(Found { program, arguments: 0 });
    }
    // Another word of the same program makes it what the program is without the entrypoint's word: `vault read` is a client.
    let other_word = || program(base).map(|program| Found { program, arguments: 0 });
    if words.first().is_none_or(|word| word.starts_with('-')) { own() } else { recognise(words).or_else(other_word).or_else(own) }
}

/// The setting that a variable is to the program that documents it, when only its name is known.
pub(crate) fn variable(name: &str) -> Option<Setting> {
    VARIABLES.found(name).next().map(|found| found.says)
}

/// The program of which a variable holds flags.
pub(crate) fn reads_flags_from(name: &str) -> Option<&'static Program> {
    ARGS.get(name)
}

/// The flags that mean a listener in a program that nobody documents here.
pub(crate) fn common_flags() -> &'static [Setting] {
    &COMMON
}

/// The line for `name` and the last of `words` that makes it a two-word program, or for `name` alone.
fn called(name: &str, words: &[&str]) -> Option<Program> {
    let plain = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
    let pairs = [name, plain].into_iter().find_map(|name| with_subcommand(name, words));
    pairs.or_else(|| [name, plain].into_iter().find_map(program))
}

fn with_subcommand(name: &str, words: &[&str]) -> Option<Program> {
    words.iter().rev().find_map(|word| program(&format!("{name}+{word}")))
}

/// Where the command starts that the wrapper `name` runs; its own words start at `at`.
fn behind(name: &str, words: &[&str], mut at: usize) -> Option<usize> {
    let line = TABLE.of(name).next()?;
    if let Some(mark) = line.field("after") {
        return words.iter().skip(at).position(|word| *word == mark).map(|found| at + found + 1);
    }
    let mut skip = line.field("skip").and_then(|count| count.parse().ok()).unwrap_or(0);
    loop {
        let word = *words.get(at)?;
        if word == "--" {
            at += 1;
        } else if line.list("takes").any(|flag| flag == word) {
            at += 2;
        } else if word.starts_with('-') || line.list("verbs").any(|verb| verb == word) || is_assignment(word) {
            at += 1;
        } else if skip > 0 {
            (at, skip) = (at + 1, skip - 1);
        } else {
            return Some(at);
        }
    }
}

/// Whether the words of a shell run a script that is called as a known program: `sh mqbroker`.
fn is_script(words: &[&str]) -> bool {
    words.first().is_some_and(|word| !word.starts_with('-') && called(base_name(word), &words[1..]).is_some())
}

/// `NAME=value` before a command.
fn is_assignment(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'))
}

fn base_name(word: &str) -> &str {
    let name = word.rsplit(['/', '\\']).next().unwrap_or(word);
    name.strip_suffix(".exe").unwrap_or(name)
}

fn parse(line: Line) -> Option<Program> {
    let ports = line.ports("ports");
    let main = ports.first().copied();
    let settings = |key, kind| setting::parse(line, key, kind, main);
    let kinds = [("port", ValueKind::Port), ("address", ValueKind::Address), ("host", ValueKind::Host), ("opens", ValueKind::Switch)];
    Some(Program {
        name: line.key(),
        kind: line.words().next().and_then(Kind::read)?,
        flags: kinds.iter().flat_map(|&(key, kind)| settings(key, kind)).collect(),
        env: settings("env", ValueKind::Address),
        config: settings("config", ValueKind::Host),
        args: line.list("args").collect(),
        positional: line.field("first").and_then(positional),
        loopback: line.words().any(|word| word == "loopback"),
        idle: line.words().any(|word| word == "idle"),
        pages: line.list("doc").collect(),
        complete: line.words().any(|word| word == "complete"),
        ports,
    })
}

fn positional(text: &str) -> Option<ValueKind> {
    Some(match text {
        "port" => ValueKind::Port,
        "address" => ValueKind::Address,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::super::table;
    use super::*;

    fn runs(command: &str) -> Option<(&'static str, usize)> {
        let words: Vec<_> = command.split_whitespace().collect();
        recognise(&words).map(|found| (found.program.name, found.arguments))
    }

    fn values(command: &str) -> Vec<(String, u16)> {
        let words: Vec<_> = command.split_whitespace().collect();
        let found = recognise(&words).unwrap();
        let given = setting::given(&found.program.flags, &words[found.arguments..]);
        given.iter().map(|given| (given.value.to_string(), given.setting.listener.map_or(0, |port| port.number))).collect()
    }

    #[test]
    fn every_line_says_something_that_is_understood() {
        for line in TABLE.lines() {
            let program = parse(line).unwrap_or_else(|| panic!("{} has no kind", line.key()));
            assert_eq!(program.positional.is_some(), line.field("first").is_some(), "{}: first=", program.name);
            let listens = !program.ports.is_empty() || !program.flags.is_empty() || program.loopback;
            assert!(program.kind == Kind::Server || !listens, "{} is no server, yet listens", program.name);
            let wraps = ["takes", "skip", "verbs", "after"].iter().any(|key| line.field(key).is_some())
                || line.words().any(|word| word == "transparent");
            assert!(program.kind == Kind::Wrapper || !wraps, "{} is no wrapper", program.name);
            assert!(program.pages.iter().all(|page| page.contains(['.', '/']) && !page.contains("://")), "{}: doc=", program.name);
            for setting in ["port", "address", "host", "opens", "env"].iter().flat_map(|key| line.list(key)) {
                let port = setting.rsplit_once('=').map(|(_, port)| table::range(port));
                assert_ne!(port, Some(None), "{}: {setting}", program.name);
            }
        }
    }

    #[test]
    fn a_command_is_recognised_behind_its_wrappers() {
        assert_eq!(runs("uvicorn app:app --port 8001"), Some(("uvicorn", 1)));
        assert_eq!(runs("/usr/bin/python3.12 -m uvicorn app:app"), Some(("uvicorn", 3)));
        assert_eq!(runs("tini -g -- gosu app:app redis-server"), Some(("redis-server", 6)));
        assert_eq!(runs("A=1 env B=2 timeout -k 5 30 nginx"), Some(("nginx", 8)));
        assert_eq!(runs("poetry run python manage.py runserver 0.0.0.0:8000"), Some(("manage.py+runserver", 4)));
        assert_eq!(runs("wait-for-it.sh -t 5 db:5432 -- gunicorn app"), Some(("gunicorn", 6)));
        assert_eq!(runs("sh -c serve"), Some(("sh", 1)));
        assert_eq!(runs("sh ./bin/mqbroker -n localhost:9876"), Some(("mqbroker", 2)));
        assert_eq!(runs("bash start.sh"), Some(("bash", 1)));
        assert_eq!(runs("npm run dev -- --port 3000"), None);
        assert_eq!(runs("python app.py"), None);
        assert_eq!(runs("tini --"), None);
        assert_eq!(runs(""), None);
    }

    #[test]
    fn a_second_word_tells_server_from_worker() {
        assert_eq!(recognise(&["celery", "-A", "app", "flower"]).unwrap().program.kind, Kind::Server);
        assert_eq!(recognise(&["celery", "-A", "app", "worker"]).unwrap().program.kind, Kind::Job);
        assert_eq!(recognise(&["next", "build"]).unwrap().program.kind, Kind::Job);
        assert_eq!(recognise(&["next", "start"]).unwrap().program.kind, Kind::Server);
    }

    #[test]
    fn a_command_of_an_image_may_leave_its_program_out() {
        let runs = |entrypoint, words: &[&str]| in_image(entrypoint, words).map(|found| (found.program.name, found.arguments));
        assert_eq!(runs("minio+server", &["server", "/data"]), Some(("minio+server", 0)));
        assert_eq!(runs("ollama+serve", &["serve"]), Some(("ollama+serve", 0)));
        assert_eq!(runs("prometheus", &["--web.listen-address=:9091"]), Some(("prometheus", 0)));
        assert_eq!(runs("postgres", &[]), Some(("postgres", 0)));
        assert_eq!(runs("redis-server", &["redis-server", "--port", "6380"]), Some(("redis-server", 1)));
        assert_eq!(runs("postgres", &["pg_isready", "-p", "5433"]), Some(("pg_isready", 1)));
        assert_eq!(runs("vault+server", &["agent", "-config=/a.hcl"]), Some(("vault+agent", 0)));
        assert_eq!(runs("vault+server", &["read", "secret/a"]), Some(("vault", 0)));
        assert_eq!(runs("vault+server", &["server", "-dev"]), Some(("vault+server", 0)));
    }

    #[test]
    fn a_client_is_no_server_whatever_its_flags() {
        for command in ["psql -p 5432", "redis-cli -p 6379 ping", "dnsperf -p 1053 -s 127.0.0.1", "curl http://localhost:80"] {
            let words: Vec<_> = command.split(' ').collect();
            let program = recognise(&words).unwrap().program;
            assert_eq!((program.kind, program.flags.len()), (Kind::Client, 0), "{command}");
        }
    }

    #[test]
    fn a_flag_says_which_listener_it_moves() {
        let minio = values("minio server /data --address :9002 --console-address=:9003");
        assert_eq!(minio, [(":9002".to_string(), 9000), (":9003".to_string(), 9001)]);
        assert_eq!(values("postgres -c port=5433"), [("5433".to_string(), 5432)]);
        assert_eq!(values("geth --http --http.port 8555"), [(String::new(), 8545), ("8555".to_string(), 8545)]);
        assert_eq!(values("traefik --entrypoints.web.address=:90"), [(":90".to_string(), 80)]);
    }

    #[test]
    fn a_loopback_default_is_known_with_the_flag_that_lifts_it() {
        let uvicorn = program("uvicorn").unwrap();
        assert!(uvicorn.loopback && uvicorn.flags.iter().any(|flag| flag.name == "--host" && flag.value == ValueKind::Host));
        assert!(!program("redis-server").unwrap().loopback);
    }

    #[test]
    fn a_variable_belongs_to_the_program_that_documents_it() {
        assert_eq!(variable("ASPNETCORE_URLS").unwrap().listener, None);
        assert_eq!(variable("UVICORN_PORT").unwrap().listener.unwrap().number, 8000);
        assert_eq!(variable("QUARKUS_HTTP_PORT").unwrap().listener.unwrap().number, 8080);
        assert_eq!(variable("Kestrel__Endpoints__Http__Url").unwrap().listener, None);
        assert_eq!(variable("ROCKET_PORT").unwrap().listener.unwrap().number, 8000);
        assert_eq!(reads_flags_from("GUNICORN_CMD_ARGS").map(|program| program.name), Some("gunicorn"));
        assert_eq!(variable("PORT"), None);
        assert_eq!(variable("DB_PORT"), None);
    }
}
