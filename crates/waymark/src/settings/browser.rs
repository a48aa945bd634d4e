//! Which browser, and where it may go.

use std::path::PathBuf;

/// The browser.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct BrowserArgs {
    /// The Chromium or Chrome binary. Default: chromium-headless-shell, else Chromium or Chrome,
    /// where the distribution puts them.
    #[arg(long, env = "CHROME", value_name = "FILE")]
    pub(crate) chrome: Option<PathBuf>,

    /// A remote DevTools endpoint to use instead, as ws://grid:9222/… or http://host:9222. The
    /// address rules of --allow-egress are then kept as far as the page can be watched.
    #[arg(long, env = "WAYMARK_BROWSER", value_name = "URL")]
    pub(crate) browser: Option<String>,

    /// Replace a browser process after this many sessions.
    #[arg(long, env = "WAYMARK_BROWSER_RECYCLE", value_name = "N", default_value_t = 200,
          value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) browser_recycle: u32,

    /// Private addresses the browser may reach besides the public internet: address, network or
    /// host, each optionally with a port, as in 127.0.0.1:8000,10.1.0.0/16,intranet.example.
    #[arg(long, env = "WAYMARK_ALLOW_EGRESS", value_name = "LIST", value_delimiter = ',')]
    pub(crate) allow_egress: Vec<String>,
}
