//! Sizes and heads: a file is read in one sitting, a function on one screen.

use super::source::{Source, assert_none, rust, sources};

const FILE_LINES: usize = 400;
const FUNCTION_LINES: usize = 60;

#[test]
fn files_are_short() {
    let files = rust().into_iter().chain(sources(&["assets"], "js"));
    let long = files.filter(|file| file.text.lines().count() > FILE_LINES);
    let faults = long.map(|file| format!("{}: {} lines", file.path, file.text.lines().count()));
    assert_none(&format!("a file has at most {FILE_LINES} lines"), faults.collect());
}

#[test]
fn functions_are_short() {
    let faults = rust().iter().flat_map(long_functions).collect();
    assert_none(&format!("a function has at most {FUNCTION_LINES} lines"), faults);
}

#[test]
fn every_file_says_what_it_is_for() {
    let silent = rust().into_iter().filter(|file| !file.text.starts_with("//! "));
    assert_none("a file starts with a //! line", silent.map(|file| file.path).collect());
}

#[test]
fn nothing_is_left_to_do() {
    let words = [
        concat!("TO", "DO"),
        concat!("FIX", "ME"),
        concat!("X", "XX"),
        concat!("to", "do!("),
        concat!("unimple", "mented!("),
    ];
    let mut faults = Vec::new();
    for file in rust() {
        for (number, line) in (1..).zip(file.text.lines()) {
            if words.iter().any(|word| line.contains(word)) {
                faults.push(format!("{}:{number}: {}", file.path, line.trim()));
            }
        }
    }
    assert_none("what is left to do is an issue, not a comment", faults);
}

/// rustfmt puts a function's last brace under its first letter, so the lines need no parsing.
fn long_functions(file: &Source) -> Vec<String> {
    let lines: Vec<&str> = file.text.lines().collect();
    let mut faults = Vec::new();
    for (start, line) in lines.iter().enumerate() {
        let Some(name) = function_name(line) else { continue };
        let indent = &line[..line.len() - line.trim_start().len()];
        let end = lines[start..].iter().position(|line| {
            line.strip_prefix(indent).is_some_and(|rest| rest == "}" || (!rest.starts_with(' ') && rest.ends_with(';')))
        });
        let length = end.unwrap_or(0) + 1;
        if length > FUNCTION_LINES && !line.trim_end().ends_with('}') {
            faults.push(format!("{}:{}: {name} has {length} lines", file.path, start + 1));
        }
    }
    faults
}

fn function_name(line: &str) -> Option<&str> {
    let mut words = line.trim_start().split(' ').skip_while(|word| {
        matches!(*word, "pub" | "async" | "const" | "extern") || (word.starts_with("pub(") && word.ends_with(')'))
    });
    (words.next()? == "fn").then(|| words.next())?.map(|name| name.split(['(', '<']).next().unwrap_or(name))
}
