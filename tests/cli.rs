//! The program as people and scripts meet it: streams, exit status, and answers to bad input.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests may panic: that is how they fail")]

mod support;

use std::fs;
use std::path::Path;
use std::process::Stdio;
use support::files::unpack;
use support::program::{command, finish, run};
use tempfile::TempDir;

const GOOD: &str = "services:\n  web:\n    image: nginx\n";

fn tree(files: &[(&str, &[u8])]) -> TempDir {
    unpack(files.iter().copied())
}

/// Runs on one file and expects an error that says all of `parts`, and nothing on standard output.
fn assert_error(bytes: &[u8], parts: &[&str]) {
    let directory = tree(&[("compose.yaml", bytes)]);
    let run = run(directory.path(), &["compose.yaml"]);
    assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""), "{run:?}");
    for part in parts {
        assert!(run.stderr.contains(part), "`{part}` is not in: {}", run.stderr);
    }
    assert_eq!(fs::read(directory.path().join("compose.yaml")).unwrap(), bytes);
}

#[test]
fn nothing_to_do_is_a_success_and_says_so_to_people_only() {
    let directory = tree(&[("compose.yaml", GOOD.as_bytes())]);
    for arguments in [&[][..], &["--check"], &["--write"], &["-n", "compose.yaml"], &["-f", "compose.yaml"]] {
        let run = run(directory.path(), arguments);
        assert_eq!((run.code, run.stdout.as_str()), (Some(0), ""), "{run:?}");
        assert_eq!(run.stderr, "no service on host networking in 1 file\n");
    }
}

#[test]
fn the_text_for_people_is_told_once() {
    let directory = tree(&[("compose.yaml", b"services:\n  web:\n    image: redis\n    network_mode: host\n")]);
    let usual = run(directory.path(), &["--format", "diff"]);
    let swapped = run(directory.path(), &["--format", "text"]);
    assert_eq!((swapped.stdout, swapped.stderr.as_str()), (usual.stderr, ""));
    let written = run(directory.path(), &["--write", "--format", "diff"]);
    assert_eq!(written.stdout, usual.stdout);
}

#[test]
fn standard_input_is_a_file_of_the_current_directory() {
    let directory = tree(&[]);
    let mut good = command(directory.path(), &["-"]);
    good.write_stdin(GOOD);
    assert_eq!(finish(good).code, Some(0));
    let mut host = command(directory.path(), &["-"]);
    host.write_stdin("services:\n  web:\n    image: redis\n    network_mode: host\n");
    let run = finish(host);
    assert!(run.code == Some(0) && run.stdout.contains("+      - \"127.0.0.1:6379:6379\""), "{run:?}");
    let mut bad = command(directory.path(), &["-"]);
    bad.write_stdin("a: [");
    let run = finish(bad);
    assert!(run.code == Some(2) && run.stderr.contains("--> <stdin>:1:"), "{run:?}");
}

#[test]
fn yaml_that_is_no_compose_file_is_an_error_with_its_place() {
    assert_error(b"- services\n", &["error[not-compose]: not a Compose file", "\n --> compose.yaml:1:1"]);
    assert_error(b"services:\n  - web\n", &["error[not-compose]: `services` must be a mapping", "\n --> compose.yaml:2:3"]);
}

#[test]
fn a_service_that_nobody_knows_stops_everything() {
    let text = b"services:\n  web:\n    image: redis\n    network_mode: host\n".as_slice();
    for option in [["--keep", "wbe"], ["--migrate", "wbe"], ["--port", "wbe=80"], ["--host-ip", "wbe=0.0.0.0"]] {
        let directory = tree(&[("compose.yaml", text)]);
        let run = run(directory.path(), &["--write", option[0], option[1]]);
        assert!(run.code == Some(2) && run.stderr.contains("names `wbe`, and there is no such service"), "{run:?}");
        assert_eq!(fs::read(directory.path().join("compose.yaml")).unwrap(), text);
    }
}

#[test]
fn what_compose_rejects_is_no_failure_where_nothing_is_asked() {
    let directory = tree(&[("compose.yaml", b"services:\n  web: {image: x, networks: [gone]}\n".as_slice())]);
    let run = run(directory.path(), &["compose.yaml"]);
    assert!(run.code == Some(0) && run.stderr.contains("warning[rejected]: service `web` refers to network `gone`"), "{run:?}");
}

#[test]
fn text_that_is_not_yaml_is_an_error_with_its_place() {
    assert_error(b"services:\n  web: [\n", &["error[syntax]: ", "\n --> compose.yaml:"]);
    assert_error(b"services:\n\tweb: {}\n", &["error[syntax]: ", "\n --> compose.yaml:2:"]);
}

#[test]
fn a_template_is_called_a_template() {
    assert_error(b"services:\n  {% if x %}\n  web: {}\n  {% endif %}\n", &["`{%`", "looks like a template"]);
    assert_error(b"services:\n  {{ name }}:\n    image: x\n  b\n", &["`{{`", "looks like a template"]);
}

#[test]
fn bytes_that_are_no_text_are_an_error() {
    assert_error(b"a: \xff\n", &["error: cannot read `compose.yaml`: it is not valid UTF-8 (offset 3)"]);
    assert_error(b"a: \0\n", &["error: cannot read `compose.yaml`: it is not a text file (NUL byte at offset 3)"]);
}

#[test]
fn what_is_not_there_is_named() {
    let directory = tree(&[("empty/readme.md", b"")]);
    let error = |arguments: &[&str]| run(directory.path(), arguments).stderr;
    assert!(error(&["gone.yaml"]).starts_with("error: cannot read `gone.yaml`: it does not exist\n"));
    assert!(error(&["-f", "gone.yaml", "-f", "empty"]).contains("error: cannot read `empty`: it is a directory\n"));
    assert!(error(&["empty"]).starts_with("error: no compose file found in `empty`\n"));
    assert!(error(&[]).starts_with("error: no compose file found in `.`\n"));
    assert!(error(&["--env-file", "gone.env"]).starts_with("error: cannot read `gone.env`: it does not exist\n"));
    assert_eq!(run(directory.path(), &["empty"]).code, Some(2));
}

#[test]
#[cfg(unix)]
fn a_file_without_permission_is_an_error() {
    use std::os::unix::fs::PermissionsExt;
    use std::os::unix::process::CommandExt;
    let directory = tree(&[("compose.yaml", GOOD.as_bytes())]);
    let path = directory.path().join("compose.yaml");
    let allow = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    allow(&path, 0o000);
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_compose-fix"));
    if fs::read(&path).is_ok() {
        // Root may read everything, so a copy of the program runs as somebody else.
        let program = directory.path().join("program");
        fs::copy(env!("CARGO_BIN_EXE_compose-fix"), &program).unwrap();
        allow(directory.path(), 0o755);
        allow(&program, 0o755);
        command = std::process::Command::new(program);
        command.uid(65534);
    }
    command.arg("compose.yaml").current_dir(directory.path());
    let run = finish(command.into());
    let said = "error: cannot read `compose.yaml`: permission denied\n\nno service on host networking in 0 files, 1 error\n";
    assert_eq!((run.code, run.stderr.as_str()), (Some(2), said));
}

#[test]
fn one_bad_file_stops_no_other() {
    let directory = tree(&[("a/compose.yaml", b"network_mode: ["), ("b/compose.yaml", GOOD.as_bytes()), ("c/compose.yaml", b"\xff")]);
    let run = run(directory.path(), &[]);
    assert_eq!(run.code, Some(2));
    assert!(run.stderr.ends_with("no service on host networking in 2 files, 2 errors\n"), "{}", run.stderr);
}

#[test]
fn a_bad_file_that_is_found_and_speaks_of_nothing_is_left_alone() {
    let directory = tree(&[("compose.yaml", b"services: ["), ("sub/compose.yaml", GOOD.as_bytes())]);
    let found = run(directory.path(), &[]);
    assert_eq!((found.code, found.stderr.as_str()), (Some(0), "no service on host networking in 2 files\n"));
    assert_eq!(run(directory.path(), &["compose.yaml"]).code, Some(2));
}

#[test]
fn quiet_says_nothing_but_errors() {
    let directory = tree(&[("good/compose.yaml", GOOD.as_bytes()), ("bad/compose.yaml", b"network_mode: [")]);
    assert_eq!(run(directory.path(), &["-q", "good"]).stderr, "");
    let bad = run(directory.path(), &["-q", "bad"]).stderr;
    assert!(bad.starts_with("error[syntax]: ") && bad.lines().count() == 2, "{bad}");
}

#[test]
fn colours_are_for_terminals_or_on_demand() {
    let directory = tree(&[("compose.yaml", b"network_mode: [")]);
    let escapes = |arguments: &[&str]| run(directory.path(), arguments).stderr.contains('\u{1b}');
    assert!(!escapes(&[]));
    assert!(escapes(&["--color", "always"]));
    let mut never = command(directory.path(), &["--color=never"]);
    never.env("CLICOLOR_FORCE", "1");
    assert!(!finish(never).stderr.contains('\u{1b}'));
}

#[test]
fn names_of_files_cannot_steer_the_terminal() {
    let directory = tree(&[]);
    let run = run(directory.path(), &["\u{1b}[31m\u{202e}.yaml"]);
    assert!(run.stderr.contains("`\\u{1b}[31m\\u{202e}.yaml`"), "{}", run.stderr);
}

#[test]
fn typing_mistakes_are_answered_before_anything_is_read() {
    let directory = tree(&[]);
    for arguments in [&["--wirte"][..], &["-n", "-w"], &["-w", "-"], &["-p", "web"], &["--host-ip", "x"]] {
        let run = run(directory.path(), arguments);
        assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""), "{run:?}");
        assert!(run.stderr.starts_with("error: "), "{run:?}");
    }
}

#[test]
fn help_and_version_are_asked_for_and_go_to_standard_output() {
    let directory = tree(&[]);
    let version = run(directory.path(), &["--version"]);
    assert_eq!((version.code, version.stdout), (Some(0), format!("compose-fix {}\n", env!("CARGO_PKG_VERSION"))));
    assert!(run(directory.path(), &["--help"]).stdout.contains("--dry-run"));
}

#[test]
fn a_reader_who_leaves_is_no_failure() {
    let directory = tree(&[("compose.yaml", GOOD.as_bytes())]);
    for arguments in [&[][..], &["--help"]] {
        let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_compose-fix"));
        let mut child = child.args(arguments).current_dir(directory.path()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop((child.stdout.take(), child.stderr.take()));
        assert_eq!(child.wait().unwrap().code(), Some(0), "{arguments:?}");
    }
}
