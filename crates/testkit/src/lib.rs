//! stub
pub mod apps;
