//! How much there is to do, and how full the database is: what an operator watches.

use crate::error::StoreError;
use crate::store::Store;
use chrono::TimeDelta;

/// How much there is to do, over all projects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Load {
    /// Tasks that could be claimed now.
    pub queued: i64,
    /// Tasks that are to be claimed later.
    pub scheduled: i64,
    /// Tasks that are worked on.
    pub running: i64,
    /// Tasks that wait for a human, each with its open question.
    pub waiting: i64,
    /// How long the oldest of those that could be claimed has waited.
    pub oldest: Option<TimeDelta>,
    /// How long the oldest open question has waited.
    pub oldest_question: Option<TimeDelta>,
    /// The size of the database, in bytes.
    pub database_bytes: i64,
}

/// The connections of a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Connections {
    /// Those that nobody uses just now.
    pub idle: u32,
    /// Those in use.
    pub used: u32,
    /// The most there may be.
    pub max: u32,
}

impl Store {
    /// How much there is to do. Tasks that have ended cost nothing: each part has an index that
    /// holds only what is asked for.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn load(&self) -> Result<Load, StoreError> {
        let now = self.clock().now();
        let row = sqlx::query!(
            r#"-- store.load
            select queue.queued as "queued!", queue.scheduled as "scheduled!", queue.oldest,
                (select count(*) from task where state = 'running') as "running!",
                question.waiting as "waiting!", question.oldest as oldest_question,
                pg_database_size(current_database()) as "database_bytes!"
            from (
                select count(*) filter (where run_after <= $1) as queued,
                    count(*) filter (where run_after > $1) as scheduled,
                    min(run_after) filter (where run_after <= $1) as oldest
                from task
                where state = 'queued'
            ) as queue,
            (
                select count(*) as waiting, min(asked_at) as oldest
                from escalation
                where state = 'open'
            ) as question"#,
            now,
        )
        .fetch_one(self.pool())
        .await?;
        Ok(Load {
            queued: row.queued,
            scheduled: row.scheduled,
            running: row.running,
            waiting: row.waiting,
            oldest: row.oldest.map(|since| now - since),
            oldest_question: row.oldest_question.map(|since| now - since),
            database_bytes: row.database_bytes,
        })
    }

    /// The connections of this process.
    #[must_use]
    pub fn connections(&self) -> Connections {
        let idle = u32::try_from(self.pool().num_idle()).unwrap_or(u32::MAX);
        let (all, max) = (self.pool().size(), self.pool().options().get_max_connections());
        Connections { idle, used: all.saturating_sub(idle), max }
    }
}
