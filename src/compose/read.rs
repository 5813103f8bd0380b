//! From the merged value of a service to its types.
//!
//! The short and the long syntax of each key come out alike. What has neither shape is left out.

use super::image::ImageName;
use super::service::{
    Build, CommandLine, Definition, Dependency, EnvFile, ExposedPort, Image, Mount, PublishedPort, Service, ServiceId, Variable,
};
use super::tree::{Data, Text, Value};
use crate::port;
use crate::source::Location;

/// Reads the merged value of a service.
pub(super) fn service(id: ServiceId, name: &str, at: Location, definitions: Vec<Definition>, value: Value) -> Service {
    let get = |key: &str| value.get(key);
    Service {
        id,
        name: name.to_owned(),
        at,
        definitions,
        image: get("image").and_then(Value::as_text).map(|text| Image { name: ImageName::parse(&text.value), text: text.clone() }),
        build: get("build").and_then(read_build),
        ports: get("ports").map(ports).unwrap_or_default(),
        expose: get("expose").map(|expose| expose.texts().into_iter().map(read_expose).collect()).unwrap_or_default(),
        environment: get("environment").map(variables).unwrap_or_default(),
        env_files: get("env_file").map(read_env_files).unwrap_or_default(),
        command: get("command").and_then(read_command),
        entrypoint: get("entrypoint").and_then(read_command),
        healthcheck: get("healthcheck").and_then(|check| check.get("test")).and_then(read_command),
        labels: get("labels").map(variables).unwrap_or_default(),
        depends_on: read_dependencies(&value),
        networks: get("networks").map(keys_of).unwrap_or_default(),
        resets: Vec::new(),
        mounts: get("volumes").map(|volumes| volumes.items().iter().filter_map(read_mount).collect()).unwrap_or_default(),
        value,
    }
}

/// A map, or a list of `NAME=VALUE`, as `environment`, `labels` and `build.args` have it. Of a name that a list has
/// twice, the later value counts.
pub(super) fn variables(value: &Value) -> Vec<Variable> {
    let entry = |name: &str, value: Option<Text>, at| Variable { name: name.to_owned(), value, at, env_file: None };
    let assigned = |text: &Text| match text.assignment() {
        Some((name, value)) => entry(name, Some(value), text.at()),
        None => entry(&text.value, None, text.at()),
    };
    let mut variables: Vec<Variable> = Vec::new();
    for field in value.fields() {
        variables.push(entry(&field.key, field.value.as_text().cloned(), field.entry));
    }
    for variable in value.items().iter().filter_map(Value::as_text).map(assigned) {
        match variables.iter_mut().find(|earlier| earlier.name == variable.name) {
            Some(earlier) => *earlier = variable,
            None => variables.push(variable),
        }
    }
    variables
}

fn read_build(build: &Value) -> Option<Build> {
    if let Some(context) = build.as_str() {
        return Some(Build { context: context.to_owned(), ..Build::default() });
    }
    let text = |key: &str| build.get(key).and_then(Value::as_str).map(str::to_owned);
    let args = build.get("args").map(variables).unwrap_or_default();
    (!build.is_null()).then(|| Build {
        context: text("context").unwrap_or_else(|| ".".to_owned()),
        dockerfile: text("dockerfile"),
        target: text("target"),
        args: args.iter().filter_map(|arg| Some((arg.name.clone(), arg.value.as_ref()?.value.clone()))).collect(),
    })
}

impl Service {
    /// The entries of `ports` that a later file takes back: an overlay for host networking does, and the program still
    /// listens there.
    pub(crate) fn hidden_ports(&self) -> Vec<PublishedPort> {
        let hidden = self.resets.iter().filter(|reset| reset.hidden.key == "ports");
        hidden.flat_map(|reset| ports(&reset.hidden.value)).collect()
    }
}

/// Reads the items of `ports`.
pub(crate) fn ports(value: &Value) -> Vec<PublishedPort> {
    value.items().iter().map(read_port).collect()
}

fn read_port(value: &Value) -> PublishedPort {
    if let Some(text) = value.as_text() {
        let target = port::raw_target(&text.raw).to_owned();
        let mapping = text.value.is_known().then(|| port::parse_short(&text.value).ok()).flatten();
        return PublishedPort { mapping, target, text: Some(text.clone()), at: value.at };
    }
    let text = |key: &str| value.get(key).and_then(Value::as_text).filter(|text| text.value.is_known()).map(|text| text.value.as_str());
    let mapping = port::parse_long(text("host_ip"), text("published"), text("target"), text("protocol"));
    let target = value.get("target").and_then(Value::as_text).map(|text| text.raw.as_ref().to_owned()).unwrap_or_default();
    PublishedPort { mapping: mapping.ok(), target, text: None, at: value.at }
}

/// Wider ranges than this are not looked at port by port.
const MAX_EXPOSED: usize = 1000;

fn read_expose(text: &Text) -> ExposedPort {
    let known = text.value.is_known().then(|| port::parse_expose(&text.value).ok()).flatten();
    ExposedPort { ports: known.and_then(|ports| ports.expand(MAX_EXPOSED)).unwrap_or_default(), text: text.clone() }
}

fn read_env_files(value: &Value) -> Vec<EnvFile> {
    let one = |item: &Value| {
        let path = item.as_text().or_else(|| item.get("path").and_then(Value::as_text))?.clone();
        Some(EnvFile { path, raw: item.get("format").and_then(Value::as_str) == Some("raw") })
    };
    match &value.data {
        Data::List(items) => items.iter().filter_map(one).collect(),
        _ => one(value).into_iter().collect(),
    }
}

fn read_command(value: &Value) -> Option<CommandLine> {
    let texts: Vec<Text> = value.texts().into_iter().cloned().collect();
    let shell_form = value.as_text().is_some();
    (!texts.is_empty()).then_some(CommandLine { texts, shell_form, at: value.at })
}

fn read_dependencies(service: &Value) -> Vec<Dependency> {
    let depends = service.get("depends_on");
    let long = depends.map(Value::fields).unwrap_or_default().iter().map(|field| Dependency {
        service: field.key.clone(),
        condition: field.value.get("condition").and_then(Value::as_str).map(str::to_owned),
        at: field.key_at,
    });
    let short = depends.map(Value::items).unwrap_or_default().iter().filter_map(Value::as_text);
    let links = service.get("links").map(Value::items).unwrap_or_default().iter().filter_map(Value::as_text);
    let named = short.chain(links).map(|text| Dependency {
        service: text.value.split(':').next().unwrap_or_default().to_owned(),
        condition: None,
        at: text.at(),
    });
    long.chain(named).collect()
}

fn read_mount(value: &Value) -> Option<Mount> {
    if let Some(text) = value.as_text() {
        let mut parts = text.value.splitn(3, ':');
        let (source, target) = (parts.next()?, parts.next()?);
        return Some(Mount { source: source.to_owned(), target: target.to_owned(), at: value.at });
    }
    let part = |key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
    Some(Mount { source: part("source")?, target: part("target")?, at: value.at })
}

/// The files that `configs` of a service mount, with the files that the top level of the project says for them.
pub(super) fn config_mounts(service: &Value, root: &Value) -> Vec<Mount> {
    let file = |name: &str| root.get("configs")?.get(name)?.get("file")?.as_str();
    let mount = |item: &Value| {
        let name = item.as_str().or_else(|| item.get("source")?.as_str())?;
        let source = file(name).map(|path| if path.starts_with(['.', '/', '~']) { path.to_owned() } else { format!("./{path}") })?;
        let target = item.get("target").and_then(Value::as_str).map_or_else(|| format!("/{name}"), str::to_owned);
        Some(Mount { source, target, at: item.at })
    };
    service.get("configs").map(Value::items).unwrap_or_default().iter().filter_map(mount).collect()
}

fn keys_of(value: &Value) -> Vec<(String, Location)> {
    match &value.data {
        Data::Map(fields) => fields.iter().map(|field| (field.key.clone(), field.key_at)).collect(),
        _ => value.texts().into_iter().map(|text| (text.value.as_str().to_owned(), text.at())).collect(),
    }
}
