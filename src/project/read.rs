//! Texts from disk, with limits, and in words what stands against reading them.

use super::{STDIN, or_current};
use crate::diagnostic::FileProblem;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// No Compose file is larger; a device that never ends must not fill the memory.
const MAX_COMPOSE_BYTES: u64 = 16 << 20;

/// The text of a file that has to be text. The path that stands for standard input reads that.
///
/// # Errors
/// What is the matter, in words that name the file.
pub(super) fn compose_file(path: &Path) -> Result<String, FileProblem> {
    let bytes = match path == Path::new(STDIN) {
        true => bytes(io::stdin().lock(), MAX_COMPOSE_BYTES),
        false => File::open(path).and_then(|file| bytes(file, MAX_COMPOSE_BYTES)),
    };
    let problem = |what: String| FileProblem::error(path, what);
    let name = path.display();
    let bytes = bytes.map_err(|error| problem(format!("cannot read `{name}`: {}", in_words(&error))))?;
    let Some(bytes) = bytes else {
        return Err(problem(format!("cannot read `{name}`: it is larger than {} MiB", MAX_COMPOSE_BYTES >> 20)));
    };
    if let Some(at) = bytes.iter().position(|&byte| byte == 0) {
        return Err(problem(format!("cannot read `{name}`: it is not a text file (NUL byte at offset {at})")));
    }
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        problem(format!("cannot read `{name}`: it is not valid UTF-8 (offset {at})"))
    })
}

/// The text of a regular file that may as well hold anything else.
///
/// # Errors
/// It cannot be read at all. Contents that are no text, or more than `limit` bytes, are `None`.
pub(super) fn any_file(path: &Path, limit: u64) -> io::Result<Option<String>> {
    let bytes = bytes(File::open(path)?, limit)?;
    Ok(bytes.and_then(|bytes| String::from_utf8(bytes).ok()).filter(|text| !text.contains('\0')))
}

/// The path that names a file whatever way leads there, as long as the file exists.
pub(super) fn real_path(path: &Path) -> PathBuf {
    fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}

/// The entries of a directory by name, hidden ones left out; none when it cannot be listed.
pub(super) fn entries(directory: &Path) -> Vec<PathBuf> {
    let listed = fs::read_dir(or_current(directory)).into_iter().flatten().filter_map(Result::ok);
    let mut names: Vec<_> = listed.map(|entry| entry.file_name()).filter(|name| !name.as_encoded_bytes().starts_with(b".")).collect();
    names.sort();
    names.into_iter().map(|name| directory.join(name)).collect()
}

/// What the system says, without its number.
pub(super) fn in_words(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "it does not exist".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        io::ErrorKind::IsADirectory => "it is a directory".to_owned(),
        _ => error.to_string(),
    }
}

/// All bytes, or `None` when there are more than `limit`.
fn bytes(reader: impl Read, limit: u64) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    let length = reader.take(limit + 1).read_to_end(&mut bytes)?;
    Ok((length as u64 <= limit).then_some(bytes))
}
