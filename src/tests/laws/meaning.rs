//! What the files say changes exactly as the report announces: services that it calls migrated lose host networking, publish
//! the ports that it lists and join networks; addresses of this host become names; nothing else is other than before.
//!
//! Compared are the loaded projects, so that env files, merges and overrides count, and the lines of all other files.

use super::{Broken, Trial, broken};
use crate::compose::tree::{Data, Value};
use crate::compose::{Project, Service, is_on_host, namespace};
use crate::diagnostic::Outcome;
use crate::port::{Port, PortMapping};
use crate::source::FileId;
use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr};

/// Names under which a service on host networking, or one that knows the gateway, dials this host.
const THIS_HOST: [&str; 8] =
    ["localhost", "[::1]", "::1", "0.0.0.0", "[::]", "host.docker.internal", "gateway.docker.internal", "172.17.0.1"];
const GATEWAY: &str = "host.docker.internal";

pub(super) fn broken_by(trial: &Trial<'_>) -> Vec<Broken> {
    if trial.after.texts == trial.before.texts {
        return Vec::new();
    }
    let compared = trial.before.load(|before, _| {
        trial.after.load(|after, rejections| match rejections.first() {
            Some(rejection) => vec![format!("Compose would reject the result: {}", rejection.message)],
            None => Comparison::new(trial, before, after).differences(),
        })
    });
    let details = compared.flatten().unwrap_or_else(|| vec!["the result is not YAML".to_owned()]);
    details.into_iter().map(|detail| broken("announced", detail)).collect()
}

/// A project before and after, with what the report says about it.
struct Comparison<'a> {
    trial: &'a Trial<'a>,
    before: &'a Project<'a>,
    after: &'a Project<'a>,
    /// The services that have left, with the ports that they are said to listen on.
    left: BTreeMap<&'a str, BTreeSet<Port>>,
    /// What services answer on by their names.
    listeners: BTreeMap<&'a str, BTreeSet<u16>>,
    /// Published ports and the ports of containers that they lead to.
    published: BTreeSet<(u16, u16)>,
}

impl<'a> Comparison<'a> {
    fn new(trial: &'a Trial<'a>, before: &'a Project<'a>, after: &'a Project<'a>) -> Self {
        let migrated = trial.run.services.iter().filter(|report| report.outcome == Outcome::Migrated);
        let left: BTreeMap<&str, BTreeSet<Port>> =
            migrated.map(|report| (report.name.as_str(), report.ports.iter().copied().collect())).collect();
        let pairs =
            |service: &Service| service.ports.iter().filter_map(|entry| entry.mapping).flat_map(PortMapping::pairs).collect::<Vec<_>>();
        let published = before.services.iter().flat_map(pairs).collect();
        let mut listeners: BTreeMap<&str, BTreeSet<u16>> = BTreeMap::new();
        for service in &before.services {
            let exposed = service.expose.iter().flat_map(|entry| &entry.ports).map(|port| port.number);
            let said = left.get(service.name.as_str()).into_iter().flatten();
            let numbers = said.map(|port| port.number).chain(exposed);
            listeners.entry(home(before, service)).or_default().extend(numbers.chain(pairs(service).into_iter().map(|(_, target)| target)));
        }
        Self { trial, before, after, left, listeners, published }
    }

    fn differences(&self) -> Vec<String> {
        let names = |project: &Project<'_>| project.services.iter().map(|service| service.name.clone()).collect::<Vec<_>>();
        if names(self.before) != names(self.after) {
            return vec!["services came or went".to_owned()];
        }
        let services = self.before.services.iter().zip(&self.after.services);
        let mut differences: Vec<String> = services.flat_map(|(old, new)| self.service(old, new)).collect();
        differences.extend(self.networks());
        differences.extend(self.top_level());
        for (id, text) in self.trial.before.texts.iter().filter(|(id, _)| !self.trial.before.parts.contains(id)) {
            differences.extend(self.lines(*id, text));
        }
        differences
    }

    fn service(&self, old: &Service, new: &Service) -> Vec<String> {
        let left = self.left.contains_key(old.name.as_str());
        if left && is_on_host(self.after, new) {
            return vec![format!("`{}` is said to have left, and has not", old.name)];
        }
        if !left && is_on_host(self.before, old) != is_on_host(self.after, new) {
            return vec![format!("`{}` has left, and the report does not say so", old.name)];
        }
        let keys: BTreeSet<&str> = old.value.fields().iter().chain(new.value.fields()).map(|field| field.key.as_str()).collect();
        let owner = left && home(self.before, old) == old.name;
        let right = |key: &str| match key {
            "network_mode" if owner => new.get(key).is_none(),
            "ports" if owner => self.maps_what_is_said(new),
            "networks" if owner => !new.networks.is_empty() && new.networks.iter().all(|(name, _)| self.exists(name)),
            "extra_hosts" if new.get(key).is_some() => self.gains_the_gateway(old.get(key), new.get(key)),
            _ => self.same(old.get(key), new.get(key), Some(old)),
        };
        keys.into_iter().filter(|key| !right(key)).map(|key| format!("`{key}` of `{}` is not what was announced", old.name)).collect()
    }

    /// Whether the ports that are mapped are those that the service and whoever shares its network are said to listen on.
    fn maps_what_is_said(&self, new: &Service) -> bool {
        let members = self.before.services.iter().filter(|member| home(self.before, member) == new.name);
        let said = members.filter_map(|member| self.left.get(member.name.as_str())).flatten();
        let mapped = new.ports.iter().flat_map(|entry| entry.mapping.map(|mapping| mapping.ports()).unwrap_or_default());
        said.copied().collect::<BTreeSet<_>>() == mapped.collect()
    }

    fn exists(&self, network: &str) -> bool {
        network == "default" || self.after.network(network).is_some()
    }

    /// At most the one network is new that the settings name, or its name with a number where that is taken.
    fn networks(&self) -> Option<String> {
        let keys = |project: &Project<'_>| project.networks.iter().map(|network| network.key.clone()).collect::<BTreeSet<_>>();
        let (old, new) = (keys(self.before), keys(self.after));
        let added: Vec<&String> = new.difference(&old).collect();
        let is_announced = |name: &&String| name.starts_with(&self.trial.settings.network);
        (!old.is_subset(&new) || added.len() > 1 || !added.iter().all(is_announced))
            .then(|| format!("networks were {old:?} and are {new:?}"))
    }

    /// Elements that are for other programs (`x-`) hold what services merge, and are compared there.
    fn top_level(&self) -> Vec<String> {
        let fields = |project: &'a Project<'a>| project.top_level.iter().filter(|field| !field.key.starts_with("x-"));
        let keys: BTreeSet<&str> = fields(self.before).chain(fields(self.after)).map(|field| field.key.as_str()).collect();
        let of = |project: &'a Project<'a>, key: &str| project.top_level.iter().find(|field| field.key == key).map(|field| &field.value);
        let different = keys.into_iter().filter(|key| !self.same(of(self.before, key), of(self.after, key), None));
        different.map(|key| format!("`{key}` is not what it was")).collect()
    }

    fn gains_the_gateway(&self, old: Option<&Value>, new: Option<&Value>) -> bool {
        let list = |value: Option<&Value>| {
            let items = value.map(Value::items).unwrap_or_default().iter().filter_map(Value::as_str).map(str::to_owned);
            let fields = value.map(Value::fields).unwrap_or_default().iter();
            let fields = fields.map(|field| format!("{}:{}", field.key, field.value.as_str().unwrap_or_default()));
            items.chain(fields).collect::<Vec<_>>()
        };
        let (old, new) = (list(old), list(new));
        new == old || new == [old, vec![format!("{GATEWAY}:host-gateway")]].concat()
    }

    fn same(&self, old: Option<&Value>, new: Option<&Value>, of: Option<&Service>) -> bool {
        match (old, new) {
            (None, None) => true,
            (Some(old), Some(new)) => match (&old.data, &new.data) {
                (Data::Null, Data::Null) => true,
                (Data::Scalar(old), Data::Scalar(new)) => self.same_text(&old.value, &new.value, of),
                (Data::List(old), Data::List(new)) => {
                    old.len() == new.len() && old.iter().zip(new).all(|(old, new)| self.same(Some(old), Some(new), of))
                }
                (Data::Map(old), Data::Map(fields)) => {
                    old.len() == fields.len() && old.iter().all(|field| self.same(Some(&field.value), new.get(&field.key), of))
                }
                _ => false,
            },
            _ => false,
        }
    }

    /// The lines of a file that is no Compose file: an address in one may have become another.
    fn lines(&self, id: FileId, before: &str) -> Vec<String> {
        let after = &self.trial.after.texts[&id];
        if before.lines().count() != after.lines().count() || before.ends_with('\n') != after.ends_with('\n') {
            return vec!["lines of a file came or went".to_owned()];
        }
        let different = before.lines().zip(after.lines()).filter(|(old, new)| !self.same_text(old, new, None));
        different.map(|(old, new)| format!("a line was `{old}` and is `{new}`")).collect()
    }

    /// Whether a text is as it was, apart from addresses of this host that became the name of who listens there.
    fn same_text(&self, old: &str, new: &str, of: Option<&Service>) -> bool {
        let may_change = |service: &Service| self.left.contains_key(service.name.as_str()) || !is_on_host(self.before, service);
        old == new || of.is_none_or(may_change) && self.derives(old, new)
    }

    /// Whether `new` is `old` with addresses replaced. All ways to read `old` are tried, place by place.
    fn derives(&self, old: &str, new: &str) -> bool {
        let (mut open, mut seen) = (vec![(0, 0)], BTreeSet::new());
        while let Some((at, to)) = open.pop() {
            if (at, to) == (old.len(), new.len()) {
                return true;
            }
            if !seen.insert((at, to)) {
                continue;
            }
            let (rest, wanted) = (&old[at..], &new[to..]);
            if let (Some(here), Some(there)) = (rest.chars().next(), wanted.chars().next())
                && here == there
            {
                open.push((at + here.len_utf8(), to + here.len_utf8()));
            }
            if old[..at].ends_with(|c: char| c.is_alphanumeric() || c == '.') {
                continue;
            }
            let hosts =
                hosts_at(rest).into_iter().flat_map(|host| self.names_at(wanted, host).into_iter().map(move |name| (host.len(), name)));
            open.extend(hosts.map(|(host, name)| (at + host, to + name)));
            if let (Some(number), Some(other)) = (number_at(rest), number_at(wanted))
                && let (Ok(from), Ok(becomes)) = (number.parse(), other.parse())
                && self.published.contains(&(from, becomes))
            {
                open.push((at + number.len(), to + other.len()));
            }
        }
        false
    }

    /// The lengths of what an address may have become at the start of `text`: the name of a service, if it listens on the
    /// port that follows; the gateway; all addresses, for a listener.
    fn names_at(&self, text: &str, host: &str) -> Vec<usize> {
        let services = self.listeners.iter().filter(|(name, ports)| {
            let port =
                text.strip_prefix(**name).map(|rest| rest.strip_prefix(':').and_then(number_at).and_then(|number| number.parse().ok()));
            port.is_some_and(|port| port.is_none_or(|port| ports.contains(&port)))
        });
        let lan = host.parse::<Ipv4Addr>().is_ok_and(|ip| !ip.is_loopback()) && !THIS_HOST.contains(&host);
        let names = services.map(|(name, _)| *name).chain([GATEWAY]).filter(|_| !lan).chain(["0.0.0.0"]);
        let mut lengths: Vec<usize> = names.filter(|name| text.starts_with(name)).map(str::len).collect();
        // Where the port was left out, it may have to be said.
        let said = lengths.clone().into_iter().filter_map(|length| Some(length + 1 + number_at(text[length..].strip_prefix(':')?)?.len()));
        lengths.extend(said.collect::<Vec<_>>());
        lengths
    }
}

/// The addresses of this host that `text` may start with; any other IPv4 address may be one that it listens on.
fn hosts_at(text: &str) -> Vec<&str> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let ip = text[..end].parse::<IpAddr>().is_ok().then(|| &text[..end]);
    THIS_HOST.iter().filter(|host| text.starts_with(**host)).map(|host| &text[..host.len()]).chain(ip).collect()
}

fn number_at(text: &str) -> Option<&str> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    (end > 0).then(|| &text[..end])
}

/// The service in whose network a service is.
fn home<'a>(project: &'a Project<'_>, service: &Service) -> &'a str {
    &project[namespace(project, service.id)].name
}
