//! Whether a file can matter at all, told from its bytes.
//!
//! Most Compose files never speak of host networking, and looking for a word is a hundred times faster than parsing. Nothing
//! is decided here but that: a file that may speak of it in any style of YAML passes, and so does one that names other
//! files which may. What passes without need costs time and nothing else.

use super::bytes::{blanks, is_comment, is_empty, keys};
use super::named::Named;
use crate::settings::Settings;
use memchr::memmem::Finder;
use std::path::PathBuf;

/// What is looked for.
#[derive(Debug)]
pub(crate) struct Prefilter {
    mode: Finder<'static>,
    mode_v1: Finder<'static>,
    external: Finder<'static>,
    name: Finder<'static>,
    host: Finder<'static>,
    named: Named,
    beginnings: [Finder<'static>; 2],
    /// Words that make any file matter: those of our own comments, and the services that the user names.
    words: Vec<Finder<'static>>,
    /// Whether every file matters.
    all: bool,
}

/// What the files of a project may speak of. Of several files each may say a part.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Signs {
    /// Something that has to be parsed to be understood.
    matters: bool,
    /// A network that somebody else made.
    external: bool,
    /// A name that may be `host`, when that word is somewhere.
    names: bool,
    /// The word `host` as a value.
    host: bool,
    /// A line that begins as those of Compose files do.
    pub(crate) compose: bool,
}

/// What the bytes of a Compose file come to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Look {
    /// What it may speak of.
    pub(crate) signs: Signs,
    /// The Compose files that it names, as it writes them.
    pub(crate) named: Vec<PathBuf>,
}

impl Signs {
    /// The signs of both.
    pub(crate) fn with(self, other: Self) -> Self {
        Self {
            matters: self.matters || other.matters,
            external: self.external || other.external,
            names: self.names || other.names,
            host: self.host || other.host,
            compose: self.compose || other.compose,
        }
    }

    /// What variables may speak of that were not looked at.
    pub(crate) fn of_unseen_variables() -> Self {
        Self { host: true, ..Self::default() }
    }

    /// Whether the project has to be opened.
    pub(crate) fn matter(self) -> bool {
        self.matters || self.external && self.names && self.host
    }
}

impl Prefilter {
    /// Looks for host networking and for the services that `settings` name; with `all` everything matters.
    pub(crate) fn new(settings: &Settings, all: bool) -> Self {
        let finder = |word: &str| Finder::new(word).into_owned();
        let words = ["compose-fix:"].into_iter().chain(settings.named_services().map(|(_, name)| name)).map(finder).collect();
        Self {
            mode: finder("network_mode"),
            mode_v1: finder("net"),
            external: finder("external"),
            name: finder("name"),
            host: finder("host"),
            named: Named::default(),
            beginnings: ["services:", "include:"].map(finder),
            words,
            all,
        }
    }

    /// What a Compose file may speak of, and which other ones it names.
    pub(crate) fn look(&self, text: &str) -> Look {
        let named = self.named.files(text);
        let mut signs = self.signs(text);
        signs.matters |= named.is_none();
        Look { signs, named: named.unwrap_or_default() }
    }

    fn signs(&self, text: &str) -> Signs {
        let bytes = text.as_bytes();
        let has_key = |finder: &Finder<'_>| keys(finder, bytes).next().is_some();
        let other_than_host = |value: usize| is_other_than_host(&bytes[value..]);
        let mode = || keys(&self.mode, bytes).any(|value| !other_than_host(value));
        // A network may be called so: then its value stands on lines of its own.
        let mode_v1 = || keys(&self.mode_v1, bytes).any(|value| !other_than_host(value) && !is_empty(&bytes[value..]));
        let word = || self.words.iter().any(|word| word.find(bytes).is_some());
        Signs {
            matters: self.all || mode() || mode_v1() || word() || is_spelt_out(bytes),
            external: has_key(&self.external),
            names: keys(&self.name, bytes).any(|value| !other_than_host(value)) || has_key(&self.host),
            host: self.names_host(text),
            compose: self.beginnings.iter().any(|word| word.find_iter(bytes).any(|at| begins_line(bytes, at))),
        }
    }

    /// What a file of variables may speak of.
    pub(crate) fn signs_of_env(&self, text: &str) -> Signs {
        Signs { host: self.names_host(text), ..Signs::default() }
    }

    /// Whether a text has `host` as a value, or as the part of one.
    fn names_host(&self, text: &str) -> bool {
        let bytes = text.as_bytes();
        let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
        let stands_alone = |at: usize| {
            let before = at.checked_sub(1).and_then(|before| bytes.get(before));
            !before.is_some_and(is_name) && !bytes.get(at + self.host.needle().len()).is_some_and(is_name)
        };
        self.host.find_iter(bytes).any(|at| stands_alone(at) && !is_comment(bytes, at))
    }
}

/// Whether a value begins with other letters than `host` does, so that it is another one whatever follows: `bridge`,
/// `"service:vpn"`.
fn is_other_than_host(value: &[u8]) -> bool {
    let value = &value[blanks(value)..];
    let value = value.strip_prefix(b"\"").or(value.strip_prefix(b"'")).unwrap_or(value);
    let length = value.iter().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')).count();
    length > 0 && !b"host".starts_with(&value[..length])
}

/// Whether an escape spells a character in double quotes: then any word may stand there.
fn is_spelt_out(text: &[u8]) -> bool {
    memchr::memchr_iter(b'\\', text).any(|at| matches!(text.get(at + 1), Some(b'x' | b'u' | b'U')))
}

fn begins_line(text: &[u8], at: usize) -> bool {
    let before = text[..at].strip_prefix("\u{feff}".as_bytes()).unwrap_or(&text[..at]);
    matches!(before.last(), None | Some(b'\n' | b'\r'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signs(text: &str) -> Signs {
        Prefilter::new(&Settings::default(), false).look(text).signs
    }

    #[test]
    fn every_spelling_of_host_networking_passes() {
        for text in [
            "services:\n  a:\n    network_mode: host\n",
            "services: {a: {network_mode: host}}",
            "services: {a: {\"network_mode\":\"host\"}}",
            "services:\n  a:\n    'network_mode' : 'host' # why\n",
            "services:\n  a:\n    network_mode:\n      host\n",
            "services:\n  a:\n    ? network_mode\n    : host\n",
            "services:\r\n  a:\r\n    network_mode: !!str host\r\n",
            "services:\n  a:\n    network_mode: &net host\n",
            "services:\n  a:\n    &key network_mode: *net\n",
            "services:\n  a:\n    network_mode: ${NET:-host}\n",
            "services:\n  a:\n    network_mode: >-\n      host\n",
            "services:\n  a:\n    network_mode: \"ho\\\n      st\"\n",
            "services:\n  a:\n    \"network\\x5fmode\": host\n",
            "services:\n  a:\n    network_mode: \"h\\u006fst\"\n",
            "x: &x # é\u{2028}    network_mode: host\n",
            "a:\n  net: host\n",
            "a:\n  net: \"host\"\n",
            "services:\n  a:\n    networks: [h]\nnetworks:\n  h:\n    external: true\n    name: host\n",
            "services: {a: {networks: [host]}}\nnetworks: {host: {external: true}}",
            "networks:\n  h:\n    external:\n      name: host\n",
            "networks:\n  h:\n    external: true\n    name: ${H:-host}\n",
            "include: [a.yaml]\n",
            "services:\n  a:\n    extends: {file: a.yaml, service: b}\n",
            "# \u{2028}    network_mode: host\n",
            "services:\n  a:\n    ? network_mode\n    :\n      host\n",
            "services:\n  a:\n    network_mode: bridge\n  b:\n    network_mode: host",
        ] {
            assert!(signs(text).matter(), "{text}");
        }
    }

    #[test]
    fn what_cannot_speak_of_it_is_done() {
        for text in [
            "",
            "services:\n  a:\n    image: a\n    # network_mode: host\n",
            "services:\n  a:\n    network_mode: bridge\n",
            "services:\n  a:\n    network_mode: \"service:vpn\" # not host\n",
            "services:\n  a:\n    network_mode: container:vpn",
            "services:\n  a:\n    extends: b\n",
            "services:\n  a:\n    build:\n      network: host\n",
            "services:\n  a:\n    pid: host\n    environment:\n      DB: localhost\nnetworks:\n  subnet:\n    driver: bridge\n",
            "networks:\n  web:\n    external: true\n# host\n",
            "services: {a: {network_mode: bridge, pid: host}}\nnetworks:\n  net:\n    name: ours\n    external: true\n",
            "services:\n  with_network_mode:\n    image: include\n",
        ] {
            assert!(!signs(text).matter(), "{text}");
        }
    }

    #[test]
    fn files_that_say_a_part_each_pass_together() {
        let (base, over) = (signs("networks: {h: {external: true}}"), signs("networks: {h: {name: host}}"));
        assert!(!base.matter() && !over.matter());
        assert!(base.with(over).matter());
        let env = Prefilter::new(&Settings::default(), false).signs_of_env("NET=host\n");
        let named = signs("networks: {h: {external: true, name: \"${NET}\"}}");
        assert!(!named.matter() && named.with(env).matter() && !base.with(env).matter());
    }

    #[test]
    fn the_users_words_make_any_file_matter() {
        let settings = Settings { keep: vec!["vpn".into()], ..Settings::default() };
        let text = "services:\n  vpn:\n    image: a\n";
        assert!(
            Prefilter::new(&settings, false).look(text).signs.matter()
                && Prefilter::new(&Settings::default(), true).look(text).signs.matter()
        );
        assert!(signs("services:\n  a: {} # compose-fix: keep\n").matter());
    }

    #[test]
    fn compose_files_are_told_by_a_line() {
        for text in ["services:\n", "\u{feff}services:\n", "name: a\r\nservices: {}\n", "a: 1\ninclude:\n - b\n"] {
            assert!(signs(text).compose, "{text}");
        }
        for text in ["my_services:\n", "a:\n  services:\n", "# services:\n", "a: 1\n"] {
            assert!(!signs(text).compose, "{text}");
        }
    }
}
