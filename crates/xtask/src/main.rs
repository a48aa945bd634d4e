#![doc = include_str!("../README.md")]

#[cfg(unix)]
mod apps;
#[cfg(unix)]
mod bench;
#[cfg(unix)]
mod check;
#[cfg(unix)]
mod cli;
#[cfg(unix)]
mod demo;
#[cfg(unix)]
mod deploy;
mod drift;
#[cfg(unix)]
mod fuzz;
#[cfg(unix)]
mod interrupt;
#[cfg(unix)]
mod place;
#[cfg(unix)]
mod postgres;
#[cfg(unix)]
mod process;
mod say;
#[cfg(unix)]
mod setup;
#[cfg(unix)]
mod sqlx;
#[cfg(unix)]
mod test;
#[cfg(unix)]
mod workspace;

use std::process::ExitCode;

#[cfg(unix)]
fn main() -> ExitCode {
    match cli::run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say::complain(format_args!("error: {error:#}"));
            match error.downcast_ref::<say::Unavailable>() {
                Some(_) => ExitCode::from(say::UNAVAILABLE),
                None => ExitCode::FAILURE,
            }
        }
    }
}

#[cfg(not(unix))]
fn main() -> ExitCode {
    say::complain(format_args!(
        "error: these tasks run on Linux; on Windows use a Debian in WSL 2, or give `waymark` a \
         Postgres (DATABASE_URL) and a Chrome (CHROME) of your own"
    ));
    ExitCode::from(say::UNAVAILABLE)
}
