//! Reads a store: walks its directory, has each file read by its layout, and turns services into facts.
//!
//! What begins with `.`, `_` or `0_`, and tests, are no apps.
//!
//! | layout | files |
//! |---|---|
//! | Compose, with what a store adds to it: umbrel's `app_proxy`, CasaOS, 1Panel, Haxxnet, Dokploy's `template.toml`, coolify's head and `SERVICE_URL_*`, caprover's `caproverExtra`, cosmos' `routes` | `*.yml`, `*.yaml`, `cosmos-compose.json` |
//! | runtipi: `services` as a list | `docker-compose.json` |
//! | portainer: entries with `image` and `ports` | `templates*.json` |
//! | Compose in documentation: linuxserver | `*.md` |
//! | unraid | `*.xml` |
//! | easypanel | `index.ts` beside `meta.yaml` |
//! | TrueNAS | `templates/docker-compose.yaml` below `ix_values.yaml` |

use crate::fact::{self, Fact};
use crate::{compose, templates};
use std::collections::BTreeSet;
use std::path::Path;
use std::{fs, io};

/// A service as a store describes it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Service {
    pub(crate) name: String,
    /// As the store writes it.
    pub(crate) image: String,
    /// Ports by the kind of fact.
    pub(crate) said: Vec<(&'static str, Vec<String>)>,
    pub(crate) environment: Vec<(String, String)>,
    pub(crate) command: String,
    pub(crate) host: bool,
    /// As [`Fact::variables`], where the layout says it itself.
    pub(crate) variables: Vec<String>,
}

/// How the names of examples, of tests and of what belongs to no app begin.
const NO_APP: [&str; 6] = [".", "_", "0_", "test-", "test_", "tests"];

/// All facts of the store in `directory`, in the order of its files.
pub(crate) fn read(directory: &Path) -> io::Result<Vec<Fact>> {
    let store = directory.file_name().unwrap_or_default().to_string_lossy().replace('+', "/");
    let mut paths = Vec::new();
    walk(directory, &mut paths)?;
    let mut found = Vec::new();
    for path in paths {
        let source = format!("{store}:{}", path.strip_prefix(directory).unwrap_or(&path).display());
        let text = String::from_utf8_lossy(&fs::read(&path)?).into_owned();
        found.extend(facts(&services(&path, &text), &source));
    }
    Ok(found)
}

/// A port or a range as facts write it, from the last part of a mapping such as `8080:80/tcp`.
pub(crate) fn port(mapping: &str) -> Option<String> {
    let (numbers, protocol) = mapping.trim().split_once('/').unwrap_or((mapping.trim(), "tcp"));
    let target = numbers.rsplit(':').next()?.replace('_', "");
    let mut ends = target.split('-').map(|number| number.parse::<u16>().ok().filter(|number| *number > 0));
    let valid = ends.clone().count() <= 2 && ends.all(|end| end.is_some());
    match protocol {
        "tcp" if valid => Some(target),
        "udp" if valid => Some(format!("{target}/udp")),
        _ => None,
    }
}

/// The ports that follow a host for which `is_host` holds, as in `http://HOST:PORT/`.
pub(crate) fn dialled(text: &str, is_host: impl Fn(&str) -> bool) -> Vec<String> {
    let of_host = |c: char| c.is_ascii_alphanumeric() || "_-.[]{}$".contains(c);
    let at = |(colon, _): (usize, &str)| {
        let (before, after) = (&text[..colon], &text[colon + 1..]);
        let host = &before[before.trim_end_matches(of_host).len()..];
        port(&after[..after.len() - after.trim_start_matches(|c: char| c.is_ascii_digit()).len()]).filter(|_| is_host(host))
    };
    text.match_indices(':').filter_map(at).collect()
}

fn walk(directory: &Path, paths: &mut Vec<std::path::PathBuf>) -> io::Result<()> {
    let mut entries: Vec<_> = fs::read_dir(directory)?.collect::<Result<_, _>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    let is_app = |entry: &fs::DirEntry| !NO_APP.iter().any(|start| entry.file_name().to_string_lossy().starts_with(start));
    for entry in entries.into_iter().filter(is_app) {
        match entry.file_type()? {
            kind if kind.is_dir() => walk(&entry.path(), paths)?,
            kind if kind.is_file() => paths.push(entry.path()),
            _ => {}
        }
    }
    Ok(())
}

/// The services of a file, read by its layout.
fn services(path: &Path, text: &str) -> Vec<Service> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let beside = |name: &str| fs::read_to_string(path.with_file_name(name)).unwrap_or_default();
    match name.rsplit('.').next() {
        Some("yaml") if text.contains("add_container(") => templates::truenas(text, &beside("../ix_values.yaml")),
        Some("yml" | "yaml") => compose::services(text, &beside("template.toml")),
        Some("json") if name.starts_with("templates") => compose::portainer(text),
        Some("json") if name.ends_with("-compose.json") => compose::services(text, ""),
        Some("md") if path.parent().is_some_and(|parent| parent.to_string_lossy().ends_with("images")) => {
            text.split("```").filter_map(|part| part.strip_prefix("yaml\n")).flat_map(|part| compose::services(part, "")).collect()
        }
        Some("xml") => templates::unraid(text),
        Some("ts") if name == "index.ts" => templates::easypanel(text, &beside("meta.yaml")),
        _ => Vec::new(),
    }
}

/// What the services of one file say, each in every way in which it says something.
fn facts(services: &[Service], source: &str) -> Vec<Fact> {
    let mut facts = Vec::new();
    for service in services.iter().filter(|service| !service.image.is_empty() && !service.image.contains(['$', '{', ' '])) {
        let (image, tag) = image(&service.image);
        let siblings = services.iter().filter(|other| other.name != service.name);
        let called = |host: &str| is_called(host, &service.name);
        let mut dialled: Vec<_> = siblings.flat_map(texts).flat_map(|text| dialled(text, called)).collect();
        dialled.sort();
        dialled.dedup();
        let mut said = service.said.clone();
        said.push(("ref", dialled));
        said.retain(|(_, ports)| !ports.is_empty());
        if said.is_empty() {
            said.push((if service.host { "host" } else { "none" }, Vec::new()));
        }
        let ports: BTreeSet<_> = said.iter().flat_map(|(_, ports)| ports).cloned().collect();
        let own = numbers(texts(service)).filter_map(|number| ports.iter().find(|port| port.split('/').next() == Some(number)));
        let named = service.environment.iter().filter_map(|(name, value)| {
            let number = numbers(std::iter::once(value.as_str())).find(|number| ports.contains(*number))?;
            (is_port_name(name) && value.ends_with(number)).then(|| format!("{name}={number}"))
        });
        let fact = Fact {
            image,
            tag,
            own: own.cloned().collect(),
            host: service.host,
            source: source.to_owned(),
            service: service.name.clone(),
            variables: service.variables.iter().cloned().chain(named).collect(),
            ..Fact::default()
        };
        facts.extend(said.into_iter().map(|(kind, ports)| {
            let own = fact.own.iter().filter(|port| ports.contains(port)).cloned().collect();
            Fact { kind: kind.to_owned(), ports, own, ..fact.clone() }
        }));
    }
    facts
}

/// The name of an image as `data/images.txt` has it, and its tag.
fn image(reference: &str) -> (String, String) {
    let reference = reference.split('@').next().unwrap_or_default();
    let (name, tag) = reference.rsplit_once(':').filter(|(_, tag)| !tag.contains('/')).unwrap_or((reference, ""));
    (fact::proper(&name.to_lowercase()), tag.to_owned())
}

/// Whether siblings call the service `host`: by its name, or with a project before and a number behind it.
fn is_called(host: &str, name: &str) -> bool {
    let host = host.strip_suffix("_1").unwrap_or(host);
    host == name || ["_", "--", "."].iter().any(|before| host.strip_suffix(name).is_some_and(|project| project.ends_with(before)))
}

/// Where a service may name an address or a port.
fn texts(service: &Service) -> impl Iterator<Item = &str> {
    service.environment.iter().map(|(_, value)| value.as_str()).chain([service.command.as_str()])
}

fn numbers<'t>(texts: impl Iterator<Item = &'t str>) -> impl Iterator<Item = &'t str> {
    texts.flat_map(|text| text.split(|c: char| !c.is_ascii_digit())).filter(|number| !number.is_empty())
}

/// Whether a variable is called like one that holds the own port or address.
fn is_port_name(name: &str) -> bool {
    let upper = name.to_ascii_uppercase();
    ["PORT", "LISTEN", "BIND", "ADDR"].iter().any(|part| upper.contains(part)) && !upper.contains("EXTERNAL") && !upper.contains("PUBLIC")
}
