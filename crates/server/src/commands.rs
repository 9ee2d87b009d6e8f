//! One file a subcommand.

pub(crate) mod audit;
pub(crate) mod backup;
mod check;
mod connector;
pub(crate) mod demo;
mod draw;
mod export_static;
pub(crate) mod inspect;
mod keys;
mod line;
mod move_in;
mod plan;
mod rehearse;
pub(crate) mod restore;
mod retention;
pub(crate) mod serve;
mod staff;
mod verify;

use crate::cli::Command;
use anyhow::Result;
use std::process::ExitCode;

pub(crate) fn run(command: Command) -> Result<ExitCode> {
    match command {
        Command::Demo(demo) => demo::run(&demo),
        Command::Serve(serve) => serve::run(&serve),
        Command::ExportStatic(export) => export_static::run(&export),
        Command::Connector(asked) => connector::run(&asked),
        Command::Check(check) => check::run(&check),
        Command::Import(import) => crate::import::run(&import),
        Command::Move(order) => move_in::run(&order),
        Command::Verify(verify) => verify::run(&verify),
        Command::Draw(order) => draw::run(&order),
        Command::Backup(backup) => backup::run(&backup),
        Command::Restore(restore) => restore::run(&restore),
        Command::Inspect(inspect) => inspect::run(&inspect),
        Command::Audit(order) => audit::run(&order),
        Command::Keys(keys) => keys::run(&keys),
        Command::Line(order) => line::run(&order),
        Command::Staff(order) => staff::run(&order),
        Command::Retention(retention) => retention::run(&retention),
        Command::Plan(asked) => plan::run(&asked),
        Command::Rehearse(asked) => rehearse::run(&asked),
    }
}
