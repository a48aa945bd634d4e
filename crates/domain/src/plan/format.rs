//! The formats a value can be written in, and writing it in one of them.

mod moment;
mod number;

use moment::Moment;
use number::Number;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How a date, a time or a number is written. Letters stand for digits: `YYYY` the year, `MM` the
/// month, `DD` the day, `HH` the hour (`h` from 1 to 12, with `A` for AM or PM), `mm` the minute.
/// Numbers are named by an example.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
pub enum ValueFormat {
    /// 2026-04-27
    #[serde(rename = "YYYY-MM-DD")]
    IsoDate,
    /// 2026/04/27
    #[serde(rename = "YYYY/MM/DD")]
    YearFirst,
    /// 20260427
    #[serde(rename = "YYYYMMDD")]
    CompactDate,
    /// 27.04.2026
    #[serde(rename = "DD.MM.YYYY")]
    DayFirstDots,
    /// 27/04/2026
    #[serde(rename = "DD/MM/YYYY")]
    DayFirst,
    /// 27-04-2026
    #[serde(rename = "DD-MM-YYYY")]
    DayFirstDashes,
    /// 04/27/2026
    #[serde(rename = "MM/DD/YYYY")]
    MonthFirst,
    /// 04-27-2026
    #[serde(rename = "MM-DD-YYYY")]
    MonthFirstDashes,
    /// 2026-04
    #[serde(rename = "YYYY-MM")]
    IsoMonth,
    /// 04/2026
    #[serde(rename = "MM/YYYY")]
    Month,
    /// 04/26
    #[serde(rename = "MM/YY")]
    ShortMonth,
    /// 14:30
    #[serde(rename = "HH:mm")]
    Time,
    /// 2:30 PM
    #[serde(rename = "h:mm A")]
    HalfDayTime,
    /// 2026-04-27T14:30
    #[serde(rename = "YYYY-MM-DDTHH:mm")]
    IsoDateTime,
    /// 2026-04-27 14:30
    #[serde(rename = "YYYY-MM-DD HH:mm")]
    SpacedDateTime,
    /// 27.04.2026 14:30
    #[serde(rename = "DD.MM.YYYY HH:mm")]
    DayFirstDotsTime,
    /// 27/04/2026 14:30
    #[serde(rename = "DD/MM/YYYY HH:mm")]
    DayFirstTime,
    /// 04/27/2026 2:30 PM
    #[serde(rename = "MM/DD/YYYY h:mm A")]
    MonthFirstTime,
    /// A decimal point.
    #[serde(rename = "1234.5")]
    Point,
    /// A decimal comma.
    #[serde(rename = "1234,5")]
    Comma,
    /// Commas between thousands, a decimal point.
    #[serde(rename = "1,234.5")]
    GroupedPoint,
    /// Points between thousands, a decimal comma.
    #[serde(rename = "1.234,5")]
    GroupedComma,
    /// Spaces between thousands, a decimal comma.
    #[serde(rename = "1 234,5")]
    SpacedComma,
}

/// What kind of thing a format writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Date,
    Month,
    Time,
    DateTime,
    Number,
}

/// What a value says, however it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Meaning {
    Moment(Moment),
    Number(Number),
}

/// Why a value is not written in another format. Says nothing of the value: it may not be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unwritten {
    /// It may mean two things.
    #[error("it can be read as more than one {0}; write it as {1}")]
    Ambiguous(&'static str, &'static str),
    /// It is something else.
    #[error("it cannot be read as a {0}; write it as {1}")]
    Unread(&'static str, &'static str),
}

impl ValueFormat {
    /// Every format; of those that write a number alike, the plainest first.
    pub const ALL: [Self; 23] = [
        Self::IsoDate,
        Self::YearFirst,
        Self::CompactDate,
        Self::DayFirstDots,
        Self::DayFirst,
        Self::DayFirstDashes,
        Self::MonthFirst,
        Self::MonthFirstDashes,
        Self::IsoMonth,
        Self::Month,
        Self::ShortMonth,
        Self::Time,
        Self::HalfDayTime,
        Self::IsoDateTime,
        Self::SpacedDateTime,
        Self::DayFirstDotsTime,
        Self::DayFirstTime,
        Self::MonthFirstTime,
        Self::Point,
        Self::Comma,
        Self::GroupedPoint,
        Self::GroupedComma,
        Self::SpacedComma,
    ];

    /// The name as it stands in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::IsoDate => "YYYY-MM-DD",
            Self::YearFirst => "YYYY/MM/DD",
            Self::CompactDate => "YYYYMMDD",
            Self::DayFirstDots => "DD.MM.YYYY",
            Self::DayFirst => "DD/MM/YYYY",
            Self::DayFirstDashes => "DD-MM-YYYY",
            Self::MonthFirst => "MM/DD/YYYY",
            Self::MonthFirstDashes => "MM-DD-YYYY",
            Self::IsoMonth => "YYYY-MM",
            Self::Month => "MM/YYYY",
            Self::ShortMonth => "MM/YY",
            Self::Time => "HH:mm",
            Self::HalfDayTime => "h:mm A",
            Self::IsoDateTime => "YYYY-MM-DDTHH:mm",
            Self::SpacedDateTime => "YYYY-MM-DD HH:mm",
            Self::DayFirstDotsTime => "DD.MM.YYYY HH:mm",
            Self::DayFirstTime => "DD/MM/YYYY HH:mm",
            Self::MonthFirstTime => "MM/DD/YYYY h:mm A",
            Self::Point => "1234.5",
            Self::Comma => "1234,5",
            Self::GroupedPoint => "1,234.5",
            Self::GroupedComma => "1.234,5",
            Self::SpacedComma => "1 234,5",
        }
    }

    /// The value in this format. One that has it already stays as it is; otherwise it must be
    /// readable in one way only, and nothing of it may be lost.
    ///
    /// # Errors
    /// It means something else, or may mean two things.
    pub fn write(self, value: &str) -> Result<String, Unwritten> {
        if self.read(value).is_some_and(|meaning| self.spell(&meaning).as_deref() == Some(value)) {
            return Ok(value.to_owned());
        }
        let kind = self.kind();
        match meanings(value, |format| format.kind() == kind).as_slice() {
            [] => None,
            [only] => self.spell(only),
            _ => return Err(Unwritten::Ambiguous(kind.as_str(), kind.plainest().as_str())),
        }
        .ok_or(Unwritten::Unread(kind.as_str(), kind.plainest().as_str()))
    }

    /// The format that an example shows; `None` where it could be one of several, as `01/02/2026`.
    #[must_use]
    pub fn of_example(text: &str) -> Option<Self> {
        if text.chars().all(|char| char.is_ascii_digit()) {
            return None;
        }
        let found = meanings(text, |_| true);
        let [meaning] = found.as_slice() else { return None };
        Self::ALL.into_iter().find(|format| format.spell(meaning).as_deref() == Some(text))
    }

    /// A value that can be written in this format.
    #[must_use]
    pub const fn example(self) -> &'static str {
        match self.kind() {
            Kind::Date => "2026-04-27",
            Kind::Month => "2026-04",
            Kind::Time => "14:30",
            Kind::DateTime => "2026-04-27T14:30",
            Kind::Number => "1234.5",
        }
    }

    const fn kind(self) -> Kind {
        match self {
            Self::IsoDate
            | Self::YearFirst
            | Self::CompactDate
            | Self::DayFirstDots
            | Self::DayFirst
            | Self::DayFirstDashes
            | Self::MonthFirst
            | Self::MonthFirstDashes => Kind::Date,
            Self::IsoMonth | Self::Month | Self::ShortMonth => Kind::Month,
            Self::Time | Self::HalfDayTime => Kind::Time,
            Self::IsoDateTime
            | Self::SpacedDateTime
            | Self::DayFirstDotsTime
            | Self::DayFirstTime
            | Self::MonthFirstTime => Kind::DateTime,
            Self::Point
            | Self::Comma
            | Self::GroupedPoint
            | Self::GroupedComma
            | Self::SpacedComma => Kind::Number,
        }
    }

    fn read(self, value: &str) -> Option<Meaning> {
        match self.separators() {
            Some((group, decimal)) => Number::read(value, group, decimal).map(Meaning::Number),
            None => Moment::read(value, self.as_str()).map(Meaning::Moment),
        }
    }

    fn spell(self, meaning: &Meaning) -> Option<String> {
        match (meaning, self.separators()) {
            (Meaning::Number(number), Some((group, decimal))) => Some(number.write(group, decimal)),
            (Meaning::Moment(moment), None) => moment.write(self.as_str()),
            (Meaning::Number(_), None) | (Meaning::Moment(_), Some(_)) => None,
        }
    }

    /// What stands between thousands and before the fraction of a number.
    const fn separators(self) -> Option<(Option<char>, char)> {
        match self {
            Self::Point => Some((None, '.')),
            Self::Comma => Some((None, ',')),
            Self::GroupedPoint => Some((Some(','), '.')),
            Self::GroupedComma => Some((Some('.'), ',')),
            Self::SpacedComma => Some((Some(' '), ',')),
            _ => None,
        }
    }
}

impl std::fmt::Display for ValueFormat {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Kind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Date => "date",
            Self::Month => "month",
            Self::Time => "time",
            Self::DateTime => "date with a time",
            Self::Number => "number",
        }
    }

    /// The format that can be read in one way only.
    const fn plainest(self) -> ValueFormat {
        match self {
            Self::Date => ValueFormat::IsoDate,
            Self::Month => ValueFormat::IsoMonth,
            Self::Time => ValueFormat::Time,
            Self::DateTime => ValueFormat::IsoDateTime,
            Self::Number => ValueFormat::Point,
        }
    }
}

/// Everything a value may mean in one of these formats. A year of two digits says too little.
fn meanings(value: &str, of: impl Fn(ValueFormat) -> bool) -> Vec<Meaning> {
    let value = value.trim();
    let mut found: Vec<Meaning> = Vec::new();
    let formats = ValueFormat::ALL.into_iter().filter(|it| *it != ValueFormat::ShortMonth);
    for meaning in formats.filter(|format| of(*format)).filter_map(|format| format.read(value)) {
        if !found.contains(&meaning) {
            found.push(meaning);
        }
    }
    found
}

#[cfg(test)]
mod tests;
