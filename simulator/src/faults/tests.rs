//! Faults over the wire of the demo service and of the hosts.
