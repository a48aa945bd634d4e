#![doc = include_str!("../README.md")]
#![warn(missing_docs)]

mod local;
pub use local::{Local, ModelError, ModelFiles};

mod endpoint;
pub use endpoint::{Endpoint, EndpointError, EndpointOptions};

mod cached;
pub use cached::Cached;

mod lines;
pub use lines::Lines;

mod absent;
pub use absent::Absent;

mod unit;
