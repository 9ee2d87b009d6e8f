//! The Charye binary: config, wiring, lifecycle, subcommands. No rule lives here.

mod audit;
mod backup;
mod cli;
mod commands;
mod config;
mod country;
mod desk;
mod draw;
mod import;
mod keys;
mod ledger;
mod person_keys;
mod removals;
mod report;
mod roles;
mod scratch;
mod service;
mod shared;
mod sockets;
mod system;
mod telemetry;
#[cfg(test)]
mod upkeep_tests;
mod verify;
#[cfg(test)]
mod weight_tests;

use std::process::ExitCode;

fn main() -> ExitCode {
    let command = match cli::read() {
        Ok(command) => command,
        Err(answer) => return answer,
    };
    match commands::run(command) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("{}", cli::explain(&error));
            ExitCode::from(cli::FAILED)
        }
    }
}
