//! Making memory anew: from what removed traces had taught, from the facts of the others, and from
//! what agents outside reported.

use super::MemoryStore;
use super::keep::restore;
use super::learn::{lasting, project_lock};
use super::reports;
use crate::error::StoreError;
use crate::search;
use domain::id::{ProjectId, RunId};
use uuid::Uuid;

/// How many runs are looked up at a time.
const PAGE: i64 = 1000;

impl MemoryStore {
    /// Takes the memory of a project, or of every one, back to what traces that were removed had
    /// taught, and distils all its ended runs again, in the order in which they ended. Returns how
    /// many. Memory answers meanwhile with what is there again; when this is cut short, `catch_up`
    /// goes on with it.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn reindex(&self, project: Option<ProjectId>) -> Result<usize, StoreError> {
        let projects = match project {
            Some(project) => vec![project],
            None => self.projects().await?,
        };
        for project in &projects {
            self.empty(*project).await?;
        }
        let mut learnt = 0;
        for project in projects {
            self.find_open_runs_again(project).await?;
            learnt += self.learn_all(project).await?;
            let mut connection = self.store.pool().acquire().await?;
            search::sweep(&mut connection, project).await?;
        }
        // What was kept has no vectors yet.
        while self.embed_batch().await? > 0 {}
        Ok(learnt)
    }

    async fn projects(&self) -> Result<Vec<ProjectId>, StoreError> {
        let ids = sqlx::query_scalar!(
            "-- memory.projects
            select id from project order by id",
        )
        .fetch_all(self.store.pool())
        .await?;
        Ok(ids.into_iter().map(ProjectId::from_uuid).collect())
    }

    /// In one transaction, and while nobody learns. A large memory takes longer than a statement
    /// usually may.
    async fn empty(&self, project: ProjectId) -> Result<(), StoreError> {
        let id = project.as_uuid();
        let begin = "begin; set local statement_timeout = 0; set local lock_timeout = 0";
        let mut transaction = self.store.pool().begin_with(begin).await?;
        sqlx::query!(
            "-- memory.lock_project
            select pg_advisory_xact_lock(hashtextextended($1, 0))",
            project_lock(project),
        )
        .fetch_one(&mut *transaction)
        .await?;
        // Counters, vectors, remedies and their rows in the list go with their situations.
        sqlx::query!("-- memory.empty_situations\ndelete from situation where project_id = $1", id)
            .execute(&mut *transaction)
            .await?;
        sqlx::query!("-- memory.empty_marks\ndelete from remedy_mark where project_id = $1", id)
            .execute(&mut *transaction)
            .await?;
        sqlx::query!(
            "-- memory.empty_working\ndelete from working_locator where project_id = $1",
            id,
        )
        .execute(&mut *transaction)
        .await?;
        sqlx::query!("-- memory.empty_days\ndelete from site_day where project_id = $1", id)
            .execute(&mut *transaction)
            .await?;
        sqlx::query!("-- memory.empty_heals\ndelete from site_day_heal where project_id = $1", id)
            .execute(&mut *transaction)
            .await?;
        sqlx::query!("-- memory.empty_goals\ndelete from goal where project_id = $1", id)
            .execute(&mut *transaction)
            .await?;
        search::empty(&mut transaction, project, self.store.clock().now()).await?;
        sqlx::query!(
            "-- memory.forget_distilled
            update run
            set distilled_at = null
            where project_id = $1 and distilled_at is not null",
            id,
        )
        .execute(&mut *transaction)
        .await?;
        restore(&mut transaction, project).await?;
        // What was reported is few, and is back at once: when this is cut short, nothing of it lacks.
        reports::replay(&mut transaction, project).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Runs that are under way are not learnt from, and found by their failed steps all the same. One
    /// that cannot be read keeps what it was found by.
    async fn find_open_runs_again(&self, project: ProjectId) -> Result<(), StoreError> {
        let mut connection = self.store.pool().acquire().await?;
        let now = self.store.clock().now();
        for open in search::open_runs(&mut connection, project).await? {
            let run = open.id;
            if let Err(error) = open.write(&mut connection, project, now).await {
                self.note_unreadable(&lasting(run, error)?);
            }
        }
        Ok(())
    }

    async fn learn_all(&self, project: ProjectId) -> Result<usize, StoreError> {
        let mut learnt = 0;
        loop {
            let runs: Vec<Uuid> = sqlx::query_scalar!(
                "-- memory.undistilled_of_project
                select id
                from run
                where project_id = $1 and ended_at is not null and distilled_at is null
                order by ended_at, id
                limit $2",
                project.as_uuid(),
                PAGE,
            )
            .fetch_all(self.store.pool())
            .await?;
            if runs.is_empty() {
                return Ok(learnt);
            }
            for run in runs {
                learnt += usize::from(self.learn_run(RunId::from_uuid(run)).await?);
            }
        }
    }
}
