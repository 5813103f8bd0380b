//! Whatever worked before the migration works after it.
//!
//! Random projects are migrated, and every address that reached a listener before must reach the same listener after. The
//! judge is a small model of Docker's networks that shares nothing with the program but the reader of files: the host's
//! namespace, bridges with service names, mappings on one address of the host, and the gateway by which a bridge reaches
//! the host.

use crate::compose::{Project, Service};
use crate::settings::Settings;
use crate::tests::project::Given;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// A service of a generated project. Its port on the host is 4000 and its index; in a container of its own on a bridge it
/// listens on 5000 and its index.
#[derive(Debug, Clone)]
struct Made {
    kind: Kind,
    dials: Vec<Dial>,
    /// Reads the addresses in `common.env` too.
    reads_common: bool,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    /// On host networking, and free to leave.
    Leaver,
    /// On host networking for a reason.
    Kept,
    /// On a bridge: the network, and whether its port is published.
    Bridge(Option<&'static str>, bool),
    /// In the namespace of the service with this index, if that is one on host networking.
    Sidecar(usize),
}

#[derive(Debug, Clone)]
struct Dial {
    to: usize,
    host: &'static str,
    spelling: Spelling,
}

#[derive(Debug, Clone, Copy)]
enum Spelling {
    Url,
    Pair,
    List,
    Json,
    Default,
    DotEnv,
    Word,
    Words,
}

/// The number of addresses in `common.env`.
const COMMON: usize = 2;

fn made(services: usize) -> impl Strategy<Value = Made> {
    let network = prop_oneof![Just(None), Just(Some("back")), Just(Some("front"))];
    let kind = prop_oneof![
        6 => Just(Kind::Leaver),
        2 => Just(Kind::Kept),
        3 => (network, any::<bool>()).prop_map(|(network, published)| Kind::Bridge(network, published)),
        1 => (0..services).prop_map(Kind::Sidecar),
    ];
    let spelling = prop_oneof![
        Just(Spelling::Url),
        Just(Spelling::Pair),
        Just(Spelling::List),
        Just(Spelling::Json),
        Just(Spelling::Default),
        Just(Spelling::DotEnv),
        Just(Spelling::Word),
        Just(Spelling::Words),
    ];
    let host = prop_oneof![4 => Just("localhost"), 3 => Just("127.0.0.1"), 2 => Just("host.docker.internal"), 1 => Just("172.17.0.1")];
    let dial = (0..services, host, spelling).prop_map(|(to, host, spelling)| Dial { to, host, spelling });
    (kind, prop::collection::vec(dial, 0..3), prop::bool::weighted(0.2)).prop_map(|(kind, dials, reads_common)| Made {
        kind,
        dials,
        reads_common,
    })
}

fn project() -> impl Strategy<Value = (Vec<Made>, Vec<usize>)> {
    (1..=12_usize).prop_flat_map(|count| (prop::collection::vec(made(count), count), prop::collection::vec(0..count, COMMON)))
}

fn port_of(made: &[Made], index: usize) -> u16 {
    let base = if matches!(made[index].kind, Kind::Bridge(..)) { 5000 } else { 4000 };
    base + u16::try_from(index).unwrap()
}

fn host_port(index: usize) -> u16 {
    4000 + u16::try_from(index).unwrap()
}

/// The files of the project, its Compose file first.
fn files(made: &[Made], common: &[usize]) -> [(&'static str, String); 3] {
    let (mut text, mut env) = ("services:\n".to_owned(), String::new());
    for (index, service) in made.iter().enumerate() {
        write!(text, "  s{index}:\n    image: example/s{index}\n").unwrap();
        match service.kind {
            Kind::Leaver => text.push_str("    network_mode: host\n"),
            Kind::Kept => text.push_str("    network_mode: host\n    pid: host\n"),
            Kind::Sidecar(with) if matches!(made[with].kind, Kind::Leaver | Kind::Kept) => {
                writeln!(text, "    network_mode: service:s{with}").unwrap();
            }
            Kind::Sidecar(_) => text.push_str("    network_mode: host\n"),
            Kind::Bridge(network, published) => {
                if let Some(network) = network {
                    writeln!(text, "    networks: [{network}]").unwrap();
                }
                if published {
                    writeln!(text, "    ports:\n      - \"{}:{}\"", host_port(index), port_of(made, index)).unwrap();
                }
                text.push_str("    extra_hosts:\n      - \"host.docker.internal:host-gateway\"\n");
            }
        }
        if service.reads_common {
            text.push_str("    env_file: common.env\n");
        }
        let mut words = vec!["serve".to_owned()];
        writeln!(text, "    environment:\n      PORT: \"{}\"", port_of(made, index)).unwrap();
        for (number, dial) in service.dials.iter().enumerate() {
            let (name, host, port) = (format!("A{index}_{number}"), dial.host, host_port(dial.to));
            match dial.spelling {
                Spelling::Url => writeln!(text, "      {name}_URL: http://{host}:{port}/path"),
                Spelling::Pair => writeln!(text, "      {name}_HOST: {host}\n      {name}_PORT: \"{port}\""),
                Spelling::List => writeln!(text, "      {name}_URL: \"{host}:{port},example.org:80\""),
                Spelling::Json => writeln!(text, "      {name}_URL: '{{\"host\": \"{host}\", \"port\": {port}}}'"),
                Spelling::Default => writeln!(text, "      {name}_URL: tcp://${{{name}:-{host}}}:${{{name}_P:-{port}}}"),
                Spelling::DotEnv => {
                    writeln!(env, "{name}={host}").unwrap();
                    writeln!(text, "      {name}_URL: tcp://${{{name}}}:{port}")
                }
                Spelling::Word => {
                    words.push(format!("--{name} {host}:{port}"));
                    Ok(())
                }
                Spelling::Words => {
                    words.push(format!("&& wait-{name} {host} {port}"));
                    Ok(())
                }
            }
            .unwrap();
        }
        writeln!(text, "    command: sh -c \"{}\"", words.join(" ")).unwrap();
    }
    text.push_str("networks:\n  back:\n  front:\n");
    let common: String =
        common.iter().enumerate().map(|(number, to)| format!("C{number}_URL=http://localhost:{}\n", host_port(*to))).collect();
    [("compose.yaml", text), (".env", env), ("common.env", common)]
}

/// Where a container is.
#[derive(Debug, Clone, PartialEq)]
enum Place {
    Host,
    Bridges(Vec<String>),
}

/// A service as the engine would run it.
#[derive(Debug)]
struct Running {
    /// The index of the service whose namespace it is in.
    home: usize,
    place: Place,
    listens: u16,
    /// Host address, published port, port in the container.
    mappings: Vec<(String, u16, u16)>,
    knows_gateway: bool,
    /// Addresses by what names them.
    dials: BTreeMap<String, (String, u16)>,
}

fn start(project: &Project<'_>, made: &[Made]) -> Vec<Running> {
    let position = |name: &str| project.services.iter().position(|service| service.name == name).unwrap();
    let home = |service: &Service| match service.text("network_mode").and_then(|mode| mode.strip_prefix("service:")) {
        Some(name) => position(name),
        None => position(&service.name),
    };
    let run = |(index, service): (usize, &Service)| {
        let owner = &project.services[home(service)];
        let networks: Vec<String> = owner.networks.iter().map(|(name, _)| name.clone()).collect();
        let place = match owner.text("network_mode") {
            Some("host") => Place::Host,
            _ if networks.is_empty() => Place::Bridges(vec!["default".to_owned()]),
            _ => Place::Bridges(networks),
        };
        let mappings = service.ports.iter().filter_map(|entry| entry.text.as_ref()).map(|text| mapping(&text.value)).collect();
        let hosts = owner.get("extra_hosts").map(|hosts| hosts.items().len()).unwrap_or_default();
        let listens = service.variable("PORT").unwrap().text().parse().unwrap();
        Running { home: home(service), place, listens, mappings, knows_gateway: hosts > 0, dials: dials(service, index, made) }
    };
    project.services.iter().enumerate().map(run).collect()
}

fn mapping(text: &str) -> (String, u16, u16) {
    let parts: Vec<&str> = text.split(':').collect();
    match parts.as_slice() {
        [published, target] => ("0.0.0.0".to_owned(), published.parse().unwrap(), target.parse().unwrap()),
        [ip, published, target] => ((*ip).to_owned(), published.parse().unwrap(), target.parse().unwrap()),
        _ => panic!("an odd mapping: {text}"),
    }
}

/// The addresses in a service's values, read as the program in the container would.
fn dials(service: &Service, index: usize, made: &[Made]) -> BTreeMap<String, (String, u16)> {
    let mut found = BTreeMap::new();
    let variable = |name: &str| service.variable(name).map(|variable| variable.text().to_owned()).unwrap_or_default();
    let command = service.command.as_ref().unwrap().joined();
    for (number, dial) in made[index].dials.iter().enumerate() {
        let name = format!("A{index}_{number}");
        let url = variable(&format!("{name}_URL"));
        let words = |skip: &str| command.split(skip).nth(1).unwrap_or_default().trim_start().trim_end_matches('"').to_owned();
        let address = match dial.spelling {
            Spelling::Url => split(url.trim_start_matches("http://").trim_end_matches("/path")),
            Spelling::Pair => (variable(&format!("{name}_HOST")), variable(&format!("{name}_PORT")).parse().unwrap()),
            Spelling::List => split(url.split(',').next().unwrap()),
            Spelling::Json => {
                let parts: Vec<&str> = url.split(['"', '}', ' ', ':', ',']).filter(|part| !part.is_empty() && *part != "{").collect();
                (parts[1].to_owned(), parts[3].parse().unwrap())
            }
            Spelling::Default | Spelling::DotEnv => split(url.trim_start_matches("tcp://")),
            Spelling::Word => split(words(&format!("--{name} ")).split_whitespace().next().unwrap()),
            Spelling::Words => {
                let words = words(&format!("wait-{name} "));
                let mut words = words.split_whitespace();
                (words.next().unwrap().to_owned(), words.next().unwrap().parse().unwrap())
            }
        };
        found.insert(name, address);
    }
    for number in (0..COMMON).filter(|_| made[index].reads_common) {
        let name = format!("C{number}_URL");
        found.insert(name.clone(), split(variable(&name).trim_start_matches("http://")));
    }
    found
}

fn split(address: &str) -> (String, u16) {
    let (host, port) = address.split_once(':').unwrap_or_else(|| panic!("no address: {address}"));
    (host.to_owned(), port.trim_matches('"').parse().unwrap())
}

/// The service that answers when `from` dials an address.
fn reached(all: &[Running], from: usize, (host, port): &(String, u16)) -> Option<usize> {
    let local = ["localhost", "127.0.0.1"].contains(&host.as_str());
    let gateway = host == "172.17.0.1" || host == "host.docker.internal" && all[from].knows_gateway;
    let listener = |home: usize, port: u16| all.iter().position(|other| other.home == home && other.listens == port);
    match &all[from].place {
        Place::Host if local || gateway => on_host(all, *port, if local { "127.0.0.1" } else { "172.17.0.1" }),
        Place::Host => None,
        Place::Bridges(_) if local => listener(all[from].home, *port),
        Place::Bridges(_) if gateway => on_host(all, *port, "172.17.0.1"),
        Place::Bridges(mine) => {
            let index: usize = host.strip_prefix('s')?.parse().ok()?;
            let Place::Bridges(theirs) = &all.get(index)?.place else { return None };
            let meets = all[index].home == index && mine.iter().any(|network| theirs.contains(network));
            meets.then(|| listener(index, *port)).flatten()
        }
    }
}

/// The service behind a port of the host, for who dials one of its addresses.
fn on_host(all: &[Running], port: u16, address: &str) -> Option<usize> {
    let open = all.iter().position(|service| service.place == Place::Host && service.listens == port);
    let mapped = || {
        all.iter().enumerate().find_map(|(index, service)| {
            let (.., target) =
                service.mappings.iter().find(|(ip, published, _)| *published == port && (ip == "0.0.0.0" || ip == address))?;
            (service.place != Place::Host).then(|| all.iter().position(|other| other.home == index && other.listens == *target)).flatten()
        })
    };
    open.or_else(mapped)
}

/// Loads a project and starts it: who reaches whom, by what names the address, and whoever is on host networking.
fn reach(given: &Given, made: &[Made]) -> (BTreeMap<(usize, String), Option<usize>>, usize) {
    given
        .load(|project, rejections| {
            assert!(rejections.is_empty(), "{rejections:?}");
            let all = start(project, made);
            let mut reaches = BTreeMap::new();
            for (from, service) in all.iter().enumerate() {
                for (name, address) in &service.dials {
                    reaches.insert((from, name.clone()), reached(&all, from, address));
                }
            }
            (reaches, all.iter().filter(|service| service.place == Place::Host).count())
        })
        .unwrap()
}

/// Migrates the project; returns how many services left host networking.
fn check(made: &[Made], common: &[usize], unsafe_edits: bool) -> Result<usize, TestCaseError> {
    let files = files(made, common);
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, text.as_str())).filter(|(_, text)| !text.is_empty()).collect();
    let before = Given::made(&files);
    let run = before.run(&Settings { unsafe_edits, ..Settings::default() });
    prop_assert!(run.findings.is_empty(), "{:?}", run.findings);
    let after = before.with(run.after);
    let ((reached_before, hosts_before), (reached_after, hosts_after)) = (reach(&before, made), reach(&after, made));
    for (dial, peer) in reached_before.iter().filter(|(_, peer)| peer.is_some()) {
        let [old, new] = [&before, &after].map(|given| given.only_text().unwrap_or_default());
        prop_assert_eq!(reached_after.get(dial), Some(peer), "s{} {}\n{}\n{}\n{:?}", dial.0, dial.1, old, new, run.services);
    }
    Ok(hosts_before - hosts_after)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, rng_seed: RngSeed::Fixed(5), ..ProptestConfig::default() })]

    #[test]
    fn what_worked_works_after_a_default_run((made, common) in project()) {
        check(&made, &common, false)?;
    }

    #[test]
    fn what_worked_works_after_an_unsafe_run((made, common) in project()) {
        check(&made, &common, true)?;
    }
}

#[test]
fn services_that_only_dial_each_other_all_leave() {
    let ring = |index: usize| Made {
        kind: Kind::Leaver,
        dials: vec![Dial { to: (index + 1) % 6, host: "localhost", spelling: Spelling::Url }],
        reads_common: false,
    };
    let made: Vec<Made> = (0..6).map(ring).collect();
    assert_eq!(check(&made, &[0, 1], false).unwrap(), 6);
}
