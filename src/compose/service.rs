//! A service's keys as types (Compose spec, 05-services).
//!
//! Only the keys that decide about networking are read; the rest stays in [`Service::value`]. Reading never fails:
//! what does not have the shape that the specification asks for is left out here and reported by `validate`.

use super::image::ImageName;
use super::interpolate::Env;
use super::port::{self, Port, PortMapping};
use super::tree::{Data, Field, Text, Value};
use crate::source::{FileId, Location};

/// A service, as all files of its project together say it.
#[derive(Debug, Clone)]
pub struct Service {
    /// Its name.
    pub name: String,
    /// The key that names it, in the file that says it first.
    pub at: Location,
    /// The places that define it: `services.NAME` entries, in the order of the files.
    pub definitions: Vec<Definition>,
    /// Everything that is said about it, merged.
    pub value: Value,
    /// `image`.
    pub image: Option<Image>,
    /// `build`.
    pub build: Option<Build>,
    /// `ports`.
    pub ports: Vec<PublishedPort>,
    /// `expose`.
    pub expose: Vec<ExposedPort>,
    /// `environment`, and behind it what `env_file` adds to it.
    pub environment: Vec<Variable>,
    /// `env_file`.
    pub env_files: Vec<EnvFile>,
    /// `command`.
    pub command: Option<CommandLine>,
    /// `entrypoint`.
    pub entrypoint: Option<CommandLine>,
    /// `healthcheck.test`.
    pub healthcheck: Option<CommandLine>,
    /// `labels`.
    pub labels: Vec<Variable>,
    /// `depends_on`, and `links`.
    pub depends_on: Vec<Dependency>,
    /// The keys of `networks`.
    pub networks: Vec<(String, Location)>,
    /// The keys that a later file takes out with `!reset`, or replaces with `!override`.
    pub resets: Vec<Reset>,
    /// `volumes` that mount something of the host.
    pub mounts: Vec<Mount>,
}

/// An entry of a service that a later file takes back.
#[derive(Debug, Clone)]
pub struct Reset {
    /// The entry with the `!reset` or `!override`.
    pub entry: Location,
    /// What would be there without it.
    pub hidden: Field,
}

/// One entry `services.NAME`.
#[derive(Debug, Clone, Copy)]
pub struct Definition {
    /// The entry, from the name to the end of the value.
    pub entry: Location,
    /// The value: the mapping, or the alias that stands for one.
    pub body: Location,
}

/// `image`.
#[derive(Debug, Clone)]
pub struct Image {
    /// The parsed reference.
    pub name: ImageName,
    /// As written.
    pub text: Text,
}

/// `build`.
#[derive(Debug, Clone, Default)]
pub struct Build {
    /// `context`, relative to the project's directory; `.` when not given.
    pub context: String,
    /// `dockerfile`, relative to the context.
    pub dockerfile: Option<String>,
    /// `dockerfile_inline`.
    pub inline: Option<Text>,
    /// `target`.
    pub target: Option<String>,
    /// `args`.
    pub args: Env,
}

impl Build {
    /// The Dockerfile's path, relative to the project's directory.
    pub fn dockerfile_path(&self) -> String {
        format!("{}/{}", self.context.trim_end_matches('/'), self.dockerfile.as_deref().unwrap_or("Dockerfile"))
    }
}

/// An entry of `ports`.
#[derive(Debug, Clone)]
pub struct PublishedPort {
    /// The mapping, when it could be read with all variables put in.
    pub mapping: Option<PortMapping>,
    /// The container's port as written, variables as they stand: `${PORT:-80}`.
    pub target: String,
    /// The entry as written, for short syntax.
    pub text: Option<Text>,
    /// Where it stands.
    pub at: Location,
}

/// An entry of `expose`.
#[derive(Debug, Clone)]
pub struct ExposedPort {
    /// The ports it names.
    pub ports: Vec<Port>,
    /// As written.
    pub text: Text,
}

/// A variable of `environment` or a label.
#[derive(Debug, Clone)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// Its value; none where the variable is passed through from the environment of whoever runs Compose.
    pub value: Option<Text>,
    /// Where it stands.
    pub at: Location,
    /// The env file it comes from.
    pub env_file: Option<FileId>,
}

impl Variable {
    /// The resolved value; empty when there is none.
    pub fn text(&self) -> &str {
        self.value.as_ref().map_or("", |text| &text.value)
    }
}

/// An entry of `env_file`.
#[derive(Debug, Clone)]
pub struct EnvFile {
    /// The path, relative to the project's directory.
    pub path: Text,
    /// Whether Compose fails without it.
    pub required: bool,
    /// `format: raw`: no quotes, no variables.
    pub raw: bool,
}

/// `command`, `entrypoint` or `healthcheck.test`.
#[derive(Debug, Clone)]
pub struct CommandLine {
    /// One text in shell form, one a word in exec form.
    pub texts: Vec<Text>,
    /// Written as one string.
    pub shell_form: bool,
    /// Where it stands.
    pub at: Location,
}

/// A service that is started first.
#[derive(Debug, Clone)]
pub struct Dependency {
    /// Its name.
    pub service: String,
    /// `condition`, if one is said: `service_started`, `service_healthy`, `service_completed_successfully`.
    pub condition: Option<String>,
    /// Where it is named.
    pub at: Location,
}

/// A bind mount, or a named volume.
#[derive(Debug, Clone)]
pub struct Mount {
    /// The path on the host as written, or the volume's name.
    pub source: String,
    /// The path in the container.
    pub target: String,
    /// Where it stands.
    pub at: Location,
}

impl Mount {
    /// Whether the source is a path and not a volume's name.
    pub fn is_bind(&self) -> bool {
        self.source.starts_with(['.', '/', '~'])
    }
}

impl Service {
    /// The field with that key, merged.
    pub fn field(&self, key: &str) -> Option<&Field> {
        self.value.field(key)
    }

    /// The value of that key, merged.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.value.get(key)
    }

    /// The resolved text of a key with a scalar value.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.get(key).and_then(Value::as_str)
    }

    /// The variable of that name.
    pub fn variable(&self, name: &str) -> Option<&Variable> {
        self.environment.iter().find(|variable| variable.name == name)
    }

    /// The texts of a key whose value is a scalar or a list of scalars, such as `cap_add` or `devices`.
    pub fn texts(&self, key: &str) -> Vec<&Text> {
        self.get(key).map(texts_of).unwrap_or_default()
    }

    /// The sources of everything that it mounts.
    pub fn volumes(&self) -> impl Iterator<Item = &str> {
        self.mounts.iter().map(|mount| mount.source.as_str())
    }

    /// How many containers of it run: `deploy.replicas`, `scale`; none where a variable decides.
    pub fn replicas(&self) -> Option<u64> {
        let said = self.get("deploy").and_then(|deploy| deploy.get("replicas")).or_else(|| self.get("scale"));
        said.map_or(Some(1), |value| value.as_str().and_then(|text| text.parse().ok()))
    }
}

impl CommandLine {
    /// The whole command as one resolved text, for a search in it.
    pub fn joined(&self) -> String {
        self.texts.iter().map(|text| text.value.as_str()).collect::<Vec<_>>().join(" ")
    }
}

/// Reads the merged value of a service.
pub fn read(name: &str, at: Location, definitions: Vec<Definition>, value: Value) -> Service {
    let get = |key: &str| value.get(key);
    Service {
        name: name.to_owned(),
        at,
        definitions,
        image: get("image").and_then(Value::as_text).map(|text| Image { name: ImageName::parse(&text.value), text: text.clone() }),
        build: get("build").and_then(read_build),
        ports: get("ports").map(read_ports).unwrap_or_default(),
        expose: get("expose").map(|expose| texts_of(expose).into_iter().map(read_expose).collect()).unwrap_or_default(),
        environment: get("environment").map(read_variables).unwrap_or_default(),
        env_files: get("env_file").map(read_env_files).unwrap_or_default(),
        command: get("command").and_then(read_command),
        entrypoint: get("entrypoint").and_then(read_command),
        healthcheck: get("healthcheck").and_then(|check| check.get("test")).and_then(read_command),
        labels: get("labels").map(read_variables).unwrap_or_default(),
        depends_on: read_dependencies(&value),
        networks: get("networks").map(keys_of).unwrap_or_default(),
        resets: Vec::new(),
        mounts: get("volumes").map(|volumes| volumes.items().iter().filter_map(read_mount).collect()).unwrap_or_default(),
        value,
    }
}

/// A map, or a list of `NAME=VALUE`, as `environment`, `labels` and `build.args` have it. Of a name that a list has
/// twice, the later value counts.
pub fn read_variables(value: &Value) -> Vec<Variable> {
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
    let args = build.get("args").map(read_variables).unwrap_or_default();
    (!build.is_null()).then(|| Build {
        context: text("context").unwrap_or_else(|| ".".to_owned()),
        dockerfile: text("dockerfile"),
        inline: build.get("dockerfile_inline").and_then(Value::as_text).cloned(),
        target: text("target"),
        args: args.iter().filter_map(|arg| Some((arg.name.clone(), arg.value.as_ref()?.value.clone()))).collect(),
    })
}

/// Reads the items of `ports`.
pub fn read_ports(value: &Value) -> Vec<PublishedPort> {
    value.items().iter().map(read_port).collect()
}

fn read_port(value: &Value) -> PublishedPort {
    if let Some(text) = value.as_text() {
        let target = port::raw_target(&text.raw).to_owned();
        let mapping = text.missing.is_empty().then(|| port::parse_short(&text.value).ok()).flatten();
        return PublishedPort { mapping, target, text: Some(text.clone()), at: value.at };
    }
    let text = |key: &str| value.get(key).and_then(Value::as_text).filter(|text| text.missing.is_empty()).map(|text| text.value.as_str());
    let mapping = port::parse_long(text("host_ip"), text("published"), text("target"), text("protocol"));
    let target = value.get("target").and_then(Value::as_text).map(|text| text.raw.clone()).unwrap_or_default();
    PublishedPort { mapping: mapping.ok(), target, text: None, at: value.at }
}

/// Wider ranges than this are not looked at port by port.
const MAX_EXPOSED: usize = 1000;

fn read_expose(text: &Text) -> ExposedPort {
    let known = text.missing.is_empty().then(|| port::parse_expose(&text.value).ok()).flatten();
    ExposedPort { ports: known.and_then(|ports| ports.expand(MAX_EXPOSED)).unwrap_or_default(), text: text.clone() }
}

fn read_env_files(value: &Value) -> Vec<EnvFile> {
    let one = |item: &Value| {
        let path = item.as_text().or_else(|| item.get("path").and_then(Value::as_text))?.clone();
        let required = item.get("required").and_then(Value::as_str) != Some("false");
        Some(EnvFile { path, required, raw: item.get("format").and_then(Value::as_str) == Some("raw") })
    };
    match &value.data {
        Data::List(items) => items.iter().filter_map(one).collect(),
        _ => one(value).into_iter().collect(),
    }
}

fn read_command(value: &Value) -> Option<CommandLine> {
    let texts: Vec<Text> = texts_of(value).into_iter().cloned().collect();
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
pub fn config_mounts(service: &Value, root: &Value) -> Vec<Mount> {
    let file = |name: &str| root.get("configs")?.get(name)?.get("file")?.as_str();
    let mount = |item: &Value| {
        let name = item.as_str().or_else(|| item.get("source")?.as_str())?;
        let source = file(name).map(|path| if path.starts_with(['.', '/', '~']) { path.to_owned() } else { format!("./{path}") })?;
        let target = item.get("target").and_then(Value::as_str).map_or_else(|| format!("/{name}"), str::to_owned);
        Some(Mount { source, target, at: item.at })
    };
    service.get("configs").map(Value::items).unwrap_or_default().iter().filter_map(mount).collect()
}

fn texts_of(value: &Value) -> Vec<&Text> {
    match &value.data {
        Data::Scalar(text) => vec![text],
        Data::List(items) => items.iter().filter_map(Value::as_text).collect(),
        _ => Vec::new(),
    }
}

fn keys_of(value: &Value) -> Vec<(String, Location)> {
    match &value.data {
        Data::Map(fields) => fields.iter().map(|field| (field.key.clone(), field.key_at)).collect(),
        _ => texts_of(value).into_iter().map(|text| (text.value.clone(), text.at())).collect(),
    }
}
