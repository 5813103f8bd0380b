//! What becomes of facts: lines of `data/images.txt`, whose head explains the keys.
//!
//! A line written by hand keeps its words; only `stores=` and `bridged=` are set. A line with `from=` has its ports, variables and sources
//! made anew and keeps the rest, so that a person can add a role, a need or a caveat. An image that no fact is about is left alone.

use crate::fact::Fact;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// The keys of a line in their order; the role has none.
const KEYS: [&str; 19] = [
    "tag", "", "as", "ports", "more", "wide", "env", "derived", "flags", "runs", "needs", "bridged", "caveats", "settled", "dials",
    "stores", "doc", "see", "from",
];

/// Stores that write this port for a front door when its author gave none.
const DOOR_BY_DEFAULT: (&str, [&str; 2]) = ("80", ["caprover/one-click-apps", "easypanel-io/templates"]);

/// A list that is compiled from other lists, among them this one: the two are one voice.
const COPY: (&str, &str) = ("Lissy93/portainer-templates", "portainer/templates");

/// Ports that TrueNAS gives out itself start here.
const FIRST_OF_TRUENAS: u16 = 30_000;

/// That many stores which set a variable to the default port prove that it is read.
const ENOUGH: usize = 3;

/// Words in the names of variables that hold the port of a second listener.
const SECOND: [&str; 6] = ["HTTPS", "SSL", "TLS", "SSH", "METRICS", "STUN"];

/// Ranges of more ports than this stand in `wide=`.
const WIDE: u16 = 50;

/// The table `text` with what `facts` say, and what a person should look at.
pub(crate) fn merge(text: &str, facts: &[Fact]) -> (String, Vec<String>) {
    let (head, body): (Vec<_>, Vec<_>) = text.lines().partition(|line| line.starts_with('#'));
    let mut lines: Vec<_> = body.into_iter().map(Line::parse).collect();
    let same: BTreeMap<_, _> = lines.iter().filter_map(|line| Some((line.name.clone(), line.get("as")?.to_owned()))).collect();
    let mut by_line: BTreeMap<usize, Vec<&Fact>> = BTreeMap::new();
    for fact in facts.iter().filter(|fact| fact.image.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._/-".contains(&byte))) {
        let name = same.get(&fact.image).unwrap_or(&fact.image);
        let named: Vec<_> = (0..lines.len()).filter(|&at| lines[at].name == *name).collect();
        let fits = |at: &&usize| lines[**at].get("tag").is_some_and(|pattern| matches(pattern, &fact.tag));
        let found = named.iter().find(fits).or_else(|| named.iter().find(|&&at| lines[at].get("tag").is_none())).copied();
        let at = found.unwrap_or_else(|| {
            lines.push(Line::parse(&format!("{name} server from=")));
            lines.len() - 1
        });
        by_line.entry(at).or_default().push(fact);
    }
    let mut remarks = Vec::new();
    for (at, facts) in by_line {
        let evidence = Evidence::of(&facts);
        let said = if lines[at].get("from").is_some() { evidence.remake(&mut lines[at]) } else { evidence.add_to(&mut lines[at]) };
        remarks.extend(said.into_iter().map(|remark| format!("{}: {remark}", lines[at].name)));
    }
    lines.retain(|line| line.get("from") != Some(""));
    let mut lines: Vec<_> = lines.iter().map(Line::print).collect();
    lines.sort();
    (head.into_iter().map(str::to_owned).chain(lines).collect::<Vec<_>>().join("\n") + "\n", remarks)
}

/// What all stores together say of an image.
#[derive(Default)]
struct Evidence<'f> {
    /// Who names a port, and in which ways.
    ports: BTreeMap<Port, (BTreeSet<&'f str>, BTreeSet<&'f str>)>,
    /// Who ships the image, and who of these on the host's network.
    shipped: BTreeSet<&'f str>,
    hosted: BTreeSet<&'f str>,
    /// Variables and the port that they hold, by the stores that set them.
    variables: BTreeMap<(&'f str, Option<Port>), BTreeSet<&'f str>>,
    facts: Vec<&'f Fact>,
}

/// Number, last number of a range, protocol.
type Port = (u16, u16, &'static str);

impl<'f> Evidence<'f> {
    fn of(facts: &[&'f Fact]) -> Self {
        let mut evidence = Self { facts: facts.to_vec(), ..Self::default() };
        for fact in facts {
            let store = fact.store();
            evidence.shipped.insert(store);
            evidence.hosted.extend(fact.host.then_some(store));
            let is_door_by_default = |text: &str| fact.kind == "app" && text == DOOR_BY_DEFAULT.0 && DOOR_BY_DEFAULT.1.contains(&store);
            let of_truenas = |port: &Port| fact.kind == "truenas" && port.0 >= FIRST_OF_TRUENAS;
            let own: Vec<_> = fact.own.iter().map(|own| own.split('/').next().unwrap_or_default()).collect();
            let counts = |text: &&String| !own.contains(&text.split('/').next().unwrap_or_default()) && !is_door_by_default(text);
            for port in fact.ports.iter().filter(counts).flat_map(|text| spelt_out(text)).filter(|port| !of_truenas(port)) {
                let (stores, kinds) = evidence.ports.entry(port).or_default();
                stores.insert(store);
                kinds.insert(&fact.kind);
            }
            for variable in &fact.variables {
                let (name, port) = variable.split_once('=').unwrap_or((variable, ""));
                evidence.variables.entry((name, spelt_out(port).first().copied())).or_default().insert(store);
            }
        }
        for (stores, _) in evidence.ports.values_mut().filter(|(stores, _)| stores.contains(COPY.1)) {
            stores.remove(COPY.0);
        }
        evidence
    }

    /// How many stores name the port.
    fn agree(&self, port: &Port) -> usize {
        self.ports.get(port).map_or(0, |(stores, _)| stores.len())
    }

    /// Sets what stores say on a line written by hand. Says what contradicts it and what it lacks.
    fn add_to(&self, line: &mut Line) -> Vec<String> {
        let listed = |key: &str| line.get(key).into_iter().flat_map(|value| value.split(',')).flat_map(spelt_out).collect::<Vec<_>>();
        let (ports, all) = (listed("ports"), [listed("ports"), listed("more"), listed("wide")].concat());
        let is_listed = |port: &Port| all.iter().any(|other| other.2 == port.2 && (other.0..=other.1).contains(&port.0));
        let foreign: Vec<_> = self.ports.keys().filter(|port| self.agree(port) > 1 && !is_listed(port)).collect();
        let agreed = ports.iter().map(|port| self.agree(port)).min().unwrap_or_default();
        line.set("stores", (agreed > 1 && foreign.is_empty()).then(|| agreed.to_string()));
        line.set("bridged", self.bridged().filter(|_| line.get("needs").is_some() || !self.hosted.is_empty()));
        let known = |name: &str| {
            ["env", "dials"]
                .iter()
                .any(|key| line.get(key).unwrap_or_default().split(',').any(|known| known.split('=').next() == Some(name)))
        };
        let lacking = self.moving(&ports).into_iter().filter(|(name, _)| !known(name.split('=').next().unwrap_or_default()));
        let foreign = foreign.into_iter().map(|port| format!("{} stores say {}", self.agree(port), text(port)));
        foreign.chain(lacking.map(|(name, stores)| format!("env= lacks {name} ({stores})"))).collect()
    }

    /// Makes a line anew that is the stores' own; there is nothing that a person should look at.
    fn remake(&self, line: &mut Line) -> Vec<String> {
        let most = self.ports.keys().map(|port| self.agree(port)).max().unwrap_or_default();
        let two_ways = |port: &Port| self.ports[port].1.len() > 1 || ["health", "ref"].iter().any(|kind| self.ports[port].1.contains(kind));
        let any_two_ways = self.ports.keys().any(two_ways);
        let is_main =
            |port: &Port| if most > 1 { self.agree(port) > 1 && self.agree(port) * 3 >= most } else { !any_two_ways || two_ways(port) };
        let (wide, ports): (Vec<Port>, Vec<Port>) = self.ports.keys().copied().partition(|port| port.1 - port.0 >= WIDE);
        let (mut main, more): (Vec<Port>, Vec<Port>) = ports.into_iter().partition(is_main);
        let is_door = |port: &Port| self.ports[port].1.contains("app");
        main.sort_by_key(|port| (Reverse(self.agree(port)), Reverse(is_door(port)), *port));
        let moving = self.moving(&main);
        let list = |ports: &[Port]| Some(ports.iter().map(text).collect::<Vec<_>>().join(",")).filter(|list| !list.is_empty());
        if main.is_empty() && wide.is_empty() && moving.is_empty() {
            return Vec::new(); // Nothing new is known: what was read before stays.
        }
        line.set("ports", list(&main));
        line.set("more", list(&more));
        line.set("wide", list(&wide));
        line.set("env", Some(moving.keys().cloned().collect::<Vec<_>>().join(",")).filter(|list| !list.is_empty()));
        line.set("bridged", self.bridged().filter(|_| line.get("needs").is_some() || !self.hosted.is_empty()));
        line.set("stores", main.iter().map(|port| self.agree(port)).min().map(|agreed| agreed.to_string()));
        line.set("from", Some(self.sources(&main)));
        Vec::new()
    }

    /// How many of the stores that ship the image never put it on the host's network.
    fn bridged(&self) -> Option<String> {
        let bridging = self.shipped.difference(&self.hosted).count();
        (!self.shipped.is_empty()).then(|| format!("{bridging}/{}", self.shipped.len()))
    }

    /// Variables that are seen to move a listener, as `env=` has them, and by whom. A store proves it that has the only known listener on
    /// a port of its own choice by one variable; so do several that set the default.
    fn moving(&self, ports: &[Port]) -> BTreeMap<String, String> {
        let mut moving = BTreeMap::new();
        for ((name, port), stores) in &self.variables {
            let alone =
                |store: &&str| self.variables.iter().filter(|((_, port), stores)| port.is_none() && stores.contains(store)).count() == 1;
            let is_second = SECOND.iter().any(|word| name.to_ascii_uppercase().contains(word));
            let proven = match port {
                Some(port) => ports.contains(port) && stores.len() >= ENOUGH,
                None => ports.len() < 2 && !is_second && stores.iter().all(alone),
            };
            let other = port.filter(|port| Some(port) != ports.first()).map(|port| format!("={}", text(&port)));
            let by = stores.iter().copied().collect::<Vec<_>>().join(" ");
            moving.extend(proven.then(|| (format!("{name}{}", other.unwrap_or_default()), by)));
        }
        moving
    }

    /// Two files of different stores that name the main port, or set a variable.
    fn sources(&self, ports: &[Port]) -> String {
        let names = |fact: &&&Fact| match ports.first() {
            Some(main) => fact.ports.iter().flat_map(|text| spelt_out(text)).any(|port| port == *main),
            None => !fact.variables.is_empty(),
        };
        let mut by_store: BTreeMap<&str, &str> = BTreeMap::new();
        for fact in self.facts.iter().filter(names).filter(|fact| !fact.source.contains([' ', ','])) {
            by_store.entry(fact.store()).or_insert(&fact.source);
        }
        by_store.into_values().take(2).collect::<Vec<_>>().join(",")
    }
}

/// A line of the table.
struct Line {
    name: String,
    /// Keys and values in their order.
    words: Vec<(String, String)>,
}

impl Line {
    fn parse(text: &str) -> Self {
        let mut words =
            text.split(' ').map(|word| word.split_once('=').unwrap_or(("", word))).map(|(key, value)| (key.to_owned(), value.to_owned()));
        Self { name: words.next().map(|(_, name)| name).unwrap_or_default(), words: words.collect() }
    }

    fn print(&self) -> String {
        let word = |(key, value): &(String, String)| if key.is_empty() { value.clone() } else { format!("{key}={value}") };
        std::iter::once(self.name.clone()).chain(self.words.iter().map(word)).collect::<Vec<_>>().join(" ")
    }

    fn get(&self, key: &str) -> Option<&str> {
        self.words.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }

    /// Sets the value of `key`, in its place in the order of keys, or takes it away.
    fn set(&mut self, key: &str, value: Option<String>) {
        let rank = |key: &str| KEYS.iter().position(|known| *known == key);
        let old = self.words.iter().position(|(name, _)| name == key);
        old.into_iter().for_each(|at| drop(self.words.remove(at)));
        let at = old.or_else(|| self.words.iter().position(|(name, _)| rank(name) > rank(key))).unwrap_or(self.words.len());
        value.into_iter().for_each(|value| self.words.insert(at, (key.to_owned(), value)));
    }
}

/// `8080`, `53/udp` or `6000-6009/udp` port by port, a wide range as one.
fn spelt_out(text: &str) -> Vec<Port> {
    let (numbers, protocol) = text.split_once('/').unwrap_or((text, "tcp"));
    let (first, last) = numbers.split_once('-').unwrap_or((numbers, numbers));
    let (Ok(first), Ok(last)) = (first.parse::<u16>(), last.parse::<u16>()) else { return Vec::new() };
    let protocol = if protocol == "udp" { "udp" } else { "tcp" };
    if last < first {
        Vec::new()
    } else if last - first >= WIDE {
        vec![(first, last, protocol)]
    } else {
        (first..=last).map(|number| (number, number, protocol)).collect()
    }
}

fn text(port: &Port) -> String {
    let (first, last, protocol) = port;
    let numbers = if first == last { first.to_string() } else { format!("{first}-{last}") };
    if *protocol == "tcp" { numbers } else { format!("{numbers}/{protocol}") }
}

/// Whether `text` is `pattern`, in which each `*` stands for any text.
fn matches(pattern: &str, text: &str) -> bool {
    let Some((before, after)) = pattern.split_once('*') else { return pattern == text };
    text.strip_prefix(before).is_some_and(|rest| (0..=rest.len()).any(|at| rest.get(at..).is_some_and(|tail| matches(after, tail))))
}
