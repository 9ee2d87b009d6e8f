//! What a check found, for whoever took part.

use super::{Difference, Standing};
use web::draw::{LIST, PLACES};

pub(crate) fn in_words(found: &Difference) -> String {
    match found {
        Difference::Version(version) => format!(
            "이 프로그램이 모르는 규칙 판({version})입니다. 새 판으로 확인하십시오 / rules of version {version}, which this program does not know; check with a newer one"
        ),
        Difference::OutOfStep { there, missing } => {
            format!("{there}은(는) 있는데 {missing}이(가) 없습니다 / there is {there}, but no {missing}")
        }
        Difference::ListLine(line) => format!(
            "{LIST} {line}번째 줄이 바뀌었거나 순서가 다릅니다 / {LIST}, line {line}: changed, named twice or out of order"
        ),
        Difference::Count { published, computed } => format!(
            "인원이 다릅니다: 공개된 수 {published}, 명단의 수 {computed} / the count differs: published {published}, on the list {computed}"
        ),
        Difference::Root { published, computed } => format!(
            "명단이 확정된 명단과 다릅니다: 공개된 뿌리 {published}, 계산한 뿌리 {computed} / the list is not the frozen one: published root {published}, computed {computed}"
        ),
        Difference::Round { published, computed } => format!(
            "규칙이 정한 회차와 다릅니다: 공개된 회차 {published}, 규칙의 회차 {computed} / another round than the rules name: published {published}, by the rules {computed}"
        ),
        Difference::IssuedAt { published, computed } => format!(
            "회차의 시각이 다릅니다: 공개 {published}, 규칙 {computed} / the instant of the round differs: published {published}, by the rules {computed}"
        ),
        Difference::TooEarly { taken_at, issued_at } => format!(
            "값이 나오기 전에 적혔습니다: {taken_at}, 나온 시각 {issued_at} / the value was written down at {taken_at}, before it was issued at {issued_at}"
        ),
        Difference::Seed { published, computed } => format!(
            "씨앗 값이 다릅니다: 공개 {published}, 계산 {computed} / the seed differs: published {published}, computed {computed}"
        ),
        Difference::PlaceLine(line) => {
            format!(
                "{PLACES} {line}번째 줄의 순번이 계산과 다릅니다 / {PLACES}, line {line}: not the place that was drawn"
            )
        }
        Difference::NotOnTheList => {
            "이 접수 번호는 명단에 없습니다 / this receipt is not on the list".to_owned()
        }
    }
}

pub(crate) fn standing_in_words(standing: &Standing) -> String {
    match standing {
        Standing::Announced => {
            "규칙만 공개됨, 명단은 아직 / announced; the list is not frozen yet".to_owned()
        }
        Standing::Drawing { round, issued_at } => format!(
            "추첨 중: {round}회차 값을 기다립니다({issued_at} 예정) / drawing: waits for round {round}, due at {issued_at}"
        ),
        Standing::Drawn { seed, round, value } => format!(
            "추첨됨 / drawn\n  회차 / round       {round}\n  값 / value         {value}\n  씨앗 / seed        {seed}"
        ),
    }
}
