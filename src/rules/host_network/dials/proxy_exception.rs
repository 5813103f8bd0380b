//! Clients of a proxy for web requests, to which the new names of their peers would go too.

use crate::diagnostic::{Family, Finding, Obligation, Rule};
use crate::knowledge::variables;
use crate::rules::case::Case;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    id: "proxy-exception",
    family: Family::HostNetwork,
    obligation: Some(Obligation::Dials),
    summary: "a web proxy would take the new names of its peers",
    page: include_str!("proxy_exception.md"),
};

/// The first peer that would be dialled through the proxy.
pub(crate) fn check(case: &Case<'_>) -> Vec<Finding> {
    let set = |is_named: fn(&str) -> bool| {
        case.service.environment.iter().find(|variable| is_named(&variable.name) && !variable.text().is_empty())
    };
    let Some(proxy) = set(variables::is_web_proxy) else { return Vec::new() };
    let excepted = set(variables::is_proxy_exception);
    let excepts = |name: &str| excepted.is_some_and(|list| list.text().split([',', ' ']).any(|entry| entry == name || entry == "*"));
    let peers = case.peers().map(|(id, reference)| (&case.project[id].name, reference));
    let dialled = peers.filter(|(name, _)| !excepts(name)).take(1).map(|(name, reference)| {
        let message = format!("`{}` is set, and would have `{name}` dialled through the proxy: add it to `NO_PROXY`", proxy.name);
        Finding { related: vec![(reference.at, format!("it dials `{name}` here"))], ..Finding::holds_back(&RULE, message, proxy.at) }
    });
    dialled.collect()
}

#[cfg(test)]
mod tests {
    use crate::tests::verdict::verdict;

    fn with(no_proxy: &str) -> String {
        let text = format!(
            "services:\n  app:\n    image: example/app\n    network_mode: host\n    environment:\n      PORT: 3000\n      CACHE: http://localhost:9090\n      \
             HTTP_PROXY: http://proxy.example.com:3128\n      {no_proxy}\n  metrics:\n    image: prom/prometheus\n    network_mode: host\n"
        );
        verdict(&[("compose.yaml", &text)], "app")
    }

    #[test]
    fn a_peer_has_to_be_excepted_by_its_new_name() {
        assert_eq!(with("NO_PROXY: localhost"), "review 3000/tcp proxy-exception");
        assert_eq!(with("A: b"), "review 3000/tcp proxy-exception");
        assert_eq!(with("no_proxy: localhost,metrics"), "migrate 3000/tcp");
    }
}
