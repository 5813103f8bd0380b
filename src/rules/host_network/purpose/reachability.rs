//! What the author wants in reach at the host's own address, which is what the edit deals with.

use super::author::{self, Meaning};
use crate::diagnostic::{Family, Finding, Obligation, Rule};
use crate::rules::case::Case;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    id: "reachability",
    family: Family::HostNetwork,
    obligation: Some(Obligation::Purpose),
    summary: "the author wants something at `localhost` in reach",
    page: include_str!("reachability.md"),
};

/// A comment that speaks of reaching something.
pub(crate) fn check(case: &Case<'_>) -> Vec<Finding> {
    author::first(case, Meaning::Reach, |message, at| Finding::holds_back(&RULE, message, at))
}

#[cfg(test)]
mod tests {
    use crate::tests::verdict::verdict;

    fn commented(comment: &str) -> String {
        verdict(&[("compose.yaml", &format!("services:\n  app:\n    image: redis\n    {comment}\n    network_mode: host\n"))], "app")
    }

    #[test]
    fn what_is_to_be_reached_is_looked_at_first() {
        assert_eq!(commented("# so that the proxy can reach it"), "review 6379/tcp reachability");
        assert_eq!(commented("# so that nginx on the host can proxy to it"), "review 6379/tcp reachability");
    }

    #[test]
    fn it_is_heard_in_many_languages() {
        for comment in [
            "# 访问宿主机上的服务",
            "# para acceder a localhost",
            "# para acessar o banco em localhost",
            "# pour joindre la base sur l'hôte",
            "# damit der Proxy ihn erreicht",
            "# для доступа по localhost",
            "# localhostに接続する",
            "# per raggiungere il database",
            "# dostęp do bazy na hoście",
        ] {
            assert_eq!(commented(comment), "review 6379/tcp reachability", "{comment}");
        }
    }

    #[test]
    fn the_head_of_a_file_speaks_of_the_services_that_it_names() {
        let header = "# Host networking so that web can reach RDS\n\nservices:\n  web:\n    image: redis\n    network_mode: host\n  \
                      app:\n    image: postgres\n    network_mode: host\n";
        assert_eq!(verdict(&[("compose.yaml", header)], "app"), "migrate 5432/tcp");
        assert_eq!(verdict(&[("compose.yaml", header)], "web"), "review 6379/tcp reachability");
    }
}
