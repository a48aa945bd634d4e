//! The store's own statements, as scripts for pgbench: the same text, with values in place of
//! parameters.

/// The lock under which claims take turns, as the store asks for it.
const TURN: &str = "\\startpipeline
begin;
select pg_advisory_xact_lock(33602696382607979);
\\endpipeline
";

const INSERT: &str = include_str!("../../../../store/queries/task_insert.sql");
const DUE: &str = include_str!("../../../../store/queries/claim_near.sql");
const CLAIM: &str = include_str!("../../../../store/queries/claim.sql");
const FINISH: &str = include_str!("../../../../store/queries/finish.sql");

/// Queues one task. Names the texts `spec`, `site`, `labels`, `project`.
pub(super) fn insert() -> String {
    fill_in(INSERT, &INSERTED) + ";\n"
}

const INSERTED: [&str; 17] = [
    "uuidv7()",
    ":project",
    ":spec",
    ":site",
    "'waymark'",
    ":labels",
    "0",
    "'{}'",
    "null",
    "null",
    "null",
    "null",
    "null",
    "now()",
    "3",
    "now()",
    "'task.queued'",
];

/// Claims `batch` tasks in one transaction and finishes them one by one. Names the texts
/// `vanished`, `result`, `event`.
pub(super) fn claim_and_finish(batch: usize) -> String {
    let many = batch.to_string();
    let due = fill_in(DUE, &["now()", &many, "1000000", "null", "64", "'bench'", "3"]);
    let ids = format!("(select array_agg(uuidv7()) from generate_series(1, {batch}))");
    let until = "(now() + interval '60 s')";
    let claim = ["now()", ":ids", until, "'bench'", &ids, &ids, ":vanished", "3"];
    // pgbench takes one row only, so the tasks come as columns.
    let (claimed, _) = CLAIM.rsplit_once("\nselect ").unwrap_or((CLAIM, ""));
    let columns: Vec<String> = (1..=batch).map(column).collect();
    let mut script =
        TURN.to_owned() + &due.replace("\"ids!\"", "ids").replace("\"whole!\"", "whole");
    script += " \\gset\n";
    script += &fill_in(claimed, &claim);
    script += "\nselect ";
    script += &columns.join(",\n    ");
    script += " from claimed \\gset\ncommit;\n";
    for n in 1..=batch {
        let (id, token) = (format!(":id{n}"), format!(":token{n}"));
        let mut finished = FINISHED;
        (finished[0], finished[1]) = (&id, &token);
        script += &fill_in(FINISH, &finished);
        script += ";\n";
    }
    script
}

const FINISHED: [&str; 15] = [
    "",
    "",
    "now()",
    "'succeeded'",
    "true",
    "0",
    "null::timestamptz",
    ":result",
    "false",
    "null",
    "'succeeded'",
    "null",
    ":result",
    "'task.succeeded'",
    ":event",
];

fn column(n: usize) -> String {
    format!("(array_agg(id))[{n}] as id{n}, (array_agg(lease_token))[{n}] as token{n}")
}

/// Puts values in the place of `$1`, `$2`, ….
fn fill_in(statement: &str, values: &[&str]) -> String {
    let lines = statement.lines().filter(|line| !line.trim_start().starts_with("--"));
    let bare = lines.collect::<Vec<_>>().join("\n");
    let numbered = values.iter().enumerate().rev();
    numbered.fold(bare, |text, (at, value)| text.replace(&format!("${}", at + 1), value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(statement: &str, parameters: usize) {
        let takes = |n: usize| statement.contains(&format!("${n}"));
        assert!(takes(parameters) && !takes(parameters + 1), "the store's statement has changed");
    }

    #[test]
    fn the_statements_take_as_many_values_as_are_put_in() {
        check(INSERT, INSERTED.len());
        check(DUE, 7);
        check(CLAIM, 8);
        check(FINISH, FINISHED.len());
    }

    #[test]
    fn no_parameter_is_left() {
        for script in [insert(), claim_and_finish(3)] {
            assert!(!script.contains('$'), "{script}");
            assert!(!script.contains("--"), "{script}");
        }
        assert_eq!(fill_in("$1 $10 $2", &["a"; 10]), "a a a");
    }
}
