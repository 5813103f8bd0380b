//! What the user asked for, as every stage reads it.
//!
//! The words of the command line are parsed and checked in `cli`; here they are plain values, so that a stage (or a
//! program that uses this library) needs no command line.

use crate::compose::port::Port;
use crate::diagnostic::Rule;
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;

/// What to do, with what.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// Where projects come from, in the order in which they were named.
    pub inputs: Vec<Input>,
    /// What to do with the changes.
    pub mode: Mode,
    /// Whether the exit status says that something would change or is left.
    pub check: bool,
    /// Whether edits are applied whose consequences the files cannot settle.
    pub unsafe_edits: bool,
    /// Ports that the user states.
    pub ports: Vec<StatedPorts>,
    /// Services that stay on host networking, whatever the verdict.
    pub keep: Vec<String>,
    /// Services that migrate, whatever the verdict.
    pub migrate: Vec<String>,
    /// The network to join; `default` is the project's implicit one.
    pub network: String,
    /// The host IP of port mappings.
    pub host_ip: IpAddr,
    /// The host IP of the mappings of single services.
    pub service_host_ips: BTreeMap<String, IpAddr>,
    /// Whether ports are mapped on `[::1]` as well.
    pub ipv6: bool,
    /// Read instead of the `.env` of each project.
    pub env_file: Option<PathBuf>,
    /// Whether the local engine is asked.
    pub engine: bool,
    /// When to colour.
    pub color: Color,
    /// How much to say.
    pub verbosity: Verbosity,
    /// What to explain, beside the verdicts themselves.
    pub explain: Explain,
}

/// What to explain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Explain {
    /// Nothing.
    Nothing,
    /// The rules behind the verdicts, in full.
    Reasons,
    /// One rule, and nothing else is done.
    Rule(&'static Rule),
}

/// A source of projects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// One Compose file on standard input.
    Stdin,
    /// A directory to search, or a Compose file that is taken alone.
    Path(PathBuf),
    /// One project of several files, of which later ones override earlier ones.
    Files(Vec<PathBuf>),
}

/// What to do with the changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Say what would change.
    Report,
    /// Say it, and print the diff.
    Preview,
    /// Make the changes.
    Write,
}

/// `[FILE:]SERVICE=PORT[/udp][,…]`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatedPorts {
    /// The Compose file, when several projects have a service of that name.
    pub file: Option<PathBuf>,
    /// The service.
    pub service: String,
    /// The ports it listens on; never empty.
    pub ports: Vec<Port>,
}

/// When to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Color {
    /// On a terminal, unless the environment says otherwise (`NO_COLOR`, `CLICOLOR_FORCE`).
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// How much to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verbosity {
    /// Errors only.
    Quiet,
    /// What a person needs after one look.
    Normal,
    /// All evidence.
    Verbose,
}

impl Default for Options {
    /// A preview of the projects in the current directory.
    fn default() -> Self {
        Self {
            inputs: vec![Input::Path(PathBuf::from("."))],
            mode: Mode::Preview,
            check: false,
            unsafe_edits: false,
            ports: Vec::new(),
            keep: Vec::new(),
            migrate: Vec::new(),
            network: "app-net".to_owned(),
            host_ip: IpAddr::V4(Ipv4Addr::LOCALHOST),
            service_host_ips: BTreeMap::new(),
            ipv6: false,
            env_file: None,
            engine: false,
            color: Color::Auto,
            verbosity: Verbosity::Normal,
            explain: Explain::Nothing,
        }
    }
}
