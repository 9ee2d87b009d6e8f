//! A roster of synthetic people to measure the import with. Every check digit is wrong on purpose and no phone number
//! is given to anybody, so that no line is about a person.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use jiff::civil::{Date, date};
use serde::Deserialize;

use super::draw::Draw;

const SEED: u64 = 20_210_712;
const BORN_FROM: Date = date(1962, 1, 1);
const BORN_TO: Date = date(1966, 12, 31);
/// Serial numbers of one day and sex; more people than that there are not.
const SERIALS: u64 = 100_000;
/// Weights of the check digit; it is wrong here for everybody.
const WEIGHTS: [u64; 12] = [2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5];

/// What a spreadsheet, or a hand, does to a line.
const WRONGS: [Wrong; 5] =
    [Wrong::Exponent, Wrong::LostZero, Wrong::TrailingDecimal, Wrong::NoSuchDay, Wrong::Twin];

#[derive(Clone, Copy)]
enum Wrong {
    Exponent,
    LostZero,
    TrailingDecimal,
    NoSuchDay,
    Twin,
}

#[derive(Deserialize)]
struct Surname {
    surname: String,
    population_2015: u64,
}

#[derive(Deserialize)]
struct GivenName {
    sex: char,
    name: String,
}

struct Names {
    surnames: Vec<(usize, u64)>,
    spelt: Vec<String>,
    women: Vec<String>,
    men: Vec<String>,
}

/// `N FILE [WRONG]`: of N people WRONG lines are spoilt, spread over the file.
pub(crate) fn run(words: &[&str]) -> Result<()> {
    let (people, path, wrong) = match words {
        [people, path] => (people, path, "0"),
        [people, path, wrong] => (people, path, *wrong),
        _ => bail!("cargo xtask data roster N FILE [WRONG]"),
    };
    let (people, wrong): (u64, u64) = (people.parse().context("N")?, wrong.parse().context("WRONG")?);
    ensure!(wrong < people.max(1), "fewer wrong lines than lines");
    let file = File::create(path).with_context(|| (*path).to_owned())?;
    let names = Names::read(&super::data_dir().join("source"))?;
    let mut out = BufWriter::with_capacity(1 << 20, file);
    write(&mut out, &names, people, wrong)?;
    out.flush()?;
    println!("{path}: {people} synthetic people, {wrong} lines spoilt, seed {SEED}");
    Ok(())
}

fn write(out: &mut impl Write, names: &Names, people: u64, wrong: u64) -> Result<()> {
    let mut draw = Draw::new(SEED, 0);
    let days: Vec<Date> =
        BORN_FROM.series(jiff::Span::new().days(1)).take_while(|day| *day <= BORN_TO).collect();
    let spoil_every = people.checked_div(wrong).unwrap_or(u64::MAX);
    writeln!(out, "name,number,temporary_number,birth_date,phone,group")?;
    let mut before = String::new();
    for index in 0..people {
        let line = person(&mut draw, names, &days, index)?;
        let is_spoilt = index % spoil_every == spoil_every - 1 && index / spoil_every < wrong;
        let line = if is_spoilt { spoilt(&line, &before, index / spoil_every) } else { line };
        writeln!(out, "{line}")?;
        before = line;
    }
    Ok(())
}

/// Every number once: the day, the sex and the serial follow from the index.
fn person(draw: &mut Draw, names: &Names, days: &[Date], index: u64) -> Result<String> {
    let day = days[(index % days.len() as u64) as usize];
    let round = index / days.len() as u64;
    let (is_woman, serial) = (round % 2 == 1, round / 2);
    ensure!(serial < SERIALS, "there are not so many numbers");
    let name = names.draw(draw, is_woman);
    let phone = format!("010-0{:03}-{:04}", draw.below(1_000), draw.below(10_000));
    let born = day.strftime("%y%m%d");
    let sex = if is_woman { 2 } else { 1 };
    Ok(match draw.below(100) {
        0 => format!("{name},,T{index:08},{day},{phone},"),
        1 | 2 => {
            format!("{name},{},,,{phone},c55", with_wrong_digit(&format!("{born}{}{serial:05}", sex + 4)))
        }
        3..10 => format!("{name},{},,,,", with_wrong_digit(&format!("{born}{sex}{serial:05}"))),
        _ => format!("{name},{},,,{phone},", with_wrong_digit(&format!("{born}{sex}{serial:05}"))),
    })
}

/// A resident number out of its first twelve digits, with a check digit that nobody was given.
pub(crate) fn with_wrong_digit(twelve: &str) -> String {
    let digits = twelve.bytes().map(|byte| u64::from(byte - b'0'));
    let sum: u64 = digits.zip(WEIGHTS).map(|(digit, weight)| digit * weight).sum();
    let right = (11 - sum % 11) % 10;
    format!("{twelve}{}", (right + 5) % 10)
}

fn spoilt(line: &str, before: &str, turn: u64) -> String {
    let mut fields: Vec<&str> = line.split(',').collect();
    let number = fields[1].to_owned();
    let changed = match WRONGS[turn as usize % WRONGS.len()] {
        Wrong::Exponent => "6.20101E+12".to_owned(),
        Wrong::LostZero => number.chars().skip(1).collect(),
        Wrong::TrailingDecimal => format!("{number}.0"),
        Wrong::NoSuchDay => "6302291000000".to_owned(),
        Wrong::Twin => return before.to_owned(),
    };
    fields[1] = &changed;
    fields.join(",")
}

impl Names {
    fn read(source: &Path) -> Result<Self> {
        let surnames: Vec<Surname> = rows(&source.join("surnames.csv"))?;
        let given: Vec<GivenName> = rows(&source.join("given_names_list.csv"))?;
        let of = |sex| given.iter().filter(|name| name.sex == sex).map(|name| name.name.clone()).collect();
        Ok(Self {
            surnames: surnames.iter().map(|surname| surname.population_2015).enumerate().collect(),
            spelt: surnames.into_iter().map(|surname| surname.surname).collect(),
            women: of('f'),
            men: of('m'),
        })
    }

    fn draw(&self, draw: &mut Draw, is_woman: bool) -> String {
        let surname = &self.spelt[draw.pick_weighted(&self.surnames)];
        let given = draw.pick(if is_woman { &self.women } else { &self.men });
        format!("{surname}{given}")
    }
}

fn rows<Row: for<'de> Deserialize<'de>>(path: &Path) -> Result<Vec<Row>> {
    let mut reader = csv::Reader::from_path(path).with_context(|| path.display().to_string())?;
    Ok(reader.deserialize().collect::<Result<_, _>>()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    fn lines(people: u64, wrong: u64) -> Vec<String> {
        let names = Names::read(&super::super::data_dir().join("source")).unwrap();
        let mut out = Vec::new();
        write(&mut out, &names, people, wrong).unwrap();
        String::from_utf8(out).unwrap().lines().map(str::to_owned).collect()
    }

    #[test]
    fn everybody_has_a_number_of_their_own_with_a_wrong_check_digit() {
        let lines = lines(5_000, 0);
        let numbers: Vec<&str> = lines.iter().skip(1).map(|line| line.split(',').nth(1).unwrap()).collect();
        let given: Vec<&str> = numbers.iter().copied().filter(|number| !number.is_empty()).collect();
        assert_eq!(given.iter().collect::<HashSet<_>>().len(), given.len());
        for number in given {
            assert_eq!(with_wrong_digit(&number[..12]), number, "{number}");
        }
    }

    #[test]
    fn the_check_digit_of_the_generator_is_never_the_right_one() {
        // 9·2 + 1·5 + 1·7 + 1·8 = 38, and 11 - 38 % 11 = 6 would be right.
        assert_eq!(with_wrong_digit("900101100000"), "9001011000001");
    }

    #[test]
    fn as_many_lines_are_spoilt_as_were_asked_for() {
        let (right, wrong) = (lines(1_000, 0), lines(1_000, 50));
        assert_eq!(right.len(), wrong.len());
        assert_eq!(right.iter().zip(&wrong).filter(|(one, other)| one != other).count(), 50);
    }
}
