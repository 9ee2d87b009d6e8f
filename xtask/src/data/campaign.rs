//! The demo campaign: the numbers of 12 July 2021, with a vaccine that does not exist.

use std::fmt::Write;

use super::apportion::apportion;
use super::country::{Country, Sido};

const SUPPLY_DOSES: u64 = 1_850_000;

/// Supply goes out in whole vials.
const DOSES_PER_VIAL: u64 = 10;

const HEAD: &str = r#"# The demo campaign. Written by `cargo xtask data`; what each key means stands in data/README.md.
id = 1
slug = "c55"
name = { ko = "55–59세 접종 사업 (모의)", en = "Vaccination for ages 55–59 (demonstration)" }
vaccine = { ko = "차례 모의 백신", en = "Charye demonstration vaccine" }
doses = 2
dose_interval_days = 28
dose_interval_days_max = 42
people = 3_524_000
born_from = 1962-01-01
born_to = 1966-12-31
# Month and day: the server takes the next one after the opening.
first_visit = "07-26"
first_visit_days = 13
band_minutes = 30

# First doses by 시·도. They do not suffice for everyone, as they did not then.
[supply]
"#;

pub(super) fn to_toml(country: &Country) -> String {
    let weights: Vec<u64> = country.sidos.iter().map(Sido::road_addresses).collect();
    let vials = apportion(SUPPLY_DOSES / DOSES_PER_VIAL, &weights);
    let mut toml = HEAD.to_owned();
    for (sido, vials) in country.sidos.iter().zip(vials) {
        let (code, doses, name) = (&sido.code, vials * DOSES_PER_VIAL, &sido.name);
        writeln!(toml, "{code} = {doses} # {name}").expect("writing to a string cannot fail");
    }
    toml
}
