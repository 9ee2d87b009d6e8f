//! Charts as SVG text: lines over time, and dots on a map. Words come from the caller, escaped here.

use std::fmt::Write as _;

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 260.0;
const LEFT: f64 = 76.0;
const RIGHT: f64 = 10.0;
const TOP: f64 = 10.0;
const BOTTOM: f64 = 34.0;
const TICKS: u32 = 4;
/// Told apart by dashes as well as by colour.
const STROKES: [(&str, &str); 5] =
    [("#0b50d0", ""), ("#c43d00", "7 4"), ("#1a7f37", "2 4"), ("#7b2d8b", "10 3 2 3"), ("#555555", "4 2")];

/// One line: a name and points of (seconds, value), in order.
#[derive(Clone, Debug, Default)]
pub struct Series {
    pub name: String,
    pub points: Vec<(f64, f64)>,
}

/// A chart of lines over time; `label` says in words what is seen.
pub fn lines(label: &str, series: &[Series]) -> String {
    let points = || series.iter().flat_map(|line| &line.points);
    let (from, to) = points().fold((f64::MAX, f64::MIN), |(a, b), (x, _)| (a.min(*x), b.max(*x)));
    let top = points().fold(0.0_f64, |top, (_, y)| top.max(*y));
    let frame = Frame { from, to: to.max(from + 1.0), top: round_up(top) };
    let mut svg = begin(label, WIDTH, HEIGHT);
    frame.axes(&mut svg);
    for (line, (colour, dash)) in series.iter().zip(STROKES.iter().cycle()) {
        frame.line(&mut svg, line, colour, dash);
    }
    svg.push_str("</svg>");
    svg.push_str(&legend(series));
    svg
}

/// A dot for each place: (east, north, share from 0 to 1), darker where the share is larger.
pub fn dots(label: &str, places: &[(f64, f64, f64)]) -> String {
    let (width, height) = (360.0, 460.0);
    let bounds = |value: fn(&(f64, f64, f64)) -> f64| {
        let values = places.iter().map(value);
        values.fold((f64::MAX, f64::MIN), |(low, high), v| (low.min(v), high.max(v)))
    };
    let ((west, east), (south, north)) = (bounds(|p| p.0), bounds(|p| p.1));
    let mut svg = begin(label, width, height);
    for (x, y, share) in places {
        let across = 10.0 + (width - 20.0) * (x - west) / (east - west).max(1e-9);
        let down = 10.0 + (height - 20.0) * (north - y) / (north - south).max(1e-9);
        let light = 88.0 - 60.0 * share.clamp(0.0, 1.0);
        put(
            &mut svg,
            format_args!(
                r##"<circle cx="{across:.1}" cy="{down:.1}" r="5" fill="hsl(220 80% {light:.0}%)" stroke="#333" stroke-width=".5"/>"##
            ),
        );
    }
    svg.push_str("</svg>");
    svg
}

/// Text as it may stand in HTML.
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

struct Frame {
    from: f64,
    to: f64,
    top: f64,
}

impl Frame {
    fn x(&self, seconds: f64) -> f64 {
        LEFT + (WIDTH - LEFT - RIGHT) * (seconds - self.from) / (self.to - self.from)
    }

    fn y(&self, value: f64) -> f64 {
        HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / self.top
    }

    fn axes(&self, svg: &mut String) {
        for tick in 0..=TICKS {
            let share = f64::from(tick) / f64::from(TICKS);
            let (value, seconds) = (self.top * share, self.from + (self.to - self.from) * share);
            let (x, y) = (self.x(seconds), self.y(value));
            put(
                svg,
                format_args!(
                    r##"<line x1="{LEFT}" y1="{y:.1}" x2="{:.1}" y2="{y:.1}" stroke="#ccc"/>"##,
                    WIDTH - RIGHT
                ),
            );
            put(
                svg,
                format_args!(
                    r#"<text x="{:.1}" y="{:.1}" text-anchor="end">{}</text>"#,
                    LEFT - 6.0,
                    y + 4.0,
                    figure(value)
                ),
            );
            let anchor = ["start", "middle", "middle", "middle", "end"][tick as usize];
            put(
                svg,
                format_args!(
                    r#"<text x="{x:.1}" y="{:.1}" text-anchor="{anchor}">{}</text>"#,
                    HEIGHT - 10.0,
                    span(seconds)
                ),
            );
        }
    }

    fn line(&self, svg: &mut String, line: &Series, colour: &str, dash: &str) {
        put(
            svg,
            format_args!(
                r#"<polyline fill="none" stroke="{colour}" stroke-width="2" stroke-dasharray="{dash}" points=""#
            ),
        );
        for (x, y) in &line.points {
            put(svg, format_args!("{:.1},{:.1} ", self.x(*x), self.y(*y)));
        }
        svg.push_str(r#""/>"#);
    }
}

fn begin(label: &str, width: f64, height: f64) -> String {
    let label = escaped(label);
    format!(r#"<svg viewBox="0 0 {width} {height}" role="img" aria-label="{label}"><title>{label}</title>"#)
}

fn legend(series: &[Series]) -> String {
    let mut list = r#"<ul class="legend">"#.to_owned();
    for (line, (colour, dash)) in series.iter().zip(STROKES.iter().cycle()) {
        put(
            &mut list,
            format_args!(
                r#"<li><svg width="36" height="10" aria-hidden="true"><line x1="0" y1="5" x2="36" y2="5" stroke="{colour}" stroke-width="2" stroke-dasharray="{dash}"/></svg> {}</li>"#,
                escaped(&line.name)
            ),
        );
    }
    list.push_str("</ul>");
    list
}

fn put(text: &mut String, what: std::fmt::Arguments<'_>) {
    text.write_fmt(what).expect("writing to a String cannot fail");
}

/// The next of 1, 2, 5 × 10ⁿ.
fn round_up(value: f64) -> f64 {
    let power = 10.0_f64.powf(value.max(1.0).log10().floor());
    [1.0, 2.0, 5.0, 10.0].into_iter().map(|step| step * power).find(|step| *step >= value).unwrap_or(value)
}

fn figure(value: f64) -> String {
    match value {
        v if v >= 10_000_000.0 => format!("{:.0} M", v / 1e6),
        v if v >= 1_000_000.0 => format!("{:.1} M", v / 1e6),
        v if v >= 10_000.0 => format!("{:.0} k", v / 1e3),
        v if v >= 10.0 || v == 0.0 => format!("{v:.0}"),
        v => format!("{v:.1}"),
    }
}

/// Hours and minutes; with seconds where it is short.
fn span(seconds: f64) -> String {
    let sign = if seconds < 0.0 { "−" } else { "" };
    let whole = seconds.abs().round() as u64;
    let (hours, minutes, rest) = (whole / 3_600, whole / 60 % 60, whole % 60);
    if hours == 0 { format!("{sign}{minutes}:{rest:02}") } else { format!("{sign}{hours}:{minutes:02} h") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chart_stays_in_its_frame_and_says_what_it_is() {
        let line = Series { name: "line <1>".to_owned(), points: vec![(-60.0, 0.0), (3_600.0, 123_456.0)] };
        let svg = lines("people & time", &[line]);
        assert!(svg.contains("people &amp; time") && svg.contains("line &lt;1&gt;"));
        assert!(svg.contains("76.0,226.0 710.0,"), "{svg}");
        assert!(svg.contains("200 k") && svg.contains("1:00 h"), "{svg}");
    }

    #[test]
    fn nothing_to_draw_is_still_a_chart() {
        assert!(lines("nothing", &[]).ends_with("</ul>"));
        assert!(dots("nowhere", &[(127.0, 37.0, 0.5)]).contains(r#"cx="10.0" cy="10.0""#));
    }

    #[test]
    fn scales_end_at_round_figures() {
        assert_eq!(
            [0.0, 3.0, 20.0, 21.0, 1_850_000.0].map(|v| figure(round_up(v))),
            ["1.0", "5.0", "20", "50", "2.0 M"]
        );
        assert_eq!([-30.0, 59.0, 3_661.0].map(span), ["−0:30", "0:59", "1:01 h"]);
    }
}
