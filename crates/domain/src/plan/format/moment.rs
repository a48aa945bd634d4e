//! Dates and times: reading and writing them by a pattern.

use chrono::NaiveDate;

/// The years a value may mean: eight digits are a date for these only.
const YEARS: std::ops::Range<u32> = 1900..2200;

/// A date, a month, a time, or a date with a time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Moment {
    year: Option<u32>,
    month: Option<u32>,
    day: Option<u32>,
    /// From 0 to 23.
    hour: Option<u32>,
    minute: Option<u32>,
}

/// A part of a pattern.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Year,
    ShortYear,
    Month,
    Day,
    Hour,
    /// From 1 to 12.
    HalfDayHour,
    Minute,
    /// AM or PM.
    Half,
    /// Anything else stands for itself.
    Sign(char),
}

const PARTS: [(&str, Part); 8] = [
    ("YYYY", Part::Year),
    ("YY", Part::ShortYear),
    ("MM", Part::Month),
    ("DD", Part::Day),
    ("HH", Part::Hour),
    ("h", Part::HalfDayHour),
    ("mm", Part::Minute),
    ("A", Part::Half),
];

impl Moment {
    /// Reads what is written so. Days, months and hours may do without their first zero.
    pub(super) fn read(text: &str, pattern: &str) -> Option<Self> {
        let mut moment = Self::default();
        let mut afternoon = None;
        let mut rest = text;
        let compact = pattern.chars().all(char::is_alphabetic);
        let short = if compact { 2 } else { 1 };
        for part in parts(pattern) {
            match part {
                Part::Year => moment.year = Some(digits(&mut rest, 4..=4)?),
                Part::ShortYear => moment.year = Some(2000 + digits(&mut rest, 2..=2)?),
                Part::Month => moment.month = Some(digits(&mut rest, short..=2)?),
                Part::Day => moment.day = Some(digits(&mut rest, short..=2)?),
                Part::Hour => moment.hour = Some(digits(&mut rest, 1..=2)?),
                Part::HalfDayHour => {
                    let hour = digits(&mut rest, 1..=2)?;
                    moment.hour = Some((1..=12).contains(&hour).then_some(hour % 12)?);
                }
                Part::Minute => moment.minute = Some(digits(&mut rest, 2..=2)?),
                Part::Half => afternoon = Some(half(&mut rest)?),
                Part::Sign(' ') => rest = rest.trim_start(),
                Part::Sign(sign) => rest = rest.strip_prefix(sign)?,
            }
        }
        if afternoon == Some(true) {
            moment.hour = moment.hour.map(|hour| hour + 12);
        }
        (rest.is_empty() && moment.exists()).then_some(moment)
    }

    /// Writes it so; `None` where the pattern has no place for some of it, or asks for more.
    pub(super) fn write(&self, pattern: &str) -> Option<String> {
        let mut left = *self;
        let mut out = String::new();
        for part in parts(pattern) {
            match part {
                Part::Year => put(&mut out, left.year.take()?, 4),
                Part::ShortYear => {
                    let year = left.year.take()?;
                    put(&mut out, (2000..2100).contains(&year).then_some(year % 100)?, 2);
                }
                Part::Month => put(&mut out, left.month.take()?, 2),
                Part::Day => put(&mut out, left.day.take()?, 2),
                Part::Hour => put(&mut out, left.hour.take()?, 2),
                Part::HalfDayHour => put(&mut out, (left.hour.take()? + 11) % 12 + 1, 1),
                Part::Minute => put(&mut out, left.minute.take()?, 2),
                Part::Half => out.push_str(if self.hour? < 12 { "AM" } else { "PM" }),
                Part::Sign(sign) => out.push(sign),
            }
        }
        (left == Self::default()).then_some(out)
    }

    fn exists(&self) -> bool {
        let date = match (self.year, self.month, self.day) {
            (None, None, None) => true,
            (Some(year), Some(month), day) => {
                let there = i32::try_from(year)
                    .ok()
                    .and_then(|year| NaiveDate::from_ymd_opt(year, month, day.unwrap_or(1)));
                YEARS.contains(&year) && there.is_some()
            }
            _ => false,
        };
        date && self.hour.is_none_or(|hour| hour < 24) && self.minute.is_none_or(|it| it < 60)
    }
}

fn parts(pattern: &str) -> impl Iterator<Item = Part> + '_ {
    let mut rest = pattern;
    std::iter::from_fn(move || {
        let named = PARTS.iter().find_map(|(name, part)| Some((rest.strip_prefix(name)?, *part)));
        let (after, part) = if let Some(named) = named {
            named
        } else {
            let sign = rest.chars().next()?;
            (&rest[sign.len_utf8()..], Part::Sign(sign))
        };
        rest = after;
        Some(part)
    })
}

/// Takes as many digits as there are, if that is how many there may be.
fn digits(rest: &mut &str, count: std::ops::RangeInclusive<usize>) -> Option<u32> {
    let there = rest.bytes().take(*count.end()).take_while(u8::is_ascii_digit).count();
    let (number, after) = rest.split_at(count.contains(&there).then_some(there)?);
    *rest = after;
    number.parse().ok()
}

/// Takes AM or PM; tells whether it is the second half of the day.
fn half(rest: &mut &str) -> Option<bool> {
    let said = rest.to_ascii_uppercase();
    let (mark, afternoon) = [("AM", false), ("PM", true), ("A.M.", false), ("P.M.", true)]
        .into_iter()
        .find(|(mark, _)| said.starts_with(mark))?;
    *rest = &rest[mark.len()..];
    Some(afternoon)
}

fn put(out: &mut String, number: u32, width: usize) {
    let digits = format!("{number:0width$}");
    out.push_str(&digits);
}
