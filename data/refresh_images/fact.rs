//! A fact: what one file of one store says of one image, in one way. Written and read as lines with tabs.

use std::collections::BTreeSet;

/// The columns by which facts are written; they are read by these names, in any order, further columns being ignored.
const COLUMNS: [&str; 9] =
    ["image", "tag", "ports", "kind", "ports_also_named_in_own_env_or_command", "host_network", "source", "service", "variables"];

const REGISTRIES: &str = include_str!("../registries.txt");

/// What one file says of one image.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Fact {
    /// As `data/images.txt` names it.
    pub(crate) image: String,
    pub(crate) tag: String,
    /// The listeners as `8080`, `53/udp` or `10000-10100/udp`.
    pub(crate) ports: Vec<String>,
    /// How it says so. `ports`: publishes them; `expose`; `app`: the store's front door leads there; `health`: the health check dials
    /// them; `ref`: a sibling dials `NAME:PORT`; `truenas`: port of a TrueNAS template; `doc`: documentation; `host`: it runs on the
    /// host's network; `none`: it is there and nothing says what it listens on.
    pub(crate) kind: String,
    /// Those of `ports` that its own variables or command name: they may be what moved the listener, and prove no default.
    pub(crate) own: BTreeSet<String>,
    pub(crate) host: bool,
    /// `OWNER/NAME:PATH` of the file.
    pub(crate) source: String,
    pub(crate) service: String,
    /// Its variables that hold one of its ports, as `NAME=PORT`; `NAME` alone: a port that the store chose.
    pub(crate) variables: Vec<String>,
}

impl Fact {
    /// The repository of the store.
    pub(crate) fn store(&self) -> &str {
        self.source.split(':').next().unwrap_or_default()
    }
}

/// The name of an image as `data/images.txt` has it, by the registries and owners that stand for others.
pub(crate) fn proper(name: &str) -> String {
    let mut name = name.to_owned();
    for line in REGISTRIES.lines() {
        let (beginning, instead) = match line.split(' ').collect::<Vec<_>>()[..] {
            ["hub", host] => (format!("{host}/"), ""),
            ["mirror" | "same", path] => (path.replace('*', ""), ""),
            ["mirror" | "same", path, instead] => (path.replace('*', ""), instead),
            _ => continue,
        };
        name = name.strip_prefix(&beginning).map_or(name.clone(), |rest| format!("{instead}{rest}"));
    }
    name.strip_prefix("library/").map_or(name.clone(), str::to_owned)
}

/// Facts as text, one a line below a line of column names.
pub(crate) fn print(facts: &[Fact]) -> String {
    let line = |fact: &Fact| {
        let own: Vec<_> = fact.own.iter().cloned().collect();
        let host = if fact.host { "yes" } else { "no" };
        let (ports, own, variables) = (fact.ports.join(","), own.join(","), fact.variables.join(","));
        [&*fact.image, &fact.tag, &ports, &fact.kind, &own, host, &fact.source, &fact.service, &variables].join("\t")
    };
    let lines: Vec<_> = std::iter::once(COLUMNS.join("\t")).chain(facts.iter().map(line)).collect();
    lines.join("\n") + "\n"
}

/// Reads what [`print`] writes.
pub(crate) fn parse(text: &str) -> Vec<Fact> {
    let mut lines = text.lines();
    let header: Vec<_> = lines.next().unwrap_or_default().split('\t').collect();
    let fact = |line: &str| {
        let cells: Vec<_> = line.split('\t').collect();
        let cell = |name: &str| header.iter().position(|column| *column == name).and_then(|at| cells.get(at)).copied().unwrap_or_default();
        let list = |name: &str| cell(name).split(',').filter(|item| !item.is_empty()).map(str::to_owned);
        Fact {
            image: proper(cell(COLUMNS[0])),
            tag: cell(COLUMNS[1]).to_owned(),
            ports: list(COLUMNS[2]).collect(),
            kind: cell(COLUMNS[3]).to_owned(),
            own: list(COLUMNS[4]).collect(),
            host: cell(COLUMNS[5]) == "yes",
            source: cell(COLUMNS[6]).to_owned(),
            service: cell(COLUMNS[7]).to_owned(),
            variables: list(COLUMNS[8]).collect(),
        }
    };
    lines.map(fact).collect()
}
