//! Settings: the flags and variables by which a program is told where to listen, and finding them on a command line.
//!
//! Kept apart from the knowledge bases because images and programs both have settings. It finds the text of a value; what port that text
//! means, and whether to believe it, is decided by who asks.

use super::patterns::matches;
use super::table::{self, Line};
use crate::port::Port;

/// What the value of a setting is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ValueKind {
    /// A port number.
    Port,
    /// `HOST:PORT`, `:PORT`, `PORT`, a bare host, or a URL with one of these.
    Address,
    /// A host alone: it moves no port, but may put the listener on loopback.
    Host,
    /// Nothing, or `true`: the setting opens its listener.
    Switch,
}

/// A flag or variable that says where a program listens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Setting {
    /// Its name; `*` in it stands for any text. `-c+port` is the word `-c` followed by a word `port=VALUE`.
    pub(crate) name: &'static str,
    /// What its value is.
    pub(crate) value: ValueKind,
    /// The default of the listener that it moves; when that is none of the program's default ports, the setting opens it. `None`: it opens
    /// a listener that has no default.
    pub(crate) listener: Option<Port>,
}

/// A setting that a command line gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Given<'w> {
    /// Which one.
    pub(crate) setting: Setting,
    /// Its value as written; empty for a [`ValueKind::Switch`] that has none.
    pub(crate) value: &'w str,
    /// The index of the word that holds the value.
    pub(crate) word: usize,
}

impl Setting {
    /// Whether a variable or flag of that name is meant. One dash and two are the same before a name of several letters.
    pub(crate) fn is_named(&self, name: &str) -> bool {
        matches(undash(self.name), undash(name)) && self.name.starts_with('-') == name.starts_with('-')
    }
}

/// The settings among `known` that `words` give, in the order of the words. Understands `--port 80`, `--port=80`, `-p80`, `-c port=80` and
/// `TCP-LISTEN:80,fork`.
pub(crate) fn given<'w>(known: &[Setting], words: &[&'w str]) -> Vec<Given<'w>> {
    let at = |word: usize| known.iter().find_map(move |setting| read(*setting, words, word));
    (0..words.len()).filter_map(at).collect()
}

/// The settings that `key` of `line` lists, as `NAME` (of the listener `main`) or `NAME=PORT`.
pub(super) fn parse(line: Line, key: &str, value: ValueKind, main: Option<Port>) -> Vec<Setting> {
    let setting = |text: &'static str| match text.rsplit_once('=') {
        Some((name, port)) => Setting { name, value, listener: table::range(port).map(|(first, _)| first) },
        None => Setting { name: text, value, listener: main },
    };
    line.list(key).map(setting).collect()
}

fn read<'w>(setting: Setting, words: &[&'w str], at: usize) -> Option<Given<'w>> {
    let word = *words.get(at)?;
    let next = words.get(at + 1).copied();
    let found = |value, word| Some(Given { setting, value, word });
    if let Some((flag, key)) = setting.name.split_once('+') {
        return (word == flag).then_some(next?.strip_prefix(key)?.strip_prefix('=')?).and_then(|value| found(value, at + 1));
    }
    if setting.name.ends_with(':') {
        return word.strip_prefix(setting.name).and_then(|value| found(value.split(',').next().unwrap_or(value), at));
    }
    if let Some((name, value)) = word.split_once('=').filter(|(name, _)| setting.is_named(name)) {
        let closed = setting.value == ValueKind::Switch && value == "false";
        return (!closed && !name.is_empty()).then_some(()).and_then(|()| found(value, at));
    }
    if setting.is_named(word) {
        return if setting.value == ValueKind::Switch { found("", at) } else { found(next?, at + 1) };
    }
    let glued = (setting.name.len() == 2).then_some(word.strip_prefix(setting.name)?)?;
    glued.bytes().all(|byte| byte.is_ascii_digit()).then_some(()).and_then(|()| found(glued, at))
}

/// `-port` and `--port` as one; `-p` and `--p` are not, since GNU programs tell them apart.
fn undash(name: &str) -> &str {
    match name.strip_prefix('-') {
        Some(one) if one.len() > 1 => one.strip_prefix('-').filter(|two| two.len() > 1).unwrap_or(one),
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ValueKind::{Address, Port as Number, Switch};

    fn values(name: &'static str, value: ValueKind, words: &[&str]) -> Vec<String> {
        given(&[Setting { name, value, listener: None }], words).iter().map(|given| given.value.to_string()).collect()
    }

    #[test]
    fn a_flag_is_found_in_every_spelling() {
        for words in [&["x", "--port", "80"][..], &["x", "--port=80"], &["x", "-port", "80"]] {
            assert_eq!(values("--port", Number, words), ["80"], "{words:?}");
        }
        assert_eq!(values("-p", Number, &["x", "-p80"]), ["80"]);
        assert_eq!(values("-c+port", Number, &["postgres", "-c", "fsync=off", "-c", "port=5433"]), ["5433"]);
        assert_eq!(values("TCP-LISTEN:", Number, &["socat", "TCP-LISTEN:80,fork", "TCP:db:5432"]), ["80"]);
        assert_eq!(values("--entrypoints.*.address", Address, &["--entrypoints.web.address=:90"]), [":90"]);
    }

    #[test]
    fn another_flag_is_not_taken_for_it() {
        for words in [&["--portal", "80"][..], &["--report=80"], &["port", "80"], &["-path"], &["--port"]] {
            assert_eq!(values("--port", Number, words), [""; 0], "{words:?}");
            assert_eq!(values("-p", Number, words), [""; 0], "{words:?}");
        }
    }

    #[test]
    fn a_switch_needs_no_value_and_false_turns_it_off() {
        assert_eq!(values("--http", Switch, &["geth", "--http", "--syncmode"]), [""]);
        assert_eq!(values("--http", Switch, &["geth", "--http=false"]), [""; 0]);
    }

    #[test]
    fn a_value_is_reported_with_its_word() {
        let port = Setting { name: "--port", value: Number, listener: None };
        assert_eq!(given(&[port], &["x", "--port", "80"])[0].word, 2);
    }
}
