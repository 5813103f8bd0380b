//! From what the user named to projects: which files belong together, and their texts.
//!
//! This is the only place that reads compose projects from disk; every later stage works on the texts found here. Which
//! files make a project follows what `docker compose` does when it is run in that directory, or with `-f`. What the
//! files mean is left to `compose`, except for the paths they name, which have to be read as well.

mod closure;
mod read;
mod walk;

use crate::diagnostic::FileProblem;
use crate::options::{Input, Options};
use crate::source::{FileId, Sources, normalise};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// The name under which standard input is shown.
pub(crate) const STDIN: &str = "<stdin>";

/// All that was found.
#[derive(Debug, Default)]
pub(crate) struct Discovery {
    /// The projects, in the order of the command line, and within a directory by name.
    pub(crate) projects: Vec<ProjectFiles>,
    /// What could not be read or searched.
    pub(crate) problems: Vec<FileProblem>,
    /// How many Compose files were looked at.
    pub(crate) files: usize,
}

/// The files of one project, read.
#[derive(Debug, Default)]
pub(crate) struct ProjectFiles {
    /// The project's directory, to which paths in its files are relative; empty for the current one.
    pub(crate) directory: PathBuf,
    /// The Compose files it is started from; later ones override earlier ones.
    pub(crate) compose: Vec<FileId>,
    /// Those, and the Compose files that they include and extend.
    pub(crate) parts: Vec<FileId>,
    /// The file with the variables for interpolation: `.env`, or what `--env-file` names.
    pub(crate) env: Option<FileId>,
    /// All files that were read, by normalised path: those above and the text files that they name.
    pub(crate) sources: Sources,
    /// What they name and is not there, or cannot be read as text where text is needed.
    pub(crate) missing: Vec<PathBuf>,
    /// A file of a default name beside them that is not part of the project: what they may be meant to go over.
    pub(crate) beside: Option<PathBuf>,
    /// The directories below which files may be written.
    pub(crate) roots: Vec<PathBuf>,
    /// Every Compose file of the project by its real path, those it includes and extends among them.
    covers: BTreeSet<PathBuf>,
}

impl ProjectFiles {
    /// Whether the user's words allow to write that file: it lies below a directory that was named, or below the
    /// directory of a file that was.
    pub(crate) fn may_write(&self, path: &Path) -> bool {
        if path == Path::new(STDIN) {
            return true; // What came in goes out again as a diff.
        }
        let absolute = |path: &Path| std::path::absolute(path).map(|path| normalise(&path));
        let Ok(path) = absolute(path) else { return false };
        self.roots.iter().any(|root| absolute(or_current(root)).is_ok_and(|root| path.starts_with(root)))
    }

    /// The real paths of the files it is started from.
    fn starts(&self) -> impl Iterator<Item = PathBuf> {
        self.compose.iter().map(|&id| read::real_path(&self.sources.get(id).path))
    }

    /// Whether all files that `other` is started from are part of this project.
    fn includes(&self, other: &ProjectFiles) -> bool {
        other.starts().all(|path| self.covers.contains(&path))
    }
}

/// A project before its files are read.
#[derive(Debug)]
struct Seed {
    /// Which input it comes from.
    input: usize,
    directory: PathBuf,
    compose: Vec<PathBuf>,
    /// The directory below which its files may be written.
    root: Option<PathBuf>,
    /// Whether it is known to be a project; otherwise only its name suggests it.
    certain: bool,
}

/// Finds and reads the projects that `options` name. What cannot be read becomes a problem and stops nothing.
pub(crate) fn discover(options: &Options) -> Discovery {
    let mut found = Discovery::default();
    let env_file = options.env_file.as_deref();
    if let Some(problem) = env_file.and_then(|path| read::compose_file(path).err()) {
        found.problems.push(problem);
        return found;
    }
    let seeds: Vec<Seed> =
        options.inputs.iter().enumerate().flat_map(|(number, input)| seeds(number, input, options, &mut found)).collect();
    let read: Vec<_> = seeds.into_par_iter().map(|seed| (seed.input, closure::read(&seed, env_file))).collect();
    let mut fruitful = BTreeSet::new();
    for (input, result) in read {
        match result {
            Ok(None) => continue,
            Ok(Some(project)) => found.projects.push(project),
            Err(problems) => found.problems.extend(problems),
        }
        fruitful.insert(input);
    }
    for (number, input) in options.inputs.iter().enumerate() {
        if let Input::Path(path) = input
            && path.is_dir()
            && !fruitful.contains(&number)
        {
            found.problems.push(FileProblem::error(path, format!("no compose file found in `{}`", path.display())));
        }
    }
    found.files = found.projects.iter().flat_map(|project| &project.covers).collect::<BTreeSet<_>>().len();
    found.projects = without_parts(found.projects);
    found
}

/// The projects that an input stands for.
fn seeds(number: usize, input: &Input, options: &Options, found: &mut Discovery) -> Vec<Seed> {
    match input {
        Input::Path(path) if path.is_dir() => walk::search(number, path, options.env_file.is_none(), &mut found.problems),
        Input::Path(path) => vec![named(number, std::slice::from_ref(path))],
        Input::Files(paths) => vec![named(number, paths)],
        Input::Stdin => {
            let directory = PathBuf::new();
            vec![Seed { input: number, directory, compose: vec![STDIN.into()], root: None, certain: true }]
        }
    }
}

/// A project whose files the user names.
fn named(input: usize, paths: &[PathBuf]) -> Seed {
    let compose: Vec<PathBuf> = paths.iter().map(|path| normalise(path)).collect();
    let directory = compose.first().and_then(|path| path.parent()).unwrap_or(Path::new("")).to_owned();
    Seed { input, root: Some(directory.clone()), directory, compose, certain: true }
}

/// Leaves out every project that is part of another. Of projects that are part of each other the first stays.
fn without_parts(projects: Vec<ProjectFiles>) -> Vec<ProjectFiles> {
    let mut covering: BTreeMap<&PathBuf, Vec<usize>> = BTreeMap::new();
    for (number, project) in projects.iter().enumerate() {
        for path in &project.covers {
            covering.entry(path).or_default().push(number);
        }
    }
    let is_part = |number: usize| {
        let (project, first) = (&projects[number], projects[number].starts().next());
        let candidates = first.and_then(|path| covering.get(&path)).into_iter().flatten();
        candidates.copied().filter(|&other| other != number).any(|other| {
            let whole = &projects[other];
            whole.includes(project) && (other < number || !project.includes(whole))
        })
    };
    let parts: Vec<bool> = (0..projects.len()).map(is_part).collect();
    let mut kept: Vec<ProjectFiles> = Vec::new();
    let mut roots: Vec<(BTreeSet<PathBuf>, Vec<PathBuf>)> = Vec::new();
    for (project, part) in projects.into_iter().zip(parts) {
        match part {
            true => roots.push((project.starts().collect(), project.roots)),
            false => kept.push(project),
        }
    }
    // Naming a file allows to write beside it, also when the file turns out to be part of a project named otherwise.
    for (starts, more) in roots {
        let wholes = kept.iter_mut().filter(|whole| starts.is_subset(&whole.covers));
        wholes.for_each(|whole| whole.roots.extend(more.iter().cloned()));
    }
    kept
}

/// The path, for calls that do not take the empty one for the current directory.
fn or_current(path: &Path) -> &Path {
    if path.as_os_str().is_empty() { Path::new(".") } else { path }
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
