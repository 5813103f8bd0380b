//! From what the user named to projects: which files belong together, and which projects can matter.
//!
//! What files make a project follows what `docker compose` does when it is run in that directory, or with `-f`; which further
//! ones they include and extend is found by `compose` when it loads them. Everything is written over a
//! [`FileSystem`], so that a directory on disk and files in memory are searched alike.

mod open;
mod prefilter;
mod walk;

use crate::diagnostic::FileProblem;
use crate::files::{FileSystem, Kind, MAX_COMPOSE_BYTES, STDIN, Unread, text};
use crate::source::normalise;
use prefilter::Signs;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};

pub(crate) use open::{Opened, names_services, open};
pub(crate) use prefilter::Prefilter;

/// A source of projects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Input {
    /// One Compose file on standard input.
    Stdin,
    /// A directory to search, or a Compose file that is taken alone.
    Path(PathBuf),
    /// One project of several files, of which later ones override earlier ones.
    Files(Vec<PathBuf>),
}

impl Input {
    /// The files that it names, or the directory.
    pub(crate) fn paths(&self) -> Vec<PathBuf> {
        match self {
            Self::Stdin => vec![STDIN.into()],
            Self::Path(path) => vec![normalise(path)],
            Self::Files(paths) => paths.iter().map(|path| normalise(path)).collect(),
        }
    }
}

/// A project before it is opened.
#[derive(Debug)]
pub(crate) struct Seed {
    /// Which input it comes from.
    pub(crate) input: usize,
    /// The project's directory, to which paths in its files are relative; empty for the current one.
    pub(crate) directory: PathBuf,
    /// The Compose files it is started from; later ones override earlier ones.
    pub(crate) compose: Vec<PathBuf>,
    /// How it was found, unless the user named its files.
    pub(crate) found: Option<Found>,
}

/// What is known of a project that a search found.
#[derive(Debug)]
pub(crate) struct Found {
    /// Whether it is known to be a project; otherwise only its name suggests it.
    certain: bool,
    /// What its files and its `.env` may speak of.
    signs: Signs,
    /// The real paths of its files.
    real: Vec<PathBuf>,
    /// The files that cannot be read.
    problems: Vec<FileProblem>,
}

/// What becomes of a seed without opening it.
#[derive(Debug)]
pub(crate) enum First {
    /// It has to be opened.
    Open,
    /// It cannot matter. It is a project of these files.
    Done(Vec<PathBuf>),
    /// It is no project.
    Nothing,
    /// Its files cannot be read.
    Unreadable(Vec<FileProblem>),
}

impl Seed {
    /// What the bytes of its files come to.
    pub(crate) fn at_first_sight(&self) -> First {
        match &self.found {
            Some(found) if !found.problems.is_empty() => First::Unreadable(found.problems.clone()),
            Some(found) if !found.signs.matter() && (found.certain || found.signs.compose) => First::Done(found.real.clone()),
            Some(found) if !found.signs.matter() => First::Nothing,
            _ => First::Open,
        }
    }

    /// Whether it is a project whatever its file turns out to be.
    pub(crate) fn is_certain(&self) -> bool {
        self.found.as_ref().is_none_or(|found| found.certain)
    }
}

/// The projects that inputs stand for, in their order, and within a directory by name; and what could not be searched.
pub(crate) fn survey(
    system: &dyn FileSystem,
    inputs: &[Input],
    env_file: Option<&Path>,
    prefilter: &Prefilter,
) -> (Vec<Seed>, Vec<FileProblem>) {
    let mut problems = Vec::new();
    let env = match env_file.map(|path| text(system, path, MAX_COMPOSE_BYTES).map_err(|unread| unreadable(path, &unread))) {
        Some(Err(problem)) => return (Vec::new(), vec![problem]),
        Some(Ok(text)) => Some(Signs { host: prefilter.names_host(&text), ..Signs::default() }),
        None => None,
    };
    let mut seeds = Vec::new();
    for (number, input) in inputs.iter().enumerate() {
        match input {
            Input::Path(path) if system.kind(path) == Some(Kind::Directory) => {
                let search = walk::Search { system, prefilter, input: number, root: &normalise(path), env };
                seeds.extend(walk::search(search, &mut problems));
            }
            _ => seeds.push(named(number, input)),
        }
    }
    (seeds, problems)
}

/// A project whose files the user names.
fn named(number: usize, input: &Input) -> Seed {
    let mut compose: Vec<PathBuf> = Vec::new();
    for path in input.paths() {
        if !compose.contains(&path) {
            compose.push(path);
        }
    }
    let directory = compose.first().and_then(|path| path.parent()).unwrap_or(Path::new("")).to_owned();
    Seed { input: number, directory, compose, found: None }
}

/// The paths at or below which files may be written: a directory that was named, the directory of a file that was.
pub(crate) fn roots(system: &dyn FileSystem, inputs: &[Input]) -> Vec<PathBuf> {
    let root = |input: &Input| {
        let path = input.paths().into_iter().next().unwrap_or_default();
        let whole = *input == Input::Stdin || matches!(input, Input::Path(_)) && system.kind(&path) == Some(Kind::Directory);
        if whole { path } else { path.parent().unwrap_or(Path::new("")).to_owned() }
    };
    inputs.iter().map(root).collect()
}

/// Which files a project turned out to be made of, by their real paths.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Extent {
    /// The files it is started from.
    pub(crate) starts: Vec<PathBuf>,
    /// Those, and the files that they include and extend.
    pub(crate) covers: Vec<PathBuf>,
}

impl Extent {
    /// Whether all files that `other` is started from are part of this project.
    fn includes(&self, other: &Self) -> bool {
        other.starts.iter().all(|path| self.covers.contains(path))
    }
}

/// How many Compose files there are in all.
pub(crate) fn count_files(extents: &[&Extent]) -> usize {
    extents.iter().flat_map(|extent| &extent.covers).collect::<HashSet<_>>().len()
}

/// Says of each project whether it is part of another. Of projects that are part of each other the first is not.
pub(crate) fn parts(extents: &[&Extent]) -> Vec<bool> {
    let mut covering: HashMap<&PathBuf, Vec<usize>> = HashMap::new();
    for (number, extent) in extents.iter().enumerate() {
        extent.covers.iter().for_each(|path| covering.entry(path).or_default().push(number));
    }
    let is_part = |number: usize| {
        let own = extents[number];
        let candidates = own.starts.first().and_then(|path| covering.get(path)).into_iter().flatten();
        candidates.filter(|other| **other != number).any(|other| {
            let whole = extents[*other];
            whole.includes(own) && (*other < number || !own.includes(whole))
        })
    };
    (0..extents.len()).map(is_part).collect()
}

/// The directories that were named and in which there is nothing.
pub(crate) fn fruitless(system: &dyn FileSystem, inputs: &[Input], fruitful: &BTreeSet<usize>) -> Vec<FileProblem> {
    let numbered = inputs.iter().enumerate().filter(|(number, _)| !fruitful.contains(number));
    let directories = numbered.filter_map(|(_, input)| match input {
        Input::Path(path) if system.kind(path) == Some(Kind::Directory) => Some(path),
        _ => None,
    });
    directories.map(|path| FileProblem::error(path, format!("no compose file found in `{}`", path.display()))).collect()
}

fn unreadable(path: &Path, unread: &Unread) -> FileProblem {
    FileProblem::error(path, format!("cannot read `{}`: {unread}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Severity;
    use std::fs;
    use tempfile::TempDir;

    const WEB: &str = "services:\n  web:\n    image: web\n";

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

    fn relative(directory: &TempDir, path: &Path) -> String {
        path.strip_prefix(directory.path()).unwrap_or(path).display().to_string()
    }

    /// The names of the files that each project is started from.
    fn starts(directory: &TempDir, found: &Discovery) -> Vec<Vec<String>> {
        let name = |project: &ProjectFiles, &id: &FileId| relative(directory, &project.sources.get(id).path);
        found.projects.iter().map(|project| project.compose.iter().map(|id| name(project, id)).collect()).collect()
    }

    /// All files that the only project read.
    fn all_files(directory: &TempDir, found: &Discovery) -> Vec<String> {
        assert_eq!(found.projects.len(), 1, "{:?}", found.problems);
        found.projects[0].sources.iter().map(|file| relative(directory, &file.path)).collect()
    }

    fn discover_in(directory: &TempDir, inputs: &[&str]) -> Discovery {
        let inputs = inputs.iter().map(|path| Input::Path(directory.path().join(path))).collect();
        discover(&Options { inputs, ..Options::default() })
    }

    #[test]
    fn a_directory_is_read_as_compose_reads_it() {
        let directory = tree(&[
            ("compose.yml", WEB),
            ("docker-compose.yaml", WEB),
            ("docker-compose.override.yml", WEB),
            ("compose.override.yaml", WEB),
            (".gitignore", "*.override.*\n"),
        ]);
        let found = discover_in(&directory, &[""]);
        assert_eq!(starts(&directory, &found), [vec!["compose.yml", "compose.override.yaml"], vec!["docker-compose.yaml"]]);
        assert_eq!(found.files, 3);
    }

    #[test]
    fn the_env_file_names_the_files_when_it_says_so() {
        let directory =
            tree(&[(".env", "COMPOSE_PATH_SEPARATOR=,\nCOMPOSE_FILE=base.yml,prod.yml\n"), ("base.yml", WEB), ("prod.yml", WEB)]);
        assert_eq!(starts(&directory, &discover_in(&directory, &[""])), [["base.yml", "prod.yml"]]);
        let inputs = vec![Input::Path(directory.path().to_owned())];
        let other = Options { inputs, env_file: Some(directory.path().join("base.yml")), ..Options::default() };
        assert_eq!(discover(&other).projects.len(), 0);
    }

    #[test]
    fn other_yaml_counts_by_name_and_content() {
        let directory = tree(&[
            ("a/My-Compose.prod.YAML", WEB),
            ("a/compose-values.yaml", "image: web\n"),
            ("a/services.yaml", WEB),
            ("b/.hidden/compose.yaml", WEB),
            ("c/compose.yaml", WEB),
            (".gitignore", "c\n"),
        ]);
        assert_eq!(starts(&directory, &discover_in(&directory, &[""])), [["a/My-Compose.prod.YAML"]]);
    }

    #[test]
    fn a_named_file_is_taken_alone_and_need_not_look_like_one() {
        let directory = tree(&[("x.txt", "a: 1\n"), ("compose.yaml", WEB), ("compose.override.yaml", WEB)]);
        let found = discover_in(&directory, &["x.txt", "compose.yaml"]);
        assert_eq!(starts(&directory, &found), [["x.txt"], ["compose.yaml"]]);
    }

    #[test]
    fn several_files_make_one_project_in_their_order() {
        let directory = tree(&[("a/x.yaml", WEB), ("y.yaml", WEB)]);
        let files = ["y.yaml", "a/x.yaml", "y.yaml"].map(|path| directory.path().join(path)).into();
        let found = discover(&Options { inputs: vec![Input::Files(files)], ..Options::default() });
        assert_eq!(starts(&directory, &found), [["y.yaml", "a/x.yaml"]]);
        assert_eq!(found.projects[0].directory, directory.path());
    }

    #[test]
    fn a_project_that_is_part_of_another_is_not_looked_at_twice() {
        let directory = tree(&[
            ("compose.yaml", "include: [sub/compose.yaml]\nservices:\n  a:\n    extends: {file: common/base-compose.yml, service: b}\n"),
            ("sub/compose.yaml", WEB),
            ("common/base-compose.yml", WEB),
        ]);
        let found = discover_in(&directory, &["", "sub", "sub/compose.yaml", "."]);
        assert_eq!(starts(&directory, &found), [["compose.yaml"]]);
        assert_eq!(found.files, 3);
    }

    #[test]
    fn files_that_include_each_other_make_one_project() {
        let directory = tree(&[
            ("a-compose.yml", "include: [b-compose.yml]\nservices: {}\n"),
            ("b-compose.yml", "include: [a-compose.yml]\nservices: {}\n"),
        ]);
        assert_eq!(starts(&directory, &discover_in(&directory, &[""])), [["a-compose.yml"]]);
    }

    #[test]
    fn what_a_project_names_is_read_and_what_belongs_to_the_host_is_not() {
        let text = "services:\n  web:\n    env_file: [./x/../web.env, gone.env, ../up.env]\n    volumes:\n      - ./conf:/etc/web\n      - ./blob:/blob\n      - /etc/hostname:/h\n      - ../outside:/o\n";
        let directory = tree(&[
            ("p/compose.yaml", text),
            ("p/.env", "A=1\n"),
            ("p/web.env", "B=1\n"),
            ("up.env", "C=1\n"),
            ("p/conf/b.conf", "b"),
            ("p/conf/a/deep/x/too-deep", "x"),
            ("p/conf/a/a.conf", "a"),
            ("p/conf/image.bin", "\0"),
            ("p/blob", "\0"),
            ("outside/x", "x"),
        ]);
        let found = discover_in(&directory, &["p/compose.yaml"]);
        let mut read = all_files(&directory, &found);
        read.sort();
        assert_eq!(read, ["p/.env", "p/compose.yaml", "p/conf/a/a.conf", "p/conf/b.conf", "p/web.env", "up.env"]);
        let project = &found.projects[0];
        let missing: Vec<_> = project.missing.iter().map(|path| relative(&directory, path)).collect();
        assert_eq!(missing, ["p/gone.env"]);
        assert_eq!(project.env.map(|id| project.sources.get(id).text.as_str()), Some("A=1\n"));
    }

    #[test]
    fn a_mounted_directory_is_read_up_to_a_limit() {
        let mut files = vec![("compose.yaml".to_owned(), "services:\n  web:\n    volumes: ['./many:/x']\n")];
        files.extend((0..100).map(|number| (format!("many/{number:03}"), "x")));
        let files: Vec<_> = files.iter().map(|(path, text)| (path.as_str(), *text)).collect();
        let directory = tree(&files);
        assert_eq!(all_files(&directory, &discover_in(&directory, &["compose.yaml"])).len(), 65);
    }

    #[test]
    fn only_what_was_named_may_be_written() {
        let directory = tree(&[("a/compose.yaml", WEB), ("b/compose.yaml", "include: [../a/compose.yaml]\n")]);
        let may = |found: &Discovery, path: &str| found.projects[0].may_write(&directory.path().join(path));
        let found = discover_in(&directory, &["b/compose.yaml"]);
        assert_eq!((may(&found, "b/x.env"), may(&found, "b/../a/compose.yaml")), (true, false));
        let found = discover_in(&directory, &["b/compose.yaml", "a/compose.yaml"]);
        assert_eq!((found.projects.len(), may(&found, "a/compose.yaml")), (1, true));
        assert!(may(&discover_in(&directory, &[""]), "a/compose.yaml"));
    }

    #[test]
    fn what_cannot_be_read_is_named_and_stops_nothing() {
        let directory =
            tree(&[("good/compose.yaml", WEB), ("nul.yaml", "a\0"), ("empty/x", ""), ("broken/compose.yaml", "services:\n  {{ x }\n")]);
        fs::write(directory.path().join("latin.yaml"), b"a: \xe9\n").unwrap();
        let found = discover_in(&directory, &["gone.yaml", "nul.yaml", "latin.yaml", "empty", "good", "broken"]);
        assert_eq!(starts(&directory, &found), [["good/compose.yaml"], ["broken/compose.yaml"]]);
        let problems: Vec<_> = found.problems.iter().map(|problem| problem.message.as_str()).collect();
        let parts = [
            "gone.yaml`: it does not exist",
            "nul.yaml`: it is not a text file",
            "latin.yaml`: it is not valid UTF-8",
            "no compose file found in `",
        ];
        assert!(problems.len() == 4 && problems.iter().zip(parts).all(|(problem, part)| problem.contains(part)), "{problems:?}");
        assert!(found.problems.iter().all(|problem| problem.severity == Severity::Error));
    }

    #[test]
    #[cfg(unix)]
    fn links_to_files_count_and_links_to_directories_do_not() {
        let directory = tree(&[("real/compose.yaml", WEB)]);
        std::os::unix::fs::symlink("real", directory.path().join("link")).unwrap();
        std::os::unix::fs::symlink("real/compose.yaml", directory.path().join("z-compose.yaml")).unwrap();
        let found = discover_in(&directory, &[""]);
        assert_eq!((found.projects.len(), found.files), (1, 1));
    }
}
