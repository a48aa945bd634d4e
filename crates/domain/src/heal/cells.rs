//! Reading a cell of a table whose columns moved: the row by its number, the column by its head.

use crate::heal::explore::{Candidate, IN_COLUMN, Stage, Wanted};
use crate::heal::words::{Word, has, words};
use crate::plan::{ActionName, Locator, Target};
use crate::snapshot::Fingerprint;

/// How sure a cell is whose column says what is to be read.
const SCORE: f64 = 0.9;

/// The cells of the row that a locator of a cell counts to; `None` when it means no cell, or when
/// something else is to be done than to read.
#[must_use]
pub fn row_of_cells(wanted: &Wanted<'_>) -> Option<Target> {
    if wanted.action != ActionName::Extract {
        return None;
    }
    let expression = wanted.place.as_ref()?.row_of_cells()?;
    let locator = Locator::Xpath { expression };
    Some(Target { locator, exact: true, within: None, nth: None })
}

/// The cell among these that is to be read: the only one whose column has what the intent asks for,
/// as the cell has that was read before.
///
/// # Errors
/// Why it is none of them.
pub fn cell(wanted: &Wanted<'_>, cells: &[Fingerprint]) -> Result<Candidate, String> {
    let column = |cell: &Fingerprint| cell.attributes.get(IN_COLUMN).cloned();
    let before = wanted.known.then(|| column(&wanted.clues)).flatten();
    let intent = words(wanted.intent);
    let asked = |cell: &&Fingerprint| {
        column(cell).is_some_and(|said| match &before {
            Some(before) => said.eq_ignore_ascii_case(before),
            None => is_asked_for(&words(&said), &intent),
        })
    };
    let mut found = cells.iter().filter(asked);
    match (found.next(), found.next()) {
        (Some(cell), None) => Ok(Candidate {
            fingerprint: cell.clone(),
            stage: Stage::Place,
            score: SCORE,
            margin: SCORE,
        }),
        (None, _) => Err("no column of the table says what is to be read".to_owned()),
        (Some(_), Some(_)) => Err("several cells may be meant".to_owned()),
    }
}

/// Whether the head of a column says something, and nothing that is not asked for.
fn is_asked_for(column: &[Word], intent: &[Word]) -> bool {
    let mut told = column.iter().filter(|word| !word.is_weak()).peekable();
    told.peek().is_some() && told.all(|word| has(intent, word))
}

#[cfg(test)]
mod tests {
    use super::{cell, row_of_cells};
    use crate::heal::testing::{css, intent, xpath};
    use crate::heal::{Place, Wanted};
    use crate::plan::ActionName::{Click, Extract};
    use crate::plan::{Locator, Target};
    use crate::snapshot::Fingerprint;

    fn in_column(column: &str, text: &str) -> Fingerprint {
        let attributes = [("in-column".to_owned(), column.to_owned())].into();
        Fingerprint { tag: "td".into(), text: text.into(), attributes, ..Fingerprint::default() }
    }

    fn row(target: &Target) -> Option<String> {
        let wanted =
            Wanted { place: Place::of_target(target), ..intent(Extract, "read the title") };
        row_of_cells(&wanted).map(|target| match target.locator {
            Locator::Xpath { expression } => expression,
            other => panic!("{other:?}"),
        })
    }

    #[test]
    fn the_row_is_the_one_that_was_counted() {
        let path = xpath("/html/body/div[1]/div[4]/table/tbody/tr[2]/td[6]");
        assert_eq!(row(&path).as_deref(), Some("//table/tbody/tr[2]/*"));
        let path = css("#list > tbody:nth-child(2) > tr:nth-child(1) > th:nth-child(2)");
        assert_eq!(row(&path).as_deref(), Some("//table/tbody/tr[1]/*"));
        assert_eq!(row(&xpath("//table/tr/td[2]")).as_deref(), Some("//table/tbody/tr[1]/*"));
        let path = xpath("/html/body/table/tbody/tr[2]/td[6]/div/a");
        assert_eq!(row(&path).as_deref(), Some("//table/tbody/tr[2]/*//a"));
        assert_eq!(row(&xpath("/html/body/table/thead/tr[1]/th[6]/a")), None);
        assert_eq!(row(&css("td.title")), None);
        assert_eq!(row(&css("#total")), None);
    }

    #[test]
    fn nothing_is_done_in_a_row_by_its_number() {
        let place = Place::of_target(&xpath("/html/body/table/tbody/tr[2]/td[6]"));
        assert_eq!(row_of_cells(&Wanted { place, ..intent(Click, "open the title") }), None);
    }

    #[test]
    fn the_column_is_the_one_that_is_asked_for() {
        let cells = [in_column("Author", "Lem"), in_column("Title", "Solaris"), in_column("", "x")];
        let read = |intent_: &str| cell(&intent(Extract, intent_), &cells);
        assert_eq!(read("read the first title").unwrap().fingerprint.text, "Solaris");
        assert!(read("read the number of copies").is_err());
        assert!(read("read author and title").is_err());
        let cells = [in_column("Title of the original", "Solaris"), in_column("Year", "1961")];
        assert!(cell(&intent(Extract, "read the title"), &cells).is_err());
    }

    #[test]
    fn the_column_that_was_read_before_goes_before_the_intent() {
        let cells = [in_column("Name", "Solaris"), in_column("Title", "Dr")];
        let clues = in_column("Name", "Fiasco");
        let wanted = Wanted { clues, known: true, ..intent(Extract, "read the title") };
        assert_eq!(cell(&wanted, &cells).unwrap().fingerprint.text, "Solaris");
    }
}
