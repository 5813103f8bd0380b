//! Registries of images, and owners in them, by how their paths are to be read.
//!
//! `data/registries.txt` has them. Hosts and paths are looked up in lower case. What an image is called is taken apart elsewhere.

use super::patterns::Patterns;
use super::table::kinds;
use std::sync::LazyLock;

pub(super) const TEXT: &str = include_str!("../../data/registries.txt");

static TABLE: LazyLock<Patterns<Says>> = LazyLock::new(|| Patterns::of_names_with_more(TEXT, Says::read));

kinds! {
    /// What a registry is.
    pub(super) enum Says {
        Hub = "hub",
        Mirror = "mirror",
        Public = "public",
        Same = "same",
    }
}

/// Whether paths of that registry mean what they mean on Docker Hub.
pub(crate) fn is_hub(registry: &str) -> bool {
    TABLE.say(registry, Says::Hub)
}

/// Whether the registry has images of its own.
pub(crate) fn is_public(registry: &str) -> bool {
    TABLE.say(registry, Says::Public)
}

/// The name on Docker Hub of an image whose registry and path are `name`, when that is known to mirror it.
pub(crate) fn on_hub(name: &str) -> Option<String> {
    replaced(name, Says::Mirror)
}

/// The name of the same image under its proper owner, when `name` is that of a build for one machine, or of what was left after a move.
pub(crate) fn same(name: &str) -> Option<String> {
    replaced(name, Says::Same)
}

/// The name with the beginning replaced that says `wanted`.
fn replaced(name: &str, wanted: Says) -> Option<String> {
    let beginning = TABLE.found(name).find(|found| found.says == wanted)?;
    Some(format!("{}{}", beginning.more, name.get(beginning.at.end..)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn registries_are_told_apart() {
        assert!(is_hub("docker.io") && !is_public("docker.io"));
        assert!(is_public("ghcr.io") && is_public("europe-docker.pkg.dev") && !is_public("harbor.example"));
        assert_eq!(on_hub("ghcr.io/linuxserver/plex").as_deref(), Some("linuxserver/plex"));
        assert_eq!(on_hub("public.ecr.aws/docker/library/redis").as_deref(), Some("redis"));
        assert_eq!(on_hub("ghcr.io/me/plex"), None);
    }

    #[test]
    fn a_build_for_one_machine_is_the_same_image() {
        assert_eq!(same("arm64v8/redis").as_deref(), Some("redis"));
        assert_eq!(same("bitnamilegacy/kafka").as_deref(), Some("bitnami/kafka"));
        assert_eq!([same("redis"), same("me/arm64v8/redis"), same("arm64v8")], [None, None, None]);
    }
}
