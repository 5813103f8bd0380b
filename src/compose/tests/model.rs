//! Both models in one shape, and how they differ.

use crate::compose::service::{CommandLine, PublishedPort, Service};
use crate::compose::tree::Value as Node;
use crate::formats::shell;
use crate::tests::project::Given;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Services by name, each with the keys that are compared.
pub(super) type Model = BTreeMap<String, BTreeMap<&'static str, Value>>;

/// Our model of the first of `projects`, or why there is none.
pub(super) fn load(projects: &[Given]) -> Result<Model, String> {
    let project = projects.first().ok_or("nothing is found")?;
    let loaded = project.load(|project, rejections| match rejections.first() {
        Some(rejection) => Err(format!("rejected: {}", rejection.message)),
        None => Ok(project.services.iter().map(|service| (service.name.clone(), ours(service))).collect()),
    });
    loaded.unwrap_or_else(|| Err("syntax: not YAML".to_owned()))
}

fn ours(service: &Service) -> BTreeMap<&'static str, Value> {
    let mode = service.text("network_mode").filter(|mode| !mode.is_empty());
    let networks: BTreeSet<String> = service.networks.iter().map(|(name, _)| name.clone()).collect();
    let networks = if networks.is_empty() && service.get("network_mode").is_none() && service.get("provider").is_none() {
        BTreeSet::from(["default".to_owned()])
    } else {
        networks
    };
    let variables =
        service.environment.iter().map(|variable| (variable.name.clone(), variable.value.as_ref().map(|text| text.value.as_str())));
    BTreeMap::from([
        ("network_mode", json!(mode)),
        ("ports", json!(service.ports.iter().flat_map(port).collect::<BTreeSet<String>>())),
        ("expose", json!(service.get("expose").map(texts).unwrap_or_default())),
        ("environment", json!(variables.collect::<BTreeMap<_, _>>())),
        ("networks", json!(networks)),
        ("extra_hosts", json!(service.get("extra_hosts").map(hosts).unwrap_or_default())),
        ("command", service.command.as_ref().map_or(Value::Null, command)),
        ("depends_on", json!(dependencies(service))),
    ])
}

fn port(entry: &PublishedPort) -> Vec<String> {
    // With a variable that has no value the mapping is not known; Compose goes on with nothing in its place.
    let written = || crate::port::parse_short(&entry.text.as_ref()?.value).ok();
    let Some(mapping) = entry.mapping.or_else(written) else { return vec!["?".to_owned()] };
    let ip = mapping.host_ip.map_or_else(String::new, |ip| ip.to_string());
    let protocol = mapping.target.protocol.to_string();
    let published = mapping.published;
    let targets = mapping.target.range.start..=mapping.target.range.end;
    match published {
        None => targets.map(|target| format!("{ip}::{target}/{protocol}")).collect(),
        // A range of the host for one port of the container stays one entry.
        Some(range) if mapping.target.range.count() == 1 => vec![format!("{ip}:{range}:{}/{protocol}", mapping.target.range.start)],
        Some(_) => mapping.pairs().into_iter().map(|(from, to)| format!("{ip}:{from}:{to}/{protocol}")).collect(),
    }
}

fn texts(value: &Node) -> BTreeSet<String> {
    value.items().iter().filter_map(Node::as_str).map(str::to_owned).collect()
}

fn hosts(value: &Node) -> BTreeSet<String> {
    let address = |text: &str| text.trim_start_matches('[').trim_end_matches(']').to_owned();
    let item = |text: &str| {
        let (name, ip) = text.split_once('=').or_else(|| text.split_once(':')).unwrap_or((text, ""));
        format!("{name}={}", address(ip))
    };
    let keyed = value.fields().iter().flat_map(|field| {
        let texts = field.value.items().iter().chain([&field.value]).filter_map(Node::as_str);
        texts.map(|text| format!("{}={}", field.key, address(text))).collect::<Vec<_>>()
    });
    texts(value).iter().map(|text| item(text)).chain(keyed).collect()
}

fn command(command: &CommandLine) -> Value {
    if !command.shell_form {
        return json!(command.texts.iter().map(|text| text.value.as_str()).collect::<Vec<_>>());
    }
    let words = command.texts.first().and_then(|text| shell::split(&text.value)).unwrap_or_default();
    json!(words.iter().map(|word| &word.text).collect::<Vec<_>>())
}

/// The services that are started first, those that are named in another key included.
fn dependencies(service: &Service) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for dependency in &service.depends_on {
        let condition = dependency.condition.clone().unwrap_or_else(|| "service_started".to_owned());
        found.entry(dependency.service.clone()).or_insert(condition);
    }
    let shared = ["network_mode", "ipc", "pid", "uts", "cgroup"].into_iter().filter_map(|key| service.text(key)?.strip_prefix("service:"));
    let volumes = service.texts("volumes_from");
    let volumes = volumes.iter().map(|text| text.value.as_str()).filter(|text| !text.starts_with("container:"));
    for name in shared.chain(volumes.filter_map(|text| text.split(':').next())) {
        found.entry(name.to_owned()).or_insert_with(|| "service_started".to_owned());
    }
    found
}

fn theirs(service: &Value) -> BTreeMap<&'static str, Value> {
    let list = |key: &str| service[key].as_array().cloned().unwrap_or_default();
    let strings = |key: &str| list(key).iter().map(unescaped).collect::<BTreeSet<String>>();
    let mode = service["network_mode"].as_str();
    let networks: BTreeSet<String> = service["networks"].as_object().into_iter().flatten().map(|(name, _)| name.clone()).collect();
    let variables = service["environment"].as_object().into_iter().flatten();
    let depends = service["depends_on"].as_object().into_iter().flatten();
    let command = service["command"].as_array().map(|words| words.iter().map(unescaped).collect::<Vec<_>>());
    BTreeMap::from([
        ("network_mode", json!(mode)),
        ("ports", json!(list("ports").iter().map(their_port).collect::<BTreeSet<String>>())),
        ("expose", json!(strings("expose"))),
        (
            "environment",
            json!(variables.map(|(name, value)| (name.clone(), value.as_str().map(|_| unescaped(value)))).collect::<BTreeMap<_, _>>()),
        ),
        ("networks", json!(networks)),
        ("extra_hosts", json!(strings("extra_hosts"))),
        ("command", json!(command.filter(|words| !words.is_empty()))),
        ("depends_on", json!(depends.map(|(name, how)| (name.clone(), how["condition"].clone())).collect::<BTreeMap<_, _>>())),
    ])
}

/// `config` prints what could be read again: a dollar is written twice.
fn unescaped(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), |text| text.replace("$$", "$"))
}

fn their_port(entry: &Value) -> String {
    let text = |key: &str| entry[key].as_str().unwrap_or_default();
    let published = entry["published"].as_str().filter(|text| *text != "0").unwrap_or_default();
    format!("{}:{published}:{}/{}", text("host_ip"), entry["target"], text("protocol"))
}

/// Where the two differ, in words.
pub(super) fn differences(ours: &Result<Model, String>, config: &Value) -> Vec<String> {
    let ours = match ours {
        Ok(ours) => ours,
        Err(message) => return vec![message.clone()],
    };
    let empty = serde_json::Map::new();
    let config = config["services"].as_object().unwrap_or(&empty);
    let mut differences = Vec::new();
    let names: (BTreeSet<&String>, BTreeSet<&String>) = (ours.keys().collect(), config.keys().collect());
    if names.0 != names.1 {
        differences.push(format!("services {:?} and not {:?}", names.0, names.1));
    }
    for (name, service) in config {
        let Some(own) = ours.get(name) else { continue };
        for (key, their) in theirs(service) {
            if own[key] != their {
                differences.push(format!("{name}.{key}: {} and not {their}", own[key]));
            }
        }
    }
    differences
}
