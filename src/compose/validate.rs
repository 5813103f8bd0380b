//! What Compose rejects a project for.
//!
//! Not the whole schema: the shapes that this program reads, the keys (a misspelt one is not there for Compose either),
//! and names that lead nowhere. Each problem has the place that a person has to mend.

use super::tree::{Data, Field, Problem, Value};
use super::{Project, Service};

/// Top-level elements (Compose spec, 03-compose-file).
const TOP_LEVEL: [&str; 9] = ["configs", "include", "models", "name", "networks", "secrets", "services", "version", "volumes"];

/// Attributes of a service (Compose spec, 05-services), sorted.
const SERVICE: [&str; 93] = [
    "annotations",
    "attach",
    "blkio_config",
    "build",
    "cap_add",
    "cap_drop",
    "cgroup",
    "cgroup_parent",
    "command",
    "configs",
    "container_name",
    "cpu_count",
    "cpu_percent",
    "cpu_period",
    "cpu_quota",
    "cpu_rt_period",
    "cpu_rt_runtime",
    "cpu_shares",
    "cpus",
    "cpuset",
    "credential_spec",
    "depends_on",
    "deploy",
    "develop",
    "device_cgroup_rules",
    "devices",
    "dns",
    "dns_opt",
    "dns_search",
    "domainname",
    "entrypoint",
    "env_file",
    "environment",
    "expose",
    "extends",
    "external_links",
    "extra_hosts",
    "gpus",
    "group_add",
    "healthcheck",
    "hostname",
    "image",
    "init",
    "ipc",
    "isolation",
    "label_file",
    "labels",
    "links",
    "logging",
    "mac_address",
    "mem_limit",
    "mem_reservation",
    "mem_swappiness",
    "memswap_limit",
    "models",
    "network_mode",
    "networks",
    "oom_kill_disable",
    "oom_score_adj",
    "pid",
    "pids_limit",
    "platform",
    "ports",
    "post_start",
    "pre_start",
    "pre_stop",
    "privileged",
    "profiles",
    "provider",
    "pull_policy",
    "pull_refresh_after",
    "read_only",
    "restart",
    "runtime",
    "scale",
    "secrets",
    "security_opt",
    "shm_size",
    "stdin_open",
    "stop_grace_period",
    "stop_signal",
    "storage_opt",
    "sysctls",
    "tmpfs",
    "tty",
    "ulimits",
    "use_api_socket",
    "user",
    "userns_mode",
    "uts",
    "volumes",
    "volumes_from",
    "working_dir",
];

/// Keys of a port in long syntax, sorted.
const PORT: [&str; 7] = ["app_protocol", "host_ip", "mode", "name", "protocol", "published", "target"];

/// Whether the key is one of a Compose file or of a service.
pub(crate) fn is_attribute(key: &str) -> bool {
    TOP_LEVEL.binary_search(&key).is_ok() || SERVICE.binary_search(&key).is_ok()
}

/// Why the text is not a Compose file at all.
pub(super) fn not_compose(root: &Value) -> Option<Problem> {
    if !matches!(root.data, Data::Map(_)) {
        return Some((root.at, "not a Compose file: the root is not a mapping".to_owned()));
    }
    let services = root.get("services").filter(|services| !matches!(services.data, Data::Map(_) | Data::Null))?;
    Some((services.at, "`services` must be a mapping".to_owned()))
}

/// Problems of shape: what is not a mapping and should be one, and keys that do not exist.
pub(super) fn root(root: &Value) -> Vec<Problem> {
    let fields = root.fields();
    if root.get("services").is_none() && fields.iter().any(is_v1_service) {
        return vec![(root.at, "Compose v1 format: convert it first (put the services under `services:`)".to_owned())];
    }
    let mut problems: Vec<Problem> = unknown_keys(fields, &TOP_LEVEL, "at the top level").collect();
    if let Some(value) = root.get("networks").filter(|value| !matches!(value.data, Data::Map(_) | Data::Null)) {
        problems.push((value.at, "`networks` must be a mapping".to_owned()));
    }
    for field in root.get("services").map(Value::fields).unwrap_or_default() {
        if !is_name(&field.key) {
            problems.push((field.key_at, format!("`{}` is no name of a service: letters, digits, `.`, `_` and `-` only", field.key)));
        }
        problems.extend(service(field));
    }
    problems
}

/// Whether Compose takes it for the name of a service or a network.
fn is_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|char| char.is_ascii_alphanumeric() || matches!(char, '.' | '_' | '-'))
}

/// Whether a service is left out unless somebody asks for one of its profiles.
fn is_optional(service: &Service) -> bool {
    service.get("profiles").is_some_and(|profiles| !profiles.items().is_empty())
}

/// Problems of names: networks and services that are named and not defined, and keys that exclude each other.
pub(super) fn references(project: &Project<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    // Compose looks at the names in a service only when it is enabled; what a profile leaves out is not started either.
    for service in project.services.iter().filter(|service| !is_optional(service)) {
        let name = &service.name;
        for dependency in &service.depends_on {
            if project.service(&dependency.service).is_none() {
                problems.push((dependency.at, format!("service `{name}` depends on `{}`, which is not defined", dependency.service)));
            }
        }
        for (network, at) in &service.networks {
            if network != "default" && project.network(network).is_none() {
                problems.push((*at, format!("service `{name}` refers to network `{network}`, which is not defined")));
            }
        }
        if let (Some(mode), false) = (service.field("network_mode"), service.networks.is_empty()) {
            problems.push((mode.entry, format!("service `{name}` has both `network_mode` and `networks`, which exclude each other")));
        }
        if let Some(shared) = service.text("network_mode").and_then(|mode| mode.strip_prefix("service:"))
            && project.service(shared).is_none()
        {
            problems.push((service.at, format!("service `{name}` shares the network of `{shared}`, which is not defined")));
        }
    }
    problems
}

fn service(field: &Field) -> Vec<Problem> {
    if !matches!(field.value.data, Data::Map(_)) {
        return vec![(field.value.at, format!("service `{}` must be a mapping", field.key))];
    }
    let mut problems: Vec<Problem> = unknown_keys(field.value.fields(), &SERVICE, &format!("in service `{}`", field.key)).collect();
    if let Some(mode) = field.value.field("network_mode")
        && mode.value.as_text().is_none()
        && mode.value.tag.is_none()
    {
        problems.push((mode.entry, "`network_mode` must be a string".to_owned()));
    }
    if let Some(build) = field.value.field("build").filter(|build| matches!(build.value.data, Data::Null) && build.value.tag.is_none()) {
        problems.push((build.entry, "`build` must be a string or a mapping".to_owned()));
    }
    for key in ["ports", "expose"] {
        match field.value.get(key) {
            Some(value) if !matches!(value.data, Data::List(_)) && value.tag.is_none() => {
                problems.push((value.at, format!("`{key}` must be a list")));
            }
            _ => {}
        }
    }
    let long_ports = field.value.get("ports").map(Value::items).unwrap_or_default();
    for port in long_ports.iter().filter(|port| port.as_text().is_none()) {
        problems.extend(unknown_keys(port.fields(), &PORT, &format!("in a port of service `{}`", field.key)));
    }
    problems
}

fn unknown_keys<'a>(fields: &'a [Field], known: &'a [&str], place: &'a str) -> impl Iterator<Item = Problem> + 'a {
    let unknown = fields.iter().filter(|field| !field.key.starts_with("x-") && !known.contains(&field.key.as_str()));
    unknown.map(move |field| (field.key_at, format!("unknown key `{}` {place}", field.key)))
}

fn is_v1_service(field: &Field) -> bool {
    !field.key.starts_with("x-") && (field.value.get("image").is_some() || field.value.get("build").is_some())
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_attributes_are_sorted_and_unique() {
        assert!(super::SERVICE.is_sorted_by(|a, b| a < b));
        assert!(super::TOP_LEVEL.is_sorted_by(|a, b| a < b));
        assert!(super::PORT.is_sorted_by(|a, b| a < b));
    }
}
