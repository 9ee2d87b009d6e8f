//! One file a subcommand.

mod check;
mod demo;
mod serve;

use crate::cli::Command;
use anyhow::Result;
use std::process::ExitCode;

pub(crate) fn run(command: Command) -> Result<ExitCode> {
    match command {
        Command::Demo(demo) => demo::run(&demo),
        Command::Serve(serve) => serve::run(&serve),
        Command::Check(check) => check::run(&check),
        Command::Import(import) => crate::import::run(&import),
    }
}
