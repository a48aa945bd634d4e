//! Settings, one struct per concern. Each is a flag and an environment variable; the README's table
//! is made from them.

mod data;
mod database;
mod browser;
mod server;
mod worker;
mod logs;
mod client;

pub(crate) use browser::BrowserArgs;
pub(crate) use client::ClientArgs;
pub(crate) use data::DataArgs;
pub(crate) use database::DatabaseArgs;
pub(crate) use logs::LogArgs;
pub(crate) use server::ServerArgs;
pub(crate) use worker::WorkerArgs;
