//! The three steps of a draw, each once: announced, frozen, finished.

use super::{Standing, check, read};
use crate::cli::DrawAnnounce;
use anyhow::{Context as _, Result, bail, ensure};
use jiff::Timestamp;
use serde::Serialize;
use std::fs::{File, OpenOptions};
use std::io::{BufRead as _, BufReader, BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use store::Randomness;
use waiting_room::TicketId;
use waiting_room::draw::{Enrolment, Places, PublicSource, Schedule, Seed};
use web::draw::{
    LIST, LIST_HEAD, PLACES, PLACES_HEAD, ROOT, RULES, RootFile, Rules, VALUE, ValueFile, list_lines,
    place_lines, text,
};
use web::published::hex;

/// Lines of a list of applicants: more than the country has people.
const APPLICANTS_MAX: usize = 60_000_000;
/// Letters of what an applicant is known by.
const APPLICANT_BYTES_MAX: usize = 200;

/// What became of a list of applicants.
#[derive(Debug)]
pub(crate) struct Frozen {
    pub(crate) root: RootFile,
    /// Lines that named somebody once more.
    pub(crate) again: u64,
}

/// Publishes the rule before anybody can know the value.
pub(crate) fn announce(asked: &DrawAnnounce, now: Timestamp) -> Result<Rules> {
    let usual = Schedule::usual(asked.opens_at);
    ensure!(
        asked.opens_at > now,
        "시작 시각이 이미 지났습니다 / the opening is in the past: {}",
        asked.opens_at
    );
    ensure!(!asked.campaign.is_empty(), "사업 이름이 없습니다 / the campaign has no name");
    let source = PublicSource {
        name: asked.source.clone(),
        address: asked.address.clone(),
        first_at: asked.first_at,
        every_s: asked.every_s,
        is_demo: asked.demo_source,
    };
    let rules = Rules::of(&asked.campaign, &usual, &source);
    std::fs::create_dir_all(&asked.folder).with_context(|| cannot_write(&asked.folder))?;
    publish(&asked.folder.join(RULES), &rules)?;
    Ok(rules)
}

/// Takes the applicants' list, gives each person a receipt that only they learn, and publishes leaves and root.
pub(crate) fn freeze(
    folder: &Path,
    (applicants, receipts): (&Path, &Path),
    now: Timestamp,
    random: &dyn Randomness,
) -> Result<Frozen> {
    let rules: Rules = read(folder, RULES)?;
    refuse_again(&folder.join(ROOT))?;
    keep_apart(folder, receipts)?;
    let (enrolment, again) = enrolled(applicants, random)?;
    let lobby = enrolment.freeze(&rules.campaign);
    ensure!(
        lobby.count() > 0,
        "명단에 아무도 없습니다 / there is nobody on the list: {}",
        applicants.display()
    );
    let private = OpenOptions::new().write(true).create_new(true).mode(0o600).open(receipts);
    write_lines(private.with_context(|| cannot_write(receipts))?, "applicant,receipt", |out| {
        let mut rows = csv::WriterBuilder::new().has_headers(false).from_writer(out);
        for (applicant, ticket) in enrolment.participants() {
            rows.write_record([applicant.as_str(), &hex(&ticket.0)])?;
        }
        Ok(rows.flush()?)
    })?;
    let list = folder.join(LIST);
    write_lines(File::create(&list).with_context(|| cannot_write(&list))?, LIST_HEAD, |out| {
        list_lines(&lobby, 0).try_for_each(|line| Ok(writeln!(out, "{line}")?))
    })?;
    let root = rules.root(&lobby, now);
    publish(&folder.join(ROOT), &root)?;
    Ok(Frozen { root, again })
}

/// Publishes the value and the places that follow from it.
pub(crate) fn finish(folder: &Path, value: &str, now: Timestamp) -> Result<Seed> {
    refuse_again(&folder.join(VALUE))?;
    let rules: Rules = read(folder, RULES)?;
    let root: RootFile = read(folder, ROOT)?;
    let (round, issued_at) = (root.round, root.issued_at);
    ensure!(
        now >= issued_at,
        "{round}회차 값은 {issued_at}에 나옵니다. 그때까지 추첨은 기다립니다 / round {round} is issued at {issued_at}; until then the draw waits"
    );
    let value = value.trim();
    ensure!(!value.is_empty(), "값이 비어 있습니다 / the value is empty");
    // Half a step that was cut off is made again.
    let unfinished = folder.join(PLACES);
    if unfinished.exists() {
        std::fs::remove_file(&unfinished).with_context(|| cannot_write(&unfinished))?;
    }
    let lobby = match check(folder, None)? {
        Ok(checked) if checked.standing != Standing::Announced => checked.lobby,
        Ok(_) => bail!("명단이 아직 확정되지 않았습니다 / the list is not frozen yet"),
        Err(found) => bail!("{}", super::in_words(&found)),
    };
    let seed = Seed::of(&rules.campaign, lobby.root(), lobby.count(), value);
    let places = Places::new(seed, lobby.count());
    write_lines(File::create(&unfinished).with_context(|| cannot_write(&unfinished))?, PLACES_HEAD, |out| {
        place_lines(&lobby, places, 0).try_for_each(|line| Ok(writeln!(out, "{line}")?))
    })?;
    let value = ValueFile { round, value: value.to_owned(), taken_at: now, seed: hex(&seed.0) };
    publish(&folder.join(VALUE), &value)?;
    Ok(seed)
}

/// One applicant a line; whoever is named again stands once.
fn enrolled(path: &Path, random: &dyn Randomness) -> Result<(Enrolment<String>, u64)> {
    let named = || format!("명단을 읽을 수 없습니다 / cannot read the list {}", path.display());
    let (mut enrolment, mut again) = (Enrolment::default(), 0);
    for (number, line) in (1..).zip(BufReader::new(File::open(path).with_context(named)?).lines()) {
        let line = line.with_context(named)?;
        let applicant = line.trim();
        ensure!(
            number <= APPLICANTS_MAX && applicant.len() <= APPLICANT_BYTES_MAX,
            "{number}번째 줄이 한도를 넘습니다 / line {number} is past the limit ({APPLICANTS_MAX} lines of {APPLICANT_BYTES_MAX} bytes)"
        );
        if !applicant.is_empty() {
            again += u64::from(!enrolment.enrol(applicant.to_owned(), TicketId(random.bytes())));
        }
    }
    Ok((enrolment, again))
}

/// Whoever has a receipt is taken for its person.
fn keep_apart(folder: &Path, receipts: &Path) -> Result<()> {
    let beside = receipts.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let beside = beside.canonicalize().with_context(|| cannot_write(receipts))?;
    ensure!(
        !beside.starts_with(folder.canonicalize()?),
        "접수 번호를 공개 폴더에 둘 수 없습니다. 다른 폴더를 적으십시오 / receipts are not for the published folder; name another place: {}",
        receipts.display()
    );
    Ok(())
}

/// What was published is never written again.
fn refuse_again(path: &Path) -> Result<()> {
    ensure!(
        !path.exists(),
        "이미 공개되었습니다. 바꿀 수 없습니다 / published already, and not to be changed: {}",
        path.display()
    );
    Ok(())
}

fn publish(path: &Path, said: &impl Serialize) -> Result<()> {
    refuse_again(path)?;
    let file = OpenOptions::new().write(true).create_new(true).open(path);
    let mut out = file.with_context(|| cannot_write(path))?;
    out.write_all(text(said).as_bytes())?;
    out.sync_all().with_context(|| cannot_write(path))
}

fn write_lines(file: File, head: &str, lines: impl FnOnce(&mut BufWriter<File>) -> Result<()>) -> Result<()> {
    let mut out = BufWriter::new(file);
    writeln!(out, "{head}")?;
    lines(&mut out)?;
    Ok(out.into_inner()?.sync_all()?)
}

fn cannot_write(path: &Path) -> String {
    format!("쓸 수 없습니다 / cannot write {}", path.display())
}
