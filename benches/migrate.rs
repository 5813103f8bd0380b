//! How long a migration takes, beside the parsing that no editor can do without.
//!
//! Both are measured on the same texts in one run, so that their ratio means something on any machine:
//! `cargo bench`. Texts are made here; nothing is read.

#![allow(clippy::unwrap_used, missing_docs, reason = "a benchmark may panic, and its items are named by what they measure")]

use compose_fix::compose::Input;
use compose_fix::migrate::migrate;
use compose_fix::options::Options;
use compose_fix::source::Sources;
use compose_fix::yaml;
use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use std::collections::BTreeMap;
use std::path::Path;

fn main() {
    divan::main();
}

/// The kinds of text that are measured.
#[derive(Debug, Clone, Copy)]
enum Sample {
    /// A thousand services, each of which migrates and dials the one before it.
    ThousandServices,
    /// A megabyte of labels and comments around one service that migrates.
    Megabyte,
}

const SAMPLES: [Sample; 2] = [Sample::ThousandServices, Sample::Megabyte];

impl Sample {
    fn text(self) -> String {
        match self {
            Sample::ThousandServices => {
                let services: String = (1..=1000).map(service).collect();
                format!("services:\n{services}")
            }
            Sample::Megabyte => {
                let labels: String =
                    (0..14_000).map(|number| format!("      example.label.{number}: \"a value — wide enough\" # why\n")).collect();
                format!("services:\n  web:\n    image: example/web\n    network_mode: host\n    expose: [\"3000\"]\n    labels:\n{labels}")
            }
        }
    }
}

fn service(number: usize) -> String {
    let (port, peer) = (10_000 + number, 10_000 + number - 1);
    format!(
        "  service-{number}:\n    image: example/service\n    network_mode: host # number {number}\n    environment:\n      PORT: {port}\n      PEER_URL: http://localhost:{peer}\n"
    )
}

#[divan::bench(args = SAMPLES)]
fn parse(bencher: Bencher<'_, '_>, sample: Sample) {
    let mut sources = Sources::default();
    let file = sources.add("compose.yaml", sample.text());
    let source = sources.get(file);
    bencher.counter(BytesCount::of_str(&source.text)).bench(|| yaml::parse(black_box(source)).unwrap().documents.len());
}

#[divan::bench(args = SAMPLES)]
fn parse_and_migrate(bencher: Bencher<'_, '_>, sample: Sample) {
    let mut sources = Sources::default();
    let file = sources.add("compose.yaml", sample.text());
    let options = Options { unsafe_edits: true, ..Options::default() };
    let size = BytesCount::of_str(&sources.get(file).text);
    bencher.counter(size).bench(|| {
        let streams = BTreeMap::from([(file, yaml::parse(black_box(sources.get(file))).unwrap())]);
        let compose = [file];
        let input = Input { directory: Path::new(""), compose: &compose, env: None, sources: &sources, missing: &[], streams: &streams };
        let migration = migrate(input, &options);
        assert_eq!(migration.changes.changes().count(), 1);
    });
}
