//! On a real Docker Engine, with real software: what worked goes on working, and other machines are shut out.
//!
//! `.ci/engine` starts an engine with the images that the stacks use, and runs these tests on it.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr, reason = "tests may panic, and their output is a report")]

mod ask;
mod probe;
mod stack;
#[path = "../support/mod.rs"]
mod support;

use probe::Talk::{Amqp, Dns, Http, Mqtt, Postgres, Redis};
use stack::Outside::{Closes, StaysOpen, WasClosed};
use stack::prove;

#[test]
#[ignore = "needs COMPOSE_FIX_ENGINE, as .ci/engine sets it"]
fn a_shop_with_database_and_cache() {
    let probes = [
        (8080, Http("/orders", "orders="), Closes),
        (8080, Http("/visits", "visits="), Closes),
        (5432, Postgres, Closes),
        (6379, Redis, Closes),
    ];
    prove("web-postgres-redis", &[], &[], &probes);
}

#[test]
#[ignore = "needs COMPOSE_FIX_ENGINE, as .ci/engine sets it"]
fn nginx_in_front_by_a_mounted_config() {
    prove("nginx-front", &["--unsafe"], &[], &[(8088, Http("/", "api of node"), Closes), (3000, Http("/", "api of node"), Closes)]);
}

#[test]
#[ignore = "needs COMPOSE_FIX_ENGINE, as .ci/engine sets it"]
fn two_services_from_one_anchor() {
    let probes =
        [(3001, Http("/", "api of one"), Closes), (3002, Http("/", "api of two"), Closes), (8080, Http("/upstream", "api of two"), Closes)];
    prove("replicas-anchor", &["--unsafe"], &[], &probes);
}

#[test]
#[ignore = "needs COMPOSE_FIX_ENGINE, as .ci/engine sets it"]
fn host_networking_said_by_an_override_file() {
    prove("override-file", &[], &[], &[(8081, Http("/visits", "visits="), Closes), (6379, Redis, Closes)]);
}

#[test]
#[ignore = "needs COMPOSE_FIX_ENGINE, as .ci/engine sets it"]
fn a_sidecar_in_the_network_of_another_service() {
    prove("sidecar", &["--unsafe"], &[], &[(3000, Http("/", "api of node"), Closes), (9100, Http("/upstream", "api of node"), Closes)]);
}

#[test]
#[ignore = "needs COMPOSE_FIX_ENGINE, as .ci/engine sets it"]
fn one_service_stays_and_one_leaves() {
    prove("one-stays", &[], &[], &[(8123, Http("/visits", "visits="), StaysOpen), (6379, Redis, Closes)]);
}

#[test]
#[ignore = "needs COMPOSE_FIX_ENGINE, as .ci/engine sets it"]
fn a_name_server_by_udp() {
    prove("udp", &["--unsafe"], &[], &[(5300, Dns, Closes)]);
}

#[test]
#[ignore = "needs COMPOSE_FIX_ENGINE, as .ci/engine sets it"]
fn a_worker_that_only_dials_out() {
    prove("worker", &[], &[], &[(8080, Http("/job", "done=parcel sent"), Closes), (6379, Redis, Closes)]);
}

#[test]
#[ignore = "needs COMPOSE_FIX_ENGINE, as .ci/engine sets it"]
fn a_server_that_was_bound_to_loopback() {
    prove("loopback-bound", &["--unsafe"], &[], &[(8070, Http("/", "hello from admin"), WasClosed)]);
}

#[test]
#[ignore = "needs COMPOSE_FIX_ENGINE, as .ci/engine sets it"]
fn addresses_in_an_env_file() {
    prove("env-file", &[], &[], &[(8085, Http("/visits", "visits="), Closes), (6380, Redis, Closes)]);
}

#[test]
#[ignore = "needs COMPOSE_FIX_ENGINE, as .ci/engine sets it"]
fn published_ports_that_never_were() {
    prove("dead-ports", &[], &[], &[(8080, Http("/orders", "orders="), Closes), (5432, Postgres, Closes)]);
}

#[test]
#[ignore = "needs COMPOSE_FIX_ENGINE, as .ci/engine sets it"]
fn a_profile() {
    prove("profiles", &[], &["--profile", "web"], &[(8082, Http("/visits", "visits="), Closes), (6379, Redis, Closes)]);
}

#[test]
#[ignore = "needs COMPOSE_FIX_ENGINE, as .ci/engine sets it"]
fn a_message_broker_with_its_own_config() {
    prove("mqtt", &[], &[], &[(1883, Mqtt, Closes), (8083, Http("/broker", "connack=20020000"), Closes)]);
}

#[test]
#[ignore = "needs COMPOSE_FIX_ENGINE, as .ci/engine sets it"]
fn a_broker_whose_data_follows_the_hostname() {
    prove("rabbitmq", &[], &[], &[(5672, Amqp, Closes)]);
}

#[test]
#[ignore = "needs COMPOSE_FIX_ENGINE, as .ci/engine sets it"]
fn included_and_extended_files() {
    prove("include-extends", &[], &[], &[(8084, Http("/visits", "visits="), Closes), (6379, Redis, Closes)]);
}

#[test]
#[ignore = "needs COMPOSE_FIX_ENGINE, as .ci/engine sets it"]
fn a_shop_that_waits_until_its_database_is_healthy() {
    prove("healthcheck", &[], &[], &[(8086, Http("/orders", "orders="), Closes), (5432, Postgres, Closes)]);
}
