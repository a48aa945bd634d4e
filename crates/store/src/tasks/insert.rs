//! Submitting a task: once, however often the client repeats itself.

use crate::error::StoreError;
use crate::tasks::{TaskRow, Tasks};
use crate::text::{clean, clean_option, json};
use domain::event::EventKind;
use domain::id::{ProjectId, TaskId};
use domain::task::{Task, TaskSpec};
use std::collections::BTreeMap;

/// A task to be submitted.
#[derive(Clone)]
pub struct NewTask {
    /// Its id.
    pub id: TaskId,
    /// Whose it is.
    pub project_id: ProjectId,
    /// What is asked.
    pub spec: TaskSpec,
    /// The values of its secrets, in clear.
    pub secrets: BTreeMap<String, String>,
    /// The client's own key for it.
    pub idempotency: Option<Idempotency>,
    /// The trace context of the request.
    pub traceparent: Option<String>,
    /// What vendors say of that context.
    pub tracestate: Option<String>,
}

impl std::fmt::Debug for NewTask {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewTask")
            .field("id", &self.id)
            .field("project_id", &self.project_id)
            .field("spec", &self.spec)
            .finish_non_exhaustive()
    }
}

/// A client's own key for a task, and what it was first used with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Idempotency {
    /// The key.
    pub key: String,
    /// A hash of the request.
    pub fingerprint: [u8; 32],
}

/// What became of a task that was submitted.
#[derive(Debug, Clone, PartialEq)]
pub enum Inserted {
    /// It is queued.
    New(Task),
    /// The same request was made before; this is its task.
    Replayed(Task),
    /// The key was used before, with another request. Nothing was changed.
    Conflict,
}

impl Tasks<'_> {
    /// Submits a task.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn insert(self, new: NewTask) -> Result<Inserted, StoreError> {
        let key = new.idempotency.as_ref().map(|it| clean(&it.key).into_owned());
        // A key whose task is deleted between the two queries is free again: then insert after all.
        loop {
            if let Some(task) = self.try_insert(&new, key.as_deref()).await? {
                self.0.announcer().queued(task.id);
                return Ok(Inserted::New(task));
            }
            if let Some(found) = self.find_by_key(&new, key.as_deref()).await? {
                return Ok(found);
            }
        }
    }

    /// What submitting this task again would bring, if it was submitted before under its key.
    ///
    /// # Errors
    /// The database cannot be reached, or the row is corrupt.
    pub async fn find_submitted(self, new: &NewTask) -> Result<Option<Inserted>, StoreError> {
        let Some(idempotency) = &new.idempotency else { return Ok(None) };
        self.find_by_key(new, Some(&clean(&idempotency.key))).await
    }

    async fn try_insert(
        self,
        new: &NewTask,
        key: Option<&str>,
    ) -> Result<Option<Task>, StoreError> {
        let now = self.0.clock().now();
        let spec = &new.spec;
        let names: Vec<String> = new.secrets.keys().map(|name| clean(name).into_owned()).collect();
        let sealed = if new.secrets.is_empty() {
            None
        } else {
            Some(self.0.secret_key().seal(new.id.as_uuid(), &new.secrets)?)
        };
        let fingerprint = self.stored_fingerprint(new);
        let row = sqlx::query_file_as!(
            TaskRow,
            "queries/task_insert.sql",
            new.id.as_uuid(),
            new.project_id.as_uuid(),
            json(spec)?,
            &*clean(&spec.site),
            &*clean(&spec.agent),
            json(&spec.labels)?,
            spec.priority,
            &names,
            sealed.as_deref(),
            clean_option(new.traceparent.as_ref()),
            clean_option(new.tracestate.as_ref()),
            key,
            fingerprint.as_ref().map(<[u8; 32]>::as_slice),
            spec.run_after.unwrap_or(now),
            i32::try_from(spec.limits.attempts).unwrap_or(i32::MAX),
            now,
            EventKind::Queued.as_str(),
        )
        .fetch_optional(self.0.pool())
        .await?;
        row.map(Task::try_from).transpose().map_err(Into::into)
    }

    /// A request holds its secrets, so a bare hash of it would let whoever has the table try out
    /// weak ones.
    fn stored_fingerprint(self, new: &NewTask) -> Option<[u8; 32]> {
        let idempotency = new.idempotency.as_ref()?;
        Some(self.0.secret_key().keyed_hash(&idempotency.fingerprint))
    }

    async fn find_by_key(
        self,
        new: &NewTask,
        key: Option<&str>,
    ) -> Result<Option<Inserted>, StoreError> {
        let row = sqlx::query!(
            "-- tasks.find_by_key
            select id, fingerprint
            from task
            where project_id = $1 and idempotency_key = $2",
            new.project_id.as_uuid(),
            key,
        )
        .fetch_optional(self.0.pool())
        .await?;
        let Some(row) = row else { return Ok(None) };
        let fingerprint = self.stored_fingerprint(new);
        if row.fingerprint.as_deref() != fingerprint.as_ref().map(<[u8; 32]>::as_slice) {
            return Ok(Some(Inserted::Conflict));
        }
        let task = self.find(new.project_id, TaskId::from_uuid(row.id)).await?;
        Ok(task.map(Inserted::Replayed))
    }
}
