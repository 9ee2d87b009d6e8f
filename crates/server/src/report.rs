//! One self-contained file that a minister can open: headings, tables, charts, in Korean and English. No script, nothing
//! from elsewhere.

use rehearsal::chart::escaped;
use std::fmt::Write as _;

const STYLE: &str = "body{font:16px/1.5 system-ui,'Noto Sans KR',sans-serif;max-width:48rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a;background:#fff}\
svg{width:100%;height:auto;font-size:12px}.legend{display:flex;flex-wrap:wrap;gap:.25rem 1.5rem;padding:0;list-style:none}\
.legend svg{width:36px;height:10px}table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}\
td,th{border:1px solid #ccc;padding:.3rem .5rem;text-align:right}td:first-child,th:first-child{text-align:left}\
.scroll{overflow-x:auto}.warn{border-left:4px solid #c43d00;padding:.25rem .75rem;background:#fff4ee}\
.good{border-left:4px solid #1a7f37;padding:.25rem .75rem;background:#eefaf0}";

/// Korean and English of one thing.
pub(crate) type Said<'a> = (&'a str, &'a str);

/// The report while it is written, as HTML and as Markdown.
pub(crate) struct Report {
    html: String,
    markdown: String,
}

impl Report {
    pub(crate) fn new(title: Said<'_>) -> Self {
        let (ko, en) = (escaped(title.0), escaped(title.1));
        let html = format!(
            "<!doctype html><html lang=\"ko\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>{ko} / {en}</title><style>{STYLE}</style></head><body><h1>{ko}<br><small lang=\"en\">{en}</small></h1>"
        );
        Self { html, markdown: format!("# {} / {}\n", title.0, title.1) }
    }

    pub(crate) fn heading(&mut self, (ko, en): Said<'_>) {
        self.html(&format!("<h2>{} <small lang=\"en\">{}</small></h2>", escaped(ko), escaped(en)));
        self.markdown(&format!("\n## {ko} / {en}\n"));
    }

    pub(crate) fn says(&mut self, (ko, en): Said<'_>) {
        self.html(&format!("<p>{}<br><span lang=\"en\">{}</span></p>", escaped(ko), escaped(en)));
        self.markdown(&format!("\n{ko}\n{en}\n"));
    }

    pub(crate) fn warns(&mut self, said: Said<'_>) {
        self.boxed("warn", said);
    }

    pub(crate) fn assures(&mut self, said: Said<'_>) {
        self.boxed("good", said);
    }

    fn boxed(&mut self, class: &str, (ko, en): Said<'_>) {
        let said = format!("{}<br><span lang=\"en\">{}</span>", escaped(ko), escaped(en));
        self.html(&format!("<p class=\"{class}\">{said}</p>"));
        self.markdown(&format!("- {ko} / {en}\n"));
    }

    /// The first row is the head; the first cell of each row names it.
    pub(crate) fn table(&mut self, rows: &[Vec<String>]) {
        self.html("<div class=\"scroll\" tabindex=\"0\"><table>");
        self.markdown("\n");
        for (number, row) in rows.iter().enumerate() {
            self.html("<tr>");
            for (column, cell) in row.iter().enumerate() {
                let tag = if number == 0 || column == 0 { "th" } else { "td" };
                let scope = if number == 0 { "col" } else { "row" };
                let scope = if tag == "th" { format!(" scope=\"{scope}\"") } else { String::new() };
                self.html(&format!("<{tag}{scope}>{}</{tag}>", escaped(cell)));
            }
            self.html("</tr>");
            self.markdown(&format!("| {} |\n", row.join(" | ")));
            if number == 0 {
                self.markdown(&format!("|{}\n", "---|".repeat(row.len())));
            }
        }
        self.html("</table></div>");
        self.markdown("\n");
    }

    /// A picture is in the HTML alone.
    pub(crate) fn picture(&mut self, svg: &str) {
        self.html(&format!("<figure>{svg}</figure>"));
    }

    pub(crate) fn into_html(self) -> String {
        self.html + "</body></html>\n"
    }

    pub(crate) fn as_markdown(&self) -> &str {
        &self.markdown
    }

    fn html(&mut self, text: &str) {
        self.html.push_str(text);
    }

    fn markdown(&mut self, text: &str) {
        self.markdown.push_str(text);
    }
}

/// With a comma every three digits.
pub(crate) fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Days, hours, minutes and seconds, as far as they say something.
pub(crate) fn span(seconds: u64) -> String {
    let (days, hours, minutes, rest) =
        (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60, seconds % 60);
    let mut text = String::new();
    if days > 0 {
        write!(text, "{days} d ").expect("writing to a String cannot fail");
    }
    write!(text, "{hours}:{minutes:02}:{rest:02}").expect("writing to a String cannot fail");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_says_the_same_in_html_and_markdown_and_escapes_what_it_is_given() {
        let mut report = Report::new(("계획", "Plan"));
        report.table(&[vec!["a".into(), "b".into()], vec!["<c>".into(), "1".into()]]);
        report.warns(("길다", "long"));
        assert!(report.as_markdown().contains("| a | b |\n|---|---|\n| <c> | 1 |"));
        let html = report.into_html();
        assert!(html.contains("&lt;c&gt;</th><td>1</td>") && html.contains("<p class=\"warn\">길다"));
        assert!(!html.contains("<script") && !html.contains("http"));
    }

    #[test]
    fn figures_are_read_at_a_glance() {
        assert_eq!([0, 999, 1_000, 3_524_000].map(thousands), ["0", "999", "1,000", "3,524,000"]);
        assert_eq!([59, 3_600, 90_061].map(span), ["0:00:59", "1:00:00", "1 d 1:01:01"]);
    }
}
