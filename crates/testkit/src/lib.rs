#![doc = include_str!("../README.md")]
pub mod apps;
pub mod dump;

pub mod clock;
pub mod site;
pub mod database;
pub mod bench;
