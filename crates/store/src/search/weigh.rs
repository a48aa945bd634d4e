//! What each candidate has in common with the question.

use super::Asked;
use super::terms::Terms;
use crate::error::{Corrupt, StoreError};
use domain::failure::ErrorClass;
use domain::search::{Fit, Passage, PassageKind, Score};
use pgvector::HalfVector;
use sqlx::PgConnection;
use uuid::Uuid;

/// A passage that fits well enough.
pub(super) struct Candidate {
    pub(super) id: Uuid,
    pub(super) score: Score,
    pub(super) passage: Passage,
}

struct Row {
    id: Uuid,
    kind: String,
    site: String,
    page: String,
    error_class: Option<String>,
    title: String,
    message: String,
    text: String,
    similarity: Option<f64>,
    said: i64,
    addressed: i64,
    titled: i64,
}

/// Those that fit well enough, or cannot be read.
pub(super) async fn weigh(
    connection: &mut PgConnection,
    asked: &Asked<'_>,
    terms: &Terms,
    ids: &[Uuid],
) -> Result<Vec<Result<Candidate, Corrupt>>, StoreError> {
    let meaning = asked.meaning.as_ref();
    let rows = sqlx::query_as!(
        Row,
        r#"-- search.weigh
        select id, kind, it.site, it.page, it.error_class, title, message, text,
            1 - (embedding <=> $3) as similarity, said as "said!", addressed as "addressed!",
            titled as "titled!"
        from search_text as it
        left join search_vector as vector
            on text_id = id and model = $4 and vector_dims(embedding) = $5
        -- its words without the addresses in its message, where there are any: inside, and behind
        -- `offset 0`, so that they are not made for the others, which are most
        left join lateral (
            select to_tsvector(
                'english',
                regexp_replace(
                    title || ' ' || text || ' ' || regexp_replace(message, '\S*/\S*', ' ', 'g') || ' '
                    || it.page || ' ' || it.site || ' ' || coalesce(it.error_class, ''),
                    '[[:punct:]]+', ' ', 'g'
                )
            ) as words
            where message like '%/%'
            offset 0
        ) as plain on true
        cross join lateral (
            select count(*) filter (where it.words @@ quote_literal(word)::tsquery) as said,
                count(*) filter (
                    where it.words @@ quote_literal(word)::tsquery
                        and not plain.words @@ quote_literal(word)::tsquery
                ) as addressed,
                count(*) filter (where it.words @@ (quote_literal(word) || ':A')::tsquery) as titled
            from unnest($6::text[]) as word
        ) as fit
        where it.project_id = $1 and id = any ($2)"#,
        asked.bound.project,
        ids,
        meaning.map(|meaning| meaning.vector.clone()) as Option<HalfVector>,
        meaning.map(|meaning| meaning.model.as_str()),
        meaning.map(super::Meaning::dims),
        &terms.words,
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().filter_map(|row| row.weigh(asked, terms).transpose()).collect())
}

impl Row {
    /// Nothing where it does not fit well enough.
    fn weigh(self, asked: &Asked<'_>, terms: &Terms) -> Result<Option<Candidate>, Corrupt> {
        let Some(score) = self.fit(asked, terms).score(asked.mode) else { return Ok(None) };
        let (id, passage) = (self.id, self.passage()?);
        let literal = asked.sought.is_literally_in(&passage.shown());
        Ok(literal.then_some(Candidate { id, score, passage }))
    }

    fn fit(&self, asked: &Asked<'_>, terms: &Terms) -> Fit {
        let count = |number: i64| u32::try_from(number).unwrap_or(0);
        Fit {
            similarity: self.similarity,
            asked: u32::try_from(terms.words.len()).unwrap_or(u32::MAX),
            said: count(self.said),
            addressed: count(self.addressed),
            titled: count(self.titled),
            phrased: !asked.sought.phrases.is_empty(),
        }
    }

    fn passage(self) -> Result<Passage, Corrupt> {
        let name = Corrupt::row("search_text", self.id);
        let class = self.error_class.as_deref();
        Ok(Passage {
            kind: name.name("kind", &self.kind, PassageKind::from_name)?,
            site: self.site,
            page: self.page,
            class: class
                .map(|class| name.name("error_class", class, ErrorClass::from_name))
                .transpose()?,
            title: self.title,
            message: self.message,
            text: self.text,
        })
    }
}
