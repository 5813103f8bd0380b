//! What names say about addresses: those of variables about the addresses in them, those of hosts about who is meant.

use crate::compose::Service;
use crate::knowledge::words;

/// Whether a name such as `AUTH_API` or `MY_AUTH` is the one that variables have for the service `own`.
pub(super) fn is_called(name: &str, own: &str) -> bool {
    let role = name.strip_prefix(own).and_then(|rest| rest.strip_prefix('_'));
    name == own || name.strip_suffix(own).is_some_and(|rest| rest.ends_with('_')) || role.is_some_and(words::is_role)
}

/// A name as it is compared: upper case, with single `_` for `__`, `.` and `-`.
pub(super) fn plain(name: &str) -> String {
    name.to_ascii_uppercase().replace(['.', '-'], "_").replace("__", "_")
}

/// Whether `text` names `host` as an address: alone, in a URL, in front of a port.
pub(crate) fn names_host(text: &str, host: &str) -> bool {
    text.match_indices(host).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + host.len()..].chars().next();
        let opens = before.is_none_or(|char| matches!(char, '/' | '@' | '=' | ' ' | ',' | '"' | '\'' | '(' | ':' | '-'));
        let closes = after.is_none_or(|char| matches!(char, ':' | '/' | ',' | ' ' | '"' | '\'' | ')' | ';' | '\n'));
        let whole = before.is_none() && after.is_none();
        opens && closes && (whole || after == Some(':') || matches!(before, Some('/' | '@')))
    })
}

/// Whether a value of `service` names `peer` as an address.
pub(crate) fn names_service(service: &Service, peer: &Service) -> bool {
    let says = |text: &str| peer.host_names().any(|name| names_host(text, name));
    service.environment.iter().any(|variable| says(variable.text())) || service.command_lines().any(|line| says(&line.joined()))
}
