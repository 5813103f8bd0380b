//! The command line: what was typed becomes [`Options`].
//!
//! Everything that can be checked without a compose file is checked here, so that a typing mistake is answered at once
//! and in the words that were typed. What the options do is decided elsewhere.

use crate::options::{Color, Explain, Format, Mode, Options, Verbosity};
use crate::port::{Port, Protocol};
use crate::project::Input;
use crate::report::{FORMATS, diff};
use crate::rules::RULES;
use crate::settings::{Settings, StatedPorts};
use clap::builder::PossibleValue;
use clap::error::ErrorKind;
use clap::{CommandFactory, Parser, ValueEnum};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;

/// Parses `arguments`, the program's name first.
///
/// # Errors
/// What is wrong with them, ready to be printed; also the texts of `--help` and `--version`.
pub(crate) fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Options, clap::Error> {
    Args::try_parse_from(arguments)?.options().map_err(|mistake| Args::command().error(ErrorKind::ArgumentConflict, mistake))
}

/// Take Docker Compose projects off `network_mode: host`
///
/// Infers the ports each service listens on, maps them on 127.0.0.1, joins a bridge network and rewrites addresses.
/// What cannot be known is said and left alone. Without --write nothing is written.
#[derive(Debug, Parser)]
#[command(name = "compose-fix", version, max_term_width = 100)]
struct Args {
    /// Compose files, or directories to search; `-` reads one file from standard input [default: .]
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,

    /// A file of one project; repeat it for the files that override it, in order
    #[arg(short, long = "file", value_name = "FILE")]
    files: Vec<PathBuf>,

    /// Print what would change as a unified diff (default)
    #[arg(short = 'n', long)]
    dry_run: bool,

    /// Rewrite files in place
    #[arg(short, long, conflicts_with = "dry_run")]
    write: bool,

    /// Exit with 1 when something would change or is left; alone, print no diff
    #[arg(long)]
    check: bool,

    /// Apply edits too whose consequences the files cannot settle
    #[arg(long = "unsafe")]
    unsafe_edits: bool,

    /// State the ports a service listens on
    #[arg(short, long = "port", value_name = "[FILE:]SERVICE=PORT[/udp][,…]", value_parser = stated_ports)]
    ports: Vec<StatedPorts>,

    /// Leave a service on host networking, whatever the verdict
    #[arg(long, value_name = "SERVICE", value_delimiter = ',', value_parser = name)]
    keep: Vec<String>,

    /// Migrate a service, whatever the verdict
    #[arg(long, value_name = "SERVICE", value_delimiter = ',', value_parser = name)]
    migrate: Vec<String>,

    /// Network to join; `default` is the project's implicit one
    #[arg(long, value_name = "NAME", default_value = "app-net", value_parser = network)]
    network: String,

    /// Host IP of the port mappings, of all or of one service [default: 127.0.0.1]
    #[arg(long = "host-ip", value_name = "[SERVICE=]IP", value_parser = host_ip)]
    host_ips: Vec<HostIp>,

    /// Map ports on [::1] as well
    #[arg(long)]
    ipv6: bool,

    /// Read this file instead of each project's `.env`
    #[arg(long, value_name = "FILE")]
    env_file: Option<PathBuf>,

    /// Ask the local Docker engine: ports of images, sockets of running containers
    #[arg(long)]
    engine: bool,

    /// What to print on standard output [default: diff, where nothing is written]
    #[arg(long, value_name = "FORMAT", value_enum)]
    format: Option<&'static Format>,

    /// When to colour
    #[arg(long, value_name = "WHEN", value_enum, default_value = "auto")]
    color: When,

    /// Print errors only (and the diff)
    #[arg(short, long, conflicts_with = "verbose")]
    quiet: bool,

    /// Print all evidence
    #[arg(short, long)]
    verbose: bool,

    /// Print all evidence and the rules behind it; with the name of a rule: its page
    #[arg(long, value_name = "RULE", num_args = 0..=1, conflicts_with = "quiet")]
    explain: Option<Option<String>>,

    /// Print all rules, each in a line
    #[arg(long)]
    list_rules: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum When {
    Auto,
    Always,
    Never,
}

impl ValueEnum for &'static Format {
    fn value_variants<'a>() -> &'a [Self] {
        FORMATS
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name).help(self.summary))
    }
}

/// `[SERVICE=]IP`
#[derive(Debug, Clone)]
struct HostIp {
    service: Option<String>,
    ip: IpAddr,
}

impl Args {
    fn options(mut self) -> Result<Options, String> {
        let explain = self.explain();
        if let Some(both) = self.keep.iter().find(|service| self.migrate.contains(service)) {
            return Err(format!("`{both}` is named by both `--keep` and `--migrate`"));
        }
        let inputs = self.inputs()?;
        let (host_ip, service_host_ips) = host_ips(&self.host_ips)?;
        Ok(Options {
            inputs,
            mode: if self.write { Mode::Write } else { Mode::Preview },
            format: self.format.or((!self.write && (!self.check || self.dry_run)).then_some(&diff::FORMAT)),
            check: self.check,
            settings: Settings {
                unsafe_edits: self.unsafe_edits,
                ports: self.ports,
                keep: self.keep,
                migrate: self.migrate,
                network: self.network,
                host_ip,
                service_host_ips,
                ipv6: self.ipv6,
            },
            env_file: self.env_file,
            engine: self.engine,
            color: match self.color {
                When::Auto => Color::Auto,
                When::Always => Color::Always,
                When::Never => Color::Never,
            },
            verbosity: match (self.quiet, self.verbose || explain == Explain::Reasons) {
                (true, _) => Verbosity::Quiet,
                (_, true) => Verbosity::Verbose,
                _ => Verbosity::Normal,
            },
            explain,
        })
    }

    /// What is to be explained. A word behind `--explain` that is no rule is a path.
    fn explain(&mut self) -> Explain {
        match self.explain.take() {
            _ if self.list_rules => Explain::AllRules,
            None => Explain::Nothing,
            Some(None) => Explain::Reasons,
            Some(Some(word)) => match RULES.iter().find(|rule| rule.id == word) {
                Some(rule) => Explain::Rule(rule),
                None => {
                    self.paths.push(PathBuf::from(word));
                    Explain::Reasons
                }
            },
        }
    }

    fn inputs(&self) -> Result<Vec<Input>, String> {
        let is_stdin = |path: &PathBuf| path.as_os_str() == "-";
        if self.files.iter().any(is_stdin) {
            return Err("`-f` takes files; name `-` alone to read standard input".to_owned());
        }
        match self.paths.iter().filter(|path| is_stdin(path)).count() {
            0 => {}
            1 if self.write => {
                return Err("`--write` has no file to rewrite when `-` is read; its diff is printed without `--write`".to_owned());
            }
            1 => {}
            _ => return Err("`-` is named twice".to_owned()),
        }
        let project = (!self.files.is_empty()).then(|| Input::Files(self.files.clone()));
        let paths = self.paths.iter().map(|path| if is_stdin(path) { Input::Stdin } else { Input::Path(path.clone()) });
        let inputs: Vec<Input> = project.into_iter().chain(paths).collect();
        Ok(if inputs.is_empty() { Options::default().inputs } else { inputs })
    }
}

/// The host IP for all services, and those for single ones.
fn host_ips(stated: &[HostIp]) -> Result<(IpAddr, BTreeMap<String, IpAddr>), String> {
    let mut general = None;
    let mut single = BTreeMap::new();
    for HostIp { service, ip } in stated {
        let earlier = match service {
            Some(service) => single.insert(service.clone(), *ip),
            None => general.replace(*ip),
        };
        if earlier.is_some_and(|earlier| earlier != *ip) {
            let whose = service.as_deref().map(|service| format!(" of `{service}`")).unwrap_or_default();
            return Err(format!("`--host-ip`{whose} is given twice"));
        }
    }
    Ok((general.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST)), single))
}

fn stated_ports(typed: &str) -> Result<StatedPorts, String> {
    let (whose, ports) = typed.rsplit_once('=').ok_or("write it as SERVICE=PORT, for example `web=8080` or `dns=53/udp`")?;
    let (file, service) = match whose.rsplit_once(':') {
        Some((file, service)) => (Some(PathBuf::from(file)), service),
        None => (None, whose),
    };
    let ports = ports.split(',').map(port).collect::<Result<_, _>>()?;
    Ok(StatedPorts { file, service: name(service)?, ports })
}

fn port(typed: &str) -> Result<Port, String> {
    let (number, protocol) = typed.split_once('/').unwrap_or((typed, "tcp"));
    let protocol = match protocol.to_ascii_lowercase().as_str() {
        "tcp" => Protocol::Tcp,
        "udp" => Protocol::Udp,
        _ => return Err(format!("`{protocol}` is not a protocol; write tcp or udp")),
    };
    let digits = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    match number.parse() {
        Ok(number) if digits && number > 0 => Ok(Port { number, protocol }),
        _ => Err(format!("`{number}` is not a port; write a number from 1 to 65535")),
    }
}

fn host_ip(typed: &str) -> Result<HostIp, String> {
    let (service, ip) = match typed.rsplit_once('=') {
        Some((service, ip)) => (Some(name(service)?), ip),
        None => (None, typed),
    };
    let bare = ip.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')).unwrap_or(ip);
    let ip = bare.parse().map_err(|_| format!("`{ip}` is not an IP address; Docker takes no host names there"))?;
    Ok(HostIp { service, ip })
}

fn network(typed: &str) -> Result<String, String> {
    match typed {
        "host" | "none" => Err(format!("`{typed}` is a network mode, not a network to join")),
        _ => name(typed),
    }
}

/// A name that the Compose specification allows as a key of `services` or `networks`.
fn name(typed: &str) -> Result<String, String> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    match typed {
        "" => Err("a name is missing".to_owned()),
        _ if typed.chars().all(allowed) => Ok(typed.to_owned()),
        _ => Err(format!("`{typed}` is not a name; Compose allows letters, digits, `.`, `_` and `-`")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(line: &str) -> Result<Options, String> {
        let words = std::iter::once("compose-fix").chain(line.split_whitespace());
        parse(words.map(OsString::from)).map_err(|error| error.to_string())
    }

    fn mistake(line: &str) -> String {
        options(line).expect_err(line)
    }

    #[test]
    fn the_definition_holds_together() {
        Args::command().debug_assert();
    }

    #[test]
    fn nothing_typed_is_a_preview_of_the_current_directory() {
        assert_eq!(options(""), Ok(Options { format: Some(&diff::FORMAT), ..Options::default() }));
    }

    #[test]
    fn check_alone_prints_no_diff_and_goes_with_any_mode() {
        let mode = |line: &str| options(line).map(|options| (options.mode, options.check, options.format.map(|format| format.name)));
        assert_eq!(mode("--check"), Ok((Mode::Preview, true, None)));
        assert_eq!(mode("-n --check"), Ok((Mode::Preview, true, Some("diff"))));
        assert_eq!(mode("--write --check"), Ok((Mode::Write, true, None)));
        assert_eq!(mode("-n"), Ok((Mode::Preview, false, Some("diff"))));
    }

    #[test]
    fn a_format_is_printed_in_any_mode() {
        let format = |line: &str| options(line).unwrap().format.map(|format| format.name);
        assert_eq!([format("--write --format diff"), format("--check --format text")], [Some("diff"), Some("text")]);
        assert!(mistake("--format yaml").contains("[possible values: diff, "));
    }

    #[test]
    fn dry_run_and_write_exclude_each_other() {
        assert!(mistake("-n -w").contains("cannot be used with"));
    }

    #[test]
    fn files_make_one_project_and_paths_make_several() {
        let inputs = options("-f a.yaml -f b.yaml c -").unwrap().inputs;
        let files = Input::Files(vec!["a.yaml".into(), "b.yaml".into()]);
        assert_eq!(inputs, [files, Input::Path("c".into()), Input::Stdin]);
    }

    #[test]
    fn standard_input_is_read_once_and_never_written() {
        assert!(mistake("--write -").contains("no file to rewrite"));
        assert!(mistake("- -").contains("named twice"));
        assert!(mistake("-f -").contains("`-` alone"));
    }

    #[test]
    fn ports_are_stated_per_service_and_file() {
        let tcp = |number| Port { number, protocol: Protocol::Tcp };
        let udp = |number| Port { number, protocol: Protocol::Udp };
        let ports = options("-p web=8080 --port dir/a.yaml:dns=53/udp,53/tcp").unwrap().settings.ports;
        assert_eq!(ports[0], StatedPorts { file: None, service: "web".into(), ports: vec![tcp(8080)] });
        assert_eq!(ports[1], StatedPorts { file: Some("dir/a.yaml".into()), service: "dns".into(), ports: vec![udp(53), tcp(53)] });
    }

    #[test]
    fn bad_ports_are_answered_in_the_words_that_were_typed() {
        assert!(mistake("-p 8080").contains("SERVICE=PORT"));
        assert!(mistake("-p web=0").contains("`0` is not a port"));
        assert!(mistake("-p web=70000").contains("`70000` is not a port"));
        assert!(mistake("-p web=+80").contains("`+80` is not a port"));
        assert!(mistake("-p web=80,").contains("`` is not a port"));
        assert!(mistake("-p web=80/sctp").contains("`sctp` is not a protocol"));
        assert!(mistake("-p w~b=80").contains("`w~b` is not a name"));
        assert!(mistake("-p =80").contains("a name is missing"));
    }

    #[test]
    fn services_are_named_in_lists_and_not_on_both_sides() {
        assert_eq!(options("--keep a,b --keep c").unwrap().settings.keep, ["a", "b", "c"]);
        assert!(mistake("--keep a,b --migrate b").contains("`b` is named by both"));
    }

    #[test]
    fn host_ips_are_addresses_for_all_or_for_one() {
        let options = options("--host-ip 0.0.0.0 --host-ip web=[::1]").unwrap();
        assert_eq!(options.settings.host_ip, IpAddr::from([0, 0, 0, 0]));
        assert_eq!(options.settings.service_host_ips["web"].to_string(), "::1");
        assert!(mistake("--host-ip localhost").contains("`localhost` is not an IP address"));
        assert!(mistake("--host-ip 1.1.1.1 --host-ip 2.2.2.2").contains("given twice"));
        assert!(mistake("--host-ip a=1.1.1.1 --host-ip a=2.2.2.2").contains("of `a` is given twice"));
    }

    #[test]
    fn host_is_no_network_to_join() {
        assert!(mistake("--network host").contains("is a network mode"));
        assert_eq!(options("--network default").unwrap().settings.network, "default");
    }
}
