//! A stack of real software on a real engine: started, migrated, started again, and rolled back.
//!
//! The stacks run one after another, since all of them want ports of one machine.

use crate::probe::{Answer, Side, Talk, answer};
use crate::support::files::{Files, copy, needed, pack, root};
use assert_cmd::Command;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tempfile::TempDir;

/// Databases take their time, two cores more of it.
const START: Duration = Duration::from_secs(90);
/// How long nothing has to be heard before it counts as silence, on top of the time that each question takes.
const SILENCE: Duration = Duration::from_millis(500);

/// What a server's port should be like for the machine next door.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outside {
    /// Open under host networking, closed after the migration.
    Closes,
    /// Open, and still open: the service stays on host networking.
    StaysOpen,
    /// Closed from the start.
    WasClosed,
}

/// A server of the stack and how it is spoken to.
pub(crate) type Probe = (u16, Talk, Outside);

static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// A stack that is up; it is taken down when it goes out of scope.
pub(crate) struct Stack {
    name: &'static str,
    directory: PathBuf,
    compose: Vec<&'static str>,
    _temporary: TempDir,
    _turn: MutexGuard<'static, ()>,
}

/// A run of the program.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// Proves that the stack of that name works before and after its migration, and after the way back: every probe is
/// answered on loopback, and next door hears what it should.
pub(crate) fn prove(name: &'static str, arguments: &[&str], compose: &[&'static str], probes: &[Probe]) {
    let stack = Stack::new(name, compose);
    stack.up();
    stack.probe("host networking", probes, |outside| outside != Outside::WasClosed);

    let before = stack.files();
    let diff = stack.compose_fix(&[&["--dry-run"], arguments].concat()).stdout;
    assert!(!diff.is_empty(), "nothing is migrated");
    let written = stack.compose_fix(&[&["--write"], arguments].concat());
    assert_eq!((written.code, written.stdout.as_str()), (0, ""), "{written:?}");
    let again = stack.compose_fix(&[&["--dry-run"], arguments].concat());
    assert_eq!(again.stdout, "", "a second run finds nothing to do");
    stack.up();
    stack.probe("migrated", probes, |outside| outside == Outside::StaysOpen);

    stack.command("git", &["apply", "-R", "-"]).write_stdin(diff).assert().success();
    assert_eq!(stack.files(), before, "the diff leads back");
    stack.up();
    stack.probe("rolled back", probes, |outside| outside != Outside::WasClosed);
}

impl Stack {
    /// A copy of the stack's files in a directory of their own.
    pub(crate) fn new(name: &'static str, compose: &[&'static str]) -> Self {
        needed("COMPOSE_FIX_ENGINE");
        // A test that failed has said so; the others still run.
        let turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
        let temporary = tempfile::tempdir().unwrap();
        // Compose names the project after it.
        let directory = temporary.path().join(format!("cf-{name}"));
        copy(&root().join("tests/engine/stacks").join(name), &directory);
        Self { name, directory, compose: compose.to_vec(), _temporary: temporary, _turn: turn }
    }

    /// The stack's directory.
    pub(crate) fn directory(&self) -> &Path {
        &self.directory
    }

    /// Starts what is in the files now.
    pub(crate) fn up(&self) {
        let up = ["up", "--detach", "--timeout", "2"];
        self.command("docker-compose", &[self.compose.as_slice(), &up].concat()).assert().success();
    }

    /// Runs the program in the stack's directory.
    pub(crate) fn compose_fix(&self, arguments: &[&str]) -> Run {
        let output = self.command(env!("CARGO_BIN_EXE_compose-fix"), arguments).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        let run = Run { code: output.status.code().unwrap(), stdout: text(output.stdout), stderr: text(output.stderr) };
        eprintln!("$ compose-fix {}\n{}", arguments.join(" "), run.stderr);
        run
    }

    /// A program in the stack's directory.
    pub(crate) fn command(&self, program: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.directory).args(arguments);
        command
    }

    /// Asks every server on loopback and from next door, and writes a line about each.
    pub(crate) fn probe(&self, stage: &str, probes: &[Probe], is_open: impl Fn(Outside) -> bool) {
        for (port, talk, outside) in probes {
            let inside = answer(*talk, *port, Side::Loopback, START);
            let open = is_open(*outside);
            let next_door = answer(*talk, *port, Side::NextDoor, if open { START } else { SILENCE });
            let word = |answer: &Answer| if *answer == Answer::Right { "answers" } else { "silent" };
            eprintln!("| {} | {stage} | {port} {talk:?} | {} | {} |", self.name, word(&inside), word(&next_door));
            assert_eq!(inside, Answer::Right, "{} ({stage}): {port} {talk:?} on loopback\n{}", self.name, self.logs());
            let as_it_should = if open { next_door == Answer::Right } else { matches!(next_door, Answer::Silence(_)) };
            assert!(as_it_should, "{} ({stage}): {port} {talk:?} for the machine next door: {next_door:?}", self.name);
        }
    }

    /// The files and their bytes, by path.
    fn files(&self) -> Files {
        pack(&self.directory)
    }

    fn logs(&self) -> String {
        let output = self.command("docker-compose", &[self.compose.as_slice(), &["logs", "--tail", "30"]].concat()).output().unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned()
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        let down = ["down", "--timeout", "1", "--volumes", "--remove-orphans"];
        let _ = self.command("docker-compose", &[self.compose.as_slice(), &down].concat()).output();
    }
}
