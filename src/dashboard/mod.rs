//! The dashboard: metrics from rows, with definitions.
