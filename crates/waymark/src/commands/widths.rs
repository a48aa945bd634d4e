//! The tables of the commands in terminals of ordinary widths.

use super::{escalations, memories, patterns, recall, search, sites, stats, tasks};
use crate::output::{Column, Table};

const ID: &str = "0198c5d2-7b5e-7cc3-98c4-dc0c0c07398f";
const DAY: &str = "2026-11-29";
const MINUTE: &str = "2026-11-29 12:00";
const SECOND: &str = "2026-11-29 12:00:01";
const FAILS: &str =
    "book the room: click the element with the selector \"#book-attic\" (element_not_found)";
const DOES: &str = "click the button named \"Reserve now\" in the row of \"The attic\" instead";

fn check(columns: &[Column], row: &[&str]) {
    let mut table = Table::new(columns);
    table.add_row(row.iter().map(|cell| (*cell).to_owned()));
    for width in [80, 100, 120, 160] {
        let (lines, left_out) = table.lines(Some(width));
        let told = lines.join("\n");
        assert!(lines.iter().all(|line| line.chars().count() <= width.into()), "{width}: {told}");
        for (column, cell) in columns.iter().zip(row) {
            match column {
                Column::Word(title) | Column::Extra(title) if !left_out.contains(title) => {
                    let titles = [title.to_uppercase(), format!("{title}:")];
                    assert!(titles.iter().any(|title| told.contains(title)), "{width}: {told}");
                    assert!(lines.iter().any(|line| line.contains(cell)), "{width}: {told}");
                }
                Column::Word(_) | Column::Extra(_) => {}
                Column::Prose(_) => {
                    let whole = cell.split_whitespace().all(|word| told.contains(word));
                    assert!(whole, "{width}: {told}");
                }
            }
        }
    }
}

#[test]
fn ids_states_dates_and_figures_stay_whole_at_every_width() {
    let (site, page, error) = ("127.0.0.1:7879", "/rooms/:id/edit", "element_not_found");
    let proof = "3/4 (reported 1/5, doubted)";
    check(&memories::COLUMNS, &[ID, "superseded", site, page, FAILS, DOES, proof, MINUTE]);
    check(&search::COLUMNS, &[ID, "0.46", SECOND, site, "succeeded", FAILS]);
    let reason = "2 questions wait for a human, the oldest for 3 hours; 12 of 40 runs succeeded";
    check(&sites::COLUMNS, &[site, "action_needed", "40", "100 %", "50 %", "–", "12", reason]);
    let reuse = "40, 12 failed, 0 wrong";
    let figures = ["7", "100 %", "1.0", "12", "3", "9", reuse, "1", "12.3", "30.1"];
    check(&stats::COLUMNS, &[&[DAY][..], &figures].concat());
    check(&patterns::COLUMNS, &[site, page, FAILS, DOES, error, "13/14", "3", DAY]);
    let figures = ["13", "0", "3", DAY, "unverified"];
    check(&recall::COLUMNS, &[&["1", "medium", "0.94", DOES][..], &figures].concat());
    check(&escalations::COLUMNS, &[ID, "cancelled", site, SECOND, SECOND, FAILS]);
    check(&tasks::COLUMNS, &[ID, "cancelled", site, "1/3", SECOND, "find the rooms in Oslo"]);
}
