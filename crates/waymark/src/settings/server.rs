//! Where the API listens.

use std::net::SocketAddr;

/// The API.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct ServerArgs {
    /// Address and port of the API.
    #[arg(long, env = "WAYMARK_LISTEN", value_name = "ADDR", default_value = "127.0.0.1:7878")]
    pub(crate) listen: SocketAddr,
}
