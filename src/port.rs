//! Ports: numbers with their protocol, ranges, the short syntax of `ports:` and the syntax of `expose:`.
//!
//! The grammar is the one that Docker accepts (Compose specification, `ports`), which is narrower than it looks:
//! `127.0.0.1:3000` is an error, since three parts need three places. Text must be interpolated before it is parsed.
//! The long syntax of `ports:` is a mapping and therefore not read here.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};

/// A transport protocol that containers can publish.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Protocol {
    /// TCP, which is meant when nothing is said.
    #[default]
    Tcp,
    /// UDP.
    Udp,
    /// SCTP.
    Sctp,
}

impl Protocol {
    /// The protocol of that name, in any case; no name means TCP.
    pub(crate) fn parse(name: &str) -> Result<Self, PortError> {
        match name.to_ascii_lowercase().as_str() {
            "" | "tcp" => Ok(Self::Tcp),
            "udp" => Ok(Self::Udp),
            "sctp" => Ok(Self::Sctp),
            _ => Err(PortError::Protocol),
        }
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Tcp => "tcp",
            Self::Udp => "udp",
            Self::Sctp => "sctp",
        })
    }
}

/// A port of a container, such as `8080/tcp`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Port {
    /// Its number.
    pub number: u16,
    /// Its protocol.
    pub protocol: Protocol,
}

impl Port {
    /// The TCP port of that number.
    pub fn tcp(number: u16) -> Self {
        Self { number, protocol: Protocol::Tcp }
    }

    /// The UDP port of that number.
    pub fn udp(number: u16) -> Self {
        Self { number, protocol: Protocol::Udp }
    }
}

impl fmt::Display for Port {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number, self.protocol)
    }
}

/// One port number or several in a row, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct PortRange {
    /// The first number.
    pub(crate) start: u16,
    /// The last number.
    pub(crate) end: u16,
}

impl PortRange {
    /// The range of one number.
    pub(crate) fn single(number: u16) -> Self {
        Self { start: number, end: number }
    }

    /// Reads `8080` or `8080-8090`.
    pub(crate) fn parse(text: &str) -> Result<Self, PortError> {
        let (start, end) = text.split_once('-').unwrap_or((text, text));
        let range = Self { start: number(start)?, end: number(end)? };
        if range.start <= range.end { Ok(range) } else { Err(PortError::BackwardRange) }
    }

    /// How many numbers the range holds; never 0.
    pub(crate) fn count(self) -> usize {
        usize::from(self.end - self.start) + 1
    }

    /// Whether `number` is in the range.
    pub(crate) fn contains(self, number: u16) -> bool {
        (self.start..=self.end).contains(&number)
    }
}

impl fmt::Display for PortRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.count() {
            1 => write!(f, "{}", self.start),
            _ => write!(f, "{}-{}", self.start, self.end),
        }
    }
}

/// Ports of one protocol in a row, as an item of `expose:` or the target of a mapping names them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Ports {
    /// Their numbers.
    pub(crate) range: PortRange,
    /// Their protocol.
    pub(crate) protocol: Protocol,
}

impl Ports {
    /// Every single port; `None` when there are more than `cap`.
    pub(crate) fn expand(self, cap: usize) -> Option<Vec<Port>> {
        let all = self.range.start..=self.range.end;
        (self.range.count() <= cap).then(|| all.map(|number| Port { number, protocol: self.protocol }).collect())
    }
}

impl fmt::Display for Ports {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.protocol {
            Protocol::Tcp => write!(f, "{}", self.range),
            protocol => write!(f, "{}/{protocol}", self.range),
        }
    }
}

/// An item of `ports:`. Displays in the short syntax, an IPv6 address in brackets, the protocol unless it is TCP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct PortMapping {
    /// The address of the host to listen on; `None` means all of them.
    pub(crate) host_ip: Option<IpAddr>,
    /// The ports on the host; `None`, or port 0, lets the engine pick one at every start.
    pub(crate) published: Option<PortRange>,
    /// The ports in the container.
    pub(crate) target: Ports,
}

impl fmt::Display for PortMapping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.host_ip {
            Some(IpAddr::V6(ip)) => write!(f, "[{ip}]:")?,
            Some(IpAddr::V4(ip)) => write!(f, "{ip}:")?,
            None => {}
        }
        match self.published {
            Some(published) => write!(f, "{published}:")?,
            None if self.host_ip.is_some() => f.write_str(":")?,
            None => {}
        }
        write!(f, "{}", self.target)
    }
}

/// How many ports a mapping is looked at port by port for; wider ones are media ranges.
pub(crate) const MAX_PORTS: usize = 1000;

impl PortMapping {
    /// The ports in the container, one by one; none for a range too wide to go through.
    pub(crate) fn ports(self) -> Vec<Port> {
        self.target.expand(MAX_PORTS).unwrap_or_default()
    }

    /// Each published port with the port in the container behind it. Ports that the engine picks are not among them.
    pub(crate) fn pairs(self) -> Vec<(u16, u16)> {
        let Some(published) = self.published.filter(|published| published.count() == self.target.range.count()) else { return Vec::new() };
        let targets = self.ports().into_iter().map(|port| port.number);
        (published.start..=published.end).zip(targets).collect()
    }
}

/// Text that Docker does not accept as a port or a mapping.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PortError {
    /// Not a number from 0 to 65535.
    Number,
    /// There is no container port.
    NoTarget,
    /// Neither `tcp`, `udp` nor `sctp`.
    Protocol,
    /// Not an IP address; names such as `localhost` are not accepted.
    HostIp,
    /// A range whose end is before its start.
    BackwardRange,
    /// A host range and a container range of different lengths.
    UnequalRanges,
}

impl fmt::Display for PortError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Number => "not a port number",
            Self::NoTarget => "no container port",
            Self::Protocol => "unknown protocol",
            Self::HostIp => "not an IP address",
            Self::BackwardRange => "the range ends before it starts",
            Self::UnequalRanges => "the ranges differ in length",
        })
    }
}

impl std::error::Error for PortError {}

/// Reads an item of `ports:` in the short syntax, `[[HOST_IP:][PUBLISHED]:]TARGET[/PROTOCOL]`.
pub(crate) fn parse_short(text: &str) -> Result<PortMapping, PortError> {
    let (host, target) = text.rsplit_once(':').unwrap_or(("", text));
    let (host_ip, published) = host.rsplit_once(':').unwrap_or(("", host));
    let target = ports(target)?;
    let published = if published.is_empty() { None } else { Some(PortRange::parse(published)?) };
    let mapping = PortMapping { host_ip: parse_host_ip(host_ip)?, published, target };
    // One target may take any free port of a host range; otherwise each has its own.
    match published {
        Some(published) if target.range.count() > 1 && published.count() != target.range.count() => Err(PortError::UnequalRanges),
        _ => Ok(mapping),
    }
}

/// Reads an item of `ports:` in the long syntax, from the values of its keys.
pub(crate) fn parse_long(
    host_ip: Option<&str>,
    published: Option<&str>,
    target: Option<&str>,
    protocol: Option<&str>,
) -> Result<PortMapping, PortError> {
    let range = PortRange::parse(target.ok_or(PortError::NoTarget)?)?;
    let published = published.filter(|published| !published.is_empty()).map(PortRange::parse).transpose()?;
    let protocol = Protocol::parse(protocol.unwrap_or_default())?;
    Ok(PortMapping { host_ip: parse_host_ip(host_ip.unwrap_or_default())?, published, target: Ports { range, protocol } })
}

/// The container's part of an item of `ports:` in the short syntax, variables as they stand: `${B:-80}` of
/// `${A:-8080}:${B:-80}/tcp`.
pub(crate) fn raw_target(text: &str) -> &str {
    let (mut depth, mut start, mut end) = (0_usize, 0, text.len());
    for (at, char) in text.char_indices() {
        match char {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            ':' if depth == 0 => start = at + 1,
            '/' if depth == 0 => end = at,
            _ => {}
        }
    }
    text.get(start..end).unwrap_or_default()
}

/// Reads an item of `expose:`, `PORT[-PORT][/PROTOCOL]`. Of `5672:5672`, which some write there, the last part counts.
pub(crate) fn parse_expose(text: &str) -> Result<Ports, PortError> {
    ports(text.rsplit(':').next().unwrap_or(text))
}

fn parse_host_ip(text: &str) -> Result<Option<IpAddr>, PortError> {
    if text.is_empty() {
        return Ok(None);
    }
    let bracketed = text.strip_prefix('[').and_then(|inner| inner.strip_suffix(']'));
    let ip = match bracketed {
        Some(inner) => inner.parse::<Ipv6Addr>().ok().map(IpAddr::V6),
        None => text.parse::<IpAddr>().ok(),
    };
    ip.map(Some).ok_or(PortError::HostIp)
}

fn ports(text: &str) -> Result<Ports, PortError> {
    let (range, protocol) = text.split_once('/').unwrap_or((text, ""));
    if range.is_empty() {
        return Err(PortError::NoTarget);
    }
    Ok(Ports { range: PortRange::parse(range)?, protocol: Protocol::parse(protocol)? })
}

fn number(text: &str) -> Result<u16, PortError> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| digits).ok_or(PortError::Number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_docker_accepts_is_read_and_written_back() {
        let table = [
            ("3000", "3000"),
            ("3000-3002", "3000-3002"),
            ("8080:80", "8080:80"),
            ("8080:80/tcp", "8080:80"),
            ("127.0.0.1:8080:80/UDP", "127.0.0.1:8080:80/udp"),
            ("127.0.0.1:3000:3000/sctp", "127.0.0.1:3000:3000/sctp"),
            ("127.0.0.1::80", "127.0.0.1::80"),
            ("127.0.0.1:0:80", "127.0.0.1:0:80"),
            ("[::1]:8080:80", "[::1]:8080:80"),
            ("::1:8080:80", "[::1]:8080:80"),
            ("[::]::80", "[::]::80"),
            ("8000-8002:9000-9002", "8000-8002:9000-9002"),
            ("8000-8002:80", "8000-8002:80"),
            ("22:22", "22:22"),
            (":80", "80"),
            ("80/", "80"),
        ];
        for (text, written) in table {
            assert_eq!(parse_short(text).unwrap().to_string(), written, "{text}");
        }
    }

    #[test]
    fn what_docker_refuses_is_refused() {
        let table = [
            ("", PortError::NoTarget),
            ("80:", PortError::NoTarget),
            ("127.0.0.1:3021", PortError::Number),
            ("localhost:80:80", PortError::HostIp),
            ("*:80:80", PortError::HostIp),
            ("127.1:80:80", PortError::HostIp),
            ("[127.0.0.1]:80:80", PortError::HostIp),
            ("8000-8002:9000-9001", PortError::UnequalRanges),
            ("80:9000-9001", PortError::UnequalRanges),
            ("9-8", PortError::BackwardRange),
            (" 80", PortError::Number),
            ("+80", PortError::Number),
            ("65536", PortError::Number),
            ("80/quic", PortError::Protocol),
            ("${PORT}:80", PortError::Number),
        ];
        for (text, error) in table {
            assert_eq!(parse_short(text), Err(error), "{text}");
        }
    }

    #[test]
    fn a_mapping_has_three_parts() {
        let mapping = parse_short("127.0.0.1:5000-5001:6000-6001/udp").unwrap();
        assert_eq!(mapping.host_ip, Some("127.0.0.1".parse().unwrap()));
        assert_eq!(mapping.published, Some(PortRange { start: 5000, end: 5001 }));
        assert_eq!(mapping.target.expand(50), Some(vec![Port::udp(6000), Port::udp(6001)]));
    }

    #[test]
    fn expose_items_name_the_container_port() {
        let table = [("8080", "8080"), ("8080-8090/udp", "8080-8090/udp"), ("53/UDP", "53/udp"), ("5672:5673", "5673")];
        for (text, written) in table {
            assert_eq!(parse_expose(text).unwrap().to_string(), written);
        }
        assert_eq!(parse_expose("http"), Err(PortError::Number));
    }

    #[test]
    fn a_range_expands_up_to_the_cap() {
        assert_eq!(parse_expose("1-50").unwrap().expand(50).map(|ports| ports.len()), Some(50));
        assert_eq!(parse_expose("1-51").unwrap().expand(50), None);
        assert_eq!(parse_expose("0-65535").unwrap().expand(65536).map(|ports| ports.len()), Some(65536));
    }

    #[test]
    fn ports_sort_by_number_first() {
        let mut ports = [Port::udp(80), Port::tcp(443), Port::tcp(80)];
        ports.sort();
        assert_eq!(ports.map(|port| port.to_string()), ["80/tcp", "80/udp", "443/tcp"]);
    }

    proptest! {
        #[test]
        fn what_is_written_reads_as_the_same(text in "([0-9]{1,3}\\.){0,3}[0-9:\\[\\]-]{0,20}(/(udp|TCP|x))?") {
            if let Ok(mapping) = parse_short(&text) {
                prop_assert_eq!(parse_short(&mapping.to_string()), Ok(mapping));
            }
        }
    }
}
