//! A site that takes days as `DD.MM.YYYY` and in no other format. Each of its forms says so, and
//! refuses what is written otherwise in a way of its own. What was booked is asked of the site.

use crate::site::Site;
use axum::Router;
use axum::extract::{Form, Path, State};
use axum::response::Html;
use axum::routing::get;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};

/// The site; it ends when dropped.
pub struct BookingSite {
    site: Site,
    days: Days,
}

type Days = Arc<Mutex<Vec<String>>>;

impl BookingSite {
    /// Starts the site.
    ///
    /// # Panics
    /// No port can be had.
    pub async fn start() -> Self {
        let days = Days::default();
        let router = Router::new().route("/{form}/", get(ask).post(book)).with_state(days.clone());
        Self { site: Site::serve(router).await, days }
    }

    /// The days that were booked, as they came.
    ///
    /// # Panics
    /// A handler panicked before.
    #[must_use]
    pub fn days(&self) -> Vec<String> {
        self.days.lock().unwrap().clone()
    }

    /// A task that books a day with one of the forms.
    #[must_use]
    pub fn task(&self, agent: &str, form: &str, day: &str) -> Value {
        json!({
            "goal": "book {{inputs.day}}",
            "start_url": format!("{}/{form}/", self.site.url),
            "site": "booking", "agent": agent, "inputs": {"day": day},
            "plan": {"steps": [
                {"intent": "type the day of arrival", "action": "fill",
                 "target": {"css": "#day"}, "value": "{{inputs.day}}", "timeout_ms": 1500},
                {"intent": "book the room", "action": "click", "target": {"css": "#book"},
                 "expect": {"text": "Booked"}, "timeout_ms": 1500}
            ]},
            "limits": {"seconds": 60, "attempts": 1, "answer_seconds": 0}
        })
    }
}

#[derive(Deserialize)]
struct Booking {
    day: String,
}

/// Whether a day is written as the site wants it.
fn is_right(day: &str) -> bool {
    let shape = |char: char| if char.is_ascii_digit() { '#' } else { char };
    day.chars().map(shape).eq("##.##.####".chars())
}

async fn ask(Path(form): Path<String>) -> Html<String> {
    page(&form, "", "")
}

async fn book(
    Path(form): Path<String>,
    State(days): State<Days>,
    Form(Booking { day }): Form<Booking>,
) -> Html<String> {
    if !is_right(&day) {
        return page(&form, &day, "<p id=\"wrong\" role=\"alert\">Use the format TT.MM.JJJJ</p>");
    }
    days.lock().unwrap().push(day);
    Html(
        "<!doctype html><title>Done</title><link rel=\"icon\" href=\"data:,\"><p>Booked</p>".into(),
    )
}

/// The form: its field is emptied of what is wrong while it is typed (`typed`), or marked when it is
/// left (`left`), or the server says so (`sent`).
fn page(form: &str, day: &str, wrong: &str) -> Html<String> {
    const LOOK: &str = "const right = /^\\d\\d\\.\\d\\d\\.\\d{4}$/.test(this.value);";
    let field = match form {
        "typed" => {
            format!("placeholder=\"DD.MM.YYYY\" oninput=\"{LOOK} if (!right) this.value = ''\"")
        }
        "left" => format!(
            "title=\"As in 31.12.2026\" onblur=\"{LOOK} this.setAttribute('aria-invalid', !right);
             this.form.onsubmit = () => right\""
        ),
        _ if wrong.is_empty() => String::new(),
        _ => "aria-invalid=\"true\" aria-describedby=\"wrong\"".to_owned(),
    };
    Html(format!(
        "<!doctype html><title>Book</title><link rel=\"icon\" href=\"data:,\"><form method=\"post\">
         <label>Arrival <input id=\"day\" name=\"day\" value=\"{day}\" {field}></label>{wrong}
         <button id=\"book\">Book</button></form>"
    ))
}
