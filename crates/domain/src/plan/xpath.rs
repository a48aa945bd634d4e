//! Whether a text is an XPath 1.0 expression.

/// Checks the syntax.
///
/// # Errors
/// What the parser stumbled over.
pub(super) fn check(expression: &str) -> Result<(), String> {
    match sxd_xpath::Factory::new().build(expression) {
        Ok(Some(_)) => Ok(()),
        Ok(None) => Err("is not an XPath 1.0 expression: it is empty".into()),
        Err(error) => Err(format!("is not an XPath 1.0 expression: {error}")),
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
        for bad in ["//div[", "//input[@id='x]", "div class", "", "//*[@id=]"] {
            assert!(check(bad).is_err(), "{bad}");
        }
    }
}
