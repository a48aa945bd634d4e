//! Measuring at the ports: an adapter around each adapter, so that neither the agent nor the store
//! knows that anybody counts.

mod browsers;
mod embedder;
mod learning;
mod leases;
mod memory;
mod trace;
mod words;

pub(crate) use browsers::MeteredBrowsers;
pub(crate) use embedder::MeteredEmbedder;
pub(crate) use learning::{MeteredDistillery, MeteredRetention};
pub(crate) use leases::MeteredLeases;
pub(crate) use memory::MeteredMemory;
pub(crate) use trace::MeteredTrace;
pub(crate) use words::begin_at_zero;
