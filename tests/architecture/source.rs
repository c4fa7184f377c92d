//! The tree's source files as text.

use std::fs;
use std::path::{Path, PathBuf};

pub struct Source {
    /// From the repository's root: `src/demo/mod.rs`.
    pub path: String,
    pub text: String,
}

impl Source {
    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }

    pub fn is_test(&self) -> bool {
        matches!(self.name(), "tests.rs" | "testing.rs")
            || self.path.contains("/tests/")
            || self.path.contains("/testing/")
    }

    /// Lines with their numbers, without comments and without what follows `#[cfg(test)]` at the end of the file.
    pub fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let lines = self.text.lines().enumerate().map(|(index, line)| (index + 1, line));
        lines
            .take_while(|(_, line)| !line.starts_with("mod tests {"))
            .filter(|(_, line)| !line.trim_start().starts_with("//"))
    }
}

/// Every file with this extension under these folders.
pub fn sources(folders: &[&str], extension: &str) -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    for folder in folders {
        collect(&root.join(folder), extension, &mut found);
    }
    found.sort();
    assert!(!found.is_empty(), "{folders:?} hold no .{extension} file: has a folder moved?");
    let relative = |path: &Path| path.strip_prefix(root).expect("it was found under the root").display().to_string();
    found
        .iter()
        .map(|path| Source { path: relative(path), text: fs::read_to_string(path).expect("source is text") })
        .collect()
}

pub fn rust() -> Vec<Source> {
    sources(&["src", "kit/src", "simulator/src", "benches/src", "tests"], "rs")
}

/// Fails with every fault, so that all can be mended in one go.
pub fn assert_none(rule: &str, faults: Vec<String>) {
    assert!(faults.is_empty(), "{rule}:\n  {}", faults.join("\n  "));
}

fn collect(folder: &Path, extension: &str, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, extension, found);
        } else if path.extension().is_some_and(|known| known == extension) {
            found.push(path);
        }
    }
}
