//! The length ratchet: long functions and files are listed with their length, and the list only shrinks.
use super::rust_file::RustFile;
use std::collections::BTreeMap;

const FUNCTION_LINES_MAX: usize = 70;
const FILE_LINES_MAX: usize = 400;

struct Measured {
    lines: usize,
    lines_max: usize,
}

/// `listed` has one line for each exception: `PATH LINES`, or `PATH fn NAME LINES`.
pub(crate) fn check(files: &[RustFile], listed: &str) -> Vec<String> {
    let mut measured = measure(files);
    let mut findings = Vec::new();
    for line in listed.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let Some((name, Ok(lines))) = line.rsplit_once(' ').map(|(name, lines)| (name, lines.parse())) else {
            findings.push(format!("{}: cannot read `{line}`", super::LENGTHS));
            continue;
        };
        findings.extend(check_listed(name, lines, measured.remove(name).as_ref()));
    }
    for (name, Measured { lines, lines_max }) in measured {
        if lines > lines_max {
            findings.push(format!("{name}: {lines} lines; look for the second idea past {lines_max}"));
        }
    }
    findings
}

fn check_listed(name: &str, listed: usize, measured: Option<&Measured>) -> Option<String> {
    let Some(&Measured { lines, lines_max }) = measured else {
        return Some(format!("{name}: gone; take its line out of {}", super::LENGTHS));
    };
    if lines > listed {
        return Some(format!("{name}: grew from {listed} to {lines} lines"));
    }
    if lines <= lines_max {
        return Some(format!("{name}: {lines} lines are fine; take its line out of {}", super::LENGTHS));
    }
    (lines < listed).then(|| format!("{name}: shrank; lower {listed} to {lines} in {}", super::LENGTHS))
}

/// Of functions with one name in one file the longest counts.
fn measure(files: &[RustFile]) -> BTreeMap<String, Measured> {
    let mut measured = BTreeMap::new();
    for file in files {
        measured.insert(file.path.clone(), Measured { lines: file.length(), lines_max: FILE_LINES_MAX });
        for function in file.functions() {
            let name = format!("{} fn {}", file.path, function.name);
            let entry = measured.entry(name).or_insert(Measured { lines: 0, lines_max: FUNCTION_LINES_MAX });
            entry.lines = entry.lines.max(function.lines);
        }
    }
    measured
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_function(lines: usize, listed: &str) -> Vec<String> {
        let text = format!("fn a() {{\n{}}}\n", "b();\n".repeat(lines - 2));
        check(&[RustFile::new("a.rs", &text)], listed)
    }

    #[test]
    fn a_long_function_is_found() {
        assert!(check_function(70, "").is_empty());
        assert_eq!(check_function(71, ""), ["a.rs fn a: 71 lines; look for the second idea past 70"]);
    }

    #[test]
    fn a_long_file_is_found_without_its_tests() {
        let code = "//! Words count.\n".repeat(400);
        let tests = "#[cfg(test)]\nmod tests {\n    fn b() {}\n}\n";
        assert!(check(&[RustFile::new("a.rs", &format!("{code}{tests}"))], "").is_empty());
        assert_eq!(check(&[RustFile::new("a.rs", &format!("{code}//\n"))], "").len(), 1);
    }

    #[test]
    fn a_listed_length_may_only_shrink() {
        assert!(check_function(80, "# Why.\na.rs fn a 80\n").is_empty());
        assert_eq!(check_function(81, "a.rs fn a 80"), ["a.rs fn a: grew from 80 to 81 lines"]);
        assert_eq!(check_function(79, "a.rs fn a 80").len(), 1);
        assert_eq!(check_function(70, "a.rs fn a 80").len(), 1);
        assert_eq!(check_function(9, "a.rs fn gone 80").len(), 1);
        assert_eq!(check_function(9, "nonsense").len(), 1);
    }
}
