//! The real program.

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where it is.
pub(crate) struct Compose(PathBuf);

impl Compose {
    /// Finds it, or says that what needs it is skipped.
    pub(crate) fn find() -> Option<Self> {
        let named = std::env::var_os("COMPOSE_FIX_DOCKER_COMPOSE").map(PathBuf::from);
        let path = std::env::var_os("PATH").unwrap_or_default();
        let found = named.or_else(|| std::env::split_paths(&path).map(|folder| folder.join("docker-compose")).find(|file| file.is_file()));
        if found.is_none() {
            eprintln!("skipped: there is no docker-compose here (set COMPOSE_FIX_DOCKER_COMPOSE)");
        }
        found.map(Self)
    }

    /// What it makes of `files` in `directory`, or of what it finds there itself when none are named. The environment
    /// is empty, so that only files count.
    pub(crate) fn config(&self, directory: &Path, files: &[PathBuf]) -> Result<Value, String> {
        let mut command = Command::new(&self.0);
        command.current_dir(directory).env_clear();
        for file in files {
            command.arg("-f").arg(file);
        }
        let output = command.args(["--profile", "*", "config", "--format", "json"]).output().expect("docker-compose runs");
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into_owned());
        }
        serde_json::from_slice(&output.stdout).map_err(|error| error.to_string())
    }
}
