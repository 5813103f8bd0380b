//! Stores in YAML and JSON: Compose with what a store adds to it, runtipi, portainer.

use crate::stores::{Service, dialled, port};
use serde_json::Value;
use yaml_rust2::{Yaml, YamlLoader};

/// How a health check calls the service that it checks.
const ITSELF: [&str; 4] = ["localhost", "127.0.0.1", "0.0.0.0", "[::1]"];

/// The services of a Compose file, or of what looks like one; none when it is something else. `toml` is Dokploy's file beside it.
pub(crate) fn services(text: &str, toml: &str) -> Vec<Service> {
    let is_data = |line: &&str| !["{if ", "{/if}", "{else}"].iter().any(|mark| line.trim_start().starts_with(mark)); // cosmos
    let text = filled(&text.lines().filter(is_data).collect::<Vec<_>>().join("\n"));
    let root = load(&with_defaults(&text, &load(&text)));
    let mut services: Vec<_> = match &root["services"] {
        Yaml::Hash(services) => services.iter().map(|(name, body)| service(scalar(name), body)).collect(),
        Yaml::Array(services) => services.iter().map(|body| service(scalar(&body["name"]), body)).collect(),
        _ => return Vec::new(),
    };
    for (name, number) in doors(&text, toml, &services) {
        let named = services.iter_mut().find(|service| service.name == name);
        named.into_iter().for_each(|service| service.said.push(("app", port(&number).into_iter().collect())));
    }
    services
}

/// The entries of portainer's list that are one image each.
pub(crate) fn portainer(text: &str) -> Vec<Service> {
    let root = load(text);
    let entries = root.as_vec().or(root["templates"].as_vec()).into_iter().flatten();
    let service = |entry: &Yaml| Service {
        name: scalar(&entry["title"]),
        image: scalar(&entry["image"]),
        said: vec![("ports", list(&entry["ports"]).iter().filter_map(|mapping| port(mapping)).collect())],
        command: scalar(&entry["command"]),
        host: scalar(&entry["network"]) == "host",
        ..Service::default()
    };
    entries.map(service).collect()
}

/// The first document of `text`, JSON or YAML, when it can be read.
pub(crate) fn load(text: &str) -> Yaml {
    if let Ok(value) = serde_json::from_str(text) {
        return from_json(value);
    }
    YamlLoader::load_from_str(text).ok().and_then(|documents| documents.into_iter().next()).unwrap_or(Yaml::BadValue)
}

/// A scalar as text; empty for anything else.
pub(crate) fn scalar(node: &Yaml) -> String {
    match node {
        Yaml::String(text) | Yaml::Real(text) => text.clone(),
        Yaml::Integer(number) => number.to_string(),
        Yaml::Boolean(value) => value.to_string(),
        _ => String::new(),
    }
}

fn from_json(value: Value) -> Yaml {
    match value {
        Value::Null => Yaml::Null,
        Value::Bool(value) => Yaml::Boolean(value),
        Value::Number(number) => number.as_i64().map_or(Yaml::Real(number.to_string()), Yaml::Integer),
        Value::String(text) => Yaml::String(text),
        Value::Array(items) => Yaml::Array(items.into_iter().map(from_json).collect()),
        Value::Object(fields) => Yaml::Hash(fields.into_iter().map(|(name, value)| (Yaml::String(name), from_json(value))).collect()),
    }
}

fn service(name: String, body: &Yaml) -> Service {
    let environment = pairs(&body["environment"]);
    let dockerfile = list(&body["caproverExtra"]["dockerfileLines"]);
    let from = dockerfile.iter().find_map(|line| line.strip_prefix("FROM ")).unwrap_or_default();
    let published = items(&body["ports"]).chain(items(&body["addPorts"])).flat_map(targets);
    let ports = |texts: Vec<String>| texts.iter().filter_map(|text| port(text)).collect::<Vec<_>>();
    let routes =
        items(&body["routes"]).filter_map(|route| Some(scalar(&route["target"]).rsplit_once(':')?.1.trim_end_matches('/').to_owned()));
    let named = environment.iter().filter(|(name, _)| name.starts_with("SERVICE_FQDN_") || name.starts_with("SERVICE_URL_"));
    let doors = [scalar(&body["internalPort"]), scalar(&body["caproverExtra"]["containerHttpPort"])].into_iter().chain(routes);
    let doors = doors.chain(named.filter_map(|(name, _)| Some(name.rsplit_once('_')?.1.to_owned())));
    let health = [list(&body["healthcheck"]["test"]), list(&body["healthCheck"]["test"])].concat().join(" ");
    let health = ITSELF.iter().fold(health, |text, host| text.replace(&format!("/dev/tcp/{host}/"), &format!(" {host}:")));
    Service {
        said: vec![
            ("ports", published.filter_map(|mapping| port(&mapping)).collect()),
            ("expose", ports(list(&body["expose"]))),
            ("app", ports(doors.collect())),
            ("health", dialled(&health, |host| ITSELF.contains(&host))),
        ],
        image: Some(scalar(&body["image"])).filter(|image| !image.is_empty()).unwrap_or_else(|| from.to_owned()),
        command: [list(&body["entrypoint"]), list(&body["command"])].concat().join(" "),
        host: ["network_mode", "networkMode"].iter().any(|key| scalar(&body[*key]) == "host"),
        name,
        environment,
        ..Service::default()
    }
}

/// Ports of front doors that stand outside the service: umbrel's proxy, Dokploy's domains, the head of coolify's file.
fn doors(text: &str, toml: &str, services: &[Service]) -> Vec<(String, String)> {
    let mut doors = Vec::new();
    for proxy in services.iter().filter(|service| service.name == "app_proxy") {
        let value = |key: &str| proxy.environment.iter().find(|(name, _)| name == key).map(|(_, value)| value.clone());
        let host = value("APP_HOST").unwrap_or_default();
        let owner = services.iter().find(|service| host == service.name || host.ends_with(&format!("_{}_1", service.name)));
        doors.extend(owner.map(|service| service.name.clone()).zip(value("APP_PORT")));
    }
    let value = |line: &str, key: &str| Some(line.trim().strip_prefix(key)?.trim().strip_prefix('=')?.trim().trim_matches('"').to_owned());
    for domain in toml.split("[[config.domains]]").skip(1).map(|rest| rest.split("\n[").next().unwrap_or_default()) {
        let value = |key| domain.lines().find_map(|line| value(line, key));
        doors.extend(value("serviceName").zip(value("port")));
    }
    let says_door = services.iter().any(|service| service.said.iter().any(|(kind, ports)| *kind == "app" && !ports.is_empty()));
    let is_door = |name: &str| name.starts_with("SERVICE_FQDN_") || name.starts_with("SERVICE_URL_");
    let fronted = services.iter().find(|service| service.environment.iter().any(|(name, value)| is_door(name) && value.is_empty()));
    let head = text.lines().find_map(|line| line.strip_prefix("# port: ")).filter(|_| !says_door);
    doors.extend(fronted.map(|service| service.name.clone()).zip(head.map(|number| number.trim().to_owned())));
    doors
}

/// The targets of one entry of a list of ports, in any of the forms of Compose and runtipi.
fn targets(entry: &Yaml) -> Vec<String> {
    let number = [&entry["target"], &entry["containerPort"]].map(scalar).concat();
    match scalar(&entry["protocol"]).as_str() {
        _ if entry.as_hash().is_none() => vec![scalar(entry)],
        "udp" => vec![number + "/udp"],
        _ if entry["udp"] == Yaml::Boolean(true) && entry["tcp"] == Yaml::Boolean(true) => vec![number.clone(), number + "/udp"],
        _ if entry["udp"] == Yaml::Boolean(true) => vec![number + "/udp"],
        _ => vec![number],
    }
}

fn items(node: &Yaml) -> impl Iterator<Item = &Yaml> {
    node.as_vec().into_iter().flatten()
}

/// A list, or one text, as texts.
fn list(node: &Yaml) -> Vec<String> {
    if node.as_vec().is_some() { items(node).map(scalar).collect() } else { vec![scalar(node)] }
}

/// Variables, from a mapping, a list of `NAME=VALUE`, or a list of `key` and `value`.
fn pairs(node: &Yaml) -> Vec<(String, String)> {
    let item = |item: &Yaml| match item {
        Yaml::Hash(_) => (scalar(&item["key"]), scalar(&item["value"])),
        _ => {
            scalar(item).split_once('=').map_or_else(|| (scalar(item), String::new()), |(name, value)| (name.to_owned(), value.to_owned()))
        }
    };
    let fields = node.as_hash().into_iter().flatten().map(|(name, value)| (scalar(name), scalar(value)));
    fields.chain(items(node).map(item)).collect()
}

/// `text` with each `${NAME:-default}` replaced by its default, and `${NAME}` by `$NAME`.
fn filled(text: &str) -> String {
    let (mut text, mut from) = (text.to_owned(), 0);
    while let Some(end) = text[from..].find('}').map(|at| from + at) {
        let Some(start) = text[..end].rfind("${") else {
            from = end + 1;
            continue;
        };
        let inner = text[start + 2..end].to_owned();
        let default =
            inner.split_once(":-").or_else(|| inner.split_once('-')).map_or(format!("${inner}"), |(_, default)| default.to_owned());
        text.replace_range(start..=end, &default);
        from = start;
    }
    text
}

/// `text` with caprover's `$$cap_name` replaced by its default.
fn with_defaults(text: &str, root: &Yaml) -> String {
    let variables =
        items(&root["caproverOneClickApp"]["variables"]).map(|variable| (scalar(&variable["id"]), scalar(&variable["defaultValue"])));
    let mut variables: Vec<_> = variables.filter(|(id, value)| id.starts_with("$$cap_") && !value.contains(['\n', '"'])).collect();
    variables.push(("$$cap_appname".to_owned(), "app".to_owned()));
    variables.sort_by_key(|(id, _)| std::cmp::Reverse(id.len()));
    variables.iter().fold(text.to_owned(), |text, (id, value)| text.replace(id, value))
}
