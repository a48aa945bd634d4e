//! What a `PromQL` expression names: metrics, their matchers, and the labels it groups by. Not a parser
//! of the language, which Prometheus has; a reader of names.

/// Words that are followed by a list of labels.
const GROUPING: [&str; 6] = ["by", "without", "on", "ignoring", "group_left", "group_right"];

/// Words that are neither metrics nor labels. Functions need no list: a bracket follows them.
const KEYWORDS: [&str; 21] = [
    "and",
    "or",
    "unless",
    "bool",
    "offset",
    "atan2",
    "inf",
    "nan",
    "sum",
    "avg",
    "min",
    "max",
    "count",
    "stddev",
    "stdvar",
    "topk",
    "bottomk",
    "quantile",
    "count_values",
    "group",
    "start",
];

/// One `label="value"` of a selector.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Matcher {
    pub(super) label: String,
    /// The value, if it must be exactly that one and not empty.
    pub(super) exactly: Option<String>,
}

/// A metric with its matchers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Selector {
    pub(super) metric: String,
    pub(super) matchers: Vec<Matcher>,
}

/// What an expression names.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Names {
    pub(super) selectors: Vec<Selector>,
    pub(super) grouped: Vec<String>,
}

/// Reads the names of an expression.
pub(super) fn names(expression: &str) -> Names {
    let tokens = tokens(expression);
    let mut names = Names::default();
    let mut rest = tokens.as_slice();
    while let [token, after @ ..] = rest {
        rest = after;
        let Token::Word(word) = token else { continue };
        let next = rest.first();
        if GROUPING.contains(&word.as_str()) && next == Some(&Token::Sign('(')) {
            let end = rest.iter().position(|token| *token == Token::Sign(')'));
            let (list, after) = rest.split_at(end.unwrap_or(rest.len()));
            names.grouped.extend(list.iter().filter_map(Token::word));
            rest = after;
        } else if next == Some(&Token::Sign('{')) {
            let end = rest.iter().position(|token| *token == Token::Sign('}'));
            let (list, after) = rest.split_at(end.unwrap_or(rest.len()));
            names.selectors.push(Selector { metric: word.clone(), matchers: matchers(list) });
            rest = after;
        } else if next != Some(&Token::Sign('('))
            && !KEYWORDS.contains(&word.to_lowercase().as_str())
            && !GROUPING.contains(&word.as_str())
        {
            names.selectors.push(Selector { metric: word.clone(), matchers: Vec::new() });
        }
    }
    names
}

/// The matchers between braces.
fn matchers(list: &[Token]) -> Vec<Matcher> {
    use Token::{Sign, Text, Word};
    let mut found = Vec::new();
    for at in 0..list.len() {
        let (label, exactly) = match &list[at..] {
            // `=` alone: `=~`, `!=` and `!~` have another sign beside it.
            [Word(label), Sign('='), Text(value), ..] => {
                (label, (!value.is_empty()).then_some(value))
            }
            [Word(label), Sign('=' | '!'), Sign('=' | '~'), Text(_), ..] => (label, None),
            _ => continue,
        };
        found.push(Matcher { label: label.clone(), exactly: exactly.cloned() });
    }
    found
}

#[derive(Debug, PartialEq, Eq)]
enum Token {
    Word(String),
    Text(String),
    /// A number or a duration.
    Number,
    Sign(char),
}

impl Token {
    fn word(&self) -> Option<String> {
        match self {
            Self::Word(word) => Some(word.clone()),
            _ => None,
        }
    }
}

fn tokens(expression: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut chars = expression.chars().peekable();
    while let Some(first) = chars.next() {
        let mut run = |also: fn(char) -> bool| {
            let mut run = String::from(first);
            while let Some(next) = chars.next_if(|next| also(*next)) {
                run.push(next);
            }
            run
        };
        match first {
            '#' => drop(run(|next| next != '\n')),
            'a'..='z' | 'A'..='Z' | '_' | ':' => {
                tokens.push(Token::Word(run(|next| {
                    next.is_ascii_alphanumeric() || next == '_' || next == ':'
                })));
            }
            '0'..='9' => {
                run(|next| next.is_ascii_alphanumeric() || next == '.');
                tokens.push(Token::Number);
            }
            '"' | '\'' | '`' => tokens.push(Token::Text(text(first, &mut chars))),
            _ if first.is_whitespace() => {}
            _ => tokens.push(Token::Sign(first)),
        }
    }
    tokens
}

/// The rest of a quoted text. Backslashes hide the quote, except between backticks.
fn text(quote: char, chars: &mut impl Iterator<Item = char>) -> String {
    let mut text = String::new();
    while let Some(next) = chars.next() {
        match next {
            _ if next == quote => break,
            '\\' if quote != '`' => text.extend(chars.next()),
            _ => text.push(next),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(expression: &str, metrics: &[&str], labels: &[&str], grouped: &[&str]) {
        let names = names(expression);
        let found: Vec<_> = names.selectors.iter().map(|found| &*found.metric).collect();
        assert_eq!(found, metrics, "{expression}");
        let matchers = names.selectors.iter().flat_map(|found| &found.matchers);
        let found: Vec<_> = matchers
            .map(|found| match &found.exactly {
                Some(value) => format!("{}={value}", found.label),
                None => found.label.clone(),
            })
            .collect();
        assert_eq!(found, labels, "{expression}");
        assert_eq!(names.grouped, grouped, "{expression}");
    }

    #[test]
    fn metrics_matchers_and_groups_are_told_apart() {
        check("up", &["up"], &[], &[]);
        check("sum(rate(a_total[5m]))", &["a_total"], &[], &[]);
        check(
            r#"histogram_quantile(0.95, sum by (le, route) (rate(a_bucket{job=~"$job",x="y"}[1m])))"#,
            &["a_bucket"],
            &["job", "x=y"],
            &["le", "route"],
        );
        check(
            r#"max by (job) (a{s="q"}) > 0 unless on (job) sum(b) > 1e9 # c"#,
            &["a", "b"],
            &["s=q"],
            &["job", "job"],
        );
        check("sum(a) by (x) / 2 + vector(0)", &["a"], &[], &["x"]);
        check("job:a:ratio5m > 0.3 and b >= 10", &["job:a:ratio5m", "b"], &[], &[]);
    }

    #[test]
    fn only_a_value_that_must_be_there_is_exact() {
        check(r#"a{b="",c!="d",e!~"f",g='h'}"#, &["a"], &["b", "c", "e", "g=h"], &[]);
    }

    #[test]
    fn braces_and_quotes_in_a_text_are_text() {
        check(r#"a{b="\"}",c=`\`} + d"#, &["a", "d"], &["b=\"}", "c=\\"], &[]);
    }
}
