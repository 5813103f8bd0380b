//! What the made-up stores in `tests/data/stores` say, and what becomes of it.

use crate::fact::{self, Fact};
use crate::{merge, stores};
use std::fs;
use std::path::Path;

fn all() -> Vec<Fact> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/stores");
    let mut paths: Vec<_> = fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.iter().flat_map(|path| stores::read(path).unwrap()).collect()
}

/// What the store says, each fact as `IMAGE KIND PORTS [own PORTS] [VARIABLES]`.
fn said(store: &str) -> Vec<String> {
    let facts = all().into_iter().filter(|fact| fact.store() == store);
    let own = |fact: &Fact| fact.own.iter().map(|port| format!(" own {port}")).collect::<String>();
    facts
        .map(|fact| {
            format!("{} {} {}{} {}", fact.image, fact.kind, fact.ports.join(","), own(&fact), fact.variables.join(","))
                .trim_end()
                .to_owned()
        })
        .collect()
}

#[test]
fn every_layout_is_read() {
    let table: [(&str, &[&str]); 11] = [
        ("acme/casa", &["acme/notes ports 3000,514/udp", "acme/notes health 3000", "postgres ref 5432", "acme/beacon host"]),
        ("acme/umbrel", &["acme/notes app 3000", "redis ref 6379"]),
        ("acme/tipi", &["acme/notes ports 53,53/udp LISTEN_PORT=3000", "acme/notes app 3000 own 3000 LISTEN_PORT=3000"]),
        ("acme/dock", &["acme/notes expose 9100", "acme/notes app 3000"]),
        ("acme/cool", &["acme/notes-worker none", "acme/notes health 9100", "acme/notes app 3000"]),
        ("acme/cap", &["acme/notes app 3000", "mongo ref 27017"]),
        ("acme/cosmos", &["acme/notes app 3000"]),
        ("acme/port", &["acme/notes ports 3000,514/udp", "acme/beacon host"]),
        ("acme/raid", &["acme/notes ports 3000,514/udp own 3000 BIND_PORT=3000"]),
        ("acme/easy", &["acme/notes ports 514/udp LISTEN_PORT=3000", "acme/notes app 3000 own 3000 LISTEN_PORT=3000"]),
        ("acme/nas", &["acme/notes truenas 514/udp LISTEN_PORT"]),
    ];
    for (store, facts) in table {
        assert_eq!(said(store), facts, "{store}");
    }
    assert_eq!(said("acme/docs"), ["acme/notes ports 3000"]);
}

#[test]
fn facts_are_read_as_they_are_written() {
    let facts = all();
    assert_eq!(fact::parse(&fact::print(&facts)), facts);
}

fn merged(table: &str) -> (Vec<String>, Vec<String>) {
    let (text, remarks) = merge::merge(table, &all());
    assert_eq!(merge::merge(&text, &all()), (text.clone(), remarks.clone()), "a second time");
    (text.lines().map(str::to_owned).collect(), remarks)
}

#[test]
fn a_line_is_made_of_what_stores_agree_on() {
    let (lines, remarks) = merged("# head\n");
    let notes = "acme/notes server ports=3000,514/udp more=53,53/udp,9100 stores=5 \
                 from=acme/cap:public/v4/apps/notes.yml,acme/casa:Apps/Notes/docker-compose.yml";
    assert_eq!(lines[..2], ["# head", notes]);
    assert!(lines.contains(&"mongo server ports=27017 stores=1 from=acme/cap:public/v4/apps/notes.yml".to_owned()));
    assert_eq!((lines.len(), remarks.len()), (5, 0));
}

#[test]
fn what_a_person_adds_to_a_line_of_stores_stays() {
    let beacon = "acme/beacon agent ports=1 needs=discovery from=acme/casa:old.yml";
    let (lines, _) = merged(&format!("{beacon}\nmongo proxy ports=1 caveats=cluster stores=9 from=acme/cap:old\n"));
    assert!(lines.contains(&beacon.to_owned()));
    assert!(lines.contains(&"mongo proxy ports=27017 caveats=cluster stores=1 from=acme/cap:public/v4/apps/notes.yml".to_owned()));
}

#[test]
fn a_line_by_hand_keeps_its_words() {
    let agreed = "acme/notes server ports=3000,514/udp more=9100 env=PORT doc=a/b:c";
    let (lines, remarks) =
        merged(&format!("acme/beacon agent needs=discovery\n{agreed}\nmongo server ports=27017\nredis server ports=6380\n"));
    assert!(lines.contains(&"acme/beacon agent needs=discovery bridged=0/2".to_owned()));
    assert!(lines.contains(&"acme/notes server ports=3000,514/udp more=9100 env=PORT stores=5 doc=a/b:c".to_owned()));
    assert!(lines.contains(&"mongo server ports=27017".to_owned()) && lines.contains(&"redis server ports=6380".to_owned()));
    assert_eq!(remarks, [""; 0]);
}

#[test]
fn what_several_stores_contradict_is_said() {
    let (lines, remarks) = merged("acme/notes server ports=3000\n");
    assert!(lines.contains(&"acme/notes server ports=3000".to_owned()));
    let remarks: Vec<_> = remarks.iter().map(String::as_str).collect();
    assert_eq!(remarks[..2], ["acme/notes: 5 stores say 514/udp", "acme/notes: 2 stores say 9100"]);
    assert!(remarks[2].starts_with("acme/notes: env= lacks LISTEN_PORT ("));
}

#[test]
fn another_name_and_a_tag_have_lines_of_their_own() {
    let (lines, _) = merged("acme/memo server ports=3000,514/udp,9100\nacme/notes as=acme/memo\n");
    assert!(lines.contains(&"acme/memo server ports=3000,514/udp,9100 stores=2".to_owned()));
    let (lines, _) = merged("acme/notes server ports=3000\nacme/notes tag=1.* server ports=514/udp more=3000,9100\n");
    assert!(lines.contains(&"acme/notes tag=1.* server ports=514/udp more=3000,9100 stores=3".to_owned()));
}
