//! What somebody looks for, read from how they asked: words, quoted phrases, and the meaning of it all.

/// The longest question, in characters.
const LONGEST: usize = 1000;

/// Words that ask, rather than say what for: `show me runs where the agent failed to …`. They stand
/// in every other question and tell no passage apart.
const ASKING: [&str; 53] = [
    "show", "list", "give", "find", "found", "finding", "search", "get", "me", "us", "please",
    "for", "all", "any", "some", "the", "a", "an", "run", "runs", "where", "which", "when", "that",
    "in", "agent", "agents", "task", "tasks", "our", "could", "couldn", "unable", "able", "can",
    "cannot", "fail", "fails", "failed", "failing", "failure", "failures", "make", "made",
    "making", "did", "didn", "try", "tried", "trying", "problem", "problems", "trouble",
];

/// Of those, what means nothing at the beginning either.
const OPENING: [&str; 26] = [
    "show", "list", "give", "find", "search", "get", "me", "us", "please", "for", "all", "any",
    "some", "the", "run", "runs", "where", "which", "when", "that", "in", "agent", "agents",
    "task", "tasks", "our",
];

/// One of these makes it an opening: `which vendor` and `in the basket` are none.
const OPENS: [&str; 10] =
    ["show", "list", "give", "search", "run", "runs", "agent", "agents", "task", "tasks"];

/// How a question says that something went wrong, which every passage of a step does anyway.
const WRONG: [&[&str]; 9] = [
    &["failed", "to"],
    &["fails", "to"],
    &["could", "not"],
    &["couldn't"],
    &["cannot"],
    &["unable", "to"],
    &["was", "unable", "to"],
    &["were", "unable", "to"],
    &["not", "able", "to"],
];

/// Beginnings of words that name a failure: who says one does not mean what went well.
const FAILING: [&str; 26] = [
    "fail",
    "missing",
    "error",
    "broke",
    "crash",
    "stuck",
    "block",
    "refus",
    "reject",
    "unable",
    "cannot",
    "couldn",
    "didn",
    "wrong",
    "trouble",
    "problem",
    "timeout",
    "unreachable",
    "vanish",
    "disappear",
    "gone",
    "isn",
    "wasn",
    "doesn",
    "weren",
    "never",
];

/// What is said of something that was looked for and was not there.
const FINDING: [&str; 8] =
    ["find", "finds", "finding", "found", "locate", "locating", "located", "missing"];

/// What is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sought {
    /// What is embedded: all of it, without quotes and without what only opens the question.
    pub meaning: String,
    /// The words outside of quotes, without those that only ask.
    pub words: Vec<String>,
    /// What stood in quotes, white space folded, in lower case: each must occur as it is.
    pub phrases: Vec<String>,
    /// Whether it names a failure, outside of quotes.
    pub failing: bool,
    /// Whether that failure is that something was not found.
    pub unfound: bool,
}

impl Sought {
    /// Reads a question.
    ///
    /// # Errors
    /// It asks for nothing, is too long, or has a quote that is not closed: what would be right.
    pub fn read(question: &str) -> Result<Self, &'static str> {
        if question.chars().count() > LONGEST {
            return Err("must be at most 1000 characters");
        }
        let even = question.replace(['“', '”', '„'], "\"");
        let parts: Vec<&str> = even.split('"').collect();
        if parts.len().is_multiple_of(2) {
            return Err("has a quote that is not closed: write a phrase as \"in these words\"");
        }
        let quoted = parts.iter().skip(1).step_by(2);
        let phrases: Vec<String> =
            quoted.map(|part| folded(part)).filter(|phrase| !phrase.is_empty()).collect();
        let plain = parts.iter().step_by(2).copied().collect::<Vec<_>>().join(" ");
        let all = split(&plain);
        let telling: Vec<String> =
            all.iter().filter(|word| !ASKING.contains(&word.as_str())).cloned().collect();
        let failing = names_failure(&all);
        let unfound = failing && all.iter().any(|word| FINDING.contains(&word.as_str()));
        let words = if telling.is_empty() && phrases.is_empty() { all } else { telling };
        if words.is_empty() && phrases.iter().all(|phrase| split(phrase).is_empty()) {
            return Err("must say what to look for, in words");
        }
        Ok(Self { meaning: meaning(&even), words, phrases, failing, unfound })
    }

    /// Every word that is looked for, those of phrases included, as one text.
    #[must_use]
    pub fn all_words(&self) -> String {
        let quoted = self.phrases.iter().flat_map(|phrase| split(phrase));
        self.words.iter().cloned().chain(quoted).collect::<Vec<_>>().join(" ")
    }

    /// The words of each phrase.
    #[must_use]
    pub fn phrase_words(&self) -> Vec<String> {
        self.phrases.iter().map(|phrase| split(phrase).join(" ")).collect()
    }

    /// Whether each phrase occurs in one of these texts.
    #[must_use]
    pub fn is_literally_in(&self, texts: &[&str]) -> bool {
        let texts: Vec<String> = texts.iter().map(|text| folded(text)).collect();
        self.phrases.iter().all(|phrase| texts.iter().any(|text| occurs(phrase, text)))
    }
}

/// Whether a phrase occurs in a text, not as a part of longer words.
fn occurs(phrase: &str, text: &str) -> bool {
    let joins = |left: Option<char>, right: Option<char>| {
        left.is_some_and(char::is_alphanumeric) && right.is_some_and(char::is_alphanumeric)
    };
    text.match_indices(phrase).any(|(at, _)| {
        let (before, after) = (&text[..at], &text[at + phrase.len()..]);
        !joins(before.chars().next_back(), phrase.chars().next())
            && !joins(phrase.chars().next_back(), after.chars().next())
    })
}

/// The question without quotes, without its opening, and without saying that something went wrong.
fn meaning(question: &str) -> String {
    let text = question.replace('"', " ");
    let words: Vec<&str> = text.split_whitespace().collect();
    let plain = |word: &str| word.trim_matches(|char: char| !char.is_alphanumeric()).to_lowercase();
    let opening = words.iter().take_while(|word| OPENING.contains(&plain(word).as_str()));
    let opening: Vec<String> = opening.map(|word| plain(word)).collect();
    let opens = opening.iter().any(|word| OPENS.contains(&word.as_str()));
    let mut rest = &words[..];
    if opens && opening.len() < rest.len() {
        rest = &rest[opening.len()..];
    }
    let says = |wrong: &&&[&str]| {
        wrong.len() < rest.len()
            && rest.iter().zip(**wrong).all(|(word, said)| plain(word) == *said)
    };
    let wrong = WRONG.iter().find(says).map_or(0, |wrong| wrong.len());
    rest[wrong..].join(" ")
}

/// Whether some word does.
fn names_failure(words: &[String]) -> bool {
    let fails = |word: &String| {
        matches!(word.as_str(), "no" | "not")
            || FAILING.iter().any(|failing| word.starts_with(failing))
    };
    words.iter().any(fails)
}

fn folded(text: &str) -> String {
    text.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Its words in lower case; whatever is neither letter nor digit divides them.
fn split(text: &str) -> Vec<String> {
    let words = text.split(|char: char| !char.is_alphanumeric());
    words.filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(question: &str, meaning: &str, words: &str, phrases: &[&str]) {
        let sought = Sought::read(question).unwrap();
        assert_eq!(sought.meaning, meaning);
        assert_eq!(sought.words.join(" "), words);
        assert_eq!(sought.phrases, phrases);
    }

    #[test]
    fn what_only_asks_is_left_out() {
        check(
            "show me runs where the agent failed to find a booking button",
            "find a booking button",
            "to booking button",
            &[],
        );
        check("Booking-button?", "Booking-button?", "booking button", &[]);
        check("find all runs", "find all runs", "find all runs", &[]);
        check("Couldn't sign in", "sign in", "t sign", &[]);
        check("failed to", "failed to", "to", &[]);
        check("which vendor was it", "which vendor was it", "vendor was it", &[]);
        check("Runs: in the basket", "basket", "basket", &[]);
    }

    #[test]
    fn a_question_says_whether_it_is_about_a_failure() {
        for (question, failing) in [
            ("booking button missing", true),
            ("booking button not found", true),
            ("no booking button", true),
            ("the button wasn't there", true),
            ("note the booking", false),
            ("runs that could not make a reservation", true),
            ("agents that got stuck at signing in", true),
            ("which runs failed", true),
            ("book a room", false),
            ("\"error\" page", false),
        ] {
            assert_eq!(Sought::read(question).unwrap().failing, failing, "{question}");
        }
    }

    #[test]
    fn what_was_not_found_is_told_from_other_failures() {
        for (question, unfound) in [
            ("failed to find a booking button", true),
            ("the booking button is missing", true),
            ("find the failed bookings", true),
            ("failed to press the booking button", false),
            ("find bookings", false),
        ] {
            assert_eq!(Sought::read(question).unwrap().unfound, unfound, "{question}");
        }
    }

    #[test]
    fn what_is_quoted_is_a_phrase() {
        check(
            "timeouts at “Book  NOW” on /rooms",
            "timeouts at Book NOW on /rooms",
            "timeouts at on rooms",
            &["book now"],
        );
        check("\"Book now\"", "Book now", "", &["book now"]);
        let sought = Sought::read("x \"book now\" \"at 5\"").unwrap();
        assert_eq!(sought.all_words(), "x book now at 5");
        assert_eq!(sought.phrase_words(), ["book now", "at 5"]);
        assert!(sought.is_literally_in(&["to Book\n now", "at 5 o'clock"]));
        assert!(!sought.is_literally_in(&["book it now", "at 5 o'clock"]));
        assert!(!sought.is_literally_in(&["book now", "at 55"]));
        assert!(!sought.is_literally_in(&["ebook now", "at 5"]));
        let odd = Sought::read("\"#id\" \"…\" x").unwrap();
        assert!(odd.is_literally_in(&["a#id", "css `…`"]));
    }

    #[test]
    fn a_question_that_asks_nothing_is_refused_with_what_would_be_right() {
        for (question, says) in [
            ("", "what to look for"),
            (" ?! ", "what to look for"),
            ("\"\"", "what to look for"),
            ("book \"now", "not closed"),
            (&"x".repeat(1001), "at most 1000"),
        ] {
            let refused = Sought::read(question).unwrap_err();
            assert!(refused.contains(says), "{question}: {refused}");
        }
    }

    proptest::proptest! {
        #[test]
        fn anything_is_read_or_refused(question in "\\PC{0,200}") {
            if let Ok(sought) = Sought::read(&question) {
                proptest::prop_assert!(!sought.meaning.is_empty());
                proptest::prop_assert!(!sought.all_words().is_empty());
            }
        }
    }
}
