//! Words that have no place in the code: unfinished work, ignored or sleeping tests, Korean outside the pages.
use super::rust_file::RustFile;

const UNFINISHED: [&str; 3] = ["todo!(", "unimplemented!(", "#[ignore"];
const SLEEP: &str = "thread::sleep";
/// Words for people live in `web` and `server`; these crates answer with values.
const WORDLESS: [&str; 4] = ["crates/booking/", "crates/waiting-room/", "crates/store", "crates/rehearsal/"];

pub(crate) fn check(file: &RustFile) -> Vec<String> {
    let mut findings = Vec::new();
    for (index, code) in file.code.lines().enumerate() {
        let line = index + 1;
        for word in UNFINISHED.iter().filter(|word| code.contains(**word)) {
            findings.push(format!("{}:{line}: `{word}` is unfinished work", file.path));
        }
        if code.contains(SLEEP) && file.is_test(line) {
            findings.push(format!("{}:{line}: a test waits for a condition, it does not sleep", file.path));
        }
    }
    findings.extend(korean_words(file));
    findings
}

fn korean_words(file: &RustFile) -> Vec<String> {
    if !WORDLESS.iter().any(|folder| file.path.starts_with(folder)) {
        return Vec::new();
    }
    let words = file.literals.iter();
    let korean = words.filter(|word| word.text.chars().any(is_hangul) && !file.is_test(word.line));
    korean
        .map(|word| format!("{}:{}: words for people live in web and server", file.path, word.line))
        .collect()
}

fn is_hangul(c: char) -> bool {
    matches!(c, '\u{1100}'..='\u{11ff}' | '\u{3130}'..='\u{318f}' | '\u{ac00}'..='\u{d7a3}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_text(path: &str, text: &str) -> Vec<String> {
        check(&RustFile::new(path, text))
    }

    #[test]
    fn unfinished_work_is_found_in_code_only() {
        assert_eq!(check_text("a.rs", "fn a() {\n    todo!()\n}"), ["a.rs:2: `todo!(` is unfinished work"]);
        assert_eq!(check_text("a.rs", "fn a() { unimplemented!(\"b\") }").len(), 1);
        assert_eq!(check_text("a.rs", "#[ignore = \"slow\"]\nfn a() {}").len(), 1);
        assert!(check_text("a.rs", "// todo!(\nfn a() { b(\"todo!(\") }").is_empty());
    }

    #[test]
    fn a_sleeping_test_is_found() {
        let sleep = "fn a() { std::thread::sleep(b); }\n";
        assert!(check_text("src/a.rs", sleep).is_empty());
        assert_eq!(check_text("crates/a/tests/it/a.rs", sleep).len(), 1);
        assert_eq!(check_text("src/a.rs", &format!("#[cfg(test)]\nmod tests {{\n{sleep}}}")).len(), 1);
    }

    #[test]
    fn korean_words_are_found_in_the_wordless_crates() {
        let code = "fn a() { b(\"예약\") }";
        for path in ["crates/booking/src/a.rs", "crates/store-sqlite/src/a.rs", "crates/rehearsal/src/a.rs"] {
            assert_eq!(check_text(path, code).len(), 1, "{path}");
        }
        assert!(check_text("crates/web/src/a.rs", code).is_empty());
        assert!(check_text("crates/booking/src/a.rs", "// 예약\nfn a() {}").is_empty());
        let test = format!("#[cfg(test)]\nmod tests {{\n{code}\n}}");
        assert!(check_text("crates/booking/src/a.rs", &test).is_empty());
    }
}
