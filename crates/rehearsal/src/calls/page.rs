//! What an agent reads on the pages of the desk, which are in English for this: links, forms, and the appointments.

use booking::SlotId;
use jiff::civil::{Date, Time, date};

use crate::logbook::number;

/// As far as they differ.
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const HALF_DAY_H: i8 = 12;

/// What one form sends along, and where to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Form<'a> {
    pub(crate) action: &'a str,
    fields: Vec<(&'a str, &'a str)>,
}

impl<'a> Form<'a> {
    pub(crate) fn field(&self, name: &str) -> Option<&'a str> {
        self.fields.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
    }
}

/// The rows of a list that lead on.
pub(crate) fn rows(page: &str) -> Vec<&str> {
    page.split("<a class=\"row\" href=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

/// The step that the page leads to.
pub(crate) fn main_link(page: &str) -> Option<&str> {
    page.split_once("<a class=\"btn main\" href=\"")?.1.split('"').next()
}

/// Every form whose address ends like this; a page names its person anew each time.
pub(crate) fn forms<'a>(page: &'a str, end: &str) -> Vec<Form<'a>> {
    let bodies = page.split("<form ").skip(1).filter_map(|rest| rest.split("</form>").next());
    let forms =
        bodies.filter_map(|body| Some(Form { action: attribute(body, "action")?, fields: hidden(body) }));
    forms.filter(|form| form.action.ends_with(end)).collect()
}

fn hidden(form: &str) -> Vec<(&str, &str)> {
    let inputs = form.split("<input type=\"hidden\"").skip(1);
    inputs.filter_map(|input| Some((attribute(input, "name")?, attribute(input, "value")?))).collect()
}

/// The times that can be chosen.
pub(crate) fn free_times(page: &str) -> Vec<&str> {
    let inputs = page.split("<input type=\"radio\"").skip(1).filter_map(|rest| rest.split('>').next());
    let times =
        inputs.filter(|input| attribute(input, "name") == Some("time") && !input.contains(" disabled"));
    times.filter_map(|input| attribute(input, "value")).collect()
}

/// The number under which a "no" is looked up.
pub(crate) fn reference(page: &str) -> Option<&str> {
    let (_, rest) = page.split_once("Reference ")?;
    let end = rest.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(rest.len());
    (end > 0).then(|| &rest[..end])
}

/// The appointments that stand, by number. They are read back with the name of the clinic; where it is that of the first
/// dose, whose place is known, its id is known, too.
pub(crate) fn appointments(page: &str, held: SlotId) -> Option<Vec<(u64, SlotId)>> {
    let boxes =
        page.split("<article class=\"box\"").skip(1).filter_map(|rest| rest.split("</article>").next());
    let standing: Vec<&str> = boxes.filter(|text| text.contains("class=\"tag many\"")).collect();
    let at = |text: &str| {
        let (on, time) = day_and_time(text)?;
        let starts_min = u16::try_from(i32::from(time.hour()) * 60 + i32::from(time.minute())).ok()?;
        Some(SlotId { clinic: held.clinic, visit_on: on, starts_min })
    };
    let first = standing.iter().find(|text| at(text) == Some(held))?;
    let clinic = clinic(first)?;
    let one = |text: &&str| {
        let is_there = self::clinic(text)? == clinic;
        is_there.then_some(())?;
        Some((appointment_number(text)?, at(text)?))
    };
    standing.iter().map(one).collect()
}

fn clinic(text: &str) -> Option<&str> {
    text.split_once("<span lang=\"ko\">")?.1.split('<').next()
}

/// `12345-67890`.
fn appointment_number(text: &str) -> Option<u64> {
    let words = text.split(['<', '>', ' ']);
    let mut numbers = words.filter(|word| {
        let (front, back) = word.split_once('-').unwrap_or_default();
        [front, back].iter().all(|half| half.len() == 5 && half.bytes().all(|digit| digit.is_ascii_digit()))
    });
    number(numbers.next()?)
}

/// `Dose 1: Mon 26 July 2027 9:30 am`.
fn day_and_time(text: &str) -> Option<(Date, Time)> {
    let (_, rest) = text.split_once("Dose ")?;
    let heading = rest.split('<').next()?;
    let words: Vec<&str> = heading.split_whitespace().collect();
    let [_dose, _weekday, day, month, year, time, half] = words[..] else { return None };
    let month = MONTHS.iter().position(|known| month.starts_with(known))? as i8 + 1;
    let (hour, minute) = time.split_once(':')?;
    let hour = hour.parse::<i8>().ok()? % HALF_DAY_H + if half == "pm" { HALF_DAY_H } else { 0 };
    let time = Time::new(hour, minute.parse().ok()?, 0, 0).ok()?;
    let (year, day) = (year.parse().ok()?, day.parse().ok()?);
    Date::new(year, month, day).ok().map(|on| (on, time))
}

/// As people say their birthday: the digits of the number, and the century by the digit of the sex.
pub(crate) fn birth_date(resident_number: &str) -> String {
    let century =
        if matches!(resident_number.as_bytes().get(6), Some(b'1' | b'2' | b'5' | b'6')) { 19 } else { 20 };
    let (two, rest) = resident_number.split_at(2);
    let year: i16 = century * 100 + two.parse::<i16>().unwrap_or(0);
    let digit = |at: usize| rest.get(at..at + 2).and_then(|two| two.parse().ok()).unwrap_or(1);
    date(year, digit(0), digit(2)).strftime("%Y%m%d").to_string()
}

fn attribute<'a>(element: &'a str, name: &str) -> Option<&'a str> {
    let element = element.split('>').next()?;
    let (_, rest) = element.split_once(&format!("{name}=\""))?;
    rest.split('"').next()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logbook::slot;

    const HELD: &str = r#"<form method="post" action="/en/desk/people/AbCd/unmask" novalidate><input type="hidden" name="key" value="k0"></form>
<form method="post" action="/en/desk/people/AbCd/confirm"><input type="hidden" name="csrf" value="c5f1"><input type="hidden" name="key" value="k1"><input type="hidden" name="hold" value="7"><button>Confirm</button></form>"#;
    const TIMES: &str = r#"<div><input type="radio" name="time" id="time" value="09:30" disabled><label for="time">9:30 am</label></div>
<div><input type="radio" name="time" id="t2" value="10:30"><label for="t2">10:30 am <span class="soft">2 free</span></label></div>"#;
    const MADE: &str = r#"<article class="box" aria-labelledby="a1"><h3 id="a1">Dose 1: Tue 27 July 2021 9:30 am</h3>
<p><span class="tag many">Booked</span> <span lang="ko">A</span> <span class="num nb">02-000-0412</span> <span class="num nb">21074-82109</span></p></article>
<article class="box" aria-labelledby="a2"><h3 id="a2">Dose 2: Tue 24 August 2021 12:30 pm</h3>
<p><span class="tag many">Booked</span> <span lang="ko">A</span> <span class="num nb">98412-00417</span></p></article>
<article class="box" aria-labelledby="a3"><h3 id="a3">Dose 1: Tue 27 July 2021 9:30 am</h3>
<p><span class="tag none">Cancelled</span> <span lang="ko">B</span> <span class="num nb">11074-82109</span></p></article>"#;

    #[test]
    fn forms_times_and_references_are_read() {
        let confirm = &forms(HELD, "/confirm")[0];
        assert_eq!(confirm.action, "/en/desk/people/AbCd/confirm");
        assert_eq!((confirm.field("key"), confirm.field("hold")), (Some("k1"), Some("7")));
        assert!(forms(HELD, "/release").is_empty());
        assert_eq!(free_times(TIMES), ["10:30"]);
        assert_eq!(reference("<p>Reference 649</p>"), Some("649"));
        assert_eq!(reference("<p>Reference</p>"), None);
        let page =
            r#"<a class="row" href="/x/clinics/C00001">one</a><a class="btn main" href="/x/clinics">go</a>"#;
        assert_eq!((rows(page), main_link(page)), (vec!["/x/clinics/C00001"], Some("/x/clinics")));
    }

    #[test]
    fn what_is_read_back_is_every_appointment_that_stands() {
        let at = |on, time| slot("C00042", on, time).unwrap();
        let held = at("2021-07-27", "09:30");
        let second = at("2021-08-24", "12:30");
        assert_eq!(appointments(MADE, held), Some(vec![(2_107_482_109, held), (9_841_200_417, second)]));
        assert_eq!(appointments(MADE, at("2021-07-28", "09:30")), None, "another than was held");
    }

    #[test]
    fn a_birthday_is_in_the_number() {
        assert_eq!(birth_date("6203142000016"), "19620314");
        assert_eq!(birth_date("0103144000016"), "20010314");
    }
}
