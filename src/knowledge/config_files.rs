//! What the names of files say about what stands in them.
//!
//! `data/config_files.txt` has them. Paths are looked up in any case. Nothing is read here.

use super::patterns::Patterns;
use super::table::kinds;
use std::sync::LazyLock;

pub(super) const TEXT: &str = include_str!("../../data/config_files.txt");

static TABLE: LazyLock<Patterns<Says>> = LazyLock::new(|| Patterns::of_names_with_more(TEXT, Says::read));

kinds! {
    /// What a path says.
    pub(super) enum Says {
        Folder = "folder",
        Listens = "listens",
        Prose = "prose",
        Settings = "settings",
    }
}

/// The word that begins a line which names a listener, in a file with that path.
pub(crate) fn listen_directive(path: &str) -> Option<&'static str> {
    let path = path.to_ascii_lowercase();
    TABLE.found(&path).find(|found| found.says == Says::Listens).map(|found| found.more)
}

/// Whether a folder of that name holds no configuration: what others wrote, or what is made anew with each build.
pub(crate) fn is_without_settings(folder: &str) -> bool {
    says(folder, Says::Folder)
}

/// Whether it holds what no server finds its peers in: documentation, style, data.
pub(crate) fn is_prose(path: &str) -> bool {
    says(path, Says::Prose)
}

/// Whether it holds settings, in which an address could be.
pub(crate) fn is_settings(path: &str) -> bool {
    says(path, Says::Settings)
}

fn says(path: &str, wanted: Says) -> bool {
    TABLE.say(&path.to_ascii_lowercase(), wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_says_what_it_holds() {
        assert_eq!(listen_directive("/etc/nginx/conf.d/web.conf"), Some("listen"));
        assert_eq!(listen_directive("/usr/local/etc/haproxy/haproxy.cfg"), Some("bind"));
        assert_eq!(listen_directive("/etc/app.conf"), None);
        assert!(is_settings("./Caddyfile") && is_settings("app.YML") && !is_settings("app.py"));
        assert!(is_without_settings("node_modules") && !is_without_settings("conf.d"));
        assert!(is_prose("README.md") && !is_prose("prometheus.yml"));
    }
}
