//! Everything a database holds, as text: to look for what must not be in it.

use sqlx::postgres::PgPool;
use sqlx::{AssertSqlSafe, Row as _};

/// Every row of every table, binary columns spelled out as far as they are text.
///
/// # Panics
/// The database cannot be read.
#[expect(clippy::expect_used, reason = "a database that cannot be read fails the test")]
pub async fn dump(url: &str) -> String {
    let pool = PgPool::connect(url).await.expect("the database is there");
    let columns = "select format('%I.%I', table_schema, table_name), column_name::text, \
                   data_type::text \
                   from information_schema.columns where table_schema in ('public', 'kept')";
    let columns = sqlx::query(columns).fetch_all(&pool).await.expect("the columns");
    let mut text = String::new();
    for column in columns {
        let (table, name, kind): (String, String, String) =
            (column.get(0), column.get(1), column.get(2));
        let value = match kind.as_str() {
            "bytea" => format!("encode(\"{name}\", 'escape')"),
            _ => format!("\"{name}\"::text"),
        };
        let query = format!("select {value} from {table} where \"{name}\" is not null");
        let rows = sqlx::query_scalar::<_, String>(AssertSqlSafe(query)).fetch_all(&pool).await;
        for row in rows.expect("the rows") {
            text.push_str(&row);
            text.push('\n');
        }
    }
    pool.close().await;
    text
}

/// What is remembered, row by row: it outlives the traces that it was distilled from.
///
/// # Panics
/// The database cannot be read.
pub async fn memory(url: &str) -> String {
    rows(url, &MEMORY).await
}

/// Everything that is made of traces, row by row: memory, and the words in which runs are found.
///
/// # Panics
/// The database cannot be read.
pub async fn derived(url: &str) -> String {
    rows(url, &MEMORY).await + &rows(url, &["search_text", "search_vector", "search_hit"]).await
}

const MEMORY: [&str; 12] = [
    "situation",
    "situation_stat",
    "situation_vector",
    "remedy",
    "remedy_mark",
    "remedy_stat",
    "memory_list",
    "site_day",
    "site_day_heal",
    "working_locator",
    "goal",
    "goal_run",
];

#[expect(clippy::expect_used, reason = "a database that cannot be read fails the test")]
async fn rows(url: &str, tables: &[&str]) -> String {
    let pool = PgPool::connect(url).await.expect("the database is there");
    let mut text = String::new();
    for table in tables {
        let query = format!(
            "select coalesce(jsonb_agg(to_jsonb(it) order by to_jsonb(it)), '[]')::text
            from {table} as it"
        );
        let rows = sqlx::query_scalar::<_, String>(AssertSqlSafe(query)).fetch_one(&pool).await;
        let rows = rows.expect("the rows");
        text.extend([table, ": ", &rows, "\n"]);
    }
    pool.close().await;
    text
}
