//! How the workers of this process work.

use std::time::Duration;

/// The workers.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct WorkerArgs {
    /// Tasks run at once in this process. Default: two per core.
    #[arg(long, env = "WAYMARK_SLOTS", value_name = "N",
          value_parser = clap::value_parser!(u16).range(1..=256))]
    slots: Option<u16>,

    /// The worker's name in runs. Default: the host's name and the process id.
    #[arg(long, env = "WAYMARK_WORKER_NAME", value_name = "NAME")]
    worker_name: Option<String>,

    /// How long a task stays with a worker that no longer answers.
    #[arg(long, env = "WAYMARK_LEASE_SECONDS", value_name = "SECONDS", default_value_t = 30,
          value_parser = clap::value_parser!(u32).range(2..=3600))]
    lease_seconds: u32,

    /// Tasks run at once on one site, over all workers.
    #[arg(long, env = "WAYMARK_SITE_CONCURRENCY", value_name = "N", default_value_t = 4,
          value_parser = clap::value_parser!(u32).range(1..=1000))]
    site_concurrency: u32,

    /// Least time between two starts on one site, over all workers, in milliseconds.
    #[arg(long, env = "WAYMARK_SITE_PACE_MS", value_name = "MS", default_value_t = 0,
          value_parser = clap::value_parser!(u32).range(0..=3_600_000))]
    site_pace_ms: u32,

    /// How often to look for tasks when nothing announces one, in milliseconds.
    #[arg(long, env = "WAYMARK_POLL_MS", value_name = "MS", default_value_t = 1000,
          value_parser = clap::value_parser!(u32).range(10..=60_000))]
    poll_ms: u32,

    /// Browser sessions kept open for tasks that wait for a human; the others are saved and opened
    /// anew. Default: one per core.
    #[arg(long, env = "WAYMARK_PARKED_SESSIONS", value_name = "N",
          value_parser = clap::value_parser!(u16).range(0..=256))]
    parked_sessions: Option<u16>,
}

impl WorkerArgs {
    /// The same for a worker of this name.
    pub(crate) fn named(&self, name: &str) -> Self {
        Self { worker_name: Some(name.to_owned()), ..self.clone() }
    }

    /// How many tasks at once.
    pub(crate) fn slots(&self) -> usize {
        self.slots.map_or_else(|| 2 * cores(), usize::from)
    }

    /// How many sessions are kept open for tasks that wait for a human.
    pub(crate) fn parking_places(&self) -> usize {
        self.parked_sessions.map_or_else(cores, usize::from)
    }

    /// The options of the worker.
    pub(crate) fn options(&self) -> worker::WorkerOptions {
        worker::WorkerOptions {
            name: self.worker_name.clone().unwrap_or_else(default_name),
            slots: self.slots(),
            lease: Duration::from_secs(self.lease_seconds.into()),
            per_site: self.site_concurrency,
            pace: Duration::from_millis(self.site_pace_ms.into()),
            poll: Duration::from_millis(self.poll_ms.into()),
        }
    }
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

fn default_name() -> String {
    let host = nix::unistd::gethostname().ok().and_then(|name| name.into_string().ok());
    format!("{}-{}", host.as_deref().unwrap_or("worker"), std::process::id())
}
