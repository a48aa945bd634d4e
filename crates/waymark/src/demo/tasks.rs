//! The tasks of the demo, as clients would write them, and who runs them where.

use super::meant::Meant;
use super::site::Addresses;
use anyhow::{Context as _, Result};
use serde_json::{Value, json};

/// A task, where it is run, and what it is meant to show.
#[derive(Debug)]
pub(super) struct DemoTask {
    pub(super) body: Value,
    /// Where, in words.
    pub(super) place: &'static str,
    pub(super) meant: Meant,
}

/// A part of the story.
#[derive(Debug)]
pub(super) struct Chapter {
    pub(super) title: &'static str,
    pub(super) tasks: Vec<DemoTask>,
}

const SEARCH: &str = include_str!("tasks/search.json");
const BOOK: &str = include_str!("tasks/book.json");
const BOOKINGS: &str = include_str!("tasks/bookings.json");
const ORDER: &str = include_str!("tasks/order.json");

/// What the first worker sees.
pub(super) fn before(sites: &Addresses) -> Result<Vec<Chapter>> {
    Ok(vec![
        Chapter {
            title: "The site as it was: plans that fit it",
            tasks: vec![
                old(sites, SEARCH, "scout")?,
                old(sites, BOOK, "booker")?,
                old(sites, BOOKINGS, "clerk")?,
            ],
        },
        Chapter {
            title: "The site was redesigned. Agent a runs the old plan, heals, and asks once",
            tasks: vec![new(sites, "agent-a", Meant::HealsAndAsks)?],
        },
    ])
}

/// What another worker sees, which has nothing of the first one but what that left in the database.
pub(super) fn after(sites: &Addresses) -> Result<Vec<Chapter>> {
    Ok(vec![
        Chapter {
            title: "Agent b runs the same old plan on another worker, and asks nobody",
            tasks: vec![new(sites, "agent-b", Meant::AsksNobody)?],
        },
        Chapter {
            title: "Agent c, later, meets no failure at all",
            tasks: vec![new(sites, "agent-c", Meant::MeetsNoFailure)?],
        },
        Chapter {
            title: "Agent d is on another site: of what was learnt only the approach carries over",
            tasks: vec![task(
                ORDER,
                &Cast {
                    url: &sites.museum,
                    place: "museum shop",
                    site: "heron-shop",
                    agent: "agent-d",
                    meant: Meant::TakesTheApproach,
                    limits: json!({ "seconds": 60 }),
                },
            )?],
        },
        Chapter {
            title: "An agent without memory runs the old plan, twice",
            tasks: vec![forgetful(sites)?, forgetful(sites)?],
        },
    ])
}

/// Who runs a task where.
struct Cast<'a> {
    url: &'a str,
    place: &'static str,
    site: &'static str,
    agent: &'static str,
    meant: Meant,
    limits: Value,
}

/// On the first release.
fn old(sites: &Addresses, text: &str, agent: &'static str) -> Result<DemoTask> {
    let (url, meant) = (sites.old.as_str(), Meant::Works);
    task(text, &Cast { url, place: "release 1", site: HOUSE, agent, meant, limits: limits() })
}

/// The old plan on the second release.
fn new(sites: &Addresses, agent: &'static str, meant: Meant) -> Result<DemoTask> {
    let url = sites.new.as_str();
    task(BOOK, &Cast { url, place: "release 2", site: HOUSE, agent, meant, limits: limits() })
}

/// The old plan on the second release, by an agent that neither remembers nor asks.
fn forgetful(sites: &Addresses) -> Result<DemoTask> {
    task(
        BOOK,
        &Cast {
            url: &sites.new,
            place: "release 2",
            site: HOUSE,
            agent: "stateless",
            meant: Meant::Repeats,
            limits: json!({ "seconds": 60, "heals": 0, "answer_seconds": 0 }),
        },
    )
}

/// Two releases of one site share what is remembered because their tasks name it.
const HOUSE: &str = "fjord-stays";

fn limits() -> Value {
    json!({ "seconds": 60, "answer_seconds": 60 })
}

fn task(text: &str, cast: &Cast<'_>) -> Result<DemoTask> {
    let mut body: Value =
        serde_json::from_str(text).context("a task of the demo does not parse")?;
    body["start_url"] = json!(format!("http://{}/", cast.url));
    body["site"] = json!(cast.site);
    body["agent"] = json!(cast.agent);
    body["limits"] = cast.limits.clone();
    Ok(DemoTask { body, place: cast.place, meant: cast.meant })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_task_is_one_that_the_api_takes() {
        let at = |port: u16| format!("127.0.0.1:{port}");
        let sites = Addresses { old: at(1), new: at(2), museum: at(3) };
        let chapters = before(&sites).unwrap().into_iter().chain(after(&sites).unwrap());
        for task in chapters.flat_map(|chapter| chapter.tasks) {
            let read: wire::CreateTask = serde_json::from_value(task.body).unwrap();
            assert!(read.plan.is_some_and(|plan| !plan.steps.is_empty()), "{}", read.goal);
        }
    }
}
