//! Limits how many connections one address may have open.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard};

use super::proxies::customer;

/// Has one entry for each address with an open connection, so the cap on connections is the bound of its size.
pub(super) struct ConnectionLimiter {
    most: usize,
    open: Mutex<HashMap<IpAddr, usize>>,
}

/// One connection of an address, until it is dropped.
pub(super) struct ConnectionSlot {
    limiter: Arc<ConnectionLimiter>,
    address: IpAddr,
}

impl ConnectionLimiter {
    pub(super) fn new(most: usize) -> Arc<Self> {
        Arc::new(Self { most, open: Mutex::default() })
    }

    /// `None` when the address has as many connections as one may have.
    pub(super) fn acquire(self: &Arc<Self>, address: IpAddr) -> Option<ConnectionSlot> {
        let address = customer(address);
        let mut open = self.open();
        let count = open.entry(address).or_default();
        if *count >= self.most {
            return None;
        }
        *count += 1;
        Some(ConnectionSlot { limiter: self.clone(), address })
    }

    fn open(&self) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
        self.open.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

impl Drop for ConnectionSlot {
    fn drop(&mut self) {
        if let Entry::Occupied(mut count) = self.limiter.open().entry(self.address) {
            *count.get_mut() -= 1;
            if *count.get() == 0 {
                count.remove();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// AV9: strangers decide how many addresses there are, and how long each is thought of is not up to them.
    #[test]
    fn a_million_addresses_that_came_and_went_leave_nothing() {
        let limiter = ConnectionLimiter::new(128);
        let mut here = std::collections::VecDeque::new();
        for number in 0..1_000_000_u32 {
            here.push_back(
                limiter.acquire(IpAddr::from(number.to_be_bytes())).expect("it is the first of its address"),
            );
            if here.len() > 4_096 {
                here.pop_front();
            }
        }
        assert_eq!(limiter.open().len(), 4_096);
        assert!(limiter.open().capacity() <= 4 * 4_096, "{}", limiter.open().capacity());
        here.clear();
        assert_eq!(limiter.open().len(), 0);
    }

    #[test]
    fn a_neighbourhood_of_v6_counts_as_one() {
        let limiter = ConnectionLimiter::new(1);
        let slot = limiter.acquire("2001:db8::1".parse().expect("an address"));
        assert!(limiter.acquire("2001:db8::2".parse().expect("an address")).is_none());
        drop(slot);
        assert!(limiter.acquire("2001:db8::2".parse().expect("an address")).is_some());
    }
}
