//! Ports for programs that have to be told theirs.

use std::net::TcpListener;
use std::process;
use std::sync::atomic::{AtomicU16, Ordering};

/// Below what the system gives out by itself (Linux: 32768 and up, `net.ipv4.ip_local_port_range`): a port of those is taken by
/// the next connection of anybody before the program that was told it has begun to listen.
const FIRST: u16 = 12_000;
const COUNT: u16 = 20_000;

/// A port of loopback that nobody listens on, and that this process gives out once.
pub fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    // Test processes that run side by side begin far from each other.
    let start = process::id().wrapping_mul(7_919) % u32::from(COUNT);
    loop {
        let step = u32::from(NEXT.fetch_add(1, Ordering::Relaxed));
        let port = FIRST + u16::try_from((start + step) % u32::from(COUNT)).expect("a remainder of a port's size");
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

#[test]
fn no_port_is_given_out_twice_nor_is_one_of_the_systems_own() {
    let ports = (0..100).map(|_| free_port()).collect::<std::collections::HashSet<_>>();
    assert_eq!(ports.len(), 100);
    assert!(ports.iter().all(|port| (FIRST..FIRST + COUNT).contains(port)));
}
