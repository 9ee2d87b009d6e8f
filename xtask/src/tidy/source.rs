//! Tells code from words: Rust text with its comments and literals blanked out, and the literals apart.
//! Enough of the language for counting braces and finding names; not a parser.

/// The text of one string or character literal and the line (from 1) it starts on.
pub(crate) struct Literal {
    pub(crate) line: usize,
    pub(crate) text: String,
}

pub(crate) struct Masked {
    /// The source with every character of a comment or literal replaced by a space; lines stay lines.
    pub(crate) code: String,
    pub(crate) literals: Vec<Literal>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Word {
    Comment,
    Literal,
}

pub(crate) fn mask(source: &str) -> Masked {
    let mut masked = Masked { code: String::with_capacity(source.len()), literals: Vec::new() };
    let mut line = 1;
    let mut rest = source;
    while let Some(first) = rest.chars().next() {
        let Some((word, length)) = word_at(rest, masked.code.chars().next_back()) else {
            masked.code.push(first);
            line += usize::from(first == '\n');
            rest = &rest[first.len_utf8()..];
            continue;
        };
        let (text, after) = rest.split_at(length);
        if word == Word::Literal {
            masked.literals.push(Literal { line, text: text.to_owned() });
        }
        masked.code.extend(text.chars().map(|c| if c == '\n' { '\n' } else { ' ' }));
        line += text.matches('\n').count();
        rest = after;
    }
    masked
}

/// The comment or literal that `rest` starts with, and its length in bytes.
fn word_at(rest: &str, before: Option<char>) -> Option<(Word, usize)> {
    if rest.starts_with("//") {
        return Some((Word::Comment, rest.find('\n').unwrap_or(rest.len())));
    }
    if rest.starts_with("/*") {
        return Some((Word::Comment, block_comment_length(rest)));
    }
    let in_name = before.is_some_and(is_name_char);
    let literal = raw_string_length(rest).filter(|_| !in_name);
    let literal = literal.or_else(|| string_length(rest)).or_else(|| char_length(rest));
    literal.map(|length| (Word::Literal, length))
}

/// Block comments nest.
fn block_comment_length(rest: &str) -> usize {
    let mut depth = 0;
    let mut at = 0;
    while at < rest.len() {
        match &rest.as_bytes()[at..] {
            [b'/', b'*', ..] => (depth, at) = (depth + 1, at + 2),
            [b'*', b'/', ..] => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            return at;
        }
    }
    rest.len()
}

fn raw_string_length(rest: &str) -> Option<usize> {
    let opening = rest.strip_prefix(['b', 'c']).unwrap_or(rest).strip_prefix('r')?;
    let hashes = opening.len() - opening.trim_start_matches('#').len();
    let body = opening[hashes..].strip_prefix('"')?;
    let closing = format!("\"{}", "#".repeat(hashes));
    let body_length = body.find(&closing).map_or(body.len(), |at| at + closing.len());
    Some(rest.len() - body.len() + body_length)
}

fn string_length(rest: &str) -> Option<usize> {
    let body = rest.strip_prefix('"')?;
    let mut escaped = false;
    for (at, c) in body.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return Some(at + 2),
            _ => {}
        }
    }
    Some(rest.len())
}

/// A character literal; a lifetime is none.
fn char_length(rest: &str) -> Option<usize> {
    let body = rest.strip_prefix('\'')?;
    if let Some(escape) = body.strip_prefix('\\') {
        let escaped = escape.chars().next()?.len_utf8();
        return Some(escape[escaped..].find('\'')? + escaped + 3);
    }
    let length = body.chars().next()?.len_utf8();
    body[length..].starts_with('\'').then_some(length + 2)
}

pub(crate) fn is_name_char(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(source: &str, code: &str, literals: &[&str]) {
        let masked = mask(source);
        assert_eq!(masked.code.split_whitespace().collect::<Vec<_>>().join(" "), code, "{source}");
        let texts: Vec<&str> = masked.literals.iter().map(|literal| literal.text.as_str()).collect();
        assert_eq!(texts, literals, "{source}");
    }

    #[test]
    fn words_are_told_from_code() {
        check("a // {\nb", "a b", &[]);
        check("a /* { /* } */ { */ b", "a b", &[]);
        check(r#"a("{ \" {") b"#, "a( ) b", &[r#""{ \" {""#]);
        check("a(r#\"{ \" {\"#) b", "a( ) b", &["r#\"{ \" {\"#"]);
        check(r"a('{', '\'', '\u{7d}') b", "a( , , ) b", &["'{'", r"'\''", r"'\u{7d}'"]);
        check("fn a<'b>(c: &'b str) {}", "fn a<'b>(c: &'b str) {}", &[]);
        check("r#fn(\"x\")", "r#fn( )", &["\"x\""]);
        check("('가')", "( )", &["'가'"]);
    }

    #[test]
    fn lines_stay_lines() {
        let masked = mask("a\n/* b\n*/ \"c\nd\" e");
        assert_eq!(masked.code.lines().count(), 4);
        assert_eq!(masked.literals[0].line, 3);
    }
}
