use std::collections::{BTreeMap, HashMap, HashSet};

use super::*;

type Row = HashMap<String, String>;

fn rows(csv: &[u8]) -> Vec<Row> {
    csv::Reader::from_reader(csv).deserialize().collect::<Result<_, _>>().expect("our own CSV is well formed")
}

fn committed(name: &str) -> Vec<u8> {
    fs::read(data_dir().join(name)).expect("the file is committed")
}

fn regions() -> Vec<Row> {
    rows(&committed(REGIONS))
}

fn clinics() -> Vec<Row> {
    rows(&unpack(&data_dir().join(CLINICS)).expect("the file is committed"))
}

fn supply() -> BTreeMap<String, u64> {
    let campaign: toml::Table =
        toml::from_str(std::str::from_utf8(&committed(CAMPAIGN)).expect("UTF-8")).expect("TOML");
    campaign["supply"].clone().try_into().expect("doses by 시·도")
}

#[test]
fn committed_data_is_what_the_generator_makes() {
    let bundle = Bundle::generate(&data_dir()).expect("the sources are committed");
    assert!(bundle.regions == committed(REGIONS), "run `cargo xtask data`");
    assert!(bundle.campaign == committed(CAMPAIGN), "run `cargo xtask data`");
    // Unpacked: the packed bytes belong to the packer's version.
    let clinics = unpack(&data_dir().join(CLINICS)).expect("the file is committed");
    assert!(bundle.clinics == clinics, "run `cargo xtask data`");
}

#[test]
fn every_region_hangs_on_an_earlier_one() {
    let mut levels = HashMap::from([(String::new(), "")]);
    let mut counts = BTreeMap::new();
    for region in regions() {
        let expected = match levels[&region["parent"]] {
            "" => "sido",
            "sido" => "sigungu",
            _ => "eupmyeondong",
        };
        assert_eq!(region["level"], expected, "{region:?}");
        assert_eq!(region["code"].len(), 10);
        assert!(levels.insert(region["code"].clone(), expected).is_none(), "twice: {region:?}");
        *counts.entry(expected).or_insert(0) += 1;
    }
    assert_eq!(counts, BTreeMap::from([("sido", 17), ("sigungu", 250), ("eupmyeondong", 5_038)]));
}

#[test]
fn sidos_stand_in_the_official_order() {
    let names: Vec<String> = regions()
        .iter()
        .filter(|region| region["level"] == "sido")
        .map(|region| region["name"].clone())
        .collect();
    let expected = "서울특별시 부산광역시 대구광역시 인천광역시 광주광역시 대전광역시 울산광역시 세종특별자치시 경기도 \
                    강원도 충청북도 충청남도 전라북도 전라남도 경상북도 경상남도 제주특별자치도";
    assert_eq!(names.join(" "), expected);
}

#[test]
fn every_clinic_stands_in_a_region_under_a_name_of_its_own() {
    let parents: HashMap<String, String> =
        regions().into_iter().map(|region| (region["code"].clone(), region["parent"].clone())).collect();
    let clinics = clinics();
    let mut names = HashSet::new();
    let mut addresses = HashSet::new();
    let mut sigungus = HashSet::new();
    for (index, clinic) in clinics.iter().enumerate() {
        assert_eq!(clinic["id"], format!("C{:05}", index + 1));
        let sigungu = &parents[&clinic["region"]];
        assert!(names.insert((sigungu, &clinic["name"])), "twice: {clinic:?}");
        assert!(addresses.insert(&clinic["address"]), "twice: {clinic:?}");
        sigungus.insert(sigungu);
    }
    assert_eq!(clinics.len(), 13_000);
    assert_eq!(sigungus.len(), 250);
}

#[test]
fn no_clinic_can_be_taken_for_a_real_one() {
    for clinic in clinics() {
        assert!(clinic["name"].ends_with(" (가상)"), "{clinic:?}");
        assert!(clinic["address"].contains(" 가상 0-"), "{clinic:?}");
    }
}

#[test]
fn every_clinic_opens_before_it_closes() {
    for clinic in clinics() {
        let mut times =
            vec![&clinic["opens"], &clinic["lunch_starts"], &clinic["lunch_ends"], &clinic["closes"]];
        times.retain(|time| !time.is_empty());
        assert!(times.is_sorted() && (times.len() == 2 || times.len() == 4), "{clinic:?}");
        assert!(
            clinic["saturday_closes"].is_empty() || clinic["saturday_closes"] > clinic["opens"],
            "{clinic:?}"
        );
        assert!(("1".."7").contains(&clinic["capacity"].as_str()), "{clinic:?}");
    }
}

#[test]
fn supply_adds_up_in_whole_vials() {
    let supply = supply();
    assert_eq!(supply.len(), 17);
    assert_eq!(supply.values().sum::<u64>(), 1_850_000);
    assert!(supply.values().all(|doses| doses % 10 == 0));
}

#[test]
fn every_sido_has_more_places_than_doses() {
    let mut places: BTreeMap<String, u64> = BTreeMap::new();
    for clinic in clinics() {
        let sido = format!("{}00000000", &clinic["region"][..2]);
        *places.entry(sido).or_default() += first_visit_places(&clinic);
    }
    for (sido, doses) in supply() {
        println!("{sido}: {} places, {doses} doses", places[&sido]);
        assert!(places[&sido] > doses, "{sido}: {} places for {doses} doses", places[&sido]);
    }
}

/// 26 July to 7 August 2021: each weekday twice, Sunday once.
fn first_visit_places(clinic: &Row) -> u64 {
    let weekdays = 7 - clinic["closed_weekdays"].split(' ').count() as u64 - 1;
    let weekday = minutes(clinic, "closes")
        - minutes(clinic, "opens")
        - (minutes(clinic, "lunch_ends") - minutes(clinic, "lunch_starts"));
    let saturday = minutes(clinic, "saturday_closes").saturating_sub(minutes(clinic, "opens"));
    let capacity: u64 = clinic["capacity"].parse().expect("a number");
    2 * (weekdays * weekday + saturday) / 30 * capacity
}

fn minutes(clinic: &Row, column: &str) -> u64 {
    let Some((hours, minutes)) = clinic[column].split_once(':') else { return 0 };
    hours.parse::<u64>().expect("HH:MM") * 60 + minutes.parse::<u64>().expect("HH:MM")
}
