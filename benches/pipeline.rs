//! How long it takes from texts to a report, by kind of project: `cargo bench`.
//!
//! Texts are made here and stay in memory, so that neither the disk nor what else is on it counts. What a run costs beside a
//! search for a word over the same files, disk included, is measured by `compare.sh`.

#![allow(missing_docs, reason = "items are named by what they measure")]

use compose_fix::{Outcome, Settings, Sources, check};
use divan::counter::BytesCount;
use divan::{Bencher, black_box};

fn main() {
    divan::main();
}

/// Kinds of projects.
#[derive(Debug, Clone, Copy)]
enum Sample {
    /// An application and its database.
    Small,
    /// Ten services that know nothing of each other.
    TenServices,
    /// Ten services that mount one folder, 13 MB in 650 files.
    Folder,
    /// Services of which each dials the next.
    Chain100,
    Chain800,
    /// Two hundred projects without host networking.
    Negatives,
    /// A megabyte of labels around one service.
    Megabyte,
}

const SAMPLES: [Sample; 7] =
    [Sample::Small, Sample::TenServices, Sample::Folder, Sample::Chain100, Sample::Chain800, Sample::Negatives, Sample::Megabyte];

impl Sample {
    /// The files: path and text of each.
    fn files(self) -> Vec<(String, String)> {
        match self {
            Sample::Small => {
                let app = service("app", 3000, "network_mode: host", "      DATABASE_URL: postgres://app:app@localhost:5432/app\n");
                one(&format!(
                    "{app}  db:\n    image: postgres:15\n    network_mode: host\n    volumes:\n      - data:/data\nvolumes:\n  data:\n"
                ))
            }
            Sample::TenServices => one(&ten("")),
            Sample::Folder => {
                let line = "setting = the value of a setting, wide enough\n".repeat(430);
                let settings = |number: usize| {
                    let text = format!("{line}upstream = localhost:{}\n", 3001 + number % 10);
                    (format!("data/settings{number}.conf"), text)
                };
                one(&ten("    volumes:\n      - ./data:/data\n")).into_iter().chain((1..=650).map(settings)).collect()
            }
            Sample::Chain100 => one(&chain(100)),
            Sample::Chain800 => one(&chain(800)),
            Sample::Negatives => (1..=200).flat_map(negative).collect(),
            Sample::Megabyte => {
                let label = |number| format!("      example.label.{number}: \"a value — wide enough\" # why\n");
                let labels: String = (0..20_000).map(label).collect();
                one(&format!("  web:\n    image: example/web\n    network_mode: host\n    expose: [\"3000\"]\n    labels:\n{labels}"))
            }
        }
    }

    /// How many services leave host networking. Those that mount the folder are held back, since it names an address.
    fn migrated(self) -> usize {
        match self {
            Sample::Small => 2,
            Sample::TenServices => 10,
            Sample::Chain100 => 100,
            Sample::Chain800 => 800,
            Sample::Megabyte => 1,
            Sample::Folder | Sample::Negatives => 0,
        }
    }
}

fn one(services: &str) -> Vec<(String, String)> {
    vec![("compose.yaml".to_owned(), format!("services:\n{services}"))]
}

fn service(name: &str, port: usize, network: &str, more: &str) -> String {
    format!("  {name}:\n    image: example/service # ours\n    {network}\n    environment:\n      PORT: {port}\n{more}")
}

fn ten(more: &str) -> String {
    (1..=10).map(|number| service(&format!("service{number}"), 3000 + number, "network_mode: host", more)).collect()
}

fn chain(length: usize) -> String {
    let link = |number: usize| {
        let next = if number < length { format!("      NEXT_URL: http://localhost:{}\n", 10_001 + number) } else { String::new() };
        service(&format!("service{number}"), 10_000 + number, "network_mode: host", &next)
    };
    (1..=length).map(link).collect()
}

/// A project on a bridge, with the files that lie beside one.
fn negative(number: usize) -> Vec<(String, String)> {
    let names = ["web", "api", "worker"].into_iter().enumerate();
    let services: String = names.map(|(at, name)| service(name, 3000 + at, "networks: [default]", "      LOG_LEVEL: info\n")).collect();
    let source = "a line of some program that says nothing of interest to anybody who looks for it\n".repeat(25);
    let file = |name: String, text: &str| (format!("project{number}/{name}"), text.to_owned());
    let compose = file("docker-compose.yml".to_owned(), &format!("services:\n{services}"));
    [compose].into_iter().chain((1..=9).map(|other| file(format!("src/file{other}.js"), &source))).collect()
}

#[divan::bench(args = SAMPLES, max_time = 2)]
fn pipeline(bencher: Bencher<'_, '_>, sample: Sample) {
    let files = sample.files();
    let sources = Sources::default();
    let bytes: usize = files.iter().map(|(_, text)| text.len()).sum();
    for (path, text) in files {
        sources.add(path, text);
    }
    let settings = Settings::default();
    bencher.counter(BytesCount::new(bytes)).bench(|| {
        let report = check(black_box(&sources), &settings);
        assert_eq!((report.errors(), report.count(Outcome::Migrated)), (0, sample.migrated()));
    });
}
