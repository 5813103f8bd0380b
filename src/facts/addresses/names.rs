//! What names say about addresses: those of variables about the addresses in them, those of hosts about who is meant.

use crate::compose::Service;

/// Beginnings of variables that a build puts into pages, or that list who may come in.
const FOR_BROWSERS: [&str; 9] =
    ["CORS_", "EXPO_PUBLIC_", "GATSBY_", "NEXT_PUBLIC_", "NUXT_PUBLIC_", "PUBLIC_", "REACT_APP_", "VITE_", "VUE_APP_"];

/// Ends of variables that hold an address at which somebody else comes in.
const ENDS: [&str; 31] = [
    "_ADVERTISED_HOST",
    "_ALLOWED_HOSTS",
    "_CALLBACK",
    "_CALLBACK_URL",
    "_CALLBACK_URLS",
    "_CANCEL_URL",
    "_CONSENT",
    "_DOMAIN",
    "_ERROR",
    "_ERROR_URL",
    "_EXTERNAL_URL",
    "_HREF",
    "_ISSUER",
    "_LINK",
    "_LOGIN",
    "_LOGIN_URL",
    "_LOGOUT",
    "_LOGOUT_URL",
    "_ORIGIN",
    "_ORIGINS",
    "_PUBLIC_HOST",
    "_PUBLIC_URL",
    "_REDIRECT_URI",
    "_REDIRECT_URIS",
    "_REDIRECT_URL",
    "_RETURN_URL",
    "_ROOT",
    "_ROOT_URL",
    "_SELF_ISSUER",
    "_SITE_URL",
    "_SUCCESS_URL",
];

/// Variables that hold such an address, whole.
const WHOLE: [&str; 16] = [
    "ALLOWED_HOSTS",
    "ALLOWED_ORIGINS",
    "APP_URL",
    "BASE_URL",
    "EXTERNAL_URL",
    "FRONTEND_URL",
    "HOSTNAME",
    "NEXTAUTH_URL",
    "NO_PROXY",
    "ORIGIN",
    "PUBLIC_URL",
    "ROOT_URL",
    "SITE_URL",
    "TRUSTED_HOSTS",
    "TRUSTED_PROXIES",
    "WEBHOOK_URL",
];

/// Words for what people see of an application.
const FACES: [&str; 9] = ["APP", "CLIENT", "EXTERNAL", "FRONTEND", "PORTAL", "PUBLIC", "SITE", "UI", "WEB"];

/// Whether a variable holds an address for somebody else to dial: a browser, another machine, a list of allowed hosts.
/// Such an address is right as it is.
pub(crate) fn is_for_others(name: &str) -> bool {
    let upper = name.to_ascii_uppercase().replace("__", "_");
    // `OLLAMA_BASE_URL` is where a client dials, `SITE_BASE_URL` where browsers come in.
    let is_face = upper.strip_suffix("_BASE_URL").is_some_and(|stem| stem.split('_').any(|word| FACES.contains(&word)));
    is_face
        || FOR_BROWSERS.iter().any(|start| upper.starts_with(start))
        || ENDS.iter().any(|end| upper.ends_with(end))
        || WHOLE.contains(&upper.as_str())
        || ["ALLOWED_ORIGIN", "CORS", "REDIRECT", "CALLBACK", "WHITELIST", "TRUSTED"].iter().any(|part| upper.contains(part))
}

/// Whether both a browser and the service may dial the address in a variable: an issuer of tokens is asked for its keys.
pub(super) fn is_for_both(name: &str) -> bool {
    let upper = name.to_ascii_uppercase();
    upper.ends_with("_ISSUER") || upper.ends_with("_ISSUER_URL") || upper.ends_with("WEBHOOK_URL")
}

/// Whether a variable tells clients an address: those are never rewritten plainly.
pub(super) fn is_advertised(name: &str) -> bool {
    let upper = name.to_ascii_uppercase();
    ["ADVERTISE", "ANNOUNCE", "EUREKA_INSTANCE", "REPLICA_SET_MEMBER"].iter().any(|part| upper.contains(part))
}

/// Whether a variable lists the addresses at which a server listens.
pub(super) fn lists_listeners(name: &str) -> bool {
    name.to_ascii_uppercase().contains("LISTEN") && !is_advertised(name)
}

/// The ports that a name stands for when no port is written: `REDIS_HOST` is somebody who listens on 6379.
pub(super) fn ports_of_stem(stem: &str) -> &'static [u16] {
    const STEMS: [(&str, &[u16]); 34] = [
        ("AMQP", &[5672]),
        ("CASSANDRA", &[9042]),
        ("CLICKHOUSE", &[8123, 9000]),
        ("CONSUL", &[8500]),
        ("COUCH", &[5984]),
        ("DATABASE", DATABASES),
        ("DB", DATABASES),
        ("ELASTIC", &[9200]),
        ("ES", &[9200]),
        ("ETCD", &[2379]),
        ("INFLUX", &[8086]),
        ("KAFKA", &[9092]),
        ("LDAP", &[389]),
        ("MARIADB", &[3306]),
        ("MEMCACHE", &[11211]),
        ("MILVUS", &[19530]),
        ("MINIO", &[9000]),
        ("MONGO", &[27017]),
        ("MQTT", &[1883]),
        ("MSSQL", &[1433]),
        ("MYSQL", &[3306]),
        ("NATS", &[4222]),
        ("NEO4J", &[7687]),
        ("OLLAMA", &[11434]),
        ("OPENSEARCH", &[9200]),
        ("ORACLE", &[1521]),
        ("PG", &[5432]),
        ("POSTGRES", &[5432]),
        ("QDRANT", &[6333]),
        ("RABBIT", &[5672]),
        ("REDIS", &[6379]),
        ("SQL", DATABASES),
        ("VALKEY", &[6379]),
        ("ZOOKEEPER", &[2181]),
    ];
    let words: Vec<&str> = stem.split('_').collect();
    let matching = |(name, _): &&(&str, &[u16])| words.iter().any(|word| word == name || (name.len() > 3 && word.starts_with(name)));
    STEMS.iter().filter(matching).map(|(_, ports)| *ports).min_by_key(|ports| ports.len()).unwrap_or_default()
}

/// Default ports of database servers, for names that say no more than "database".
const DATABASES: &[u16] = &[1433, 1521, 3306, 5432, 27017];

/// What may stand behind a service's name in the name of its address.
const ROLES: [&str; 10] = ["ADMIN", "API", "GRPC", "HTTP", "INTERNAL", "MASTER", "PRIMARY", "RPC", "SERVER", "TCP"];

/// Whether a name such as `AUTH_API` or `MY_AUTH` is the one that variables have for the service `own`.
pub(super) fn is_called(name: &str, own: &str) -> bool {
    let role = name.strip_prefix(own).and_then(|rest| rest.strip_prefix('_'));
    name == own || name.strip_suffix(own).is_some_and(|rest| rest.ends_with('_')) || role.is_some_and(|role| ROLES.contains(&role))
}

/// A name as it is compared: upper case, with single `_` for `__`, `.` and `-`.
pub(super) fn plain(name: &str) -> String {
    name.to_ascii_uppercase().replace(['.', '-'], "_").replace("__", "_")
}

/// The part of a name in front of `_HOST`, `_URL` and the like, in upper case; none when the name has no such end.
pub(super) fn stem_of_host(name: &str) -> Option<String> {
    let upper = name.to_ascii_uppercase();
    let ends = ["_HOSTNAME", "_HOST", "_ADDRESS", "_ADDR", "_SERVER", "_ENDPOINT", "_SERVICE", "_IP", "HOST"];
    ends.iter().find_map(|end| upper.strip_suffix(end)).map(|stem| stem.trim_end_matches('_').to_owned()).filter(|stem| !stem.is_empty())
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
    fn addresses_for_browsers_are_left() {
        for name in [
            "NEXT_PUBLIC_API",
            "VITE_API_URL",
            "ROOT_URL",
            "Cors__AllowedOrigins",
            "GF_SERVER_ROOT_URL",
            "ALLOWED_HOSTS",
            "URLS_SELF_ISSUER",
            "BASE_URL",
            "SITE_BASE_URL",
        ] {
            assert!(is_for_others(name), "{name}");
        }
        for name in ["DATABASE_URL", "BACKEND_URL", "REDIS_HOST", "API_URL", "OLLAMA_BASE_URL"] {
            assert!(!is_for_others(name), "{name}");
        }
    }

    #[test]
    fn stems_give_ports() {
        assert_eq!(ports_of_stem("POSTGRES"), [5432]);
        assert_eq!(ports_of_stem("APP_REDIS"), [6379]);
        assert_eq!(ports_of_stem("RIVEN_DATABASE"), DATABASES);
        assert_eq!(ports_of_stem("MANAGER"), [0u16; 0]);
        assert_eq!(stem_of_host("DB_HOSTNAME").as_deref(), Some("DB"));
        assert_eq!(stem_of_host("PGHOST").as_deref(), Some("PG"));
    }
}
