//! Why there is no browser.

use std::path::PathBuf;

/// Why a pool or a browser could not be started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The user the browser should run as does not exist.
    #[error("there is no user `{0}` to run the browser as")]
    NoUser(String),
    /// A file or folder of the profile cannot be made.
    #[error("cannot set up {}", path.display())]
    Profile {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// There is no such program.
    #[error(
        "there is no browser at {} ({why}); install Chromium with `cargo xtask setup` or \
         `apt install chromium-headless-shell`",
        executable.display()
    )]
    NoBrowser {
        /// What should be started.
        executable: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// A program that browsers are started with is missing.
    #[error("`setpriv` cannot be run ({0}); install it with `apt install util-linux`")]
    NoSetpriv(std::io::Error),
    /// The browser ended before it could be used.
    #[error("{} ended at once: {said}", executable.display())]
    Ended {
        /// What was started.
        executable: PathBuf,
        /// The last lines it wrote.
        said: String,
    },
    /// The browser did not become ready.
    #[error("{} was not ready after {seconds} s", executable.display())]
    Slow {
        /// What was started.
        executable: PathBuf,
        /// How long it was waited for.
        seconds: u64,
    },
    /// The launching crate gave up.
    #[error("cannot launch {}: {message}", executable.display())]
    Launch {
        /// What was started.
        executable: PathBuf,
        /// What it said.
        message: String,
    },
    /// The DevTools endpoint cannot be used.
    #[error("{0}")]
    Endpoint(String),
    /// A thread cannot be started.
    #[error("cannot start a thread for the browser")]
    Thread(#[source] std::io::Error),
    /// The pool is stopping.
    #[error("the browsers are being stopped")]
    Stopping,
}
