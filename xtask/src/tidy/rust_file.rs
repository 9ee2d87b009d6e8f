//! One .rs file as the rules see it: code without words, its literals, its functions, which lines are tests.
use super::source::{Literal, is_name_char, mask};
use std::ops::RangeInclusive;

pub(crate) struct Function {
    pub(crate) name: String,
    pub(crate) lines: usize,
}

pub(crate) struct RustFile {
    pub(crate) path: String,
    pub(crate) code: String,
    pub(crate) literals: Vec<Literal>,
    test_lines: Vec<RangeInclusive<usize>>,
}

impl RustFile {
    pub(crate) fn new(path: &str, text: &str) -> Self {
        let masked = mask(text);
        let test_lines = test_lines(&masked.code);
        Self { path: path.to_owned(), code: masked.code, literals: masked.literals, test_lines }
    }

    /// Whether that line (from 1) is in a test: under `tests/`, in a `tests.rs` or `…_tests.rs`, or behind `#[cfg(test)]`.
    pub(crate) fn is_test(&self, line: usize) -> bool {
        self.path.contains("/tests/")
            || ["/tests.rs", "_tests.rs"].iter().any(|end| self.path.ends_with(end))
            || self.test_lines.iter().any(|lines| lines.contains(&line))
    }

    /// Lines of the file without those behind `#[cfg(test)]`.
    pub(crate) fn length(&self) -> usize {
        let all = 1..=self.code.lines().count();
        all.filter(|line| !self.test_lines.iter().any(|lines| lines.contains(line))).count()
    }

    pub(crate) fn functions(&self) -> Vec<Function> {
        let starts = self.code.match_indices("fn ").map(|(at, _)| at);
        starts.filter_map(|at| function_at(&self.code, at)).collect()
    }
}

fn function_at(code: &str, at: usize) -> Option<Function> {
    if code[..at].ends_with(is_name_char) {
        return None;
    }
    let name: String = code[at + 3..].chars().take_while(|c| is_name_char(*c)).collect();
    if name.is_empty() {
        return None;
    }
    let end = body_end(code, at)?;
    Some(Function { name, lines: code[at..end].matches('\n').count() + 1 })
}

fn test_lines(code: &str) -> Vec<RangeInclusive<usize>> {
    let starts = code.match_indices("#[cfg(test)]").map(|(at, _)| at);
    let line_of = |at: usize| code[..at].matches('\n').count() + 1;
    let ranges = starts.filter_map(|at| {
        let item = at + "#[cfg(test)]".len();
        body_end(code, item).map(|end| line_of(at)..=line_of(end - 1))
    });
    ranges.collect()
}

/// Where the body of the item that starts at `at` ends: just after its closing brace. `None` without a body.
fn body_end(code: &str, at: usize) -> Option<usize> {
    let mut braces = 0_usize;
    let mut brackets = 0_usize;
    for (offset, byte) in code.bytes().enumerate().skip(at) {
        match byte {
            b'(' | b'[' => brackets += 1,
            b')' | b']' => brackets = brackets.saturating_sub(1),
            b';' if braces == 0 && brackets == 0 => return None,
            b'{' => braces += 1,
            b'}' if braces == 1 && brackets == 0 => return Some(offset + 1),
            b'}' => braces = braces.saturating_sub(1),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn functions(code: &str) -> Vec<(String, usize)> {
        let file = RustFile::new("a.rs", code);
        file.functions().into_iter().map(|function| (function.name, function.lines)).collect()
    }

    #[test]
    fn functions_are_counted_from_their_name_to_their_brace() {
        let code = "trait T { fn none(&self) -> [u8; 4]; }\nfn one() {}\npub fn four(\n    a: fn(u8),\n) {\n    let b = \"}\"; }\n";
        assert_eq!(functions(code), [("one".to_owned(), 1), ("four".to_owned(), 4)]);
    }

    #[test]
    fn a_function_in_a_function_is_counted_in_both() {
        let counted = functions("fn outer() {\n  fn inner() {\n  }\n}\n");
        assert_eq!(counted, [("outer".to_owned(), 4), ("inner".to_owned(), 2)]);
    }

    #[test]
    fn lines_behind_cfg_test_are_tests_and_have_no_length() {
        let file = RustFile::new("src/a.rs", "fn a() {}\n\n#[cfg(test)]\nmod tests {\n    fn b() {}\n}\n");
        assert_eq!(file.length(), 2);
        assert!(!file.is_test(1) && file.is_test(3) && file.is_test(5) && file.is_test(6));
        for path in ["crates/a/tests/it/main.rs", "src/a/tests.rs", "src/a_tests.rs"] {
            assert!(RustFile::new(path, "fn a() {}").is_test(1), "{path}");
        }
    }
}
