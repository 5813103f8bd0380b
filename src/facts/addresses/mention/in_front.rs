//! What the text in front of a host says about it: whether an address can begin there, its scheme, its form.
//!
//! Apart from what stands behind the host, because only this side knows of schemes, users, defaults and keys.

use super::address::Form;
use crate::knowledge::config_keys;
use std::ops::Range;

/// The text in front of a host.
pub(super) struct Before<'v> {
    /// All of it; without the `${NAME:-` of a default that the host starts.
    text: &'v str,
    /// Whether the host is at the start of a default.
    pub(super) default: bool,
}

/// What the text in front of a host says about it.
#[derive(Default)]
pub(super) struct Context {
    pub(super) scheme: Option<String>,
    pub(super) form: Option<Form>,
    /// `tcp(host:port)`.
    pub(super) go_driver: bool,
    /// A comma may stand between host and port, as SQL Server has it.
    pub(super) comma_port: bool,
}

impl<'v> Before<'v> {
    pub(super) fn new(text: &'v str) -> Self {
        match default_opening(text) {
            Some(opening) if opening.end == text.len() => Self { text: &text[..opening.start], default: true },
            _ => Self { text, default: false },
        }
    }

    /// Whether `host` can start here: it is no part of a longer name, address or path.
    pub(super) fn opens(&self, host: &str) -> bool {
        let text = self.text;
        if host.starts_with("::") && text.ends_with(|c: char| c == ':' || c == '[' || c.is_ascii_hexdigit()) {
            return false;
        }
        if text.ends_with('/') && !is_device(text) {
            let slashes = text.strip_suffix("//").or_else(|| text.strip_suffix("\\/\\/"));
            return slashes.is_some_and(|rest| rest.is_empty() || !rest.ends_with(|c: char| c == '/' || c.is_alphanumeric()));
        }
        if self.default {
            // `my${SUFFIX:-localhost}` builds a longer name; a path or port in front does not.
            return !text.ends_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '}'));
        }
        let escaped = text.ends_with("\\n") || text.ends_with("\\t");
        escaped
            || !(is_mapped(text)
                || text.ends_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '$' | '%' | '{' | '}' | '~')))
    }
}

/// Reads the text in front of a host; `None` when the host is no network address at all, such as in `file://localhost/`.
pub(super) fn context(before: &Before) -> Option<Context> {
    let text = before.text;
    if let Some((authority, scheme)) = scheme_in_front(text) {
        if scheme.eq_ignore_ascii_case("file") {
            return None;
        }
        let jdbc = text[..authority].rfind("jdbc:").map(|at| &text[at + 5..authority]).filter(|rest| !rest.contains([' ', '"', '\'', ',']));
        let scheme = jdbc.map_or(scheme, |rest| rest.split(':').next().unwrap_or_default());
        let form = if jdbc.is_some() { Form::Jdbc } else { Form::Url };
        return Some(Context { scheme: some_text(scheme), form: Some(form), ..Context::default() });
    }
    let token = &text[text.rfind([' ', '\t', '\n', '"', '\'']).map_or(0, |at| at + 1)..];
    if let Some((_, rest)) = token.split_once("jdbc:") {
        let scheme = rest.split(':').next().unwrap_or_default();
        return Some(Context { scheme: some_text(scheme), form: Some(Form::Jdbc), ..Context::default() });
    }
    if token.ends_with("tcp(") {
        return Some(Context { scheme: some_text("mysql"), form: Some(Form::Dsn), go_driver: true, comma_port: false });
    }
    if let Some(scheme) = host_key(text) {
        return Some(Context { scheme, form: Some(Form::Dsn), go_driver: false, comma_port: true });
    }
    let form = match text.chars().next_back() {
        Some('@') => Some(Form::Other),
        Some('/') if is_device(text) => Some(Form::SlashPort),
        _ => None,
    };
    Some(Context { form, ..Context::default() })
}

/// The last `${NAME:-` in a text.
fn default_opening(text: &str) -> Option<Range<usize>> {
    let start = text.rfind("${")?;
    let name = text[start + 2..].bytes().take_while(|&byte| byte == b'_' || byte.is_ascii_alphanumeric()).count();
    let operator = start + 2 + name;
    let length = [":-", ":+", "-", "+"].into_iter().find(|sign| text[operator..].starts_with(sign))?.len();
    Some(start..operator + length)
}

/// Whether the text ends in the path by which bash opens a connection, `/dev/tcp/HOST/PORT`.
fn is_device(text: &str) -> bool {
    text.ends_with("/dev/tcp/") || text.ends_with("/dev/udp/")
}

/// Whether an IPv4 address behind the text would be the end of an IPv6 address.
fn is_mapped(text: &str) -> bool {
    let tail = text.len().checked_sub("::ffff:".len()).and_then(|at| text.get(at..));
    tail.is_some_and(|tail| tail.eq_ignore_ascii_case("::ffff:"))
}

fn some_text(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

/// The scheme of the URL whose authority the text ends in, and where the authority starts.
fn scheme_in_front(text: &str) -> Option<(usize, &str)> {
    let (at, separator) = text.rfind("://").map(|at| (at, "://")).or_else(|| text.rfind(":\\/\\/").map(|at| (at, ":\\/\\/")))?;
    let authority = at + separator.len();
    if !is_authority_start(&text[authority..]) {
        return None;
    }
    let scheme = &text[..at];
    let floor = default_opening(scheme).map_or(0, |opening| opening.end);
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.' | '_');
    let start = scheme.rfind(|c| !is_part(c)).map_or(0, |at| at + scheme[at..].chars().next().map_or(1, char::len_utf8));
    let scheme = scheme[start.max(floor)..].trim_start_matches(|c: char| !c.is_ascii_alphabetic());
    Some((authority, scheme))
}

/// Whether the text between `://` and a host is what may stand there: nothing, user and password up to the last `@`, and
/// other hosts of a comma list.
fn is_authority_start(text: &str) -> bool {
    if text.contains(|c: char| c.is_whitespace() || c == '"') {
        return false;
    }
    let (user, hosts) = text.rsplit_once('@').unwrap_or(("", text));
    let path = user.split_once('/').is_some_and(|(start, _)| {
        // A slash belongs to a password, but `host:80/` starts a path.
        start.split_once(':').is_none_or(|(_, password)| !password.is_empty() && password.bytes().all(|byte| byte.is_ascii_digit()))
    });
    let list = hosts.is_empty() || hosts.ends_with(',') && !hosts.contains(['/', '?', ';']);
    list && !path
}

/// Whether the text ends in `host=` or another key that holds a host; then the driver in front of it (`mysql:host=`).
fn host_key(text: &str) -> Option<Option<String>> {
    let text = text.trim_end_matches('\'').trim_end_matches(' ');
    let text = text.strip_suffix("tcp:").or_else(|| text.strip_suffix("TCP:")).unwrap_or(text);
    let keys = text.strip_suffix('=')?.trim_end_matches(' ');
    let lower = keys.to_ascii_lowercase();
    let prefix = config_keys::connection_hosts().filter_map(|key| lower.strip_suffix(key)).min_by_key(|prefix| prefix.len())?;
    if prefix.ends_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '$' | '&' | '?' | '/')) {
        return None;
    }
    let driver = prefix.strip_suffix(':').map(|rest| rest.rsplit(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default());
    Some(driver.and_then(some_text))
}
