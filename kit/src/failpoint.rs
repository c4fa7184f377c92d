//! Named places at which a test makes a process fail.
//!
//! Compiled in by the feature `failpoints`, which only tests turn on: without it [`failpoint!`](crate::failpoint!) is nothing.
//! The environment variable `FAILPOINTS` names a file that is read at each passage, so that a test arms and disarms it while
//! the process runs. A line of it is the place's name, `=`, and what happens there: `abort`, `sleep MILLISECONDS` (of the
//! thread that passes), or `error` where the place has one.

/// `failpoint!("job: claimed")` may end or delay the process; `failpoint!("job: claimed", Error::Closed)` may also return that error.
#[cfg(feature = "failpoints")]
#[macro_export]
macro_rules! failpoint {
    ($name:literal) => {
        let _ = $crate::failpoint::reached($name);
    };
    ($name:literal, $error:expr) => {
        if $crate::failpoint::reached($name) {
            return Err($error.into());
        }
    };
}

#[cfg(not(feature = "failpoints"))]
#[macro_export]
macro_rules! failpoint {
    ($name:literal $(, $error:expr)?) => {};
}

/// Whether the place is to answer its error.
#[cfg(feature = "failpoints")]
pub fn reached(name: &str) -> bool {
    use std::path::PathBuf;
    use std::sync::OnceLock;

    static ORDERS: OnceLock<Option<PathBuf>> = OnceLock::new();
    let Some(file) = ORDERS.get_or_init(|| std::env::var_os("FAILPOINTS").map(PathBuf::from)) else { return false };
    let Ok(orders) = std::fs::read_to_string(file) else { return false };
    let mut orders = orders.lines().filter_map(|line| line.split_once(" = "));
    let Some((_, order)) = orders.find(|(place, _)| *place == name) else { return false };
    eprintln!("failpoint {name}: {order}");
    match order.split_once(' ') {
        Some(("sleep", millis)) => {
            std::thread::sleep(std::time::Duration::from_millis(millis.parse().unwrap_or_default()));
            false
        }
        _ if order == "abort" => std::process::abort(),
        _ => order == "error",
    }
}
