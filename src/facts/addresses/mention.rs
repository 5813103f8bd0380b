//! Mentions of the host's own address in a value: `localhost:5432`, `redis://127.0.0.1/0`, `Server=localhost;Port=5433`.
//!
//! Under host networking such an address reaches a neighbour; on a network of its own it reaches only the container
//! itself. [`mentions`] finds them, with the bytes to rewrite. It reads raw Compose text as well as interpolated text:
//! a host inside `${DB_HOST:-localhost}` is found and a port such as `${PORT:-5432}` is reported as text. Whom an address
//! belongs to, and host and port in two variables or two words, are for the caller.

use crate::facts::addresses::scheme::scheme_port;
use std::net::Ipv4Addr;
use std::ops::Range;

/// An address of the host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mention {
    /// The bytes of the host together with a port that is written directly behind it; else those of the host.
    pub(crate) range: Range<usize>,
    /// The bytes of the host, brackets included.
    pub(crate) host_range: Range<usize>,
    /// Which host.
    pub(crate) host: LocalHost,
    /// The port as a number, and its bytes, which a connection string may hold elsewhere (`Port=5433`).
    pub(crate) port: Option<(u16, Range<usize>)>,
    /// The bytes of a port that is not a number: `${PORT:-5432}`, `$PORT`.
    pub(crate) port_text: Option<Range<usize>>,
    /// The scheme of the URL or connection string, as it is written.
    pub(crate) scheme: Option<String>,
    /// The port that the scheme stands for, whether or not another one is written.
    pub(crate) implied_port: Option<u16>,
    /// What the address is part of.
    pub(crate) form: Form,
}

/// The ways to name the host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum LocalHost {
    /// `localhost`.
    Localhost,
    /// `127.0.0.1`.
    Loopback4,
    /// `[::1]`, or `::1` without a port.
    Loopback6,
    /// `0.0.0.0` or `[::]`, which connect to the host when dialled.
    Unspecified,
    /// `host.docker.internal`, `gateway.docker.internal` or `172.17.0.1`, the gateway of Docker's default bridge.
    HostGateway,
    /// A private IPv4 address, which may be this host's in its LAN; only [`lan_mentions`] gives it.
    Lan,
}

/// What an address is part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Form {
    /// `scheme://user:password@host:port/path`, also as a further host of a list.
    Url,
    /// A JDBC URL.
    Jdbc,
    /// `Server=host,port;…` or `host=…;port=…`: parts separated by semicolons.
    AdoNet,
    /// `host=… port=…`, as libpq reads it, or `user:password@tcp(host:port)/name`, as Go's MySQL driver does.
    Dsn,
    /// `host:port`.
    HostPort,
    /// `host/port`, as Firebird writes it, or bash's `/dev/tcp/host/port`.
    SlashPort,
    /// A host on its own.
    Bare,
    /// Behind an `@` without a scheme: an e-mail address, a node name, `user:password@host/name`.
    Other,
}

/// Finds every address of the host in `value`, in order.
pub(crate) fn mentions(value: &str) -> Vec<Mention> {
    let lower = value.to_ascii_lowercase();
    let mut found: Vec<_> =
        HOSTS.iter().flat_map(|&(name, host)| lower.match_indices(name).map(move |(at, _)| (at..at + name.len(), host))).collect();
    found.sort_by_key(|(range, _)| range.start);
    found.into_iter().filter_map(|(range, host)| mention(value, range, host)).collect()
}

/// Finds every private IPv4 address (RFC 1918) in `value` that is not the gateway's, in order.
pub(crate) fn lan_mentions(value: &str) -> Vec<Mention> {
    let is_part = |c: char| c.is_ascii_digit() || c == '.';
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = value[at..].find(is_part).map(|offset| at + offset) {
        at = value[start..].find(|c| !is_part(c)).map_or(value.len(), |offset| start + offset);
        let end = start + value[start..at].trim_end_matches('.').len();
        let address = value[start..end].parse::<Ipv4Addr>().ok().filter(|ip| ip.is_private());
        if address.is_some_and(|ip| ip != Ipv4Addr::new(172, 17, 0, 1)) {
            found.extend(mention(value, start..end, LocalHost::Lan));
        }
    }
    found
}

const HOSTS: [(&str, LocalHost); 9] = [
    ("localhost", LocalHost::Localhost),
    ("127.0.0.1", LocalHost::Loopback4),
    ("[::1]", LocalHost::Loopback6),
    ("::1", LocalHost::Loopback6),
    ("0.0.0.0", LocalHost::Unspecified),
    ("[::]", LocalHost::Unspecified),
    ("host.docker.internal", LocalHost::HostGateway),
    ("gateway.docker.internal", LocalHost::HostGateway),
    ("172.17.0.1", LocalHost::HostGateway),
];

/// The longest prefix of a network in CIDR notation, in bits.
const MAX_PREFIX: u8 = 128;

/// Keys of connection strings that hold the host.
const HOST_KEYS: [&str; 9] = ["server", "host", "hostaddr", "hostname", "data source", "datasource", "addr", "address", "network address"];

fn mention(value: &str, host_range: Range<usize>, host: LocalHost) -> Option<Mention> {
    let before = Before::new(&value[..host_range.start]);
    if !starts_here(&before, value, &host_range) || !ends_here(&value[host_range.end..], host) {
        return None;
    }
    let mut context = context(&before)?;
    if context.form == Some(Form::Dsn) && !context.go_driver {
        context.form = connection_form(value, &host_range);
    }
    if context.form.is_none() && is_network(&value[host_range.end..]) {
        return None;
    }
    let mut port = port_behind(value, host_range.end, &context);
    let behind = value[port.end..].strip_prefix('}').filter(|_| before.default).unwrap_or(&value[port.end..]);
    if behind.starts_with('@') {
        // What stands before an `@` is a user or a password.
        return None;
    }
    let mut range = host_range.start..if port.attached { port.end } else { host_range.end };
    if let (Some(form @ (Form::AdoNet | Form::Dsn)), None) = (context.form, &port.place) {
        port.place = port_key(value, &host_range, form);
        range = host_range.clone();
    }
    let number = port.place.clone().and_then(|place| Some((value[place.clone()].parse::<u16>().ok()?, place)));
    let form = match context.form {
        Some(Form::Other) if port.place.is_some() => Form::HostPort,
        Some(form) => form,
        None if port.slash => Form::SlashPort,
        None if port.place.is_some() => Form::HostPort,
        None => Form::Bare,
    };
    let implied_port = context.scheme.as_deref().and_then(scheme_port);
    let port_text = port.place.filter(|_| number.is_none());
    Some(Mention { range, host_range, host, port: number, port_text, scheme: context.scheme, implied_port, form })
}

/// The text in front of a host.
struct Before<'v> {
    /// All of it; without the `${NAME:-` of a default that the host starts.
    text: &'v str,
    /// Whether the host is at the start of a default.
    default: bool,
}

impl<'v> Before<'v> {
    fn new(text: &'v str) -> Self {
        match default_opening(text) {
            Some(opening) if opening.end == text.len() => Self { text: &text[..opening.start], default: true },
            _ => Self { text, default: false },
        }
    }
}

/// The last `${NAME:-` in a text.
fn default_opening(text: &str) -> Option<Range<usize>> {
    let start = text.rfind("${")?;
    let name = text[start + 2..].bytes().take_while(|&byte| byte == b'_' || byte.is_ascii_alphanumeric()).count();
    let operator = start + 2 + name;
    let length = [":-", ":+", "-", "+"].into_iter().find(|sign| text[operator..].starts_with(sign))?.len();
    Some(start..operator + length)
}

/// Whether a host can start here: it is no part of a longer name, address or path.
fn starts_here(before: &Before, value: &str, host: &Range<usize>) -> bool {
    let text = before.text;
    if value[host.clone()].starts_with("::") && text.ends_with(|c: char| c == ':' || c == '[' || c.is_ascii_hexdigit()) {
        return false;
    }
    if text.ends_with('/') && !is_device(text) {
        let slashes = text.strip_suffix("//").or_else(|| text.strip_suffix("\\/\\/"));
        return slashes.is_some_and(|rest| rest.is_empty() || !rest.ends_with(|c: char| c == '/' || c.is_alphanumeric()));
    }
    if before.default {
        // `my${SUFFIX:-localhost}` builds a longer name; a path or port in front does not.
        return !text.ends_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '}'));
    }
    let mapped = text.to_ascii_lowercase().ends_with("::ffff:");
    let escaped = text.ends_with("\\n") || text.ends_with("\\t");
    escaped || !(mapped || text.ends_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '$' | '%' | '{' | '}' | '~')))
}

/// Whether the text ends in the path by which bash opens a connection, `/dev/tcp/HOST/PORT`.
fn is_device(text: &str) -> bool {
    text.ends_with("/dev/tcp/") || text.ends_with("/dev/udp/")
}

/// Whether a host can end before `behind`.
fn ends_here(behind: &str, host: LocalHost) -> bool {
    let mut chars = behind.chars();
    match chars.next() {
        Some('.') => !chars.next().is_some_and(|c| c.is_alphanumeric() || c == '-' || c == '_' || c == '$'),
        Some(':') if host == LocalHost::Loopback6 => !behind.starts_with("::"),
        Some(c) => !(c.is_alphanumeric() || matches!(c, '_' | '-' | '$' | '@')),
        None => true,
    }
}

/// Whether an address with this behind it is a range of addresses: `127.0.0.1/32`, `0.0.0.0/0`.
fn is_network(behind: &str) -> bool {
    let Some(length) = behind.strip_prefix('/').and_then(port_length) else { return false };
    behind[1..1 + length].parse::<u8>().is_ok_and(|bits| bits <= MAX_PREFIX) && !behind[1 + length..].starts_with([':', '/'])
}

/// What the text in front of a host says about it.
#[derive(Default)]
struct Context {
    scheme: Option<String>,
    form: Option<Form>,
    /// `tcp(host:port)`.
    go_driver: bool,
    /// A comma may stand between host and port, as SQL Server has it.
    comma_port: bool,
}

/// Reads the text in front of a host; `None` when the host is no network address at all, such as in `file://localhost/`.
fn context(before: &Before) -> Option<Context> {
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
    let prefix = HOST_KEYS.iter().filter_map(|key| lower.strip_suffix(key)).min_by_key(|prefix| prefix.len())?;
    if prefix.ends_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '$' | '&' | '?' | '/')) {
        return None;
    }
    let driver = prefix.strip_suffix(':').map(|rest| rest.rsplit(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default());
    Some(driver.and_then(some_text))
}

/// A port behind a host.
struct PortBehind {
    /// Its bytes.
    place: Option<Range<usize>>,
    /// Where the address ends.
    end: usize,
    /// Whether the address is one run of text from the host to here.
    attached: bool,
    /// Whether a slash separates the two.
    slash: bool,
}

fn port_behind(value: &str, end: usize, context: &Context) -> PortBehind {
    let none = PortBehind { place: None, end, attached: true, slash: false };
    // The host may be the whole of a default, the port behind its brace.
    let closed = usize::from(value[end..].starts_with('}'));
    let (at, behind) = (end + closed, &value[end + closed..]);
    let Some(separator) = behind.chars().next() else { return none };
    let device = context.form == Some(Form::SlashPort);
    let slash = separator == '/' && (device || context.form.is_none());
    let comma = separator == ',' && context.comma_port;
    if !(separator == ':' || slash || comma) {
        return none;
    }
    let Some(length) = port_length(&behind[1..]) else { return none };
    let place = at + 1..at + 1 + length;
    let number = value[place.clone()].parse::<u16>();
    let ends = value[place.end..].is_empty() || value[place.end..].starts_with([':', ' ', ',', ';']);
    if slash && !device && !(ends && number.is_ok_and(|number| number > u16::from(MAX_PREFIX))) {
        return none;
    }
    PortBehind { end: place.end, place: Some(place), attached: closed == 0, slash }
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
fn connection_string(value: &str, host: &Range<usize>) -> Range<usize> {
    let start = value[..host.start].rfind(['\n', '"']).map_or(0, |at| at + 1);
    let end = value[host.end..].find(['\n', '"']).map_or(value.len(), |at| host.end + at);
    start..end
}

/// Which connection string is around a host that stands behind one of the [`HOST_KEYS`]. A lone `HOST=localhost` is none.
fn connection_form(value: &str, host: &Range<usize>) -> Option<Form> {
    let whole = connection_string(value, host);
    let key = value[whole.start..host.start].to_ascii_lowercase();
    let key = key.trim_end_matches("tcp:").trim_end_matches(['=', ' ', '\'']);
    if value[whole.clone()].contains(';') || key.ends_with("server") || key.ends_with("source") {
        return Some(Form::AdoNet);
    }
    (value[whole].matches('=').count() > 1).then_some(Form::Dsn)
}

/// The bytes of the value of `port=` in the connection string around a host.
fn port_key(value: &str, host: &Range<usize>, form: Form) -> Option<Range<usize>> {
    let whole = connection_string(value, host);
    let is_separator = |c: char| if form == Form::AdoNet { c == ';' || c == ':' } else { c.is_whitespace() };
    let text = &value[whole.clone()];
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A mention in one line: host, what is written of the port, form, scheme with its port.
    fn shown(value: &str, mention: &Mention) -> String {
        let port = mention.port.as_ref().map(|(_, place)| place).or(mention.port_text.as_ref()).map_or("-", |place| &value[place.clone()]);
        let scheme = mention.scheme.as_deref().unwrap_or("-");
        let implied = mention.implied_port.map_or_else(|| "-".to_owned(), |port| port.to_string());
        format!("{} {port} {:?} {scheme} {implied}", &value[mention.host_range.clone()], mention.form)
    }

    fn check(table: &[(&str, &[&str])]) {
        for (value, expected) in table {
            let found: Vec<_> = mentions(value).iter().map(|mention| shown(value, mention)).collect();
            assert_eq!(&found, expected, "{value}");
        }
    }

    #[test]
    fn urls() {
        check(&[
            ("redis://localhost:6379/0", &["localhost 6379 Url redis 6379"]),
            ("redis://localhost", &["localhost - Url redis 6379"]),
            ("http://127.0.0.1:8080/a?b", &["127.0.0.1 8080 Url http 80"]),
            ("https://LOCALHOST/", &["LOCALHOST - Url https 443"]),
            ("postgresql+asyncpg://u:p@localhost/db", &["localhost - Url postgresql+asyncpg 5432"]),
            ("postgres://u:p@ss/w#r?d@localhost:5433/db", &["localhost 5433 Url postgres 5432"]),
            ("redis://:secret@127.0.0.1:6379", &["127.0.0.1 6379 Url redis 6379"]),
            ("http://[::1]:80/", &["[::1] 80 Url http 80"]),
            ("http://host.docker.internal:3000", &["host.docker.internal 3000 Url http 80"]),
            ("http://172.17.0.1:3000", &["172.17.0.1 3000 Url http 80"]),
            ("tcp://0.0.0.0:80", &["0.0.0.0 80 Url tcp -"]),
            ("//localhost:80/x", &["localhost 80 HostPort - -"]),
            ("\"http:\\/\\/localhost:80\"", &["localhost 80 Url http 80"]),
            ("http://x.example/?proxy=http://localhost:1/", &["localhost 1 Url http 80"]),
            ("http://x.example/?proxy=localhost:1", &["localhost 1 HostPort - -"]),
            (
                "mongodb://u:p@a:1,localhost:27018,127.0.0.1:27019/db",
                &["localhost 27018 Url mongodb 27017", "127.0.0.1 27019 Url mongodb 27017"],
            ),
            ("mongodb+srv://localhost/", &["localhost - Url mongodb+srv -"]),
            ("PLAINTEXT://:9092,EXTERNAL_1://localhost:29092", &["localhost 29092 Url EXTERNAL_1 -"]),
            ("${SCHEME}://localhost:1", &["localhost 1 Url - -"]),
            ("see http://localhost.", &["localhost - Url http 80"]),
        ]);
    }

    #[test]
    fn connection_strings() {
        check(&[
            ("jdbc:postgresql://localhost:5432/db", &["localhost 5432 Jdbc postgresql 5432"]),
            ("jdbc:mysql://localhost/db", &["localhost - Jdbc mysql 3306"]),
            ("jdbc:mysql:replication://localhost:1,localhost:2/db", &["localhost 1 Jdbc mysql 3306", "localhost 2 Jdbc mysql 3306"]),
            ("jdbc:sqlserver://localhost:1433;databaseName=x", &["localhost 1433 Jdbc sqlserver 1433"]),
            ("jdbc:oracle:thin:@localhost:1521/x", &["localhost 1521 Jdbc oracle 1521"]),
            ("jdbc:oracle:thin:@//localhost:1521/x", &["localhost 1521 Jdbc oracle 1521"]),
            ("Server=127.0.0.1;Port=5433;User Id=x", &["127.0.0.1 5433 AdoNet - -"]),
            ("Port=5433;Server=127.0.0.1", &["127.0.0.1 5433 AdoNet - -"]),
            ("Server=localhost,1433;Database=x", &["localhost 1433 AdoNet - -"]),
            ("Server=tcp:localhost,1433", &["localhost 1433 AdoNet - -"]),
            ("Server=localhost\\SQLEXPRESS;x=y", &["localhost - AdoNet - -"]),
            ("Host=localhost;Port=${DB_PORT:-5432};", &["localhost ${DB_PORT:-5432} AdoNet - -"]),
            ("Data Source=localhost", &["localhost - AdoNet - -"]),
            ("host=localhost port=5432 dbname=x", &["localhost 5432 Dsn - -"]),
            ("user=x port = '5433' host = 'localhost'", &["localhost 5433 Dsn - -"]),
            ("mysql:host=localhost;port=3307;dbname=x", &["localhost 3307 AdoNet mysql 3306"]),
            ("u:p@tcp(localhost:3306)/db?x=y", &["localhost 3306 Dsn mysql 3306"]),
            ("u:p@tcp(localhost)/db", &["localhost - Dsn mysql 3306"]),
        ]);
    }

    #[test]
    fn hosts_with_and_without_ports() {
        check(&[
            ("localhost", &["localhost - Bare - -"]),
            ("localhost.", &["localhost - Bare - -"]),
            ("127.0.0.1:6379", &["127.0.0.1 6379 HostPort - -"]),
            ("[::]:80 ::1 [::1]", &["[::] 80 HostPort - -", "::1 - Bare - -", "[::1] - Bare - -"]),
            ("localhost:9092,localhost:9093", &["localhost 9092 HostPort - -", "localhost 9093 HostPort - -"]),
            ("127.0.0.1/9996", &["127.0.0.1 9996 SlashPort - -"]),
            ("localhost/3050:/data/x.fdb", &["localhost 3050 SlashPort - -"]),
            ("echo > /dev/tcp/127.0.0.1/80;", &["127.0.0.1 80 SlashPort - -"]),
            ("HOST=0.0.0.0", &["0.0.0.0 - Bare - -"]),
            ("ADDRESS=0.0.0.0:8080", &["0.0.0.0 8080 HostPort - -"]),
            ("1@localhost:9093", &["localhost 9093 HostPort - -"]),
            ("rabbit@localhost", &["localhost - Other - -"]),
            ("--host=localhost --port=80", &["localhost - Bare - -"]),
            ("{\"url\":\"localhost:5432\",\"h\":\"127.0.0.1\"}", &["localhost 5432 HostPort - -", "127.0.0.1 - Bare - -"]),
            ("host: localhost\naddress = \"localhost:1\"\n", &["localhost - Bare - -", "localhost 1 HostPort - -"]),
            ("TCP:localhost:80", &["localhost 80 HostPort - -"]),
            ("localhost:/data", &["localhost - Bare - -"]),
            ("localhost:99999", &["localhost - Bare - -"]),
            ("localhost:80a", &["localhost - Bare - -"]),
        ]);
    }

    #[test]
    fn raw_compose_text() {
        check(&[
            ("${DB_HOST:-localhost}", &["localhost - Bare - -"]),
            ("${DB_HOST-localhost}:5432", &["localhost 5432 HostPort - -"]),
            ("localhost:${PORT:-5432}", &["localhost ${PORT:-5432} HostPort - -"]),
            ("localhost:${A:-${B:-1}}/x", &["localhost ${A:-${B:-1}} HostPort - -"]),
            ("localhost:$PORT/x", &["localhost $PORT HostPort - -"]),
            ("http://${HOST:-localhost}:${PORT:-80}/", &["localhost ${PORT:-80} Url http 80"]),
            ("${URL:-http://localhost:3000}", &["localhost 3000 Url http 80"]),
            ("${URL-redis://localhost}", &["localhost - Url redis 6379"]),
            ("postgres://${U:-u}:${P:-p}@${H:-localhost}:5432/x", &["localhost 5432 Url postgres 5432"]),
        ]);
    }

    #[test]
    fn what_only_looks_like_an_address() {
        for value in [
            "localhost.example.com",
            "my-localhost",
            "notlocalhost:80",
            "localhost_db",
            "localhosts",
            "/localhost/",
            "http://x.example/localhost:80",
            "a.localhost",
            "127.0.0.10",
            "1127.0.0.1",
            "127.0.0.1.nip.io",
            "127.0.0.0/8",
            "127.0.0.1/32",
            "0.0.0.0/0",
            "10.0.0.0:80",
            "fe80::1",
            "[fe80::1]:80",
            "::ffff:127.0.0.1",
            "tcp://:8080",
            "$localhost ${localhost}",
            "my${SUFFIX:-localhost}",
            "redis://:localhost@redis:6379",
            "postgres://localhost:5432@db/x",
            "file://localhost/x",
        ] {
            assert_eq!(mentions(value), [], "{value}");
        }
    }

    #[test]
    fn a_range_covers_a_port_only_when_it_is_written_behind_the_host() {
        let table = [
            ("http://localhost:80/", "localhost:80"),
            ("http://localhost/", "localhost"),
            ("localhost:${PORT}", "localhost:${PORT}"),
            ("${H:-localhost}:80", "localhost"),
            ("Server=localhost,1433;", "localhost,1433"),
            ("host=localhost port=1", "localhost"),
            ("127.0.0.1/9996", "127.0.0.1/9996"),
        ];
        for (value, range) in table {
            assert_eq!(&value[mentions(value)[0].range.clone()], range, "{value}");
        }
    }

    proptest! {
        #[test]
        fn ranges_hold_what_they_say(value in "(localhost|127\\.0\\.0\\.1|\\[::1\\]|::1|:|80|/|//|@|,|;|=| |host|port|Server|jdbc:|tcp\\(|\\$|\\{|\\}|:-|A|é|http://|\"|\\\\|\n){0,20}") {
            for mention in mentions(&value) {
                let host = value.get(mention.host_range.clone()).map(str::to_ascii_lowercase);
                prop_assert!(HOSTS.iter().any(|(name, kind)| host.as_deref() == Some(*name) && *kind == mention.host));
                prop_assert!(value.get(mention.range.clone()).is_some());
                prop_assert!(mention.range.start == mention.host_range.start && mention.range.end >= mention.host_range.end);
                if let Some((number, place)) = mention.port {
                    prop_assert_eq!(value[place].parse(), Ok(number));
                }
                if let Some(place) = mention.port_text {
                    prop_assert!(value[place].starts_with('$'));
                }
            }
        }
    }
}
