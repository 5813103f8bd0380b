//! What names say about addresses: those of variables about the addresses in them, those of hosts about who is meant.

use crate::compose::Service;
use crate::knowledge::{variables, words};

/// Whether a name such as `AUTH_API` or `MY_AUTH` is the one that variables have for the service `own`.
pub(super) fn is_called(name: &str, own: &str) -> bool {
    let role = name.strip_prefix(own).and_then(|rest| rest.strip_prefix('_'));
    name == own || name.strip_suffix(own).is_some_and(|rest| rest.ends_with('_')) || role.is_some_and(words::is_role)
}

/// A name as it is compared: upper case, with single `_` for `__`, `.` and `-`.
pub(super) fn plain(name: &str) -> String {
    name.to_ascii_uppercase().replace(['.', '-'], "_").replace("__", "_")
}

/// The part of a name in front of `_HOST`, `_ADDR` and the like, as it is compared; none when the name has no such end.
pub(super) fn stem_of_host(name: &str) -> Option<String> {
    variables::stem_of_dialled_host(&plain(name))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_has_a_stem() {
        for (name, stem) in [("DB_HOSTNAME", "DB"), ("PGHOST", "PG"), ("spring.redis.host", "SPRING_REDIS"), ("app__db__host", "APP_DB")] {
            assert_eq!(stem_of_host(name).as_deref(), Some(stem), "{name}");
        }
        assert_eq!(stem_of_host("HOST"), None);
        assert_eq!(stem_of_host("DB_PORT"), None);
    }

    #[test]
    fn a_service_is_called_by_its_name() {
        for name in ["AUTH", "MY_AUTH", "AUTH_API"] {
            assert!(is_called(name, "AUTH"), "{name}");
        }
        for name in ["AUTHOR", "AUTH_CACHE", "OAUTH"] {
            assert!(!is_called(name, "AUTH"), "{name}");
        }
    }

    #[test]
    fn a_host_is_named_by_an_address() {
        for text in ["db", "http://db/x", "db:5432", "u@db", "a,db:1"] {
            assert!(names_host(text, "db"), "{text}");
        }
        for text in ["the db is", "dbs:1", "mydb:1", "db.example.com"] {
            assert!(!names_host(text, "db"), "{text}");
        }
    }
}
