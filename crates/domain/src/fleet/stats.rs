//! Whether the fleet learns: the figures of days, of all of them, and of the earlier half beside the
//! later one.

use crate::memory::Tally;
use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc};
use std::collections::BTreeMap;

/// Whole days (UTC), both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// The first.
    pub since: NaiveDate,
    /// The last.
    pub until: NaiveDate,
}

/// What removed traces count for. What they taught is counted still, their tasks and questions are gone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Removed {
    /// Runs whose traces were removed.
    pub runs: u64,
    /// Steps of plans that failed in them.
    pub failures: u64,
}

/// The figures of a time.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Figures {
    /// Tasks that reached their goal.
    pub succeeded: u64,
    /// Tasks that did not.
    pub failed: u64,
    /// Tasks that were cancelled: they say nothing about success, attempts or time.
    pub cancelled: u64,
    /// Attempts that the tasks which succeeded or failed took.
    pub attempts: u64,
    /// What the runs that ended add up to.
    pub tally: Tally,
    /// What of that comes from traces that were removed: their tasks are not counted here.
    pub removed: Removed,
    /// Questions to humans.
    pub escalations: u64,
    /// Half of the tasks took no longer, from their first start to their end, in seconds.
    pub median_seconds: Option<f64>,
    /// Nineteen of twenty took no longer.
    pub p95_seconds: Option<f64>,
}

/// The figures of one day.
#[derive(Debug, Clone, PartialEq)]
pub struct Day {
    /// Which day.
    pub day: NaiveDate,
    /// Its figures.
    pub figures: Figures,
}

/// The earlier half of the days on which tasks ended, beside the later one.
#[derive(Debug, Clone, PartialEq)]
pub struct Halves {
    /// The first day of the later half.
    pub split: NaiveDate,
    /// The days before it.
    pub first: Figures,
    /// That day and those after it.
    pub second: Figures,
}

/// Everything about a span of days.
#[derive(Debug, Clone, PartialEq)]
pub struct Stats {
    /// Which days.
    pub span: Span,
    /// Each of them.
    pub days: Vec<Day>,
    /// All of them.
    pub total: Figures,
    /// The earlier beside the later half; `None` when there is nothing to compare.
    pub halves: Option<Halves>,
}

impl Span {
    /// When it begins.
    #[must_use]
    pub fn begins(self) -> DateTime<Utc> {
        self.since.and_time(NaiveTime::MIN).and_utc()
    }

    /// When it is over.
    #[must_use]
    pub fn ends(self) -> DateTime<Utc> {
        let after = self.until.checked_add_days(Days::new(1)).unwrap_or(NaiveDate::MAX);
        after.and_time(NaiveTime::MIN).and_utc()
    }

    /// How many days it has; 0 when it ends before it begins.
    #[must_use]
    pub fn days(self) -> u64 {
        let days = self.until.signed_duration_since(self.since).num_days() + 1;
        u64::try_from(days).unwrap_or_default()
    }

    fn each_day(self) -> impl Iterator<Item = NaiveDate> {
        self.since.iter_days().take_while(move |day| *day <= self.until)
    }

    /// The days with their figures; those without any have none.
    #[must_use]
    pub fn filled(self, mut figures: BTreeMap<NaiveDate, Figures>) -> Vec<Day> {
        self.each_day()
            .map(|day| Day { day, figures: figures.remove(&day).unwrap_or_default() })
            .collect()
    }
}

impl Figures {
    /// Tasks that say something about success.
    #[must_use]
    pub const fn told(&self) -> u64 {
        self.succeeded + self.failed
    }

    /// The share of tasks that succeeded.
    #[must_use]
    pub fn success(&self) -> Option<f64> {
        ratio(self.succeeded, self.told())
    }

    /// How many attempts a task took.
    #[must_use]
    pub fn attempts_per_task(&self) -> Option<f64> {
        ratio(self.attempts, self.told())
    }

    /// The share of failures that were overcome inside their run.
    #[must_use]
    pub fn heal_rate(&self) -> Option<f64> {
        ratio(self.tally.overcome, self.tally.failures)
    }

    /// How many steps of plans failed in a task, of those that are counted.
    #[must_use]
    pub fn failures_per_task(&self) -> Option<f64> {
        ratio(self.tally.failures.saturating_sub(self.removed.failures), self.told())
    }

    /// How many questions a task asked.
    #[must_use]
    pub fn escalations_per_task(&self) -> Option<f64> {
        ratio(self.escalations, self.told())
    }

    /// Adds what can be added up; medians cannot.
    fn add(&mut self, other: &Self) {
        self.succeeded += other.succeeded;
        self.failed += other.failed;
        self.cancelled += other.cancelled;
        self.attempts += other.attempts;
        self.tally.add(&other.tally);
        self.removed.runs += other.removed.runs;
        self.removed.failures += other.removed.failures;
        self.escalations += other.escalations;
    }

    /// What days add up to, without medians.
    #[must_use]
    pub fn sum<'a>(days: impl IntoIterator<Item = &'a Day>) -> Self {
        let mut sum = Self::default();
        for day in days {
            sum.add(&day.figures);
        }
        sum
    }
}

impl Halves {
    /// The day that parts the tasks into an earlier and a later half, as evenly as days can; `None`
    /// when all of them ended on one.
    #[must_use]
    pub fn split(days: &[Day]) -> Option<NaiveDate> {
        let all: u64 = days.iter().map(|day| day.figures.told()).sum();
        let mut before: u64 = 0;
        let mut best: Option<(u64, NaiveDate)> = None;
        for day in days {
            let told = day.figures.told();
            if before > 0 && told > 0 {
                let off = before.abs_diff(all - before);
                if best.is_none_or(|(least, _)| off < least) {
                    best = Some((off, day.day));
                }
            }
            before += told;
        }
        best.map(|(_, day)| day)
    }
}

fn ratio(part: u64, of: u64) -> Option<f64> {
    #[expect(clippy::cast_precision_loss, reason = "nobody counts to 2^52")]
    let ratio = |part: u64, of: u64| part as f64 / of as f64;
    (of > 0).then(|| ratio(part, of))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 2, day).unwrap()
    }

    fn days(succeeded: &[u64]) -> Vec<Day> {
        let day = |(number, succeeded): (u32, &u64)| Day {
            day: date(number),
            figures: Figures { succeeded: *succeeded, attempts: 7, ..Figures::default() },
        };
        (1..).zip(succeeded).map(day).collect()
    }

    #[test]
    fn a_span_has_every_day_and_ends_with_its_last() {
        let span = Span { since: date(27), until: NaiveDate::from_ymd_opt(2026, 3, 2).unwrap() };
        let one = Figures { failed: 3, ..Figures::default() };
        let filled = span.filled(BTreeMap::from([(date(28), one.clone())]));
        assert_eq!(filled.len(), 4);
        assert_eq!((filled[1].day, &filled[1].figures), (date(28), &one));
        assert_eq!(filled[3].figures, Figures::default());
        assert_eq!(
            (span.days(), span.ends().to_rfc3339()),
            (4, "2026-03-03T00:00:00+00:00".into())
        );
        let backwards = Span { since: date(3), until: date(1) };
        assert_eq!((backwards.days(), backwards.filled(BTreeMap::new()).len()), (0, 0));
    }

    #[test]
    fn shares_are_of_what_says_something() {
        let mut figures =
            Figures { succeeded: 3, failed: 1, cancelled: 9, attempts: 6, ..Figures::default() };
        figures.tally.failures = 4;
        figures.tally.overcome = 3;
        figures.escalations = 2;
        assert_eq!(figures.success(), Some(0.75));
        assert_eq!(figures.attempts_per_task(), Some(1.5));
        assert_eq!(figures.heal_rate(), Some(0.75));
        assert_eq!(figures.failures_per_task(), Some(1.0));
        assert_eq!(figures.escalations_per_task(), Some(0.5));
        figures.tally.failures = 9;
        figures.removed = Removed { runs: 2, failures: 5 };
        assert_eq!(figures.failures_per_task(), Some(1.0), "of the tasks that are counted");
        let nothing = Figures::default();
        assert_eq!((nothing.success(), nothing.heal_rate()), (None, None));
    }

    #[test]
    fn the_halves_are_as_even_as_days_can_be() {
        for (told, split) in [
            (&[][..], None),
            (&[5], None),
            (&[0, 5, 0], None),
            (&[1, 1], Some(2)),
            (&[1, 1, 1], Some(2)),
            (&[0, 1, 0, 9, 9, 1], Some(5)),
            (&[9, 1, 1, 1], Some(2)),
            (&[1, 1, 1, 9], Some(4)),
        ] {
            assert_eq!(Halves::split(&days(told)), split.map(date), "{told:?}");
        }
    }

    #[test]
    fn days_add_up() {
        let sum = Figures::sum(&days(&[1, 2, 4]));
        assert_eq!((sum.succeeded, sum.attempts, sum.median_seconds), (7, 21, None));
    }
}
