//! Brings into `data/images.txt` what app stores say of images: what they publish, dial and check, and whether they bridge it.
//!
//! ```sh
//! cargo run --example refresh_images -- DIRECTORY|FACTS.tsv…           # rewrites data/images.txt, says what a person should look at
//! cargo run --example refresh_images -- --facts DIRECTORY… > facts.tsv # only what the stores say, one fact a line
//! ```
//!
//! A `DIRECTORY` is a checkout of one store, named `OWNER+NAME` after its repository. Give all of them at once: how many stores agree
//! is what makes a fact strong. `stores.rs` tells which layouts are read, `fact.rs` what a fact is, `merge.rs` what becomes of facts:
//! lines written by hand keep every word, and get `stores=` and `bridged=`; lines with `from=` are made anew.
//!
//! It is an example and not part of the program because nobody needs it to run the program.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "it is a program")]

mod compose;
mod fact;
mod merge;
mod stores;
mod templates;
#[cfg(test)]
mod tests;

use anyhow::{Context, Result};
use std::fs;
use std::path::Path;

fn main() -> Result<()> {
    let (options, paths): (Vec<String>, Vec<String>) = std::env::args().skip(1).partition(|argument| argument.starts_with("--"));
    let mut facts = Vec::new();
    for path in paths.iter().map(Path::new) {
        let found = if path.is_dir() { stores::read(path) } else { fs::read_to_string(path).map(|text| fact::parse(&text)) };
        facts.extend(found.with_context(|| path.display().to_string())?);
    }
    if options.iter().any(|option| option == "--facts") {
        print!("{}", fact::print(&facts));
        return Ok(());
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/images.txt");
    let (text, remarks) = merge::merge(&fs::read_to_string(&path)?, &facts);
    fs::write(&path, text)?;
    remarks.iter().for_each(|remark| eprintln!("{remark}"));
    Ok(())
}
