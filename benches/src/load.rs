//! Load by wrk, and the barest server to compare with.

use std::process::Command;

use axum::Router;
use axum::routing::get;
use tokio::net::TcpListener;

const CONNECTIONS: &str = "-c16";
const SECONDS: &str = "-d4s";

#[derive(Clone)]
pub struct Load {
    pub url: String,
    pub headers: Vec<String>,
}

#[derive(Clone, Copy)]
pub struct Run {
    pub per_second: u64,
    /// Microseconds.
    pub p50: u64,
    pub p99: u64,
}

impl Load {
    pub fn run(&self) -> Run {
        let headers = self.headers.iter().flat_map(|header| ["-H", header]);
        let output =
            Command::new("wrk").args(["-t1", CONNECTIONS, SECONDS, "--latency"]).args(headers).arg(&self.url).output();
        let report = String::from_utf8(output.expect("wrk is installed").stdout).expect("wrk reports text");
        assert!(!report.contains("Non-2xx") && !report.contains("Socket errors"), "{}:\n{report}", self.url);
        let figure = |label: &str| {
            let line = report.lines().find_map(|line| line.trim().strip_prefix(label));
            line.unwrap_or_else(|| panic!("wrk reports {label}:\n{report}")).trim().to_owned()
        };
        let per_second = figure("Requests/sec:").parse::<f64>().expect("a rate is a number") as u64;
        Run { per_second, p50: duration(&figure("50%")), p99: duration(&figure("99%")) }
    }
}

/// Starts `GET /` → `hello` in this process and answers its address.
pub async fn hello() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback has a free port");
    let address = listener.local_addr().expect("a bound socket has an address");
    let router = Router::new().route("/", get(|| async { "hello" }));
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}/")
}

/// wrk's `812.00us`, `1.25ms`, `2.00s` as microseconds.
fn duration(text: &str) -> u64 {
    let unit = text.find(|c: char| c.is_alphabetic()).unwrap_or(text.len());
    let (number, unit) = text.split_at(unit);
    let factor = match unit {
        "us" => 1.0,
        "ms" => 1_000.0,
        _ => 1_000_000.0,
    };
    (number.parse::<f64>().expect("a time is a number") * factor) as u64
}

#[cfg(test)]
mod tests {
    #[test]
    fn times_are_read() {
        assert_eq!(["812.00us", "1.25ms", "2.00s"].map(super::duration), [812, 1_250, 2_000_000]);
    }
}
