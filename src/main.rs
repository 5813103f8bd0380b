//! The program: arguments in, exit status out. Everything else is in the library.

use compose_fix::{cli, run};
use std::process::ExitCode;

fn main() -> ExitCode {
    let options = match cli::parse(std::env::args_os()) {
        Ok(options) => options,
        Err(error) => {
            // Nobody is left to be told that nobody could be told.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    match run::run(&options) {
        Ok(status) => ExitCode::from(status.code()),
        Err(error) => {
            anstream::eprintln!("error: {error:#}");
            ExitCode::from(2)
        }
    }
}
