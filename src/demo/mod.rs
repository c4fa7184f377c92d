//! Demo mode: a workspace of its own, filled from the platform simulator.
