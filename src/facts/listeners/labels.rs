//! Labels that tell a proxy or a scraper where the service listens.

use super::evidence::{Evidence, SourceId};
use crate::compose::service::Variable;
use crate::facts::ServiceFacts;
use crate::knowledge::{labels, variables};
use crate::port::{Port, Protocol};

pub(super) fn find(subject: &ServiceFacts<'_>) -> Vec<Evidence> {
    let virtual_port = subject.service.environment.iter().filter(|variable| variables::is_fronted_port(&variable.name));
    let told = subject.service.labels.iter().filter(|label| labels::is_port(&label.name));
    told.chain(virtual_port).filter_map(of_label).collect()
}

fn of_label(label: &Variable) -> Option<Evidence> {
    let value = label.text().trim();
    let number = value.parse().ok().or_else(|| upstream_port(value)).filter(|number| *number > 0)?;
    let port = Port { number, protocol: Protocol::Tcp };
    Some(Evidence::strong(SourceId::Label, port, label.at, format!("`{}` says {port}", label.name)))
}

/// The port in `{{upstreams 8080}}` or `{{upstreams http 8080}}` of caddy-docker-proxy, which stand for the service itself.
fn upstream_port(value: &str) -> Option<u16> {
    let (_, rest) = value.split_once("{{upstreams")?;
    rest.split_once("}}")?.0.split_whitespace().find_map(|word| word.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn caddy_upstreams_are_the_service_itself() {
        assert_eq!(upstream_port("{{upstreams 8080}}"), Some(8080));
        assert_eq!(upstream_port("/api/* {{upstreams http 3000}}"), Some(3000));
        assert_eq!(upstream_port("{{upstreams}}"), None);
        assert_eq!(upstream_port("localhost:8080"), None);
    }
}
