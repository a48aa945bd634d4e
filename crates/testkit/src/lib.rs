#![doc = include_str!("../README.md")]
pub mod apps;
pub mod dump;

pub mod bench;
pub mod clock;
pub mod database;
pub mod embedder;
pub mod site;
