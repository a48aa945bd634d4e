//! Counting what test programs say, so that the end can be one line.

use anyhow::{Result, bail};

/// What has been counted.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) passed: u32,
    pub(super) failed: u32,
    pub(super) ignored: u32,
    pub(super) failures: Vec<String>,
}

impl Tally {
    /// Takes a line of output into account.
    pub(super) fn read(&mut self, line: &str) {
        if let Some(counts) = line.strip_prefix("test result: ") {
            self.passed += number_before(counts, " passed;");
            self.failed += number_before(counts, " failed;");
            self.ignored += number_before(counts, " ignored;");
        } else if let Some(name) =
            line.strip_prefix("test ").and_then(|rest| rest.strip_suffix(" ... FAILED"))
        {
            self.failures.push(name.to_owned());
        }
    }

    /// Good only if something ran, nothing failed, and nothing was left out.
    pub(super) fn verdict(&self) -> Result<()> {
        if self.failed > 0 {
            bail!("{} failed", tests(self.failed));
        }
        if self.ignored > 0 {
            bail!("{} marked `ignore`: a test that is skipped proves nothing", tests(self.ignored));
        }
        if self.passed == 0 {
            bail!("no test ran");
        }
        Ok(())
    }
}

fn tests(count: u32) -> String {
    format!("{count} test{}", if count == 1 { "" } else { "s" })
}

fn number_before(text: &str, word: &str) -> u32 {
    let before = text.split_once(word).map_or("", |(before, _)| before);
    let digits = before.rsplit(' ').next().unwrap_or_default();
    digits.parse().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(lines: &[&str]) -> Tally {
        let mut tally = Tally::default();
        for line in lines {
            tally.read(line);
        }
        tally
    }

    #[test]
    fn counts_add_up_over_programs() {
        let tally = read(&[
            "running 3 tests",
            "test claim::expired_lease_is_claimed_again ... ok",
            "test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 2 filtered out; finished in 0.1s",
            "test plan::stars ... FAILED",
            "test result: FAILED. 11 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.1s",
        ]);
        assert_eq!((tally.passed, tally.failed), (14, 1));
        assert_eq!(tally.failures, ["plan::stars"]);
        assert_eq!(tally.verdict().unwrap_err().to_string(), "1 test failed");
    }

    #[test]
    fn nothing_run_and_anything_skipped_is_a_failure() {
        assert!(
            read(&["test result: ok. 0 passed; 0 failed; 0 ignored; 0 measured"])
                .verdict()
                .is_err()
        );
        assert!(
            read(&["test result: ok. 5 passed; 0 failed; 2 ignored; 0 measured"])
                .verdict()
                .is_err()
        );
        assert!(
            read(&["test result: ok. 5 passed; 0 failed; 0 ignored; 0 measured"]).verdict().is_ok()
        );
    }
}
