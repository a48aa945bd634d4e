//! Recall: by the exact key, and by meaning and words, within the site and across sites.

use super::MemoryStore;
use super::far::FAR;
use super::fuse::fuse;
use super::near::SAME;
use super::rows::RememberedRow;
use crate::error::StoreError;
use crate::text::clean;
use domain::id::{ProjectId, SituationId};
use domain::memory::{Question, Remembered};
use pgvector::HalfVector;
use sqlx::PgPool;
use std::collections::HashMap;
use uuid::Uuid;

/// What every search is asked.
pub(super) struct Asked<'a> {
    pub(super) project: Uuid,
    pub(super) site: &'a str,
    pub(super) class: &'a str,
    pub(super) intent: &'a str,
    pub(super) text: &'a str,
}

/// A situation that is near by meaning.
pub(super) struct Hit {
    pub(super) id: Uuid,
    pub(super) similarity: Option<f64>,
}

/// What the searches found.
#[derive(Default)]
struct Found {
    ids: Vec<Uuid>,
    similarity: HashMap<Uuid, f64>,
    fused: HashMap<Uuid, f64>,
}

impl MemoryStore {
    pub(super) async fn recall_all(
        &self,
        project: ProjectId,
        question: &Question,
    ) -> Result<Vec<Remembered>, StoreError> {
        let situation = &question.situation;
        let text = situation.text();
        let asked = Asked {
            project: project.as_uuid(),
            site: &clean(&situation.site),
            class: situation.class.as_str(),
            intent: &clean(&situation.intent),
            text: &clean(&text),
        };
        let meaning = question.embedding.as_deref().map(HalfVector::from_f32_slice);
        let exact = situation.id(project);
        // Neither waits for the other: whoever asks is in trouble now.
        let searches = tokio::try_join!(
            self.near(&asked, meaning.as_ref()),
            self.far(&asked, meaning.as_ref())
        );
        let (mut near, far) = searches?;
        near.ids.push(exact.as_uuid());
        near.ids.extend(&far.ids);
        let rows = load(self.store.pool(), asked.project, &near.ids).await?;
        let mut remembered = self.read(rows);
        for it in &mut remembered {
            let id = it.id.as_uuid();
            it.exact = it.id == exact;
            it.similarity = near.similarity.get(&id).or_else(|| far.similarity.get(&id)).copied();
            it.fused = near.fused.get(&id).or_else(|| far.fused.get(&id)).copied().unwrap_or(0.0);
        }
        sort(&mut remembered, exact, &situation.site);
        Ok(remembered)
    }

    async fn near(
        &self,
        asked: &Asked<'_>,
        meaning: Option<&HalfVector>,
    ) -> Result<Found, StoreError> {
        let connection = &mut *self.store.pool().acquire().await?;
        let hits = match meaning {
            Some(meaning) => self.near_by_meaning(connection, asked, meaning).await?,
            None => Vec::new(),
        };
        let words = if hits.len() < usize::from(SAME) {
            self.near_by_words(connection, asked).await?
        } else {
            self.near_by_every_word(connection, asked).await?
        };
        let mut found = Found::of(hits, &words);
        // Few, or none embedded: whatever else there is on this site.
        if found.ids.len() < usize::from(SAME) {
            let others = self.near_at_all(connection, asked).await?;
            let others = others.into_iter().filter(|id| !found.fused.contains_key(id));
            found.ids.extend(others.collect::<Vec<_>>());
        }
        Ok(found)
    }

    async fn far(
        &self,
        asked: &Asked<'_>,
        meaning: Option<&HalfVector>,
    ) -> Result<Found, StoreError> {
        let connection = &mut *self.store.pool().acquire().await?;
        let hits = match meaning {
            Some(meaning) => self.far_by_meaning(connection, asked, meaning).await?,
            None => Vec::new(),
        };
        // Common words stand in tens of thousands of situations; what is near by meaning is found
        // without them.
        let words = if hits.len() < usize::from(FAR) {
            self.far_by_words(connection, asked).await?
        } else {
            Vec::new()
        };
        Ok(Found::of(hits, &words))
    }
}

impl Found {
    /// What stands in either ranking, best first.
    fn of(mut hits: Vec<Hit>, words: &[Uuid]) -> Self {
        // Two halves of a search come one after the other; a row without a direction has no cosine.
        hits.retain(|hit| hit.similarity.is_some_and(f64::is_finite));
        hits.sort_by(|a, b| b.similarity.unwrap_or(0.0).total_cmp(&a.similarity.unwrap_or(0.0)));
        let nearest: Vec<Uuid> = hits.iter().map(|hit| hit.id).collect();
        let fused = fuse(&[&nearest, words]);
        let mut ids: Vec<Uuid> = fused.keys().copied().collect();
        ids.sort_by(|a, b| fused[b].total_cmp(&fused[a]).then(a.cmp(b)));
        let similarity = hits.into_iter().filter_map(|hit| Some((hit.id, hit.similarity?)));
        Self { ids, similarity: similarity.collect(), fused }
    }
}

/// The exact one, then those of the site, then the others, each by what the searches say.
fn sort(remembered: &mut [Remembered], exact: SituationId, site: &str) {
    remembered.sort_by(|a, b| {
        let rank = |it: &Remembered| (it.id != exact, it.situation.site != site);
        rank(a).cmp(&rank(b)).then(b.fused.total_cmp(&a.fused)).then(a.id.cmp(&b.id))
    });
}

async fn load(
    pool: &PgPool,
    project: Uuid,
    ids: &[Uuid],
) -> Result<Vec<RememberedRow>, StoreError> {
    let rows = sqlx::query_as!(
        RememberedRow,
        r#"-- memory.load
        select id as "id!", site as "site!", page as "page!", error_class as "error_class!",
            action as "action!", target, intent as "intent!", message as "message!",
            seen as "seen!", last_seen_at as "last_seen_at!", remedies as "remedies!: _"
        from remembered
        where id = any ($2) and project_id = $1"#,
        project,
        ids,
    )
    .fetch_all(pool)
    .await?;
    Ok(rows)
}
