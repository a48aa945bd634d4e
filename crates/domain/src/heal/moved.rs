//! What is still where it was beside something that was found again: a page that was given another
//! frame has the same inside.

use super::{Candidate, Stage};
use crate::plan::{Locator, Target};
use crate::snapshot::Fingerprint;

/// How many steps of the path to both must be the same: fewer lead to the whole page.
const SHARED: usize = 5;

/// How far inside of what both share the one that was found may be: it is a part of the same box.
const NEAR: usize = 4;

/// How sure it is: the same steps lead to it, and nobody asked what it says.
const SCORE: f64 = 0.9;

/// An element that a path was to lead to, and where it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anchor {
    was: Vec<String>,
    is: Vec<String>,
}

/// Where something must be that was beside one that was found again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    path: Vec<String>,
}

impl Anchor {
    /// Takes note of where the element of a target was found; `None` when the target is no path from
    /// the root of the page.
    #[must_use]
    pub fn of(target: &Target, element: &Fingerprint) -> Option<Self> {
        let was = path_of(target)?;
        Some(Self { was, is: steps(&element.xpath)? })
    }

    /// Where it was found.
    #[must_use]
    pub fn xpath(&self) -> String {
        xpath(&self.is)
    }

    /// How many steps its path shares with another, if it lies near to where they part and nothing
    /// has changed from there on.
    fn shares(&self, path: &[String]) -> Option<usize> {
        let shared = self.was.iter().zip(path).take_while(|(was, other)| was == other).count();
        let rest = &self.was[shared..];
        let from = self.is.len().checked_sub(rest.len())?;
        let same_box =
            from > 0 && shared > 0 && tag(&self.is[from - 1]) == tag(&self.was[shared - 1]);
        let parts = !rest.is_empty() && shared < path.len() && rest.len() <= NEAR;
        (shared >= SHARED && parts && same_box && are_same(rest, &self.is[from..]))
            .then_some(shared)
    }
}

impl Moved {
    /// Where the element of a target must be by now, going by what was found of the same part of the
    /// page; `None` when nothing of it was, or when it has not moved.
    #[must_use]
    pub fn of(target: &Target, anchors: &[Anchor]) -> Option<Self> {
        let path = path_of(target)?;
        let nearest = anchors.iter().filter_map(|anchor| Some((anchor.shares(&path)?, anchor)));
        let (shared, anchor) = nearest.max_by_key(|(shared, _)| *shared)?;
        let inside = anchor.was.len() - shared;
        let frame = &anchor.is[..anchor.is.len() - inside];
        let path: Vec<String> = frame.iter().chain(&path[shared..]).cloned().collect();
        Some(Self { path }).filter(|moved| Some(&moved.path) != path_of(target).as_ref())
    }

    /// Where to look.
    #[must_use]
    pub fn target(&self) -> Target {
        by_path(xpath(&self.path))
    }

    /// The cells of the row that it is in, if it is in a table.
    #[must_use]
    pub fn row(&self) -> Option<(Target, String)> {
        let cell = self.path.iter().rposition(|step| matches!(tag(step), "td" | "th"))?;
        let row = xpath(&self.path[..cell]);
        Some((by_path(format!("{row}/*")), xpath(&self.path[..=cell])))
    }

    /// What was found there, if it is the only one and the way to it is the same step by step. Of
    /// several rows or entries none is told by its number: they come and go.
    #[must_use]
    pub fn candidate(&self, found: &[Fingerprint]) -> Option<Candidate> {
        let [element] = found else { return None };
        if self.path.iter().any(|step| step.starts_with("tr[") || step.starts_with("li[")) {
            return None;
        }
        let here = steps(&element.xpath)?;
        are_same(&self.path, &here).then(|| Candidate {
            fingerprint: element.clone(),
            stage: Stage::Place,
            score: SCORE,
            margin: SCORE,
        })
    }
}

fn by_path(expression: String) -> Target {
    Target { locator: Locator::Xpath { expression }, exact: true, within: None, nth: None }
}

fn path_of(target: &Target) -> Option<Vec<String>> {
    match &target.locator {
        Locator::Xpath { expression } if target.within.is_none() && target.nth.is_none() => {
            steps(expression)
        }
        _ => None,
    }
}

/// The steps of a path from the root of the page that goes by tags and numbers alone.
fn steps(expression: &str) -> Option<Vec<String>> {
    let steps: Vec<String> = expression.strip_prefix('/')?.split('/').map(str::to_owned).collect();
    let plain = |step: &String| {
        let name = tag(step);
        let number = &step[name.len()..];
        let counts = number.strip_prefix('[').and_then(|number| number.strip_suffix(']'));
        let counted = counts.is_some_and(|number| number.parse::<u32>().is_ok());
        let named = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        !name.is_empty() && named && (number.is_empty() || counted)
    };
    let whole = steps.first().is_some_and(|first| tag(first) == "html");
    (whole && steps.iter().all(plain)).then_some(steps)
}

fn tag(step: &str) -> &str {
    step.split('[').next().unwrap_or_default()
}

fn xpath(steps: &[String]) -> String {
    format!("/{}", steps.join("/"))
}

/// Whether both ways are the same step by step: what was the only one of its tag still is, and what
/// was counted has the same number. `[1]` may also have been written where there was one only.
fn are_same(was: &[String], is: &[String]) -> bool {
    let same = |(was, is): (&String, &String)| was == is || was.strip_suffix("[1]") == Some(is);
    was.len() == is.len() && was.iter().zip(is).all(same)
}

#[cfg(test)]
mod tests {
    use super::{Anchor, Moved};
    use crate::heal::testing::{css, xpath};
    use crate::plan::{Locator, Target};
    use crate::snapshot::Fingerprint;

    const WAS: &str = "/html/body/div/section/div[2]/div[4]/section/div[2]";
    const IS: &str = "/html/body/div/section/div/main/div/section/div[2]";

    fn at(path: &str) -> Fingerprint {
        Fingerprint { xpath: path.into(), ..Fingerprint::default() }
    }

    fn anchor(was: &str, is: &str) -> Option<Anchor> {
        Anchor::of(&xpath(&format!("{WAS}{was}")), &at(&format!("{IS}{is}")))
    }

    /// Where what was at a path must be, with a button of the same box found again.
    fn moved(was: &str) -> Option<String> {
        moved_by(&[anchor("/div[1]/button", "/div[1]/button").unwrap()], was)
    }

    fn moved_by(anchors: &[Anchor], was: &str) -> Option<String> {
        let there = Moved::of(&xpath(&format!("{WAS}{was}")), anchors)?.target();
        match there.locator {
            Locator::Xpath { expression } => expression.strip_prefix(IS).map(str::to_owned),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_was_beside_it_is_beside_it() {
        assert_eq!(moved("/div[2]/table/tbody/tr/td[1]").unwrap(), "/div[2]/table/tbody/tr/td[1]");
        assert_eq!(moved("/div[1]/span[2]").unwrap(), "/div[1]/span[2]");
    }

    #[test]
    fn it_is_beside_nothing_that_is_far_or_that_changed() {
        let read = "/div[2]/pre";
        let deep = "/div[1]/div/div/div/button";
        assert_eq!(moved_by(&[anchor(deep, deep).unwrap()], read), None, "in another box");
        let changed = anchor("/div[1]/button", "/div[3]/button").unwrap();
        assert_eq!(moved_by(&[changed], read), None);
        let reboxed = Anchor {
            is: vec!["html".into(), "div[1]".into(), "button".into()],
            ..anchor("/div[1]/button", "").unwrap()
        };
        assert_eq!(moved_by(&[reboxed], read), None);
        assert_eq!(moved_by(&[], read), None);
        let whole_page = Anchor::of(&xpath("/html/body/div/button"), &at("/html/body/main/button"));
        assert_eq!(Moved::of(&xpath("/html/body/div/p"), &[whole_page.unwrap()]), None);
    }

    #[test]
    fn what_has_not_moved_is_not_looked_for_again() {
        let button = format!("{WAS}/div[1]/button");
        let anchor = Anchor::of(&xpath(&button), &at(&button)).unwrap();
        assert_eq!(Moved::of(&xpath(&format!("{WAS}/div[2]/pre")), &[anchor]), None);
    }

    #[test]
    fn only_whole_paths_by_tags_and_numbers_are_compared() {
        for target in [
            css("#a > div:nth-child(2)"),
            xpath("//div/section/div/div/div/div/a"),
            xpath("/html/body/div[@id='a']/div/div/div/a"),
            Target { nth: Some(1), ..xpath("/html/body/div/div/div/div/a") },
        ] {
            assert_eq!(Anchor::of(&target, &at("/html/body/a")), None, "{target}");
        }
    }

    #[test]
    fn the_way_to_it_must_be_the_same_step_by_step() {
        let anchors = [anchor("/div[1]/button", "/div[1]/button").unwrap()];
        let moved = Moved::of(&xpath(&format!("{WAS}/div[2]/p/b[1]")), &anchors).unwrap();
        let there = |path: &str| at(&format!("{IS}{path}"));
        assert!(moved.candidate(&[there("/div[2]/p/b[1]")]).is_some());
        assert!(moved.candidate(&[there("/div[2]/p/b")]).is_some(), "there may have been one");
        assert!(moved.candidate(&[there("/div[2]/p[1]/b[1]")]).is_none(), "there are two now");
        assert!(moved.candidate(&[]).is_none());
        let second = Moved::of(&xpath(&format!("{WAS}/div[2]/ul/li[2]")), &anchors).unwrap();
        assert!(second.candidate(&[there("/div[2]/ul/li[2]")]).is_none(), "one of several");
        let twice = [there("/div[2]/p/b[1]"), there("/div[2]/p/b[1]")];
        assert!(moved.candidate(&twice).is_none());
    }

    #[test]
    fn a_cell_has_the_row_that_it_is_in() {
        let anchors = [anchor("/div[1]/button", "/div[1]/button").unwrap()];
        let row = |was: &str| {
            let moved = Moved::of(&xpath(&format!("{WAS}{was}")), &anchors).unwrap();
            moved.row().map(|(_, cell)| cell.strip_prefix(IS).unwrap().to_owned())
        };
        assert_eq!(
            row("/div[2]/table/tbody/tr/td[2]/pre").unwrap(),
            "/div[2]/table/tbody/tr/td[2]"
        );
        assert_eq!(row("/div[2]/pre"), None);
    }
}
