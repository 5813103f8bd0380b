//! A service's keys as types (Compose spec, 05-services).
//!
//! Only the keys that decide about networking are read; the rest stays in [`Service::value`]. Reading never fails:
//! what does not have the shape that the specification asks for is left out and reported by `validate`. How the values become
//! these types is in `read`.

use super::image::ImageName;
use super::interpolate::Env;
use super::port::{Port, PortMapping};
use super::tree::{Field, Text, Value};
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
        self.get(key).map(Value::texts).unwrap_or_default()
    }

    /// The sources of everything that it mounts.
    pub fn volumes(&self) -> impl Iterator<Item = &str> {
        self.mounts.iter().map(|mount| mount.source.as_str())
    }

    /// The names that resolve to it on a network that it shares with others.
    pub fn host_names(&self) -> impl Iterator<Item = &str> {
        [Some(self.name.as_str()), self.text("container_name"), self.text("hostname")].into_iter().flatten()
    }

    /// `entrypoint` and `command`, in the order in which their words run.
    pub fn command_lines(&self) -> impl Iterator<Item = &CommandLine> {
        self.entrypoint.iter().chain(&self.command)
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
