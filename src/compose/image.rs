//! Image references: `registry/path:tag@digest`, and the names under which an image may be known.
//!
//! The same image goes by many names: `redis`, `docker.io/library/redis`, a mirror's `harbor.example/hub/library/redis`.
//! [`ImageName::candidates`] lists them for whoever looks an image up; what is known of an image is kept elsewhere.
//! References are not validated: what Docker would refuse is taken apart all the same.

use crate::knowledge::registries;

/// An image reference, taken apart.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ImageName {
    /// The registry's host and port, when one is named.
    pub(crate) registry: Option<String>,
    /// The path in the registry, without the `library/` of Docker Hub's official images.
    pub(crate) repository: String,
    /// The tag, when one is named.
    pub(crate) tag: Option<String>,
    /// The digest with its algorithm, such as `sha256:…`, when one is named.
    pub(crate) digest: Option<String>,
}

impl ImageName {
    /// Takes a reference apart. It must be interpolated; parts that an empty variable left empty are skipped, so that
    /// `${REGISTRY}/web:${TAG}` without values still names the repository `web`.
    pub(crate) fn parse(reference: &str) -> Self {
        let (name, digest) = split_last(reference.trim(), '@');
        let (name, tag) = match split_last(name, ':') {
            // This colon starts the port of a registry.
            (_, Some(port)) if port.contains('/') => (name, None),
            parts => parts,
        };
        let mut parts: Vec<&str> = name.split('/').filter(|part| !part.is_empty()).collect();
        let registry = if parts.len() > 1 && is_registry(parts[0]) { Some(parts.remove(0).to_owned()) } else { None };
        if let ["library", _] = parts[..] {
            parts.remove(0);
        }
        let some = |text: Option<&str>| text.filter(|text| !text.is_empty()).map(str::to_owned);
        Self { registry, repository: parts.join("/"), tag: some(tag), digest: some(digest) }
    }

    /// Names under which the image may be listed, the most specific first, in lower case: as it is written, then
    /// without a registry that mirrors Docker Hub, then, for registries that are not public, every shorter path, and
    /// at last the image of which it is the build for one machine.
    pub(crate) fn candidates(&self) -> Vec<String> {
        let repository = self.repository.to_ascii_lowercase();
        if repository.is_empty() {
            return Vec::new();
        }
        let mut names = match self.registry.as_deref().map(str::to_ascii_lowercase) {
            Some(registry) => named_in(&registry, &repository),
            None => vec![repository],
        };
        let same: Vec<_> = names.iter().filter_map(|name| registries::same(name)).filter(|name| !names.contains(name)).collect();
        names.extend(same);
        names
    }
}

/// The names of what a registry has under a path.
fn named_in(registry: &str, repository: &str) -> Vec<String> {
    let full = format!("{registry}/{repository}");
    let further = match registries::on_hub(&full) {
        _ if registries::is_hub(registry) => vec![repository.to_owned()],
        Some(hub) => vec![hub],
        None if registries::is_public(registry) => Vec::new(),
        None => suffixes(repository),
    };
    [vec![full], further].concat()
}

/// Splits at the last `separator`.
fn split_last(text: &str, separator: char) -> (&str, Option<&str>) {
    text.rsplit_once(separator).map_or((text, None), |(before, after)| (before, Some(after)))
}

/// Docker's own rule for telling `example.org/web` from `example/web`.
fn is_registry(part: &str) -> bool {
    part == "localhost" || part.contains(['.', ':'])
}

/// The path and every shorter end of it: a mirror keeps other registries under paths of its own choosing.
fn suffixes(path: &str) -> Vec<String> {
    let starts = std::iter::once(0).chain(path.match_indices('/').map(|(at, _)| at + 1));
    let mut names = Vec::new();
    for suffix in starts.map(|start| &path[start..]).filter(|suffix| !suffix.starts_with("library/")) {
        names.push(suffix.to_owned());
        names.extend(registries::on_hub(suffix));
    }
    names.dedup();
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_reference_has_up_to_four_parts() {
        let table = [
            ("redis", (None, "redis", None, None)),
            ("redis:7", (None, "redis", Some("7"), None)),
            ("docker.io/library/redis:7", (Some("docker.io"), "redis", Some("7"), None)),
            ("library/redis", (None, "redis", None, None)),
            ("registry.example:5000/a/b:1@sha256:ab", (Some("registry.example:5000"), "a/b", Some("1"), Some("sha256:ab"))),
            ("registry.example:5000/a/b", (Some("registry.example:5000"), "a/b", None, None)),
            ("localhost/web", (Some("localhost"), "web", None, None)),
            ("redis@sha256:ab", (None, "redis", None, Some("sha256:ab"))),
            ("lscr.io/linuxserver/plex:latest", (Some("lscr.io"), "linuxserver/plex", Some("latest"), None)),
            ("/x:", (None, "x", None, None)),
            ("", (None, "", None, None)),
        ];
        for (reference, (registry, repository, tag, digest)) in table {
            let own = |text: Option<&str>| text.map(str::to_owned);
            let expected = ImageName { registry: own(registry), repository: repository.to_owned(), tag: own(tag), digest: own(digest) };
            assert_eq!(ImageName::parse(reference), expected, "{reference}");
        }
    }

    #[test]
    fn the_names_of_an_image_most_specific_first() {
        let table: [(&str, &[&str]); 15] = [
            ("redis:7", &["redis"]),
            ("Bitnami/Redis", &["bitnami/redis"]),
            ("docker.io/library/redis", &["docker.io/redis", "redis"]),
            ("index.docker.io/grafana/grafana", &["index.docker.io/grafana/grafana", "grafana/grafana"]),
            ("lscr.io/linuxserver/plex", &["lscr.io/linuxserver/plex", "linuxserver/plex"]),
            ("ghcr.io/linuxserver/plex", &["ghcr.io/linuxserver/plex", "linuxserver/plex"]),
            ("ghcr.io/me/redis", &["ghcr.io/me/redis"]),
            ("public.ecr.aws/docker/library/redis", &["public.ecr.aws/docker/library/redis", "redis"]),
            ("europe-docker.pkg.dev/p/r/redis", &["europe-docker.pkg.dev/p/r/redis"]),
            ("harbor.example/hub/library/redis", &["harbor.example/hub/library/redis", "hub/library/redis", "redis"]),
            (
                "harbor.example/ghcr.io/linuxserver/plex",
                &["harbor.example/ghcr.io/linuxserver/plex", "ghcr.io/linuxserver/plex", "linuxserver/plex", "plex"],
            ),
            ("arm64v8/redis:7", &["arm64v8/redis", "redis"]),
            ("docker.io/amd64/redis", &["docker.io/amd64/redis", "amd64/redis", "redis"]),
            ("/web:", &["web"]),
            ("", &[]),
        ];
        for (reference, names) in table {
            assert_eq!(ImageName::parse(reference).candidates(), names, "{reference}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_taken_apart(reference in "[a-z.:/@é]{0,24}") {
            let name = ImageName::parse(&reference);
            prop_assert!(!name.repository.starts_with('/') && !name.repository.ends_with('/'));
            prop_assert!(name.candidates().iter().all(|candidate| !candidate.is_empty()));
        }
    }
}
