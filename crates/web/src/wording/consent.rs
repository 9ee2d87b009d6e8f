//! The texts that people agree to, each with its number. What was published never changes: a delegation on record
//! says the number, and whoever asks later must find the words that were shown.

use crate::lang::Lang;
use booking::ConsentVersion;

pub struct Consent {
    pub version: ConsentVersion,
    ko: &'static str,
    en: &'static str,
}

/// Of a helper who names somebody to book for. A new text is added at the end and takes effect at once.
pub const HELPER_CONSENTS: [Consent; 1] = [Consent {
    version: ConsentVersion(1),
    ko: "저는 이 분의 부탁이나 동의를 받고 대신 예약합니다. 이 분의 이름, 주민등록번호(또는 외국인등록번호, 임시관리번호)와 전화번호를 예방접종 예약과 안내에만 쓰는 데 동의합니다. 이 분께 대리 예약 사실을 알리며, 이 분은 언제든지 거절하실 수 있습니다.",
    en: "I book for this person at their request or with their consent. I agree that their name, resident (or foreigner's or temporary) number and phone are used to book and inform about the vaccination, and for nothing else. They are told that I may book for them and can withdraw it at any time.",
}];

/// The text that is shown today.
pub const CURRENT: &Consent = &HELPER_CONSENTS[HELPER_CONSENTS.len() - 1];

impl Consent {
    pub fn text(&self, lang: Lang) -> &'static str {
        lang.t(self.ko, self.en)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::published::hex;
    use sha2::{Digest as _, Sha256};

    /// The first sixteen hexadecimal digits of SHA-256 over both languages. A line is added, never altered.
    const PUBLISHED: [(u16, &str); 1] = [(1, "deaba98515cbff1f")];

    #[test]
    fn a_published_consent_never_changes() {
        let now = HELPER_CONSENTS.iter().map(|consent| {
            let digest = Sha256::digest(format!("{}|{}", consent.ko, consent.en));
            (consent.version.0, hex(&digest[..8]))
        });
        let published = PUBLISHED.map(|(version, hash)| (version, hash.to_owned()));
        assert_eq!(now.collect::<Vec<_>>(), published);
    }
}
