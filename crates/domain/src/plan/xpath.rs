//! Whether a text is an XPath 1.0 expression.

use sxd_document::Package;
use sxd_xpath::context::Evaluation;
use sxd_xpath::function::{Error, Function};
use sxd_xpath::nodeset::Nodeset;
use sxd_xpath::{Context, Factory, Value};

/// Checks the syntax, and that the expression gives elements rather than a number or a text.
///
/// # Errors
/// What is wrong with it.
pub(super) fn check(expression: &str) -> Result<(), String> {
    let wrong = |why: &dyn std::fmt::Display| format!("is not an XPath 1.0 expression: {why}");
    let parsed = Factory::new().build(expression).map_err(|error| wrong(&error))?;
    let parsed = parsed.ok_or_else(|| wrong(&"it is empty"))?;
    // On an empty document everything is found nowhere; what kind of thing it is shows all the same.
    let package = Package::new();
    let mut context = Context::new();
    context.set_function("id", Id);
    let found = parsed.evaluate(&context, package.as_document().root());
    match found.map_err(|error| wrong(&error))? {
        Value::Nodeset(_) => Ok(()),
        Value::Number(_) => Err("gives a number, not an element".into()),
        Value::String(_) => Err("gives a text, not an element".into()),
        Value::Boolean(_) => Err("gives true or false, not an element".into()),
    }
}

/// The core function that the library leaves out, as it is on an empty document.
struct Id;

impl Function for Id {
    fn evaluate<'d>(&self, _: &Evaluation<'_, 'd>, _: Vec<Value<'d>>) -> Result<Value<'d>, Error> {
        Ok(Value::Nodeset(Nodeset::new()))
    }
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn expressions_of_recorders_are_accepted() {
        for good in [
            "//div[@id='content']/form/div[2]/input",
            "/html/body/div[1]/table/tbody/tr[3]/td[2]/a",
            "//button[normalize-space(.)='Save' and not(@disabled)]",
            "id('main')//a[contains(@href, '/edit')]",
            "//label[text()=\"Name\"]/following-sibling::input[1]",
        ] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
    }

    #[test]
    fn broken_ones_are_refused() {
        for bad in
            ["//div[", "//input[@id='x]", "div class", "", "//*[@id=]", "count(//a)", "nosuch(//a)"]
        {
            assert!(check(bad).is_err(), "{bad}");
        }
    }
}
