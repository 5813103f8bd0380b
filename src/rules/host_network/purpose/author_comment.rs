//! What only the host's network has, by the word of the author.

use super::author::{self, Meaning};
use crate::diagnostic::{Family, Finding, Obligation, Rule};
use crate::facts::lists_ports;
use crate::rules::case::Case;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    id: "author-comment",
    family: Family::HostNetwork,
    obligation: Some(Obligation::Purpose),
    summary: "the author says why it is on host networking",
    page: include_str!("author_comment.md"),
};

/// A comment that gives a reason for what only the host's network has, or that wishes for speed. Where the author lists the ports of the
/// alternative, the wish is no need.
pub(crate) fn check(case: &Case<'_>) -> Vec<Finding> {
    let reason = author::first(case, Meaning::Reason, |message, at| Finding::keeps(&RULE, message, at));
    if !reason.is_empty() {
        return reason;
    }
    let has_alternative = lists_ports(&case.subject);
    author::first(case, Meaning::Wish, |message, at| match has_alternative {
        true => Finding::holds_back(&RULE, message, at),
        false => Finding::keeps(&RULE, message, at),
    })
}

#[cfg(test)]
mod tests {
    use crate::tests::verdict::verdict;

    fn commented(comment: &str) -> String {
        verdict(&[("compose.yaml", &format!("services:\n  app:\n    image: redis\n    {comment}\n    network_mode: host\n"))], "app")
    }

    #[test]
    fn comments_that_give_a_reason_are_heard() {
        assert_eq!(commented("# needed for mDNS"), "keep 6379/tcp author-comment");
        assert_eq!(commented("# nötig für Multicast"), "keep 6379/tcp author-comment");
        assert_eq!(commented("# Docker's bridge is broken on this machine"), "keep 6379/tcp author-comment");
        assert_eq!(commented("# where bridge networks do not work"), "keep 6379/tcp author-comment");
        assert_eq!(commented("# this kernel has no bridge networking"), "keep 6379/tcp author-comment");
        assert_eq!(commented("# to see real client IPs"), "keep 6379/tcp author-comment");
        assert_eq!(commented("# intentional, do not change"), "keep 6379/tcp author-comment");
        assert_eq!(commented("# please leave"), "keep 6379/tcp author-comment");
    }

    #[test]
    fn reasons_and_decisions_are_heard_in_many_languages() {
        for comment in [
            "# 需要组播",
            "# 设计如此，请勿修改",
            "# 必须使用host网络，否则无法发现设备",
            "# 故意使用宿主机网络",
            "# necesario para descubrir dispositivos",
            "# a propósito: no cambiar",
            "# imprescindible para esta aplicación",
            "# necessário para a descoberta de dispositivos",
            "# proposital, não alterar",
            "# obrigatório para este serviço",
            "# nécessaire pour la découverte des appareils",
            "# choix volontaire, ne pas modifier",
            "# indispensable pour ce service",
            "# notwendig für die Geräteerkennung",
            "# absichtlich so, bitte nicht ändern",
            "# muss für diesen Dienst sein",
            "# нужно для обнаружения устройств",
            "# намеренно, не менять",
            "# обязательно для этой программы",
            "# デバイスの検出に必要",
            "# 意図的な設定です。変更しないでください",
            "# このサービスには必須です",
            "# necessario per la scoperta dei dispositivi",
            "# voluto, non modificare",
            "# obbligatorio per questa applicazione",
            "# potrzebne do wykrywania urządzeń",
            "# celowo, nie zmieniać",
            "# wymagane przez tę usługę",
        ] {
            assert_eq!(commented(comment), "keep 6379/tcp author-comment", "{comment}");
        }
    }

    #[test]
    fn what_restates_or_finds_fault_is_no_reason() {
        for comment in [
            "# listens on all interfaces",
            "# host network",
            "# no ports needed with host networking",
            "# network_mode: bridge",
            "# TODO: move to a bridge",
            "# insecure, but easier",
            "# for now",
            "# share network (optional; not strictly needed)",
            "# 直接使用宿主机网络",
            "# 暂时这样，图方便",
            "# usa la red del host",
            "# más fácil, por ahora",
            "# usar a rede do host",
            "# mais simples, por enquanto",
            "# utilise le réseau de l'hôte",
            "# temporaire, plus simple",
            "# benutzt das Netzwerk des Hosts",
            "# vorerst, einfacher",
            "# используем сеть хоста",
            "# временно, так проще",
            "# ホストのネットワークを使用",
            "# とりあえず",
            "# usa la rete dell'host",
            "# per ora, più semplice",
            "# używa sieci hosta",
            "# na razie tak prościej",
        ] {
            assert_eq!(commented(comment), "migrate 6379/tcp", "{comment}");
        }
    }

    #[test]
    fn a_wish_for_speed_is_no_need_where_the_alternative_is_listed() {
        assert_eq!(commented("# best performance"), "keep 6379/tcp author-comment");
        assert_eq!(commented("# für bessere Leistung"), "keep 6379/tcp author-comment");
        let alternative = "# best performance\n    network_mode: host\n    # otherwise:\n    # ports:\n    #   - 6379:6379\n    init: true";
        let text = format!("services:\n  app:\n    image: redis\n    {alternative}\n");
        assert_eq!(verdict(&[("compose.yaml", &text)], "app"), "review 6379/tcp author-comment");
    }

    #[test]
    fn what_listens_on_loopback_alone_stays_in_reach_of_nobody_else() {
        assert_eq!(commented("# to reach the database that listens on 127.0.0.1 only"), "keep 6379/tcp author-comment");
        assert_eq!(commented("# to reach the database on localhost"), "review 6379/tcp reachability");
    }

    #[test]
    fn what_speaks_of_host_networking_is_heard_from_further_away() {
        let of = |text: &str| verdict(&[("compose.yaml", text)], "app");
        let service = "  app:\n    image: redis\n    network_mode: host\n";
        let verdict_on = "keep 6379/tcp author-comment";
        assert_eq!(of(&format!("# Host networking is a settled invariant.\n\nservices:\n{service}")), verdict_on);
        assert_eq!(of(&format!("services:\n  db:\n    image: mysql\n\n  # host networking by design\n\n{service}")), verdict_on);
        assert_eq!(of(&format!("services:\n{service}\n# Host networking is intentional.\n")), verdict_on);
        assert_eq!(of(&format!("# A settled invariant.\n\nservices:\n{service}")), "migrate 6379/tcp");
    }
}
