//! Ids are newtypes: a clinic's number can never be taken for a person's.

use std::fmt;

macro_rules! number_ids {
    ($($(#[$doc:meta])* $name:ident($inner:ty);)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub $inner);
    )*};
}

number_ids! {
    /// 접종 사업: one vaccine drive.
    CampaignId(u16);
    /// 위탁의료기관, numbered by the country file; shown as `C00001`.
    ClinicId(u32);
    /// 사람: one person; numbers and provider ids are aliases of it.
    PersonId(u64);
    /// 임시 선점.
    HoldId(u64);
    /// 예약, numbered in the order of the ledger; people see it as [`AppointmentId::number`].
    AppointmentId(u64);
    /// A message waiting in the outbox.
    MessageId(u64);
    /// 차수: 1 for the first dose.
    DoseNumber(u8);
    /// 직원: whoever acts for a clinic, a desk or the campaign's office, by the number of their account.
    StaffId(u64);
    /// 대기 예약: a standing request for a place; they run in the order in which people asked.
    WaitId(u64);
    /// Which text of a consent somebody agreed to.
    ConsentVersion(u16);
    /// The key that seals one person's fields, by its place in the tree of keys.
    PersonKey(u32);
    /// 행정구역 코드, ten digits (행정안전부 법정동 코드).
    RegionCode(u64);
}

macro_rules! byte_ids {
    ($($(#[$doc:meta])* $name:ident($length:literal);)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash)]
        pub struct $name(pub [u8; $length]);

        impl fmt::Debug for $name {
            /// The first four bytes only: enough to tell two apart, too little to replay.
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let [a, b, c, d, ..] = self.0;
                write!(f, concat!(stringify!($name), "({:02x}{:02x}{:02x}{:02x}…)"), a, b, c, d)
            }
        }
    )*};
}

byte_ids! {
    /// A verified session, by the id in its cookie.
    SessionId(16);
    /// The random id inside a ticket of the line.
    TicketRef(16);
    /// Keyed hash (HMAC-SHA-256) of a number or provider id that names a person.
    PersonAlias(32);
    /// Idempotency key, already scoped to person and operation (SHA-256).
    RequestKey(32);
}

/// Appointment numbers run through a fixed permutation of ten digits, so that neighbours look unrelated and the
/// number does not tell how many have booked. It is a name, not a secret: nothing opens by knowing it.
const NUMBER_SPACE: u64 = 10_000_000_000;
const NUMBER_STRIDE: u64 = 7_368_787_063;
/// Undoes the stride: their product is 1 in the number space.
const NUMBER_STRIDE_BACK: u64 = 656_461_127;
const NUMBER_START: u64 = 4_104_226_837;

impl AppointmentId {
    /// Reads `12345-67890`, with or without the hyphen. Whether there is such an appointment is another question.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.replace('-', "");
        let all_digits = digits.len() == 10 && digits.bytes().all(|byte| byte.is_ascii_digit());
        let scattered: u64 = digits.parse().ok().filter(|_| all_digits)?;
        let from_start = scattered + NUMBER_SPACE - NUMBER_START;
        let id = u128::from(from_start) * u128::from(NUMBER_STRIDE_BACK) % u128::from(NUMBER_SPACE);
        Some(Self(u64::try_from(id).expect("ten digits fit")))
    }

    /// The ten digits that people write down, as `12345-67890`.
    pub fn number(self) -> String {
        let scattered = (u128::from(self.0) * u128::from(NUMBER_STRIDE) + u128::from(NUMBER_START))
            % u128::from(NUMBER_SPACE);
        format!("{:05}-{:05}", scattered / 100_000, scattered % 100_000)
    }
}

impl fmt::Display for ClinicId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "C{:05}", self.0)
    }
}

impl ClinicId {
    /// Reads `C00001`; anything else, lower case and missing zeros included, is not a clinic's name.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('C')?;
        let all_digits = digits.len() == 5 && digits.bytes().all(|byte| byte.is_ascii_digit());
        all_digits.then(|| digits.parse().map(Self).expect("five digits fit"))
    }
}

impl fmt::Display for RegionCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:010}", self.0)
    }
}

impl RegionCode {
    /// Reads the ten digits of a code.
    pub fn parse(text: &str) -> Option<Self> {
        let ten_digits = text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit());
        ten_digits.then(|| text.parse().map(Self).expect("ten digits fit"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn appointment_numbers_are_ten_digits_and_never_repeat() {
        let numbers: HashSet<String> = (0..100_000).map(|id| AppointmentId(id).number()).collect();
        assert_eq!(numbers.len(), 100_000);
        assert!(numbers.iter().all(|number| number.len() == 11 && number.as_bytes()[5] == b'-'));
    }

    #[test]
    fn an_appointment_is_found_by_the_number_that_people_read_out() {
        for id in [0, 1, 2, 77, 3_524_000, 9_999_999_999] {
            let number = AppointmentId(id).number();
            assert_eq!(AppointmentId::parse(&number), Some(AppointmentId(id)), "{number}");
            assert_eq!(AppointmentId::parse(&number.replace('-', "")), Some(AppointmentId(id)));
        }
        for wrong in ["", "12345", "12345-6789", "12345-678901", "1234x-67890", "+2345-67890"] {
            assert_eq!(AppointmentId::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn the_stride_shares_no_factor_with_the_number_space() {
        let mut pair = (NUMBER_SPACE, NUMBER_STRIDE);
        while pair.1 != 0 {
            pair = (pair.1, pair.0 % pair.1);
        }
        assert_eq!(pair.0, 1);
    }

    #[test]
    fn only_the_exact_form_of_a_clinic_is_read() {
        assert_eq!(ClinicId::parse("C00042"), Some(ClinicId(42)));
        for wrong in ["c00042", "C42", "C000421", "C0004x", "", "C+0042"] {
            assert_eq!(ClinicId::parse(wrong), None, "{wrong}");
        }
    }
}
