//! After an edit the project as a whole publishes nothing on another address of the host than asked for that it did not
//! publish before: overrides and merges counted, since it is the loaded result that is looked at.

use super::{Broken, Trial, broken};
use crate::compose::{Project, is_on_host};
use std::collections::BTreeSet;
use std::net::IpAddr;

/// The address of the host (none: all of them), the port there (none: any that is free), and the protocol.
type Published = (Option<IpAddr>, Option<u16>, String);

pub(super) fn broken_by(trial: &Trial<'_>) -> Vec<Broken> {
    let Some((before, after)) = trial.before.load(|project, _| published(project)).zip(trial.after.load(|project, _| published(project)))
    else {
        return Vec::new();
    };
    let asked = asked(trial);
    let as_asked = |published: &&Published| asked.contains(&published.0);
    let shown = |(ip, port, protocol): &Published| {
        let ip = ip.map_or_else(|| "all addresses".to_owned(), |ip| ip.to_string());
        broken(
            "published",
            format!("{}/{protocol} is published on {ip}", port.map_or_else(|| "a port".to_owned(), |port| port.to_string())),
        )
    };
    after.difference(&before).filter(|published| !as_asked(published)).map(shown).collect()
}

/// The addresses that the user or a comment in the files asks for.
fn asked(trial: &Trial<'_>) -> BTreeSet<Option<IpAddr>> {
    let settings = trial.settings;
    let comments = trial.before.texts.values().flat_map(|text| text.split("compose-fix: host-ip ").skip(1));
    let said = comments.filter_map(|rest| rest.split_whitespace().next()?.parse().ok());
    said.chain([settings.host_ip]).chain(settings.service_host_ips.values().copied()).map(specific).collect()
}

/// An address, unless it stands for all of them.
fn specific(ip: IpAddr) -> Option<IpAddr> {
    Some(ip).filter(|ip| !ip.is_unspecified())
}

/// What the services of a project publish that have a network of their own.
fn published(project: &Project<'_>) -> BTreeSet<Published> {
    let mut published = BTreeSet::new();
    for service in project.services.iter().filter(|service| !is_on_host(project, service)) {
        for mapping in service.ports.iter().filter_map(|entry| entry.mapping) {
            let (ip, protocol) = (mapping.host_ip.and_then(specific), mapping.target.protocol.to_string());
            match mapping.published {
                Some(range) => published.extend((range.start..=range.end).map(|port| (ip, Some(port), protocol.clone()))),
                None => drop(published.insert((ip, None, protocol))),
            }
        }
    }
    published
}
