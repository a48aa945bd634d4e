//! The values of a task and the placeholders that stand for them.

use super::format::ValueFormat;
use std::collections::BTreeMap;
use std::fmt;

/// What the placeholders of a plan stand for.
#[derive(Clone, Default)]
pub struct Values {
    /// Open values: they may be seen in traces.
    pub inputs: BTreeMap<String, String>,
    /// Secret values: they exist in the browser call only.
    pub secrets: BTreeMap<String, String>,
}

impl fmt::Debug for Values {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Values")
            .field("inputs", &self.inputs.keys())
            .field("secrets", &self.secrets.keys())
            .finish()
    }
}

/// A text on its way into the browser: what is typed, and what may be shown of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Value {
    clear: String,
    shown: String,
}

impl Value {
    /// A value without secrets.
    #[must_use]
    pub fn open(text: impl Into<String>) -> Self {
        let clear = text.into();
        Self { shown: clear.clone(), clear }
    }

    /// The text to type. Only the browser call may ask.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.clear
    }

    /// The text with secrets still standing as placeholders.
    #[must_use]
    pub fn shown(&self) -> &str {
        &self.shown
    }

    /// Whether some of it is secret.
    #[must_use]
    pub fn is_secret(&self) -> bool {
        self.clear != self.shown
    }

    /// The same in another format. Not of a secret: it could be kept out of nothing that the page
    /// says back in that format.
    pub(super) fn written(&self, format: ValueFormat) -> Result<Self, String> {
        if self.is_secret() {
            return Err("is a secret, and is typed as it is: leave out `format`".into());
        }
        let written = format.write(&self.clear);
        written.map(Self::open).map_err(|why| format!("cannot be written as {format}: {why}"))
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.shown.fmt(f)
    }
}

impl Values {
    /// Fills in inputs and secrets.
    ///
    /// # Errors
    /// A placeholder that is malformed or stands for nothing.
    pub fn fill(&self, text: &str) -> Result<Value, String> {
        let mut clear = String::new();
        let mut shown = String::new();
        each_part(text, |part| {
            match part {
                Part::Text(text) => {
                    clear.push_str(text);
                    shown.push_str(text);
                }
                Part::Input(name) => {
                    let value = self.input(name)?;
                    clear.push_str(value);
                    shown.push_str(value);
                }
                Part::Secret(name) => {
                    clear.push_str(self.secret(name)?);
                    shown.push_str("{{secrets.");
                    shown.push_str(name);
                    shown.push_str("}}");
                }
            }
            Ok(())
        })?;
        Ok(Value { clear, shown })
    }

    /// Fills in inputs where a secret has no place: in a locator, a URL, a condition.
    ///
    /// # Errors
    /// A placeholder that is malformed, stands for nothing, or stands for a secret.
    pub fn fill_open(&self, text: &str) -> Result<String, String> {
        let mut filled = String::new();
        each_part(text, |part| {
            match part {
                Part::Text(text) => filled.push_str(text),
                Part::Input(name) => filled.push_str(self.input(name)?),
                Part::Secret(name) => {
                    return Err(format!(
                        "`{{{{secrets.{name}}}}}` may stand only in `value` and in the text of `files`"
                    ));
                }
            }
            Ok(())
        })?;
        Ok(filled)
    }

    fn secret(&self, name: &str) -> Result<&str, String> {
        self.secrets.get(name).map(String::as_str).ok_or_else(|| {
            format!("`{{{{secrets.{name}}}}}` has no value: add `{name}` to `secrets`")
        })
    }

    fn input(&self, name: &str) -> Result<&str, String> {
        self.inputs.get(name).map(String::as_str).ok_or_else(|| {
            format!("`{{{{inputs.{name}}}}}` has no value: add `{name}` to `inputs`")
        })
    }
}

enum Part<'a> {
    Text(&'a str),
    Input(&'a str),
    Secret(&'a str),
}

fn each_part<'a>(
    mut rest: &'a str,
    mut visit: impl FnMut(Part<'a>) -> Result<(), String>,
) -> Result<(), String> {
    while let Some(start) = rest.find("{{") {
        visit(Part::Text(&rest[..start]))?;
        let inside = &rest[start + 2..];
        let end =
            inside.find("}}").ok_or("`{{` opens a placeholder that is never closed with `}}`")?;
        let name = inside[..end].trim();
        let part = match name.split_once('.') {
            Some(("inputs", name)) if is_name(name) => Part::Input(name),
            Some(("secrets", name)) if is_name(name) => Part::Secret(name),
            _ => {
                return Err(format!(
                    "`{{{{{name}}}}}` is not a placeholder: write `{{{{inputs.NAME}}}}` or `{{{{secrets.NAME}}}}`"
                ));
            }
        };
        visit(part)?;
        rest = &inside[end + 2..];
    }
    visit(Part::Text(rest))
}

/// Whether a text can name an input, a secret or a result.
#[must_use]
pub fn is_name(text: &str) -> bool {
    let starts_well = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    starts_well
        && text.len() <= 64
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values() -> Values {
        Values {
            inputs: BTreeMap::from([("city".into(), "Oslo".into())]),
            secrets: BTreeMap::from([("pin".into(), "4711".into())]),
        }
    }

    #[test]
    fn inputs_and_secrets_are_filled_in() {
        let value = values().fill("{{inputs.city}}-{{ secrets.pin }}!").unwrap();
        assert_eq!(value.reveal(), "Oslo-4711!");
        assert_eq!(value.shown(), "Oslo-{{secrets.pin}}!");
        assert_eq!(format!("{value:?}"), "\"Oslo-{{secrets.pin}}!\"");
    }

    #[test]
    fn a_value_is_not_expanded_again() {
        let mut values = values();
        values.inputs.insert("city".into(), "{{secrets.pin}}".into());
        assert_eq!(values.fill("{{inputs.city}}").unwrap().reveal(), "{{secrets.pin}}");
    }

    #[test]
    fn faults_say_what_would_be_right() {
        for (text, says) in [
            ("{{inputs.town}}", "add `town` to `inputs`"),
            ("{{secrets.x}}", "add `x` to `secrets`"),
            ("{{city}}", "write `{{inputs.NAME}}`"),
            ("{{inputs.city", "never closed"),
            ("{{inputs.}}", "is not a placeholder"),
        ] {
            let error = values().fill(text).unwrap_err();
            assert!(error.contains(says), "{text}: {error}");
        }
        let error = values().fill_open("#{{secrets.pin}}").unwrap_err();
        assert!(error.contains("only in `value`"), "{error}");
    }

    #[test]
    fn values_do_not_print_themselves() {
        assert!(!format!("{:?}", values()).contains("4711"));
    }
}
