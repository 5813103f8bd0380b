//! What a local engine knows, put together with what the files say. No engine is needed: its facts are made up here.

use crate::compose::image::ImageName;
use crate::diagnostic::Outcome;
use crate::facts::running::{Container, EngineFacts, Listener, image_key};
use crate::port::Port;
use crate::settings::Settings;
use crate::tests::project::{Given, Run};
use crate::tests::verdict::outcome;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A container of `web` with these listeners.
fn container(on_host: bool, current: bool, listeners: &[(Port, &str)]) -> Container {
    let listeners = listeners.iter().map(|(port, address)| Listener { port: *port, address: address.parse().unwrap() });
    Container { service: "web".into(), on_host, current, exposed: Vec::new(), listeners: Some(listeners.collect()) }
}

/// The facts about one current container of `web` on host networking.
fn running(listeners: &[(Port, &str)]) -> EngineFacts {
    EngineFacts { containers: vec![container(true, true, listeners)], ..EngineFacts::default() }
}

/// The facts about one image.
fn exposing(image: &str, ports: &[Port]) -> EngineFacts {
    let images = BTreeMap::from([(image_key(&ImageName::parse(image)), ports.to_vec())]);
    EngineFacts { images: Arc::new(images), ..EngineFacts::default() }
}

fn ask(keys: &str, facts: &EngineFacts, audit: bool) -> (Run, String) {
    let project = Given::made(&[("compose.yaml", &format!("services:\n  web:\n{keys}"))]);
    let settings = Settings { unsafe_edits: true, ..Settings::default() };
    let run = project.run_beside(Some(facts), audit, &settings);
    let after = project.text(&run.after, "compose.yaml");
    (run, after)
}

/// The outcome and the ports of `web`, a service of these keys on host networking.
fn judged(keys: &str, facts: &EngineFacts) -> (Outcome, String) {
    let project = Given::made(&[("compose.yaml", &format!("services:\n  web:\n    network_mode: host\n{keys}"))]);
    let run = project.run_beside(Some(facts), false, &Settings::default());
    let service = &run.services[0];
    let ports: Vec<String> = service.ports.iter().map(ToString::to_string).collect();
    (outcome(service), ports.join(" "))
}

fn assert_migrates(keys: &str, facts: &EngineFacts, ports: &str) {
    assert_eq!(judged(keys, facts), (Outcome::Migrated, ports.to_owned()), "{keys}");
}

#[test]
fn sockets_tell_what_no_file_says() {
    assert_eq!(judged("    image: acme/shop\n", &EngineFacts::default()).0, Outcome::Asks);
    let facts = running(&[(Port::tcp(8080), "0.0.0.0"), (Port::tcp(8080), "::"), (Port::udp(514), "0.0.0.0")]);
    assert_eq!(judged("    image: acme/shop\n", &facts).1, "514/udp 8080/tcp");
}

#[test]
fn a_port_that_nobody_listens_on_is_not_mapped() {
    let facts = running(&[(Port::tcp(8080), "0.0.0.0")]);
    assert_migrates("    image: acme/shop\n    expose: [9000, 8080]\n", &facts, "8080/tcp");
    assert_migrates("    image: acme/shop\n    ports: ['8080:3000']\n", &facts, "8080/tcp");
    assert_migrates("    image: redis:7\n", &facts, "8080/tcp");
}

#[test]
fn a_job_that_listens_all_the_same_is_a_server() {
    assert_migrates("    image: acme/shop\n    command: celery worker\n", &running(&[(Port::tcp(5555), "0.0.0.0")]), "5555/tcp");
}

#[test]
fn what_the_user_states_outweighs_sockets() {
    let facts = running(&[(Port::tcp(8080), "0.0.0.0")]);
    let stated = "    image: acme/shop\n    # compose-fix: ports 9000\n    network_mode: host\n";
    assert_eq!(ask(stated, &facts, false).0.services[0].ports, [Port::tcp(9000)]);
}

#[test]
fn a_variable_stays_one_when_sockets_confirm_it() {
    let keys = "    image: acme/shop\n    network_mode: host\n    environment:\n      PORT: ${SHOP_PORT:-8080}\n";
    let after = ask(keys, &running(&[(Port::tcp(8080), "0.0.0.0")]), false).1;
    assert!(after.contains("- \"127.0.0.1:${SHOP_PORT:-8080}:${SHOP_PORT:-8080}\""), "{after}");
}

#[test]
fn listeners_of_one_address_are_held_back() {
    for address in ["127.0.0.1", "::1", "192.0.2.7"] {
        assert_eq!(judged("    image: acme/shop\n", &running(&[(Port::tcp(8080), address)])).0, Outcome::HeldBack, "{address}");
    }
    assert_migrates("    image: acme/shop\n", &running(&[(Port::tcp(8080), "127.0.0.1"), (Port::tcp(8080), "0.0.0.0")]), "8080/tcp");
}

#[test]
fn sockets_of_an_older_container_are_a_hint_and_settle_nothing() {
    let facts = EngineFacts { containers: vec![container(true, false, &[(Port::tcp(8080), "0.0.0.0")])], ..EngineFacts::default() };
    assert_eq!(judged("    image: acme/shop\n", &facts), (Outcome::HeldBack, "8080/tcp".to_owned()));
    assert_migrates("    image: acme/shop\n    expose: [8080]\n", &facts, "8080/tcp");
}

#[test]
fn a_container_that_left_host_networking_says_nothing_about_its_ports() {
    let facts = EngineFacts { containers: vec![container(false, true, &[(Port::tcp(8080), "0.0.0.0")])], ..EngineFacts::default() };
    assert_eq!(judged("    image: acme/shop\n", &facts).0, Outcome::Asks);
}

#[test]
fn images_on_this_machine_tell_their_ports() {
    assert_migrates("    image: acme/shop:1\n", &exposing("acme/shop:1", &[Port::tcp(3000)]), "3000/tcp");
    assert_eq!(judged("    image: acme/shop:2\n", &exposing("acme/shop:1", &[Port::tcp(3000)])).0, Outcome::Asks);
    // Official images expose ports of clusters and of encryption, too.
    let broker = exposing("rabbitmq:3", &[Port::tcp(4369), Port::tcp(5672), Port::tcp(25672)]);
    assert_migrates("    image: rabbitmq:3\n    hostname: rabbit\n", &broker, "5672/tcp");
    assert_migrates("    image: redis:7\n    command: --port 6380\n", &exposing("redis:7", &[Port::tcp(6379)]), "6380/tcp");
}

/// What is found about `web`, which is on a network of its own and maps 8080.
fn audited(on_host: bool, current: bool, listeners: &[(Port, &str)], check: bool) -> Vec<String> {
    let keys = "    image: acme/shop\n    ports: ['127.0.0.1:80:8080']\n    networks: [app-net]\nnetworks: {app-net: {driver: bridge}}\n";
    let facts = EngineFacts { containers: vec![container(on_host, current, listeners)], ..EngineFacts::default() };
    let (run, _) = ask(keys, &facts, check);
    run.findings.iter().map(|finding| finding.message.clone()).collect()
}

#[test]
fn mappings_and_listeners_that_do_not_meet_are_found() {
    let open = (Port::tcp(8080), "::");
    assert!(audited(false, true, &[open], true).is_empty());
    let silent = ["`web` maps 8080/tcp, and nobody listens there in the running container"];
    assert_eq!(audited(false, true, &[], true), silent);
    assert_eq!(audited(false, true, &[(Port::udp(8080), "127.0.0.1")], true), silent);
    let local = audited(false, true, &[(Port::tcp(8080), "127.0.0.1")], true);
    assert_eq!(local, ["`web` maps 8080/tcp, and the running container listens on `127.0.0.1` only"]);
    let more = audited(false, true, &[open, (Port::tcp(9000), "0.0.0.0"), (Port::tcp(9001), "127.0.0.1")], true);
    assert_eq!(more, ["`web` listens on 9000/tcp, which no mapping leads to"]);
}

#[test]
fn only_current_containers_off_host_networking_are_audited_and_only_by_check() {
    for (on_host, current, check) in [(true, true, true), (false, false, true), (false, true, false)] {
        assert!(audited(on_host, current, &[], check).is_empty());
    }
}
