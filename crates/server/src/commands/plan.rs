//! `charye plan`: what an opening will be like, before it.

mod words;

use crate::cli;
use crate::country::{self, SOME_DAY};
use crate::report::{Report, span, thousands};
use anyhow::{Context as _, Result, bail};
use booking::Country;
use rehearsal::chart::{self, Series};
use rehearsal::plan::{Forecast, Plan, Point, SidoPlan, Variant, forecast, legacy, levers, wrong_guesses};
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;

/// A plan, what it comes to, and what a change would change.
#[derive(Debug, Serialize)]
struct Foretold {
    plan: Plan,
    forecast: Forecast,
    levers: Vec<Variant>,
    wrong_guesses: Vec<Variant>,
}

pub(crate) fn run(asked: &cli::Plan) -> Result<ExitCode> {
    let data = asked.data.clone().unwrap_or_default();
    let (country, _) = country::load(&data, SOME_DAY)?;
    if asked.example {
        print!("{}", toml::to_string(&Plan { regions: Vec::new(), ..bundled(&country) })?);
        return Ok(ExitCode::SUCCESS);
    }
    let first = foretell(read(asked.file.as_deref(), &country)?);
    let second = match &asked.against {
        Some(path) => Some(foretell(read(Some(path), &country)?)),
        None => None,
    };
    let report = report(&first, second.as_ref());
    print!("{}", report.as_markdown());
    if let Some(path) = &asked.json {
        let both: Vec<&Foretold> = std::iter::once(&first).chain(&second).collect();
        write(path, &serde_json::to_string_pretty(&both)?)?;
    }
    if let Some(path) = &asked.html {
        write(path, &report.into_html())?;
        println!("보고서 / report  {}", path.display());
    }
    Ok(ExitCode::SUCCESS)
}

fn write(path: &Path, text: &str) -> Result<()> {
    std::fs::write(path, text).with_context(|| path.display().to_string())
}

/// A plan file without regions or doses of its own is for the country of the data folder.
fn read(path: Option<&Path>, country: &Country) -> Result<Plan> {
    let Some(path) = path else { return Ok(bundled(country)) };
    let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
    let mut plan: Plan = toml::from_str(&text).with_context(|| path.display().to_string())?;
    let names: toml::Table = text.parse()?;
    if !names.contains_key("regions") && !names.contains_key("doses") {
        plan.regions = regions(country);
    }
    if plan.name.is_empty() {
        plan.name = path.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    }
    if let Some(field) = plan.fault() {
        bail!("{}: {field} 값이 올바르지 않습니다 / the value of {field} makes no sense", path.display());
    }
    Ok(plan)
}

fn bundled(country: &Country) -> Plan {
    let campaign = &country.campaigns()[0];
    Plan {
        name: campaign.slug.clone(),
        eligible: campaign.people,
        regions: regions(country),
        ..Plan::default()
    }
}

/// People are where the clinics are; doses as the campaign shares them out.
fn regions(country: &Country) -> Vec<SidoPlan> {
    let mut clinics: BTreeMap<u64, u32> = BTreeMap::new();
    for clinic in country.clinics() {
        *clinics.entry(country.sido_of(clinic).0).or_default() += 1;
    }
    let supply = &country.campaigns()[0].supply;
    let sido = |(code, weight): (u64, u32)| {
        let doses = supply.get(&booking::RegionCode(code)).copied().unwrap_or(0);
        SidoPlan { code, weight, doses }
    };
    clinics.into_iter().map(sido).collect()
}

fn foretell(plan: Plan) -> Foretold {
    Foretold { forecast: forecast(&plan), levers: levers(&plan), wrong_guesses: wrong_guesses(&plan), plan }
}

fn report(first: &Foretold, second: Option<&Foretold>) -> Report {
    let plans: Vec<&Foretold> = std::iter::once(first).chain(second).collect();
    let mut report = Report::new(("예약 시작 미리 셈하기", "An opening, foretold"));
    report.says((
        "같은 대기·예약 규칙을 가상의 시간으로 돌린 결과입니다. 서비스는 쓰지 않았습니다.",
        "The same rules of the line and of booking, run in virtual time. No service took part.",
    ));
    for told in &plans {
        for warning in &told.forecast.warnings {
            let (ko, en) = words::warning(*warning);
            report.warns((&format!("{}: {ko}", told.plan.name), &format!("{}: {en}", told.plan.name)));
        }
    }
    report.heading(("한눈에", "At a glance"));
    report.table(&glance(&plans));
    report.heading(("대기 인원", "People in line"));
    report.picture(&chart::lines("대기 인원 / people in line", &series(&plans, |point| point.line)));
    report.heading(("예약", "Bookings"));
    report.picture(&chart::lines("예약 / bookings", &series(&plans, |point| point.booked)));
    for told in &plans {
        report.heading((
            &format!("무엇이 대기를 줄이나: {}", told.plan.name),
            &format!("What shortens the wait: {}", told.plan.name),
        ));
        report.table(&variants(&told.forecast, &told.levers));
        report.heading((
            &format!("잘못 짐작하면: {}", told.plan.name),
            &format!("The cost of a wrong guess: {}", told.plan.name),
        ));
        report.table(&variants(&told.forecast, &told.wrong_guesses));
        legacy_site(&mut report, told);
    }
    report
}

fn series(plans: &[&Foretold], value: fn(&Point) -> u64) -> Vec<Series> {
    let line = |told: &&Foretold| Series {
        name: told.plan.name.clone(),
        points: told.forecast.points.iter().map(|point| (point.at_s as f64, value(point) as f64)).collect(),
    };
    plans.iter().map(line).collect()
}

fn glance(plans: &[&Foretold]) -> Vec<Vec<String>> {
    let mut rows = vec![vec![String::new()]];
    rows[0].extend(plans.iter().map(|told| told.plan.name.clone()));
    for (name, value) in words::GLANCE {
        let mut row = vec![name.to_owned()];
        row.extend(plans.iter().map(|told| value(&told.plan, &told.forecast)));
        rows.push(row);
    }
    rows
}

fn variants(base: &Forecast, variants: &[Variant]) -> Vec<Vec<String>> {
    let mut rows = vec![words::VARIANT_HEAD.map(str::to_owned).to_vec()];
    let row = |name: &str, found: &Forecast| {
        let times = f64::from(found.wait.p90_s) / f64::from(base.wait.p90_s.max(1));
        vec![
            name.to_owned(),
            span(u64::from(found.wait.p50_s)),
            span(u64::from(found.wait.p90_s)),
            format!("× {times:.2}"),
            thousands(found.line_max),
            thousands(found.booked),
            thousands(found.waited_in_vain),
        ]
    };
    rows.push(row(words::AS_PLANNED, base));
    rows.extend(variants.iter().map(|variant| row(words::variant(variant.what), &variant.forecast)));
    rows
}

/// What happens to the same people where nothing stands before the site.
fn legacy_site(report: &mut Report, told: &Foretold) {
    let site = legacy::Site::fitted();
    let day = site.day(told.plan.comers(), 12.0 * 60.0);
    let at_once = site.crowd_max(told.plan.comers());
    report.heading((
        &format!("대기열이 없는 옛 사이트라면: {}", told.plan.name),
        &format!("A site without a line, as in July 2021: {}", told.plan.name),
    ));
    let booked = day.last().map_or(0, |moment| moment.booked as u64);
    report.says((
        &format!(
            "초당 83건을 처리하던 2021년 7월의 사이트를 본뜬 다른 모형입니다. 한꺼번에 {}명이 들어오고, 12시간 동안 {}건이 예약됩니다.",
            thousands(at_once),
            thousands(booked)
        ),
        &format!(
            "Another model, fitted to the site of July 2021 with its 83 bookings a second: {} people are in at once, and {} book within twelve hours.",
            thousands(at_once),
            thousands(booked)
        ),
    ));
    let points = |value: fn(&legacy::Moment) -> f64| {
        day.iter().step_by(10).map(|moment| (moment.at_min * 60.0, value(moment))).collect()
    };
    let inside =
        Series { name: "접속 중 / in at once".to_owned(), points: points(|moment| moment.at_once) };
    let booked = Series { name: "예약 / booked".to_owned(), points: points(|moment| moment.booked) };
    report.picture(&chart::lines("옛 사이트 / the site without a line", &[inside, booked]));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn country() -> Country {
        country::load(Path::new("."), SOME_DAY).unwrap().0
    }

    #[test]
    fn without_a_plan_it_is_12_july_2021_in_the_bundled_country() {
        let plan = bundled(&country());
        assert_eq!((plan.eligible, plan.supply(), plan.regions.len()), (3_524_000, 1_850_000, 17));
        assert_eq!(plan.fault(), None);
    }

    #[test]
    fn two_plans_stand_side_by_side_in_one_file_without_anything_from_elsewhere() {
        let few = Plan { eligible: 20_000, name: "a".to_owned(), ..bundled(&country()) };
        let (one, other) = (foretell(few.clone()), foretell(Plan { name: "b".to_owned(), ..few }));
        let report = report(&one, Some(&other));
        assert!(report.as_markdown().contains("|  | a | b |"), "{}", report.as_markdown());
        let html = report.into_html();
        assert!(html.matches("<svg viewBox").count() >= 4);
        assert!(!html.contains("src=") && !html.contains("href="));
    }

    #[test]
    fn the_example_is_a_plan() {
        let text = toml::to_string(&Plan { regions: Vec::new(), ..bundled(&country()) }).unwrap();
        assert_eq!(toml::from_str::<Plan>(&text).unwrap().fault(), None);
    }
}
