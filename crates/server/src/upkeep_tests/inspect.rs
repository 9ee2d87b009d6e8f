//! What people on call see.

use super::Site;
use crate::commands::inspect::{appointment, day_of, figures, tail};
use booking::AppointmentId;

#[test]
fn an_appointment_a_day_and_the_figures_are_told_without_a_person() {
    let site = Site::open();
    let (_, slot) = site.book(3);
    let source = site.source(&site.config.data);
    let number = AppointmentId(1).number();
    let history = appointment(&source, &number).unwrap().join("\n");
    assert!(history.contains("booked") && history.contains(&slot.clinic.to_string()), "{history}");
    assert!(appointment(&source, "00000-00000").is_err());

    let day = day_of(&source, &slot.clinic.to_string(), slot.visit_on).unwrap().join("\n");
    assert!(day.contains(&number), "{day}");
    assert!(day_of(&source, "C99999", slot.visit_on).is_err());

    // Two doses.
    let figures = figures(&source).unwrap().join("\n");
    assert!(figures.contains("booked        2"), "{figures}");
    let tail = tail(&source, 3).unwrap();
    assert_eq!(tail.len(), 3, "{tail:?}");
}
