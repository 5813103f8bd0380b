//! What is found where, on disk and in memory, and what projects have to do with each other.

use super::result::Examined;
use super::*;
use crate::compose::ServiceId;
use crate::diagnostic::{FileProblem, Outcome, Proof, ServiceReport, Severity};
use crate::files::{Content, Disk, FileSystem};
use crate::project::{Extent, parts};
use crate::source::Span;
use crate::verify::Verified;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

const WEB: &str = "services:\n  web:\n    image: web\n";

/// What is found: the files that each project is started from, and how many Compose files there are.
type Found = (Vec<Vec<String>>, usize);

/// A directory with these files.
fn tree(files: &[(&str, &str)]) -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = directory.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    directory
}

fn paths(root: &Path, names: &[&str]) -> Vec<PathBuf> {
    names.iter().map(|name| root.join(name)).collect()
}

/// What is found of `inputs` in a file system whose files lie below `root`.
fn find(system: &dyn FileSystem, root: &Path, inputs: &[Input]) -> (Found, Vec<FileProblem>) {
    find_with(system, root, inputs, None)
}

fn find_with(system: &dyn FileSystem, root: &Path, inputs: &[Input], env_file: Option<&Path>) -> (Found, Vec<FileProblem>) {
    let settings = Settings::default();
    let prefilter = Prefilter::new(&settings, false);
    let (seeds, problems) = project::survey(system, inputs, env_file, &prefilter);
    let roots = project::roots(system, inputs);
    let shared = Shared { system, roots: &roots, env_file, prefilter: &prefilter, settings: &settings, audit: false };
    let examined: Vec<Examined> = seeds.iter().map(|seed| examine(seed, shared, &NoEngine)).collect();
    let extents: Vec<&Extent> = examined.iter().filter_map(|examined| examined.extent.as_ref()).collect();
    let wholes = extents.iter().zip(parts(&extents)).filter(|(_, part)| !part).map(|(extent, _)| &extent.starts);
    let real = system.real(root);
    let name = |path: &PathBuf| path.strip_prefix(&real).unwrap_or(path).display().to_string();
    let starts = wholes.map(|starts| starts.iter().map(name).collect()).collect();
    let report = Report::new(system, inputs, &settings, problems, examined);
    ((starts, report.files), report.problems)
}

/// What is found in these files, on disk and in memory alike.
fn find_in(files: &[(&str, &str)], inputs: &[&str]) -> Found {
    let directory = tree(files);
    let on_disk = find(&Disk::default(), directory.path(), &named(directory.path(), inputs)).0;
    let sources = Sources::default();
    for (path, text) in files {
        sources.add(*path, *text);
    }
    let in_memory = find(&Memory::new(&sources), Path::new(""), &named(Path::new(""), inputs)).0;
    assert_eq!(in_memory, on_disk);
    on_disk
}

fn named(root: &Path, inputs: &[&str]) -> Vec<Input> {
    paths(root, inputs).into_iter().map(Input::Path).collect()
}

#[test]
fn a_directory_is_read_as_compose_reads_it() {
    let files = [("compose.yml", WEB), ("docker-compose.yaml", WEB), ("docker-compose.override.yml", WEB), ("compose.override.yaml", WEB)];
    let expected = (vec![vec!["compose.yml".to_owned(), "compose.override.yaml".into()], vec!["docker-compose.yaml".into()]], 3);
    let directory = tree(&[files.as_slice(), &[(".gitignore", "*.override.*\n")]].concat());
    assert_eq!(find(&Disk::default(), directory.path(), &named(directory.path(), &[""])).0, expected);
}

#[test]
fn the_env_file_names_the_files_when_it_says_so() {
    let files = [(".env", "COMPOSE_PATH_SEPARATOR=,\nCOMPOSE_FILE=base.yml,prod.yml\n"), ("base.yml", WEB), ("prod.yml", WEB)];
    assert_eq!(find_in(&files, &[""]).0, [["base.yml", "prod.yml"]]);
    let directory = tree(&files);
    let other = directory.path().join("base.yml");
    let (found, problems) = find_with(&Disk::default(), directory.path(), &named(directory.path(), &[""]), Some(&other));
    assert_eq!((found.0.len(), problems.len()), (0, 1));
}

#[test]
fn other_yaml_counts_by_name_and_content() {
    let files = [
        ("a/My-Compose.prod.YAML", WEB),
        ("a/compose-values.yaml", "image: web\n"),
        ("a/services.yaml", WEB),
        ("b/.hidden/compose.yaml", WEB),
        ("c/compose.yaml", WEB),
        (".gitignore", "c\n"),
    ];
    let directory = tree(&files);
    assert_eq!(find(&Disk::default(), directory.path(), &named(directory.path(), &[""])).0.0, [["a/My-Compose.prod.YAML"]]);
}

#[test]
fn a_named_file_is_taken_alone_and_need_not_look_like_one() {
    let files = [("x.txt", "a: 1\n"), ("compose.yaml", WEB), ("compose.override.yaml", WEB)];
    assert_eq!(find_in(&files, &["x.txt", "compose.yaml"]).0, [["x.txt"], ["compose.yaml"]]);
}

#[test]
fn several_files_make_one_project_in_their_order() {
    let directory = tree(&[("a/x.yaml", WEB), ("y.yaml", WEB)]);
    let inputs = [Input::Files(paths(directory.path(), &["y.yaml", "a/x.yaml", "y.yaml"]))];
    assert_eq!(find(&Disk::default(), directory.path(), &inputs).0.0, [["y.yaml", "a/x.yaml"]]);
}

#[test]
fn a_project_that_is_part_of_another_is_not_looked_at_twice() {
    let files = [
        ("compose.yaml", "include: [sub/compose.yaml]\nservices:\n  a:\n    extends: {file: common/base-compose.yml, service: web}\n"),
        ("sub/compose.yaml", WEB),
        ("common/base-compose.yml", WEB),
    ];
    assert_eq!(find_in(&files, &["", "sub", "sub/compose.yaml", "."]), (vec![vec!["compose.yaml".to_owned()]], 3));
}

#[test]
fn files_that_include_each_other_make_one_project() {
    let files =
        [("a-compose.yml", "include: [b-compose.yml]\nservices: {}\n"), ("b-compose.yml", "include: [a-compose.yml]\nservices: {}\n")];
    assert_eq!(find_in(&files, &[""]).0, [["a-compose.yml"]]);
}

#[test]
fn only_what_was_named_may_be_written() {
    let directory = tree(&[("a/compose.yaml", WEB), ("b/compose.yaml", "include: [../a/compose.yaml]\n")]);
    let (disk, sources) = (Disk::default(), Sources::default());
    let content = Content::new(&disk, directory.path(), &sources);
    let may = |inputs: &[&str], path: &str| {
        let roots = project::roots(&disk, &named(directory.path(), inputs));
        roots.iter().any(|root| content.is_below(&directory.path().join(path), root))
    };
    assert!(may(&["b/compose.yaml"], "b/x.env") && !may(&["b/compose.yaml"], "b/../a/compose.yaml"));
    assert!(may(&["b/compose.yaml", "a/compose.yaml"], "a/compose.yaml") && may(&[""], "a/compose.yaml"));
}

#[test]
fn what_cannot_be_read_is_named_and_stops_nothing() {
    let directory =
        tree(&[("good/compose.yaml", WEB), ("nul.yaml", "a\0"), ("empty/x", ""), ("broken/compose.yaml", "services:\n  {{ x }\n")]);
    fs::write(directory.path().join("latin.yaml"), b"a: \xe9\n").unwrap();
    let inputs = named(directory.path(), &["gone.yaml", "nul.yaml", "latin.yaml", "empty", "good", "broken"]);
    let ((starts, _), problems) = find(&Disk::default(), directory.path(), &inputs);
    assert_eq!(starts, [["good/compose.yaml"], ["broken/compose.yaml"]]);
    let messages: Vec<_> = problems.iter().map(|problem| problem.message.as_str()).collect();
    let parts = [
        "gone.yaml`: it does not exist",
        "nul.yaml`: it is not a text file",
        "latin.yaml`: it is not valid UTF-8",
        "no compose file found in `",
    ];
    assert!(messages.len() == 4 && messages.iter().zip(parts).all(|(message, part)| message.contains(part)), "{messages:?}");
    assert!(problems.iter().all(|problem| problem.severity == Severity::Error));
}

#[test]
#[cfg(unix)]
fn links_to_files_count_and_links_to_directories_do_not() {
    let directory = tree(&[("real/compose.yaml", WEB)]);
    std::os::unix::fs::symlink("real", directory.path().join("link")).unwrap();
    std::os::unix::fs::symlink("real/compose.yaml", directory.path().join("z-compose.yaml")).unwrap();
    let (starts, files) = find(&Disk::default(), directory.path(), &named(directory.path(), &[""])).0;
    assert_eq!((starts.len(), files), (1, 1));
}

#[test]
fn files_in_memory_come_back_with_their_new_texts() {
    let sources = Sources::default();
    sources
        .add("a/compose.yaml", "services:\n  web:\n    image: x\n    network_mode: host # compose-fix: migrate\n    env_file: web.env\n");
    sources.add("a/web.env", "PORT=3000\n");
    sources.add("b/compose.yaml", WEB);
    let report = check(&sources, &Settings::default());
    let changes = report.changes();
    assert_eq!((report.files, changes.len(), report.errors()), (2, 1, 0));
    assert!(changes[Path::new("a/compose.yaml")].contains("      - \"127.0.0.1:3000:3000\"\n"), "{changes:?}");
}

fn project_with(path: &str, after: &str) -> ProjectReport {
    let mut project = ProjectReport::default();
    let file = project.sources.add(path, "old");
    let at = project.sources.get(file).location(Span::at(0));
    project.changes = Verified::assume(vec![(file, after.to_owned())]);
    let (id, name, outcome) = (ServiceId::new(0), "web".into(), Outcome::Migrated);
    project.services = vec![ServiceReport { id, name, at, outcome, ports: vec![], proof: Proof::default(), consequences: vec![] }];
    project
}

#[test]
fn projects_that_contradict_each_other_about_a_file_are_not_both_applied() {
    let report = |after: &str| Some(project_with("shared", after));
    let examined =
        ["new", "new", "other"].map(|after| Examined { extent: Some(Extent::default()), report: report(after), ..Examined::default() });
    let report = Report::new(&Disk::default(), &[], &Settings::default(), Vec::new(), examined.into());
    let outcomes: Vec<_> = report.projects.iter().map(|project| project.services[0].outcome).collect();
    assert_eq!(outcomes, [Outcome::Migrated, Outcome::Migrated, Outcome::Failed]);
    assert_eq!((report.errors(), report.projects[2].changes.changes().count()), (1, 0));
}

#[test]
fn a_report_keeps_the_texts_that_it_points_at() {
    let mut project = project_with("changed", "new");
    let other = project.sources.add("other", "large");
    project.slim();
    assert_eq!(project.sources.get(other).text, "");
    assert_eq!(project.sources.iter().map(|file| file.text.as_str()).collect::<Vec<_>>(), ["old", ""]);
}
