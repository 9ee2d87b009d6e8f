//! Calendar files (RFC 5545): small enough to be written by us. Instants are in UTC, so that no calendar has to know
//! Korea's time zone.

use jiff::Timestamp;

/// What a line may be long, without its end. Octets, not characters: a syllable takes three.
const LINE_OCTETS_MAX: usize = 75;

/// One visit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Stays the same for ever: a newer file takes the place of the older event.
    pub uid: String,
    /// Grows with time, so that what was moved later counts.
    pub sequence: u32,
    pub starts_at: Timestamp,
    pub ends_at: Timestamp,
    pub summary: String,
    pub location: String,
    pub description: String,
}

/// A whole calendar file with a reminder one day before each visit.
pub fn calendar(events: &[Event], made_at: Timestamp) -> String {
    let mut out = String::new();
    for (name, value) in
        [("BEGIN", "VCALENDAR"), ("VERSION", "2.0"), ("PRODID", "-//Charye//KO"), ("METHOD", "PUBLISH")]
    {
        put(&mut out, name, value);
    }
    for event in events {
        put_event(&mut out, event, made_at);
    }
    put(&mut out, "END", "VCALENDAR");
    out
}

fn put_event(out: &mut String, event: &Event, made_at: Timestamp) {
    let Event { uid, sequence, starts_at, ends_at, summary, location, description } = event;
    put(out, "BEGIN", "VEVENT");
    put(out, "UID", &escaped(uid));
    put(out, "SEQUENCE", &sequence.to_string());
    for (name, at) in [("DTSTAMP", made_at), ("DTSTART", *starts_at), ("DTEND", *ends_at)] {
        put(out, name, &at.strftime("%Y%m%dT%H%M%SZ").to_string());
    }
    for (name, text) in [("SUMMARY", summary), ("LOCATION", location), ("DESCRIPTION", description)] {
        put(out, name, &escaped(text));
    }
    put(out, "BEGIN", "VALARM");
    put(out, "ACTION", "DISPLAY");
    put(out, "TRIGGER", "-P1D");
    put(out, "DESCRIPTION", &escaped(summary));
    put(out, "END", "VALARM");
    put(out, "END", "VEVENT");
}

/// Line breaks become `\n`; other control characters have no place in a calendar.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\\' | ';' | ',' => out.extend(['\\', letter]),
            '\n' => out.push_str("\\n"),
            letter if letter.is_control() => {}
            letter => out.push(letter),
        }
    }
    out
}

/// A line, folded where it is too long: what goes on begins with a space, and no character is cut.
fn put(out: &mut String, name: &str, value: &str) {
    let mut octets = 0;
    for letter in name.chars().chain([':']).chain(value.chars()) {
        if octets + letter.len_utf8() > LINE_OCTETS_MAX {
            out.push_str("\r\n ");
            octets = 1;
        }
        out.push(letter);
        octets += letter.len_utf8();
    }
    out.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn event(text: &str) -> Event {
        let starts_at: Timestamp = "2027-07-26T00:30:00Z".parse().unwrap();
        Event {
            uid: "12345-67890.c55@charye".to_owned(),
            sequence: 7,
            starts_at,
            ends_at: starts_at + jiff::SignedDuration::from_mins(30),
            summary: text.to_owned(),
            location: text.to_owned(),
            description: text.to_owned(),
        }
    }

    fn unfolded(file: &str) -> Vec<String> {
        file.replace("\r\n ", "").split_terminator("\r\n").map(str::to_owned).collect()
    }

    /// As a calendar reads it.
    fn unescaped(value: &str) -> String {
        let mut out = String::new();
        let mut letters = value.chars();
        while let Some(letter) = letters.next() {
            match (letter, letter == '\\') {
                (_, true) => match letters.next().unwrap() {
                    'n' | 'N' => out.push('\n'),
                    plain => out.push(plain),
                },
                (letter, false) => out.push(letter),
            }
        }
        out
    }

    #[test]
    fn a_visit_is_written_as_calendars_read_it() {
        let made_at = "2027-07-13T01:02:03Z".parse().unwrap();
        let lines = unfolded(&calendar(&[event("1차 접종, 시험의원")], made_at));
        let expected = [
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            "PRODID:-//Charye//KO",
            "METHOD:PUBLISH",
            "BEGIN:VEVENT",
            "UID:12345-67890.c55@charye",
            "SEQUENCE:7",
            "DTSTAMP:20270713T010203Z",
            "DTSTART:20270726T003000Z",
            "DTEND:20270726T010000Z",
            "SUMMARY:1차 접종\\, 시험의원",
            "LOCATION:1차 접종\\, 시험의원",
            "DESCRIPTION:1차 접종\\, 시험의원",
            "BEGIN:VALARM",
            "ACTION:DISPLAY",
            "TRIGGER:-P1D",
            "DESCRIPTION:1차 접종\\, 시험의원",
            "END:VALARM",
            "END:VEVENT",
            "END:VCALENDAR",
        ];
        assert_eq!(lines, expected);
    }

    proptest! {
        /// Whatever a clinic is called, nothing breaks out of its line and nothing is lost.
        #[test]
        fn any_text_comes_back_out_of_short_whole_lines(
            text in proptest::string::string_regex("([가-힣a-z0-9 ,;:\\\\\n\r\"]|🏥|\u{1112}\u{1161}|\u{7}){0,120}").unwrap()
        ) {
            let file = calendar(&[event(&text)], Timestamp::UNIX_EPOCH);
            prop_assert!(file.ends_with("\r\n"));
            prop_assert_eq!(file.replace("\r\n", "").find(['\r', '\n']), None);
            for line in file.split_terminator("\r\n") {
                prop_assert!(line.len() <= LINE_OCTETS_MAX, "{} octets: {line}", line.len());
            }
            let lines = unfolded(&file);
            prop_assert_eq!(lines.len(), 20);
            let told: String = text.chars().filter(|letter| *letter == '\n' || !letter.is_control()).collect();
            for name in ["SUMMARY:", "LOCATION:", "DESCRIPTION:"] {
                let line = lines.iter().find_map(|line| line.strip_prefix(name)).unwrap();
                prop_assert_eq!(unescaped(line), told.clone());
            }
        }
    }
}
