//! Settings, one struct per concern. Each is a flag and an environment variable; the README's table
//! is made from them.

#![expect(clippy::doc_markdown, reason = "the comments of fields are the help text")]

mod browser;
mod client;
mod data;
mod database;
mod embeddings;
mod logs;
mod server;
mod worker;

pub(crate) use browser::BrowserArgs;
pub(crate) use client::ClientArgs;
pub(crate) use data::DataArgs;
pub(crate) use database::DatabaseArgs;
pub(crate) use embeddings::{EmbeddingArgs, EmbeddingSource};
pub(crate) use logs::LogArgs;
pub(crate) use server::ServerArgs;
pub(crate) use worker::WorkerArgs;
