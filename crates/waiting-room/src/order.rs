//! What an operator orders of the line, and what all orders together come to.
//!
//! An order is one durable write beside the line, so that it works while the ledger is dead; every node takes it up with
//! its next look. Orders are never changed: the last word on each matter counts.

use jiff::Timestamp;

/// The most that may be asked for.
const RATE_MAX: u32 = 100_000;
/// Two minutes far from the front become forty.
const STRETCH_MAX: u32 = 20;
/// Characters of a message in one language: it stands in the gate document, which everybody reads.
const MESSAGE_CHARS_MAX: usize = 300;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Order {
    /// Nobody is called and nobody enters; every place is kept.
    Pause,
    Resume,
    /// People admitted a second at the most; None for what was configured.
    Rate(Option<u32>),
    /// People admitted a second at the least, as long as the ledger lives; None for what was configured. The most wins.
    Floor(Option<u32>),
    /// Every page asks so many times less often; 1 for as usual.
    Stretch(u32),
    /// On every waiting page, in Korean and English; empty ones take it away.
    Message {
        ko: String,
        en: String,
    },
    /// Every pass that was given until now ends.
    RevokePasses,
    /// No more tickets and nobody called, for good. Who holds a pass may finish.
    Close,
}

/// Why there is no such order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadOrder {
    Unreadable,
    /// From 1 to so many.
    OutOfRange {
        max: u32,
    },
    /// Longer than so many characters, or with others than letters and spaces.
    MessageUnfit {
        chars_max: usize,
    },
}

impl Order {
    /// # Errors
    /// [`BadOrder`], and nothing is ordered.
    pub fn check(&self) -> Result<(), BadOrder> {
        let within = |number: u32, max| {
            if (1..=max).contains(&number) { Ok(()) } else { Err(BadOrder::OutOfRange { max }) }
        };
        let fits =
            |text: &str| text.chars().count() <= MESSAGE_CHARS_MAX && !text.chars().any(char::is_control);
        match self {
            Self::Rate(Some(rate)) | Self::Floor(Some(rate)) => within(*rate, RATE_MAX),
            Self::Stretch(factor) => within(*factor, STRETCH_MAX),
            Self::Message { ko, en } if !(fits(ko) && fits(en)) => {
                Err(BadOrder::MessageUnfit { chars_max: MESSAGE_CHARS_MAX })
            }
            _ => Ok(()),
        }
    }

    /// As it is kept: a word and what belongs to it, a line each.
    pub fn text(&self) -> String {
        match self {
            Self::Pause => "pause".to_owned(),
            Self::Resume => "resume".to_owned(),
            Self::Rate(None) => "rate\n".to_owned(),
            Self::Rate(Some(rate)) => format!("rate\n{rate}"),
            Self::Floor(None) => "floor\n".to_owned(),
            Self::Floor(Some(rate)) => format!("floor\n{rate}"),
            Self::Stretch(factor) => format!("stretch\n{factor}"),
            Self::Message { ko, en } => format!("message\n{ko}\n{en}"),
            Self::RevokePasses => "revoke".to_owned(),
            Self::Close => "close".to_owned(),
        }
    }

    /// # Errors
    /// [`BadOrder`] for what [`Order::text`] never wrote.
    pub fn parse(text: &str) -> Result<Self, BadOrder> {
        let parts: Vec<&str> = text.split('\n').collect();
        let number = |text: &str| text.parse().map_err(|_| BadOrder::Unreadable);
        let order = match parts[..] {
            ["pause"] => Self::Pause,
            ["resume"] => Self::Resume,
            ["rate", ""] => Self::Rate(None),
            ["rate", rate] => Self::Rate(Some(number(rate)?)),
            ["floor", ""] => Self::Floor(None),
            ["floor", rate] => Self::Floor(Some(number(rate)?)),
            ["stretch", factor] => Self::Stretch(number(factor)?),
            ["message", ko, en] => Self::Message { ko: ko.to_owned(), en: en.to_owned() },
            ["revoke"] => Self::RevokePasses,
            ["close"] => Self::Close,
            _ => return Err(BadOrder::Unreadable),
        };
        order.check().map(|()| order)
    }
}

/// What all orders together come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Orders {
    pub is_paused: bool,
    /// None for what was configured.
    pub rate: Option<u32>,
    /// None for what was configured.
    pub floor: Option<u32>,
    /// How many times less often pages ask.
    pub stretch: u32,
    /// Korean and English; both empty for none.
    pub message: (String, String),
    /// How often all passes were ended.
    pub revocations: u32,
    pub closed_at: Option<Timestamp>,
}

impl Default for Orders {
    fn default() -> Self {
        Self {
            is_paused: false,
            rate: None,
            floor: None,
            stretch: 1,
            message: (String::new(), String::new()),
            revocations: 0,
            closed_at: None,
        }
    }
}

impl Orders {
    /// Takes the next order up.
    pub fn follow(&mut self, order: &Order, given_at: Timestamp) {
        match order {
            Order::Pause => self.is_paused = true,
            Order::Resume => self.is_paused = false,
            Order::Rate(rate) => self.rate = *rate,
            Order::Floor(floor) => self.floor = *floor,
            Order::Stretch(factor) => self.stretch = *factor,
            Order::Message { ko, en } => self.message = (ko.clone(), en.clone()),
            Order::RevokePasses => self.revocations += 1,
            Order::Close => {
                self.closed_at.get_or_insert(given_at);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(ko: &str, en: &str) -> Order {
        Order::Message { ko: ko.to_owned(), en: en.to_owned() }
    }

    fn all() -> Vec<Order> {
        let rates =
            [Order::Rate(None), Order::Floor(None), Order::Floor(Some(7)), Order::Rate(Some(RATE_MAX))];
        let words = [message("", ""), message("A|B \"c\"", "<b>")];
        let others = [Order::Pause, Order::Resume, Order::Stretch(20), Order::RevokePasses, Order::Close];
        rates.into_iter().chain(words).chain(others).collect()
    }

    #[test]
    fn an_order_is_read_as_it_was_given_and_nothing_else_is_one() {
        for order in all() {
            assert_eq!((order.check(), Order::parse(&order.text())), (Ok(()), Ok(order)));
        }
        for text in [
            "",
            "Pause",
            "rate\n0",
            "floor\n0",
            "rate\n100001",
            "stretch\n0",
            "stretch\n21",
            "message\na",
            "pause\n",
        ] {
            assert!(Order::parse(text).is_err(), "{text}");
        }
        let long = "x".repeat(MESSAGE_CHARS_MAX + 1);
        for unfit in [message(&long, ""), message("", &long), message("a\nb", ""), message("a\u{7}", "")] {
            assert_eq!(unfit.check(), Err(BadOrder::MessageUnfit { chars_max: MESSAGE_CHARS_MAX }));
        }
    }

    #[test]
    fn the_last_word_on_each_matter_counts_and_a_close_is_final() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let mut orders = Orders::default();
        for (second, order) in all().iter().enumerate() {
            orders.follow(order, at(second as i64));
        }
        assert!(!orders.is_paused, "resumed after the pause");
        orders.follow(&Order::Close, at(99));
        orders.follow(&Order::RevokePasses, at(100));
        let expected = Orders {
            rate: Some(RATE_MAX),
            floor: Some(7),
            stretch: 20,
            message: ("A|B \"c\"".to_owned(), "<b>".to_owned()),
            revocations: 2,
            closed_at: Some(at(10)),
            ..Orders::default()
        };
        assert_eq!(orders, expected);
    }
}
