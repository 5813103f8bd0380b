//! A service's keys as types (Compose spec, 05-services).
//!
//! Only the keys that decide about networking are read; the rest stays in [`Service::value`]. Reading never fails:
//! what does not have the shape that the specification asks for is left out and reported by `validate`. How the values become
//! these types is in `read`.

use super::image::ImageName;
use super::tree::{Field, Text, Value};
use crate::formats::interpolation::Env;
use crate::port::{Port, PortMapping};
use crate::source::{FileId, Location};

/// Names a service of a project: its place in the order in which the files first name them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ServiceId(usize);

impl ServiceId {
    /// Names the service at `index`.
    pub(crate) fn new(index: usize) -> Self {
        Self(index)
    }

    /// Its place among the services of the project, and among what is said of each of them in their order.
    pub fn index(self) -> usize {
        self.0
    }
}

/// A service, as all files of its project together say it.
#[derive(Debug, Clone)]
pub(crate) struct Service {
    /// Its name in the project.
    pub(crate) id: ServiceId,
    /// Its name.
    pub(crate) name: String,
    /// The key that names it, in the file that says it first.
    pub(crate) at: Location,
    /// The places that define it: `services.NAME` entries, in the order of the files.
    pub(crate) definitions: Vec<Definition>,
    /// Everything that is said about it, merged.
    pub(crate) value: Value,
    /// `image`.
    pub(crate) image: Option<Image>,
    /// `build`.
    pub(crate) build: Option<Build>,
    /// `ports`.
    pub(crate) ports: Vec<PublishedPort>,
    /// `expose`.
    pub(crate) expose: Vec<ExposedPort>,
    /// `environment`, and behind it what `env_file` adds to it.
    pub(crate) environment: Vec<Variable>,
    /// `env_file`.
    pub(crate) env_files: Vec<EnvFile>,
    /// `command`.
    pub(crate) command: Option<CommandLine>,
    /// `entrypoint`.
    pub(crate) entrypoint: Option<CommandLine>,
    /// `healthcheck.test`.
    pub(crate) healthcheck: Option<CommandLine>,
    /// `labels`.
    pub(crate) labels: Vec<Variable>,
    /// `depends_on`, and `links`.
    pub(crate) depends_on: Vec<Dependency>,
    /// The keys of `networks`.
    pub(crate) networks: Vec<(String, Location)>,
    /// The keys that a later file takes out with `!reset`, or replaces with `!override`.
    pub(crate) resets: Vec<Reset>,
    /// `volumes` that mount something of the host.
    pub(crate) mounts: Vec<Mount>,
}

/// An entry of a service that a later file takes back.
#[derive(Debug, Clone)]
pub(crate) struct Reset {
    /// The entry with the `!reset` or `!override`.
    pub(crate) entry: Location,
    /// What would be there without it.
    pub(crate) hidden: Field,
}

/// One entry `services.NAME`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Definition {
    /// The entry, from the name to the end of the value.
    pub(crate) entry: Location,
    /// The value: the mapping, or the alias that stands for one.
    pub(crate) body: Location,
}

/// `image`.
#[derive(Debug, Clone)]
pub(crate) struct Image {
    /// The parsed reference.
    pub(crate) name: ImageName,
    /// As written.
    pub(crate) text: Text,
}

/// `build`.
#[derive(Debug, Clone, Default)]
pub(crate) struct Build {
    /// `context`, relative to the project's directory; `.` when not given.
    pub(crate) context: String,
    /// `dockerfile`, relative to the context.
    pub(crate) dockerfile: Option<String>,
    /// `target`.
    pub(crate) target: Option<String>,
    /// `args`.
    pub(crate) args: Env,
}

impl Build {
    /// The Dockerfile's path, relative to the project's directory.
    pub(crate) fn dockerfile_path(&self) -> String {
        format!("{}/{}", self.context.trim_end_matches('/'), self.dockerfile.as_deref().unwrap_or("Dockerfile"))
    }
}

/// An entry of `ports`.
#[derive(Debug, Clone)]
pub(crate) struct PublishedPort {
    /// The mapping, when it could be read with all variables put in.
    pub(crate) mapping: Option<PortMapping>,
    /// The container's port as written, variables as they stand: `${PORT:-80}`.
    pub(crate) target: String,
    /// The entry as written, for short syntax.
    pub(crate) text: Option<Text>,
    /// Where it stands.
    pub(crate) at: Location,
}

/// An entry of `expose`.
#[derive(Debug, Clone)]
pub(crate) struct ExposedPort {
    /// The ports it names.
    pub(crate) ports: Vec<Port>,
    /// As written.
    pub(crate) text: Text,
}

/// A variable of `environment` or a label.
#[derive(Debug, Clone)]
pub(crate) struct Variable {
    /// Its name.
    pub(crate) name: String,
    /// Its value; none where the variable is passed through from the environment of whoever runs Compose.
    pub(crate) value: Option<Text>,
    /// Where it stands.
    pub(crate) at: Location,
    /// The env file it comes from.
    pub(crate) env_file: Option<FileId>,
}

impl Variable {
    /// The resolved value; empty when there is none.
    pub(crate) fn text(&self) -> &str {
        self.value.as_ref().map_or("", |text| &text.value)
    }
}

/// An entry of `env_file`.
#[derive(Debug, Clone)]
pub(crate) struct EnvFile {
    /// The path, relative to the project's directory.
    pub(crate) path: Text,
    /// `format: raw`: no quotes, no variables.
    pub(crate) raw: bool,
}

/// `command`, `entrypoint` or `healthcheck.test`.
#[derive(Debug, Clone)]
pub(crate) struct CommandLine {
    /// One text in shell form, one a word in exec form.
    pub(crate) texts: Vec<Text>,
    /// Written as one string.
    pub(crate) shell_form: bool,
    /// Where it stands.
    pub(crate) at: Location,
}

/// A service that is started first.
#[derive(Debug, Clone)]
pub(crate) struct Dependency {
    /// Its name.
    pub(crate) service: String,
    /// `condition`, if one is said: `service_started`, `service_healthy`, `service_completed_successfully`.
    pub(crate) condition: Option<String>,
    /// Where it is named.
    pub(crate) at: Location,
}

/// A bind mount, or a named volume.
#[derive(Debug, Clone)]
pub(crate) struct Mount {
    /// The path on the host as written, or the volume's name.
    pub(crate) source: String,
    /// The path in the container.
    pub(crate) target: String,
    /// Where it stands.
    pub(crate) at: Location,
}

impl Mount {
    /// Whether the source is a path and not a volume's name.
    pub(crate) fn is_bind(&self) -> bool {
        self.source.starts_with(['.', '/', '~'])
    }
}

impl Service {
    /// The field with that key, merged.
    pub(crate) fn field(&self, key: &str) -> Option<&Field> {
        self.value.field(key)
    }

    /// The value of that key, merged.
    pub(crate) fn get(&self, key: &str) -> Option<&Value> {
        self.value.get(key)
    }

    /// The resolved text of a key with a scalar value.
    pub(crate) fn text(&self, key: &str) -> Option<&str> {
        self.get(key).and_then(Value::as_str)
    }

    /// The variable of that name.
    pub(crate) fn variable(&self, name: &str) -> Option<&Variable> {
        self.environment.iter().find(|variable| variable.name == name)
    }

    /// The texts of a key whose value is a scalar or a list of scalars, such as `cap_add` or `devices`.
    pub(crate) fn texts(&self, key: &str) -> Vec<&Text> {
        self.get(key).map(Value::texts).unwrap_or_default()
    }

    /// The sources of everything that it mounts.
    pub(crate) fn volumes(&self) -> impl Iterator<Item = &str> {
        self.mounts.iter().map(|mount| mount.source.as_str())
    }

    /// The names that resolve to it on a network that it shares with others.
    pub(crate) fn host_names(&self) -> impl Iterator<Item = &str> {
        [Some(self.name.as_str()), self.text("container_name"), self.text("hostname")].into_iter().flatten()
    }

    /// `entrypoint` and `command`, in the order in which their words run.
    pub(crate) fn command_lines(&self) -> impl Iterator<Item = &CommandLine> {
        self.entrypoint.iter().chain(&self.command)
    }

    /// How many containers of it run: `deploy.replicas`, `scale`; none where a variable decides.
    pub(crate) fn replicas(&self) -> Option<u64> {
        let said = self.get("deploy").and_then(|deploy| deploy.get("replicas")).or_else(|| self.get("scale"));
        said.map_or(Some(1), |value| value.as_str().and_then(|text| text.parse().ok()))
    }
}

impl CommandLine {
    /// The whole command as one resolved text, for a search in it.
    pub(crate) fn joined(&self) -> String {
        self.texts.iter().map(|text| text.value.as_str()).collect::<Vec<_>>().join(" ")
    }
}
