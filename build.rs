//! Names every file of `assets/` by its content, compresses it ahead of time, and writes the table and the `asset!` macro.
//! Scripts that go together are served as one: together they compress better.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::{env, fs};

use sha2::{Digest as _, Sha256};

/// What is served as one, and of which scripts.
const TOGETHER: [(&str, &[&str]); 2] = [
    ("page.js", &["relative-time.js", "live-panels.js", "palette.js"]),
    ("inbox.js", &["triage.js", "composer.js", "filters.js"]),
];

fn main() {
    println!("cargo:rerun-if-changed=assets");
    let out = env::var("OUT_DIR").expect("cargo sets OUT_DIR");
    let (mut table, mut arms) = (String::new(), String::new());
    for (name, content) in &together(read()) {
        let served = served_name(name, content);
        let store = |suffix: &str, bytes: &[u8]| {
            let path = Path::new(&out).join(format!("{name}{suffix}"));
            fs::write(&path, bytes).expect("OUT_DIR is writable");
            format!("include_bytes!({:?})", path.to_str().expect("OUT_DIR is UTF-8"))
        };
        let (plain, gzip) = (store("", content), store(".gz", &gzip(content)));
        writeln!(
            table,
            "    Asset {{ file: {served:?}, content_type: {:?}, plain: {plain}, gzip: {gzip} }},",
            content_type(name)
        )
        .expect("a string takes all");
        writeln!(arms, "    ({name:?}) => {{ \"/assets/{served}\" }};").expect("a string takes all");
    }

    let code = format!(
        "static ASSETS: &[Asset] = &[\n{table}];\n\n\
         /// The address of a file of `assets/`; a name that is not there does not compile.\n\
         macro_rules! asset {{\n{arms}}}\npub(crate) use asset;\n"
    );
    fs::write(Path::new(&out).join("assets.rs"), code).expect("OUT_DIR is writable");
}

/// Every file by its name.
fn read() -> BTreeMap<String, Vec<u8>> {
    let files = fs::read_dir("assets").expect("assets/ is there").map(|entry| entry.expect("a readable entry").path());
    let files = files.filter(|file| file.is_file()).map(|file| {
        let name = file.file_name().and_then(|name| name.to_str()).expect("asset names are UTF-8").to_owned();
        let content = fs::read(&file).expect("a readable asset");
        let content = if name.ends_with(".js") { terse(&name, &content) } else { content };
        (name, content)
    });
    files.collect()
}

/// Each script of several is a block of its own: it knows no name of another, and takes none along when it fails.
fn together(mut files: BTreeMap<String, Vec<u8>>) -> BTreeMap<String, Vec<u8>> {
    for (name, parts) in TOGETHER {
        let mut one = Vec::new();
        for part in parts {
            let script = files.remove(*part).unwrap_or_else(|| panic!("assets/{part} is there"));
            one.extend([b"try {\n".as_slice(), &script, b"} catch (error) { reportError(error) }\n"].concat());
        }
        files.insert(name.to_owned(), one);
    }
    files
}

/// A script without its comments and the spaces that only eyes need: nobody reads it on the wire.
fn terse(name: &str, script: &[u8]) -> Vec<u8> {
    let script = std::str::from_utf8(script).expect("a script is UTF-8");
    let mut terse = String::with_capacity(script.len());
    for line in script.lines().map(str::trim_start).filter(|line| !line.is_empty() && !line.starts_with("//")) {
        assert!(
            line.matches('`').count() % 2 == 0,
            "assets/{name}: a template goes over lines, whose indentation would be lost: {line}"
        );
        let line = close_up(name, line);
        terse.push_str(&line);
        if !line.ends_with([';', '{', ',', '(']) {
            terse.push('\n');
        }
    }
    terse.into_bytes()
}

/// A line of a script without the spaces around signs, but for those between quotes, and without a comment at its end; of
/// templates in templates nothing is known.
fn close_up(name: &str, line: &str) -> String {
    if line.matches('`').count() > 2 {
        return line.to_owned();
    }
    let is_sign = |c: &char| "=?:,;{}()[]<>*&|!+-".contains(*c);
    let is_one_of_two = |c: &char| "+-".contains(*c);
    let (mut closed, mut quote, mut letters) = (String::with_capacity(line.len()), None, line.chars().peekable());
    let mut before = None;
    while let Some(letter) = letters.next() {
        let after = letters.peek();
        if quote.is_none() && before != Some('\\') && letter == '/' && after == Some(&'/') {
            break;
        }
        let are_two = before.as_ref().is_some_and(is_one_of_two) && after.is_some_and(is_one_of_two);
        let is_between_signs = before.as_ref().is_some_and(is_sign) || after.is_some_and(is_sign);
        if letter == ' ' && quote.is_none() && is_between_signs && !are_two {
            continue;
        }
        match quote {
            Some(open) if letter == open && before != Some('\\') => quote = None,
            None if "\"'`".contains(letter) => quote = Some(letter),
            _ => {}
        }
        closed.push(letter);
        before = Some(letter);
    }
    assert!(quote.is_none(), "assets/{name}: a quote that is not closed in its line: {line}");
    closed
}

/// `app.css` becomes `app.0123456789ab.css`: new content has a new address, so an old one may be cached for ever.
fn served_name(name: &str, content: &[u8]) -> String {
    let (stem, extension) = name.rsplit_once('.').expect("an asset has an extension");
    let hash = Sha256::digest(content).iter().take(6).fold(String::new(), |hash, byte| format!("{hash}{byte:02x}"));
    format!("{stem}.{hash}.{extension}")
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        _ => panic!("assets/{name}: say its content type in build.rs"),
    }
}

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(content).expect("memory takes all");
    encoder.finish().expect("memory takes all")
}
