//! The one table of rules.
//!
//! A rule is a file with its metadata, its page beside it, its check and its tests; here it gets one line. What lists, explains
//! or counts rules reads this table, and so do the functions that ask them.

use super::case::{Case, Departure, Standing};
use super::engine_audit::{silent_mapping, unmapped_listener};
use super::host_network::binds::{ipv6, loopback_bind, open_listener};
use super::host_network::consequences::{address_left, dead_port, lan_loses, own_loopback, published};
use super::host_network::dialled::{advertised_address, identity, known_callers, public_edge};
use super::host_network::dials::{
    config_file, hidden_address, host_process, known_peers, missing_file, peer_stays, proxy_exception, stored_address, unclear_address,
};
use super::host_network::edit::{overlay, port_conflict, refused_edit, shared_value, swarm};
use super::host_network::listens::{contradicted_port, evidence, further_listener, no_port, unknown_variable, weak_port};
use super::host_network::purpose::{
    author_comment, cluster_fabric, discovery_name, discovery_port, host_namespace, host_need, host_view, kept, media_range,
    network_capability, network_command, network_device, plain_purpose, privileged, reachability, ros_dds, unclear_comment,
};
use super::project::{internal, not_accepted, not_compose, rejected, syntax, unused_directive};
use crate::diagnostic::{Finding, Rule};

/// How a rule is looked for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Check {
    /// Each service on host networking is asked.
    Case(fn(&Case<'_>) -> Vec<Finding>),
    /// Each service that leaves is asked.
    Departure(fn(&Departure<'_>) -> Vec<Finding>),
    /// Each service is asked, on whatever network.
    Standing(fn(&Standing<'_>) -> Vec<Finding>),
    /// It is found by whoever does something else: reads a file, chooses who leaves, edits, verifies.
    Elsewhere,
}

/// Makes the table of lines `module: Case;`.
macro_rules! rules {
    ($($rule:ident: $kind:ident;)*) => {
        /// Every rule, in the order in which a person should read their findings.
        pub static RULES: &[&Rule] = &[$(&$rule::RULE),*];

        /// How each of them is looked for.
        pub(super) static CHECKS: &[Check] = &[$(rules!(@ $kind $rule)),*];
    };
    (@ Elsewhere $rule:ident) => { Check::Elsewhere };
    (@ $kind:ident $rule:ident) => { Check::$kind($rule::check) };
}

rules! {
    kept: Case;
    author_comment: Case;
    network_capability: Case;
    network_device: Case;
    host_namespace: Case;
    host_view: Case;
    network_command: Case;
    host_need: Case;
    discovery_port: Case;
    discovery_name: Case;
    media_range: Case;
    cluster_fabric: Case;
    ros_dds: Case;
    overlay: Case;
    unknown_variable: Case;
    no_port: Case;
    port_conflict: Case;
    reachability: Case;
    unclear_comment: Case;
    public_edge: Case;
    host_process: Case;
    unclear_address: Case;
    config_file: Case;
    loopback_bind: Case;
    hidden_address: Case;
    stored_address: Case;
    proxy_exception: Case;
    missing_file: Case;
    ipv6: Case;
    identity: Case;
    advertised_address: Case;
    privileged: Case;
    swarm: Case;
    weak_port: Case;
    contradicted_port: Case;
    further_listener: Case;
    peer_stays: Elsewhere;
    shared_value: Elsewhere;
    refused_edit: Elsewhere;
    evidence: Case;
    open_listener: Case;
    known_peers: Case;
    known_callers: Case;
    plain_purpose: Case;
    lan_loses: Departure;
    published: Departure;
    dead_port: Departure;
    address_left: Departure;
    own_loopback: Departure;
    silent_mapping: Standing;
    unmapped_listener: Standing;
    syntax: Elsewhere;
    not_compose: Elsewhere;
    rejected: Elsewhere;
    unused_directive: Elsewhere;
    internal: Elsewhere;
    not_accepted: Elsewhere;
}
