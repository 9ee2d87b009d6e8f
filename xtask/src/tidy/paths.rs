//! No path of one developer's machine in a file that everybody gets.
const FOLDERS: [&str; 2] = [concat!("/", "work/"), concat!("/", "root/")];

pub(crate) fn check(path: &str, text: &str) -> Vec<String> {
    let lines = text.lines().enumerate();
    let found = lines.filter(|(_, line)| FOLDERS.iter().any(|folder| names_folder(line, folder)));
    found.map(|(index, _)| format!("{path}:{}: a path of somebody's own machine", index + 1)).collect()
}

/// Whether `folder` stands in the line as the start of a path, not in the middle of a longer one.
fn names_folder(line: &str, folder: &str) -> bool {
    line.match_indices(folder).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        !before.is_some_and(|c| c.is_alphanumeric() || "_-.}/~".contains(c))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_of_a_machine_is_found() {
        for folder in FOLDERS {
            assert_eq!(check("a.md", &format!("first\nsee `{folder}notes.md`")).len(), 1, "{folder}");
            assert_eq!(check("a.md", &format!("{folder}notes.md")).len(), 1, "{folder}");
        }
    }

    #[test]
    fn a_longer_path_is_not() {
        let text = format!("crates{}a and https://example.org{}", FOLDERS[0], FOLDERS[1]);
        assert!(check("a.md", &text).is_empty());
    }
}
