//! The words of a question as the index of words knows them, and which of them are worth looking up.

use crate::error::StoreError;
use crate::text::clean;
use domain::search::{Sought, words_needed};
use sqlx::PgConnection;

/// In how many passages a word may stand to be looked up in the index of words. Of a more common one
/// the index says little, and reading all it says takes long.
const RARE: f64 = 5000.0;

/// What is looked for in the index of words.
pub(super) struct Terms {
    /// The words as the index has them, those of phrases included, rarest first.
    pub(super) words: Vec<String>,
    /// How many of them a passage must have: none when phrases decide.
    pub(super) needed: i64,
    /// All words and phrases, as a query; `None` when there are none that the index knows.
    pub(super) all: Option<String>,
    /// The rarest words, of which every passage with enough of them has one; or the phrases.
    pub(super) rarest: Option<String>,
    /// Whether those stand in so many passages that the index is no help.
    pub(super) common: bool,
}

impl Terms {
    pub(super) async fn of(
        connection: &mut PgConnection,
        sought: &Sought,
    ) -> Result<Self, StoreError> {
        // How often a word occurs is what the last `analyze` counted, over all projects. One that is
        // not among the most common ones counts as rare.
        let asked = sought.all_words();
        let words = sqlx::query!(
            r#"-- search.terms
            select lexeme as "lexeme!", coalesce(common.frequency, 0) * greatest(reltuples, 0)
                as "passages!"
            from pg_class
            cross join unnest(tsvector_to_array(to_tsvector('english', $1))) as lexeme
            left join (
                select word, frequency
                from pg_stats
                cross join unnest(most_common_elems::text::text[], most_common_elem_freqs)
                    as it (word, frequency)
                where schemaname = current_schema() and tablename = 'search_text'
                    and attname = 'words'
            ) as common on common.word = lexeme
            where pg_class.oid = 'search_text'::regclass
            order by 2, 1"#,
            &*clean(&asked),
        )
        .fetch_all(&mut *connection)
        .await?;
        let phrases = phrases(connection, sought).await?;
        let words: Vec<(String, f64)> =
            words.into_iter().map(|row| (row.lexeme, f64::from(row.passages))).collect();
        Ok(Self::choose(&words, &phrases, !sought.phrases.is_empty()))
    }

    fn choose(words: &[(String, f64)], phrases: &[String], in_phrase: bool) -> Self {
        let count = u32::try_from(words.len()).unwrap_or(u32::MAX);
        let needed = if in_phrase { 0 } else { words_needed(count) };
        let (rarest, passages) = if in_phrase {
            // A phrase is as rare as its rarest word.
            let rarest = words.first().filter(|_| !phrases.is_empty());
            (phrases.join(" & "), rarest.map_or(f64::INFINITY, |(_, passages)| *passages))
        } else {
            // Of five words of which three are needed, any three include one of the rarest three.
            let spare = words.len() - usize::try_from(needed).unwrap_or(0).min(words.len());
            let rarest = &words[..words.len().min(spare + 1)];
            (joined(rarest, " | "), rarest.iter().map(|(_, passages)| passages).sum())
        };
        let mut all = phrases.to_vec();
        all.extend(some(joined(words, " & ")));
        Self {
            words: words.iter().map(|(word, _)| word.clone()).collect(),
            needed: needed.into(),
            all: some(all.join(" & ")),
            rarest: some(rarest),
            common: passages > RARE,
        }
    }
}

/// The words as a query. They consist of letters and digits.
fn joined(words: &[(String, f64)], between: &str) -> String {
    words.iter().map(|(word, _)| format!("'{word}'")).collect::<Vec<_>>().join(between)
}

fn some(query: String) -> Option<String> {
    Some(query).filter(|query| !query.is_empty())
}

/// The phrases as queries, without those that consist of words which the index leaves out.
async fn phrases(
    connection: &mut PgConnection,
    sought: &Sought,
) -> Result<Vec<String>, StoreError> {
    if sought.phrases.is_empty() {
        return Ok(Vec::new());
    }
    let words: Vec<String> =
        sought.phrase_words().iter().map(|words| clean(words).into_owned()).collect();
    let queries = sqlx::query_scalar!(
        r#"-- search.phrases
        select phraseto_tsquery('english', words)::text as "query!"
        from unnest($1::text[]) as words"#,
        &words,
    )
    .fetch_all(connection)
    .await?;
    Ok(queries.into_iter().filter(|query| !query.is_empty()).map(|it| format!("({it})")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(words: &[(&str, f64)]) -> Vec<(String, f64)> {
        words.iter().map(|(word, passages)| ((*word).to_owned(), *passages)).collect()
    }

    #[test]
    fn the_rarest_words_are_looked_up_as_many_as_it_takes() {
        let five = words(&[("a", 0.0), ("b", 1.0), ("c", 2.0), ("d", 1e6), ("e", 1e6)]);
        let terms = Terms::choose(&five, &[], false);
        assert_eq!((terms.needed, terms.common), (3, false));
        assert_eq!(terms.rarest.as_deref(), Some("'a' | 'b' | 'c'"));
        assert_eq!(terms.all.as_deref(), Some("'a' & 'b' & 'c' & 'd' & 'e'"));
        let two = Terms::choose(&words(&[("book", 3.0), ("rooms", 1e6)]), &[], false);
        assert_eq!((two.needed, two.rarest.as_deref()), (2, Some("'book'")));
    }

    #[test]
    fn common_words_alone_are_not_looked_up() {
        assert!(Terms::choose(&words(&[("rooms", 1e6)]), &[], false).common);
        assert!(!Terms::choose(&words(&[("rooms", 5000.0)]), &[], false).common);
        let none = Terms::choose(&[], &[], false);
        assert_eq!((none.all, none.rarest, none.needed), (None, None, 0));
    }

    #[test]
    fn phrases_decide_and_the_other_words_only_rank() {
        let found = words(&[("now", 1.0), ("book", 2.0), ("rooms", 1e6)]);
        let phrases = ["('book' <-> 'now')".to_owned()];
        let terms = Terms::choose(&found, &phrases, true);
        assert_eq!((terms.needed, terms.common), (0, false));
        assert_eq!(terms.rarest.as_deref(), Some("('book' <-> 'now')"));
        let all = "('book' <-> 'now') & 'now' & 'book' & 'rooms'";
        assert_eq!(terms.all.as_deref(), Some(all));
        // "to the" has no word that the index knows.
        let unknown = Terms::choose(&[], &[], true);
        assert_eq!((unknown.common, unknown.rarest), (true, None));
    }
}
