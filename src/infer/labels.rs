//! Labels that tell a proxy or a scraper where the service listens.

use super::{Evidence, Subject};
use crate::compose::port::{Port, Protocol};
use crate::compose::service::Variable;

pub(super) const NAME: &str = "label";

pub(super) fn find(subject: &Subject<'_>) -> Vec<Evidence> {
    let virtual_port = subject.service.environment.iter().filter(|variable| variable.name == "VIRTUAL_PORT");
    let labels = subject.service.labels.iter().filter(|label| names_own_port(&label.name));
    labels.chain(virtual_port).filter_map(of_label).collect()
}

fn of_label(label: &Variable) -> Option<Evidence> {
    let number = label.text().trim().parse().ok().filter(|number| *number > 0)?;
    let port = Port { number, protocol: Protocol::Tcp };
    Some(Evidence::strong(NAME, port, label.at, format!("`{}` says {port}", label.name)))
}

/// traefik, nginx-proxy, prometheus.
fn names_own_port(name: &str) -> bool {
    name.starts_with("traefik.") && name.ends_with(".loadbalancer.server.port")
        || matches!(name, "prometheus.io/port" | "prometheus.port" | "traefik.port" | "VIRTUAL_PORT")
}
