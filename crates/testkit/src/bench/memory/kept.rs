//! A database with so many situations, made once and kept. A stamp beside it says that it was made to
//! its end, by which version of this, and how long its index of vectors took.

use super::server::Server;
use super::traces;
use crate::bench::database::Database;
use crate::bench::progress;
use crate::bench::situations::{Indexes, Maker, Row, Sites, Vectors, load, near};
use anyhow::{Context as _, Result};
use domain::clock::{Clock as _, SystemClock};
use serde::{Deserialize, Serialize};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use std::collections::HashMap;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

/// Raised when what is made changes: then it is made anew.
const MADE: u32 = 5;

/// How many real texts the situations are near to: of a million, forty to each. With hundreds around
/// one text the graph would be of islands, as no link of theirs leads elsewhere.
const TEXTS: u64 = 25_000;

/// How far their vectors are moved: a cosine of 0.94 to the text's own.
pub(super) const NOISE: f64 = 0.35;

/// How many situations a site has on average.
const PER_SITE: u64 = 250;

const BATCH: u64 = 10_000;

/// So many situations in a database.
pub(super) struct Kept {
    pub(super) database: Database,
    pub(super) situations: u64,
    pub(super) maker: Maker,
    stamp: Stamp,
}

/// What is known of how they were made.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Stamp {
    made: u32,
    index_seconds: f64,
}

/// What the index of vectors cost.
#[derive(Debug, Clone, Copy)]
pub(super) struct Built {
    pub(super) index_mib: f64,
    pub(super) index_seconds: f64,
}

impl Kept {
    /// What is there, or made now.
    pub(super) async fn provide(
        server: &Server,
        vectors: &mut Vectors,
        situations: u64,
    ) -> Result<Self> {
        let maker = maker(situations);
        let name = format!("memory_{situations}");
        if let Some(stamp) = read(&stamp_file(server, situations)) {
            let database = Database::within(server.postgres(), &name).await?;
            return Ok(Self { database, situations, maker, stamp });
        }
        drop_database(server, &name).await?;
        let mut database = Database::within(server.postgres(), &name).await?;
        let index_seconds = fill(&mut database, &maker, vectors, situations).await?;
        let stamp = Stamp { made: MADE, index_seconds };
        let file = stamp_file(server, situations);
        fs::write(&file, serde_json::to_string(&stamp)? + "\n")
            .with_context(|| format!("cannot write {}", file.display()))?;
        Ok(Self { database, situations, maker, stamp })
    }

    /// What the index of vectors cost, and what it takes.
    pub(super) async fn built(&mut self) -> Result<Built> {
        let bytes = self.database.number(GRAPHS).await?;
        #[expect(clippy::cast_precision_loss, reason = "nowhere near 2^52")]
        let index_mib = bytes as f64 / f64::from(1 << 20);
        Ok(Built { index_mib, index_seconds: self.stamp.index_seconds })
    }
}

/// The graphs that are not empty: of situations, and of what runs are found by.
const GRAPHS: &str = "select (pg_relation_size('situation_vector_384') \
    + pg_relation_size('search_vector_384'))::bigint";

/// Makes the situations of a size.
fn maker(situations: u64) -> Maker {
    let sites = usize::try_from(situations / PER_SITE).unwrap_or(usize::MAX);
    Maker { texts: TEXTS, sites: Sites::ranked(sites.max(40)), pages: HashMap::new() }
}

fn stamp_file(server: &Server, situations: u64) -> PathBuf {
    server.folder().join(format!("memory_{situations}.json"))
}

fn read(file: &PathBuf) -> Option<Stamp> {
    let stamp: Stamp = serde_json::from_str(&fs::read_to_string(file).ok()?).ok()?;
    (stamp.made == MADE).then_some(stamp)
}

pub(super) async fn drop_database(server: &Server, name: &str) -> Result<()> {
    let mut admin = PgConnection::connect(server.postgres().url()).await?;
    let statement = format!("drop database if exists {name} with (force)");
    sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut admin).await?;
    admin.close().await?;
    Ok(())
}

/// Loads everything, and builds the indexes afterwards; how long the index of vectors took.
async fn fill(
    database: &mut Database,
    maker: &Maker,
    vectors: &mut Vectors,
    situations: u64,
) -> Result<f64> {
    let texts: Vec<String> = (0..TEXTS).map(|number| maker.make(number).situation.text()).collect();
    let meanings = vectors.of(&texts).await?;
    let indexes = Indexes::drop_all(&mut database.sql).await?;
    for first in (0..situations).step_by(usize::try_from(BATCH)?) {
        if first % (10 * BATCH) == 0 {
            progress(&format!("loading {first} of {situations} situations"));
        }
        load_batch(database, maker, &meanings, first..situations.min(first + BATCH)).await?;
    }
    progress("their runs and steps");
    traces::make(database).await?;
    progress("building the indexes");
    let index_seconds = indexes.restore(&mut database.sql).await?;
    database.run("vacuum analyze").await?;
    database.run("checkpoint").await?;
    Ok(index_seconds)
}

async fn load_batch(
    database: &mut Database,
    maker: &Maker,
    meanings: &[Arc<[f32]>],
    numbers: std::ops::Range<u64>,
) -> Result<()> {
    let made: Vec<_> = numbers
        .map(|number| {
            let text = usize::try_from(number % TEXTS).unwrap_or_default();
            (maker.make(number), near(&meanings[text], NOISE, number), traces::run_of(number))
        })
        .collect();
    let rows: Vec<Row<'_>> =
        made.iter().map(|(known, vector, run)| Row { known, vector, run: *run }).collect();
    load(&mut database.sql, database.project, &rows, SystemClock.now()).await
}
