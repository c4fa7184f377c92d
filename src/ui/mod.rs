//! Layout, controls, charts, icons.
