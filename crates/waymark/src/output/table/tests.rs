//! What stays whole, and what gives way.

use super::Column::{Extra, Prose, Word};
use super::Table;

const ID: &str = "0198c5d2-7b5e-7cc3-98c4-dc0c0c07398f";

fn told(table: &Table, width: u16) -> (String, Vec<&'static str>) {
    let (lines, left_out) = table.lines(Some(width));
    assert!(lines.iter().all(|line| line.chars().count() <= width.into()), "{lines:#?}");
    (lines.join("\n"), left_out)
}

fn table(prose: &str) -> Table {
    let mut table = Table::new(&[Word("id"), Word("state"), Prose("what"), Word("changed")]);
    table.add_row([ID, "action_needed", prose, "2026-11-29 12:00"].map(str::to_owned));
    table
}

#[test]
fn where_no_width_is_known_nothing_is_broken() {
    let prose = "a long text ".repeat(30);
    let (lines, left_out) = table(prose.trim()).lines(None);
    assert_eq!((lines.len(), left_out.len()), (2, 0));
    assert!(lines[1].contains(prose.trim()), "{lines:?}");
}

#[test]
fn prose_gives_way_first_and_then_stands_below_its_row() {
    let table = table("click the button named \"Reserve now\" instead of the other");
    let (wide, _) = told(&table, 100);
    let rows: Vec<_> = wide.lines().collect();
    assert!(rows.len() > 2 && rows[0].starts_with("ID") && rows[0].ends_with("CHANGED"), "{wide}");
    assert!(rows[1].contains("click the button") && !rows[1].contains("other"), "{wide}");
    let (narrow, left_out) = told(&table, 80);
    assert_eq!(
        narrow.lines().collect::<Vec<_>>(),
        [
            "ID                                    STATE          CHANGED",
            "0198c5d2-7b5e-7cc3-98c4-dc0c0c07398f  action_needed  2026-11-29 12:00",
            "    what: click the button named \"Reserve now\" instead of the other",
        ]
    );
    assert!(left_out.is_empty());
}

#[test]
fn words_without_room_stand_below_as_well_and_stay_whole() {
    let (told, _) = told(&table("click the button named \"Reserve now\""), 60);
    assert_eq!(
        told.lines().collect::<Vec<_>>(),
        [
            "ID                                    STATE",
            "0198c5d2-7b5e-7cc3-98c4-dc0c0c07398f  action_needed",
            "    changed: 2026-11-29 12:00",
            "    what: click the button named \"Reserve now\"",
        ]
    );
}

#[test]
fn figures_without_room_are_left_out_and_named() {
    let mut table = Table::new(&[Word("day"), Extra("reuse"), Word("tasks"), Extra("p95")]);
    let row = ["2026-11-29", "4, 1 failed, 0 wrong", "7", "12.3"];
    table.add_row(row.map(str::to_owned));
    assert_eq!(told(&table, 45).1, [""; 0]);
    assert_eq!(told(&table, 44).1, ["p95"]);
    let (text, left_out) = told(&table, 17);
    assert_eq!(left_out, ["p95", "reuse"]);
    assert_eq!(text, "DAY         TASKS\n2026-11-29  7");
}
