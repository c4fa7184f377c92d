//! How many connections each address has open.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard};

use super::proxies::customer;

/// Has one entry for each address with an open connection, so the cap on connections is the bound of its size.
pub(super) struct Crowd {
    most: usize,
    open: Mutex<HashMap<IpAddr, usize>>,
}

/// One connection of an address, until it is dropped.
pub(super) struct Member {
    crowd: Arc<Crowd>,
    address: IpAddr,
}

impl Crowd {
    pub(super) fn new(most: usize) -> Arc<Self> {
        Arc::new(Self { most, open: Mutex::default() })
    }

    /// `None` when the address has as many connections as one may have.
    pub(super) fn join(self: &Arc<Self>, address: IpAddr) -> Option<Member> {
        let address = customer(address);
        let mut open = self.open();
        let count = open.entry(address).or_default();
        if *count >= self.most {
            return None;
        }
        *count += 1;
        Some(Member { crowd: self.clone(), address })
    }

    fn open(&self) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
        self.open.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        if let Entry::Occupied(mut count) = self.crowd.open().entry(self.address) {
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
        let crowd = Crowd::new(128);
        let mut here = std::collections::VecDeque::new();
        for number in 0..1_000_000_u32 {
            here.push_back(crowd.join(IpAddr::from(number.to_be_bytes())).expect("it is the first of its address"));
            if here.len() > 4_096 {
                here.pop_front();
            }
        }
        assert_eq!(crowd.open().len(), 4_096);
        assert!(crowd.open().capacity() <= 4 * 4_096, "{}", crowd.open().capacity());
        here.clear();
        assert_eq!(crowd.open().len(), 0);
    }

    #[test]
    fn a_neighbourhood_of_v6_counts_as_one() {
        let crowd = Crowd::new(1);
        let member = crowd.join("2001:db8::1".parse().expect("an address"));
        assert!(crowd.join("2001:db8::2".parse().expect("an address")).is_none());
        drop(member);
        assert!(crowd.join("2001:db8::2".parse().expect("an address")).is_some());
    }
}
