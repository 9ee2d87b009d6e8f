//! An opening rehearsed at three nodes behind one address, on a cluster whose primary dies in the middle. The audit holds
//! what everybody was told beside the exported record, and the journal proves itself.
use super::failover::Cluster;
use super::site::{Opening, Site, program};
use crate::card::Figure;
use crate::clock;
use crate::process::{Guard, TempDir, free_port};
use anyhow::{Context as _, Result, ensure};
use std::fs;
use std::io;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

const NODES: usize = 3;
const SCENARIO: &str = "everyone-in-a-minute";
/// Nodes take some seconds to start, and people come a while before.
const OPENS_IN_SECONDS: i64 = 60;
/// From the first request on: the doors are open, and people book.
const PRIMARY_DIES_AFTER: Duration = Duration::from_secs(75);
const SECONDS_MAX: u64 = 3_600;

pub(super) fn run(people: u32, admissions_per_second: u32) -> Result<()> {
    let (cluster, dir) = (Cluster::start("sync")?, TempDir::new()?);
    let opening = Opening { in_seconds: OPENS_IN_SECONDS, admissions_per_second };
    let site = Site::opening(NODES, &cluster.address, opening)?;
    let out = dir.path().join("out");
    let mut crowd = crowd(spread_over(site.ports())?, people, admissions_per_second, &out)?;
    thread::sleep(PRIMARY_DIES_AFTER);
    cluster.primary_dies()?;
    println!("the primary died, and came back as a standby");
    let deadline = clock::now() + Duration::from_secs(SECONDS_MAX);
    while crowd.child().try_wait()?.is_none() {
        ensure!(clock::now() < deadline, "the rehearsal is not over after {SECONDS_MAX} s");
        thread::sleep(Duration::from_millis(200));
    }
    println!("{}", fs::read_to_string(out.join("report.md")).unwrap_or_default());
    let list = out.join("audit.jsonl");
    site.export(&list)?;
    let proved = site.verified()?;
    let (holds, found) = audit_again(&out)?;
    let passed = passed_within_a_bucket(&found);
    ensure!(holds || passed > 0, "what people were told and what the record says differ: {found}");
    without_its_last_booking(&list)?;
    let (holds, found) = audit_again(&out)?;
    let caught = !holds && breaches(&found).any(|(what, count)| what == GONE && count > 0);
    let booked = proved["figures"]["appointments_live"].as_u64().unwrap_or(0);
    Figure {
        promise: "A6".to_owned(),
        test: "a rehearsal over which the primary dies".to_owned(),
        runs: booked,
        of: "appointments".to_owned(),
        violations: 0,
        saboteur: "a booking taken out of the exported list".to_owned(),
        caught: u64::from(caught),
        more: format!(
            "{people} people at {NODES} nodes, {admissions_per_second} admitted a second; {passed} were passed by somebody \
             who came later, to another node, before the second was over or while the database was away"
        ),
    }
    .tell()
}

fn crowd(port: u16, people: u32, rate: u32, out: &Path) -> Result<Guard> {
    let mut command = Command::new(program()?);
    command.args(["rehearse", "--scenario", SCENARIO, "--at", &format!("127.0.0.1:{port}")]);
    command.args(["--people", &people.to_string(), "--admissions-per-second", &rate.to_string()]);
    // It cannot look into a folder: the audit comes afterwards, of what the database says.
    Guard::spawn(command.arg("--out").arg(out).stdout(Stdio::null()))
}

/// One address before them all, as a load balancer has: each connection goes to the next node.
fn spread_over(ports: Vec<u16>) -> Result<u16> {
    let port = free_port()?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
    thread::spawn(move || {
        let mut turn = ports.iter().cycle();
        for near in listener.incoming().flatten() {
            let Some(node) = turn.next() else { return };
            // One that cannot be carried is closed at once, as by a server that is not there.
            drop(carry(near, *node));
        }
    });
    Ok(port)
}

fn carry(near: TcpStream, node: u16) -> io::Result<()> {
    let far = TcpStream::connect((Ipv4Addr::LOCALHOST, node))?;
    for stream in [&near, &far] {
        stream.set_nodelay(true)?;
    }
    let (near_back, far_back) = (near.try_clone()?, far.try_clone()?);
    thread::spawn(move || pass(&near, &far));
    thread::spawn(move || pass(&far_back, &near_back));
    Ok(())
}

/// Until one end is closed; then the other is, too.
fn pass(mut from: &TcpStream, mut to: &TcpStream) {
    // Whoever went away took the rest with them.
    drop(io::copy(&mut from, &mut to));
    drop(to.shutdown(std::net::Shutdown::Write));
}

/// As the audit words it: its row, English part.
const GONE: &str = "an acknowledged appointment is not there";
/// Within one bucket, people at different nodes are numbered by how many came to their own node before.
const PASSED: &str = "a later comer has a lower number";

/// Each kind of breach, and how often it was found.
fn breaches(found: &str) -> impl Iterator<Item = (&str, u64)> {
    let row = |line: &'_ str| -> Option<(usize, u64)> {
        let count = line.trim_end_matches(['|', ' ']).rsplit('|').next()?.trim().replace(',', "");
        Some((line.find(" / ")?, count.parse().ok()?))
    };
    found.lines().filter_map(move |line| {
        let (at, count) = row(line)?;
        Some((line[at + 3..].split('|').next()?.trim(), count))
    })
}

/// How many were passed by somebody who came later; 0 if anything else is amiss.
fn passed_within_a_bucket(found: &str) -> u64 {
    let of_others = breaches(found).filter(|(what, _)| *what != PASSED).map(|(_, count)| count).sum::<u64>();
    let passed = breaches(found).find(|(what, _)| *what == PASSED).map_or(0, |(_, count)| count);
    if of_others == 0 { passed } else { 0 }
}

/// Whether the record holds what people were told, and what is found.
fn audit_again(out: &Path) -> Result<(bool, String)> {
    let mut command = Command::new(program()?);
    let done =
        command.args(["rehearse", "--audit-again", "--scenario", SCENARIO, "--out"]).arg(out).output()?;
    Ok((done.status.success(), String::from_utf8_lossy(&done.stdout).into_owned()))
}

fn without_its_last_booking(list: &Path) -> Result<()> {
    let text = fs::read_to_string(list)?;
    let mut kept: Vec<&str> = text.lines().collect();
    let last = kept.iter().rposition(|line| line.contains("\"booked\"")).context("a booking")?;
    kept.remove(last);
    Ok(fs::write(list, kept.join("\n"))?)
}
