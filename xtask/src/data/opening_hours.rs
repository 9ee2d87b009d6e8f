//! When a synthetic clinic is open. Every time is on the half hour, so that 30-minute bands fit.

use super::draw::Draw;

pub(super) struct OpeningHours {
    opens: Time,
    closes: Time,
    lunch: Option<[Time; 2]>,
    saturday_closes: Option<Time>,
    closed_weekday: Option<&'static str>,
}

type Time = &'static str;

impl OpeningHours {
    pub(super) const COLUMNS: [&str; 6] =
        ["opens", "closes", "lunch_starts", "lunch_ends", "saturday_closes", "closed_weekdays"];

    pub(super) fn draw(draw: &mut Draw) -> Self {
        Self {
            opens: draw.pick_weighted(&[("09:00", 70), ("08:30", 20), ("09:30", 10)]),
            closes: draw.pick_weighted(&[
                ("18:00", 50),
                ("17:30", 15),
                ("18:30", 20),
                ("19:00", 10),
                ("17:00", 5),
            ]),
            lunch: draw.pick_weighted(&[
                (Some(["13:00", "14:00"]), 60),
                (Some(["12:30", "13:30"]), 20),
                (Some(["12:00", "13:00"]), 10),
                (Some(["12:30", "14:00"]), 5),
                (None, 5),
            ]),
            saturday_closes: draw.pick_weighted(&[
                (Some("13:00"), 50),
                (Some("12:30"), 10),
                (Some("14:00"), 15),
                (Some("15:00"), 10),
                (None, 15),
            ]),
            closed_weekday: draw.pick_weighted(&[
                (None, 90),
                (Some("wed"), 4),
                (Some("thu"), 4),
                (Some("tue"), 1),
                (Some("fri"), 1),
            ]),
        }
    }

    pub(super) fn to_columns(&self) -> [String; 6] {
        let [lunch_starts, lunch_ends] = self.lunch.unwrap_or_default();
        let closed_weekdays = self.closed_weekday.map_or("sun".to_owned(), |day| format!("{day} sun"));
        [
            self.opens.to_owned(),
            self.closes.to_owned(),
            lunch_starts.to_owned(),
            lunch_ends.to_owned(),
            self.saturday_closes.unwrap_or_default().to_owned(),
            closed_weekdays,
        ]
    }
}
