#![doc = include_str!("../README.md")]
#![warn(missing_docs)]

mod store;
pub use store::{Readiness, Store, StoreOptions};

mod requirements;

mod error;
pub use error::{Corrupt, StoreError};

mod key_check;
mod secret_key;
pub use secret_key::{SecretKey, SecretKeyError};

mod minted;
mod page;
pub use page::{Cursor, Page, PageRequest};

mod text;

mod leases;
mod trace;

mod tasks;
pub use tasks::{Cancelled, Idempotency, Inserted, NewTask, TaskFilter, Tasks};
mod events;
pub use events::Events;
mod runs;
pub use runs::{RunFilter, Runs};
mod steps;
pub use steps::{NewStep, RecordedStep, Steps};
mod recalls;
pub use recalls::{Recalls, Reported, ReportedOutcome};
mod artifacts;
pub use artifacts::Artifacts;
mod escalations;
pub use escalations::{Answered, EscalationFilter, Escalations};
mod keys;
pub use keys::{Keys, MintedKey, NewKey};
mod projects;
pub use projects::Projects;

mod load;
mod memory;
pub use load::{Connections, Load};
pub use memory::{
    Lag, Memories, MemoryCursor, MemoryFilter, MemoryPage, MemoryRequest, MemorySize, MemoryStore,
    Trouble,
};
mod search;
pub use search::{
    FoundRun, Matched, RunSearch, SearchCursor, SearchError, SearchFilter, SearchLag, SearchPage,
    SearchRequest,
};
mod sites;
pub use sites::{SiteDay, SiteOverview, Sites, Unsolved};
mod stats;
pub use stats::{StatFilter, StatsOf};

mod retention;
pub use retention::Retentions;

mod announce;
mod listen;
pub use listen::{Announcement, Listener, TaskWakeups};

mod embedded;
pub use embedded::{EmbeddedError, EmbeddedOptions, EmbeddedPostgres, Look};
