//! What the names of labels say to proxies and scrapers.
//!
//! `data/labels.txt` has them. Labels are looked up as they are written; what a value means is for whoever asks.

use super::patterns::Patterns;
use super::table::kinds;
use std::sync::LazyLock;

pub(super) const TEXT: &str = include_str!("../../data/labels.txt");

static TABLE: LazyLock<Patterns<Says>> = LazyLock::new(|| Patterns::of_names(TEXT, Says::read));

kinds! {
    /// What a label says.
    pub(super) enum Says {
        Address = "address",
        Fronted = "fronted",
        Port = "port",
    }
}

/// Whether its value may name an address of the host.
pub(crate) fn is_address(name: &str) -> bool {
    TABLE.say(name, Says::Address)
}

/// Whether it hands the service to a proxy of the project.
pub(crate) fn is_fronted(name: &str) -> bool {
    TABLE.say(name, Says::Fronted)
}

/// Whether it tells a proxy or a scraper the port on which the service listens.
pub(crate) fn is_port(name: &str) -> bool {
    TABLE.say(name, Says::Port)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_have_names_in_the_middle() {
        assert!(is_port("traefik.http.services.web.loadbalancer.server.port") && is_port("caddy_1.reverse_proxy"));
        assert!(!is_port("traefik.http.routers.web.rule") && is_fronted("traefik.http.routers.web.rule"));
    }
}
