//! Every format beside every other, and what is left alone.

use super::{Unwritten, ValueFormat};

/// One value in every format of its kind.
const DATE: [&str; 8] = [
    "2026-04-27",
    "2026/04/27",
    "20260427",
    "27.04.2026",
    "27/04/2026",
    "27-04-2026",
    "04/27/2026",
    "04-27-2026",
];
const MONTH: [&str; 3] = ["2026-04", "04/2026", "04/26"];
const TIME: [&str; 2] = ["14:30", "2:30 PM"];
const DATE_TIME: [&str; 5] = [
    "2026-04-27T14:30",
    "2026-04-27 14:30",
    "27.04.2026 14:30",
    "27/04/2026 14:30",
    "04/27/2026 2:30 PM",
];
const NUMBER: [&str; 5] =
    ["-1234567.50", "-1234567,50", "-1,234,567.50", "-1.234.567,50", "-1 234 567,50"];

fn format(name: &str) -> ValueFormat {
    serde_json::from_value(name.into()).unwrap()
}

#[track_caller]
fn writes(value: &str, name: &str, expected: &str) {
    assert_eq!(format(name).write(value).as_deref(), Ok(expected), "{value} as {name}");
}

#[test]
fn names_stand_in_json() {
    for format in ValueFormat::ALL {
        assert_eq!(serde_json::to_value(format).unwrap(), format.as_str());
    }
}

#[test]
fn every_format_is_written_in_every_other_of_its_kind_and_in_no_other() {
    let kinds: [&[&str]; 5] = [&DATE, &MONTH, &TIME, &DATE_TIME, &NUMBER];
    assert_eq!(kinds.concat().len(), ValueFormat::ALL.len());
    let spelled = |at: usize| kinds.concat()[at];
    let kind = |at: usize| {
        let ends = kinds.iter().scan(0, |end, kind| {
            *end += kind.len();
            Some(*end)
        });
        ends.filter(|end| *end <= at).count()
    };
    for from in 0..ValueFormat::ALL.len() {
        for to in 0..ValueFormat::ALL.len() {
            let written = ValueFormat::ALL[to].write(spelled(from));
            // Nobody knows the century.
            let says_enough = from == to || ValueFormat::ALL[from] != ValueFormat::ShortMonth;
            if kind(from) == kind(to) && says_enough {
                assert_eq!(written.as_deref(), Ok(spelled(to)));
            } else if kind(from) != kind(to) && !spelled(from).chars().all(|it| it.is_ascii_digit())
            {
                assert!(matches!(written, Err(Unwritten::Unread(..))), "{from} {to} {written:?}");
            }
        }
    }
}

#[test]
fn every_format_can_write_its_example() {
    for format in ValueFormat::ALL {
        assert!(format.write(format.example()).is_ok(), "{format}");
    }
}

#[test]
fn a_value_that_means_two_things_is_left_alone() {
    for (value, name) in [
        ("03/04/2026", "YYYY-MM-DD"),
        ("03/04/2026", "DD.MM.YYYY"),
        ("3/4/2026", "MM/DD/YYYY"),
        ("03-04-2026", "YYYY-MM-DD"),
        ("1,234", "1234.5"),
        ("1.234", "1234,5"),
        ("-1,234", "1234.5"),
    ] {
        let written = format(name).write(value);
        assert!(matches!(written, Err(Unwritten::Ambiguous(..))), "{value} as {name}: {written:?}");
    }
}

#[test]
fn a_value_that_has_the_format_already_stays_as_it_is() {
    for (value, name) in [
        ("03/04/2026", "MM/DD/YYYY"),
        ("03/04/2026", "DD/MM/YYYY"),
        ("1,234", "1,234.5"),
        ("1,234", "1234,5"),
        ("04/26", "MM/YY"),
    ] {
        writes(value, name, value);
    }
}

#[test]
fn what_can_be_read_in_one_way_is_written_in_another() {
    for (value, name, expected) in [
        ("27/03/2026", "MM/DD/YYYY", "03/27/2026"),
        ("03/27/2026", "DD/MM/YYYY", "27/03/2026"),
        ("03/03/2026", "YYYY-MM-DD", "2026-03-03"),
        ("3.4.2026", "YYYY-MM-DD", "2026-04-03"),
        ("2026-4-3", "DD.MM.YYYY", "03.04.2026"),
        (" 2026-04-03 ", "DD.MM.YYYY", "03.04.2026"),
        ("2028-02-29", "MM/DD/YYYY", "02/29/2028"),
        ("12:05 am", "HH:mm", "00:05"),
        ("12:05 PM", "HH:mm", "12:05"),
        ("2:30pm", "HH:mm", "14:30"),
        ("2:30 p.m.", "HH:mm", "14:30"),
        ("00:05", "h:mm A", "12:05 AM"),
        ("9:05", "HH:mm", "09:05"),
        ("0,5", "1234.5", "0.5"),
        ("0.125", "1234,5", "0,125"),
        ("12.50", "1234,5", "12,50"),
        ("1234,567", "1234.5", "1234.567"),
        ("1,234,567", "1234.5", "1234567"),
        ("1\u{a0}234,5", "1234.5", "1234.5"),
        ("1 234", "1234.5", "1234"),
        ("1234", "1,234.5", "1,234"),
        ("123", "1.234,5", "123"),
    ] {
        writes(value, name, expected);
    }
}

#[test]
fn what_is_none_or_would_lose_something_is_refused() {
    for (value, name) in [
        ("2026-02-29", "DD.MM.YYYY"),
        ("2026-13-01", "DD.MM.YYYY"),
        ("31.04.2026", "YYYY-MM-DD"),
        ("27.04.26", "YYYY-MM-DD"),
        ("04.27.2026", "YYYY-MM-DD"),
        ("27/03-2026", "YYYY-MM-DD"),
        ("03042026", "YYYY-MM-DD"),
        ("12121212", "YYYY-MM-DD"),
        ("tomorrow", "YYYY-MM-DD"),
        ("", "YYYY-MM-DD"),
        ("2026-04-03", "YYYY-MM"),
        ("2026-04", "YYYY-MM-DD"),
        ("2026-04-03T14:30", "YYYY-MM-DD"),
        ("2026-04-03T14:30Z", "YYYY-MM-DD HH:mm"),
        ("1999-04", "MM/YY"),
        ("04/26", "YYYY-MM"),
        ("25:00", "h:mm A"),
        ("13:00 PM", "HH:mm"),
        ("14:30:15", "h:mm A"),
        ("007", "1,234.5"),
        ("12,34,567", "1234.5"),
        ("1.2.3", "1234.5"),
        ("12 EUR", "1234,5"),
        ("1e5", "1234,5"),
        ("5.", "1234,5"),
        ("-", "1234,5"),
    ] {
        let written = format(name).write(value);
        assert!(matches!(written, Err(Unwritten::Unread(..))), "{value} as {name}: {written:?}");
    }
}

#[test]
fn why_not_says_what_would_be_right_and_nothing_of_the_value() {
    let said = |value: &str| format("DD.MM.YYYY").write(value).unwrap_err().to_string();
    let right = "write it as YYYY-MM-DD";
    assert_eq!(said("03/04/2026"), format!("it can be read as more than one date; {right}"));
    assert_eq!(said("tomorrow"), format!("it cannot be read as a date; {right}"));
}

proptest::proptest! {
    #[test]
    fn writing_never_panics_and_is_settled_after_once(
        value in "[0-9.,/: T-]{0,20}|\\PC{0,20}", at in 0..ValueFormat::ALL.len(),
    ) {
        if let Ok(written) = ValueFormat::ALL[at].write(&value) {
            proptest::prop_assert_eq!(ValueFormat::ALL[at].write(&written), Ok(written));
        }
    }
}
