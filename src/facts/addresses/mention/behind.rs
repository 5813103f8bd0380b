//! What stands behind a host, or elsewhere in its connection string: its port.

use super::address::{Form, LocalHost};
use super::in_front::Context;
use std::ops::Range;

/// A port behind a host.
pub(super) struct PortBehind {
    /// Its bytes.
    pub(super) place: Option<Range<usize>>,
    /// Where the address ends.
    pub(super) end: usize,
    /// Whether a slash separates the two.
    pub(super) slash: bool,
}

/// The longest prefix of a network in CIDR notation, in bits.
const MAX_PREFIX: u8 = 128;

/// Whether a host can end before `behind`.
pub(super) fn closes(behind: &str, named: LocalHost) -> bool {
    let mut chars = behind.chars();
    match chars.next() {
        Some('.') => !chars.next().is_some_and(|c| c.is_alphanumeric() || c == '-' || c == '_' || c == '$'),
        Some(':') if named == LocalHost::Loopback6 => !behind.starts_with("::"),
        Some(c) => !(c.is_alphanumeric() || matches!(c, '_' | '-' | '$' | '@')),
        None => true,
    }
}

/// Whether an address with this behind it is a range of addresses: `127.0.0.1/32`, `0.0.0.0/0`.
pub(super) fn is_network(behind: &str) -> bool {
    let Some(length) = behind.strip_prefix('/').and_then(port_length) else { return false };
    behind[1..1 + length].parse::<u8>().is_ok_and(|bits| bits <= MAX_PREFIX) && !behind[1 + length..].starts_with([':', '/'])
}

/// The port behind a host that ends at `end`.
pub(super) fn port(text: &str, end: usize, context: &Context) -> PortBehind {
    let none = PortBehind { place: None, end, slash: false };
    // The host may be the whole of a default, the port behind its brace.
    let at = end + usize::from(text[end..].starts_with('}'));
    let behind = &text[at..];
    let Some(separator) = behind.chars().next() else { return none };
    let device = context.form == Some(Form::SlashPort);
    let slash = separator == '/' && (device || context.form.is_none());
    let comma = separator == ',' && context.comma_port;
    if !(separator == ':' || slash || comma) {
        return none;
    }
    let Some(length) = port_length(&behind[1..]) else { return none };
    let place = at + 1..at + 1 + length;
    let number = text[place.clone()].parse::<u16>();
    let ends = text[place.end..].is_empty() || text[place.end..].starts_with([':', ' ', ',', ';']);
    if slash && !device && !(ends && number.is_ok_and(|number| number > u16::from(MAX_PREFIX))) {
        return none;
    }
    PortBehind { end: place.end, place: Some(place), slash }
}

/// Which connection string is around a host that stands behind a key. A lone `HOST=localhost` is none.
pub(super) fn connection_form(text: &str, host: &Range<usize>) -> Option<Form> {
    let whole = connection_string(text, host);
    let key = text[whole.start..host.start].to_ascii_lowercase();
    let key = key.trim_end_matches("tcp:").trim_end_matches(['=', ' ', '\'']);
    if text[whole.clone()].contains(';') || key.ends_with("server") || key.ends_with("source") {
        return Some(Form::AdoNet);
    }
    (text[whole].matches('=').count() > 1).then_some(Form::Dsn)
}

/// The bytes of the value of `port=` in the connection string around a host.
pub(super) fn port_key(text: &str, host: &Range<usize>, form: Form) -> Option<Range<usize>> {
    let whole = connection_string(text, host);
    let is_separator = |c: char| if form == Form::AdoNet { c == ';' || c == ':' } else { c.is_whitespace() };
    let text = &text[whole.clone()];
    let starts = std::iter::once(0).chain(text.match_indices(is_separator).map(|(at, separator)| at + separator.len()));
    starts
        .filter_map(|start| {
            let part = text[start..].trim_start();
            let (key, rest) = part.split_once('=')?;
            let port = rest.trim_start_matches([' ', '\'']);
            let at = whole.end - port.len();
            (key.trim().eq_ignore_ascii_case("port")).then(|| port_length(port).map(|length| at..at + length))?
        })
        .next()
}

/// The length of the port at the start of `text`: digits, or a variable.
fn port_length(text: &str) -> Option<usize> {
    if let Some(variable) = text.strip_prefix("${") {
        let mut depth = 1;
        let close = variable.char_indices().find(|&(_, c)| {
            depth += i32::from(c == '{') - i32::from(c == '}');
            depth == 0 || c == '\n'
        });
        return close.filter(|&(_, c)| c == '}').map(|(at, _)| 2 + at + 1);
    }
    let is_name = |byte: &u8| *byte == b'_' || byte.is_ascii_alphanumeric();
    if let Some(variable) = text.strip_prefix('$') {
        let length = variable.bytes().take_while(is_name).count();
        return (length > 0).then_some(1 + length);
    }
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let ends = !text[digits..].starts_with(|c: char| c.is_alphanumeric() || c == '_');
    (digits > 0 && ends && text[..digits].parse::<u16>().is_ok()).then_some(digits)
}

/// The bytes of the connection string around a host.
fn connection_string(text: &str, host: &Range<usize>) -> Range<usize> {
    let start = text[..host.start].rfind(['\n', '"']).map_or(0, |at| at + 1);
    let end = text[host.end..].find(['\n', '"']).map_or(text.len(), |at| host.end + at);
    start..end
}
