#![doc = include_str!("../README.md")]
#![warn(missing_docs)]

mod options;
mod pool;

mod chrome;
mod process;

mod cdp;
mod egress;

mod page;
mod session;

mod error;

pub use error::StartError;
pub use options::{BrowserOptions, BrowserSource};
pub use pool::{BrowserPool, PoolStats};
pub use process::{find_chromium, sweep};
