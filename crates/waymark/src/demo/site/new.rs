//! The second release of the house's site: the same house after a redesign. Ids, labels and order
//! are others, "Search" became a magnifying glass, each room has two rates, and a drawer about
//! privacy covers the button that books.

use super::house::{Booking, House, Room};
use super::html::{Look, escape};
use axum::Router;
use axum::extract::{Form, Path, Query, State};
use axum::response::{Html, IntoResponse as _, Redirect, Response};
use axum::routing::get;
use serde::Deserialize;

const LOOK: Look = Look(include_str!("new/frame.html"));

/// The rate that a careful guest takes.
pub(crate) const FLEXIBLE: &str = "flexible";
const RATES: [(&str, &str, u16); 2] =
    [(FLEXIBLE, "Free cancellation", 15), ("saver", "Paid at once, no way back", 0)];

/// Its pages.
pub(super) fn pages(house: House) -> Router {
    Router::new()
        .route("/", get(async || LOOK.page("Sleep by the water", include_str!("new/home.html"))))
        .route("/rooms", get(rooms))
        .route("/book/{room}", get(form).post(book))
        .route("/booked/{code}", get(booked))
        .with_state(house)
}

#[derive(Deserialize)]
struct Search {
    #[serde(default)]
    city: String,
}

async fn rooms(Query(search): Query<Search>) -> Html<String> {
    LOOK.page("Rooms", &rooms_in(&search.city))
}

fn rooms_in(city: &str) -> String {
    let tiles: String = Room::in_city(city).into_iter().map(tile).collect();
    format!("<h1>{}</h1><div class=\"tiles\">{tiles}</div>", escape(city))
}

fn tile(room: &Room) -> String {
    let rate = |(rate, words, more): &(&str, &str, u16)| {
        format!(
            "<div class=\"rate\"><span>{words}, {} €</span>\
             <a href=\"/book/{}?rate={rate}\">Choose</a></div>",
            room.price + more,
            room.id
        )
    };
    let rates: String = RATES.iter().map(rate).collect();
    format!("<article class=\"tile\"><h3>{}</h3>{rates}</article>", room.name)
}

#[derive(Deserialize)]
struct Chosen {
    #[serde(default)]
    rate: String,
}

async fn form(Path(room): Path<String>, Query(chosen): Query<Chosen>) -> Response {
    match (Room::find(&room), known_rate(&chosen.rate)) {
        (Some(room), Some(rate)) => {
            LOOK.page("Your stay", &booking_form(room, rate)).into_response()
        }
        _ => LOOK.not_found(),
    }
}

fn known_rate(name: &str) -> Option<&'static str> {
    RATES.iter().map(|(rate, _, _)| *rate).find(|rate| *rate == name)
}

fn booking_form(room: &Room, rate: &str) -> String {
    include_str!("new/book.html")
        .replace("{{room}}", room.name)
        .replace("{{id}}", room.id)
        .replace("{{rate}}", rate)
}

/// The booking form as it is sent.
#[derive(Deserialize)]
struct Sent {
    name: String,
    guest_mail: String,
    check_in: String,
    stay: u8,
    breakfast: Option<String>,
    terms: Option<String>,
    rate: String,
}

async fn book(
    State(house): State<House>,
    Path(room): Path<String>,
    Form(sent): Form<Sent>,
) -> Response {
    let (Some(room), Some(rate)) = (Room::find(&room), known_rate(&sent.rate)) else {
        return LOOK.not_found();
    };
    if sent.terms.is_none() || sent.name.trim().is_empty() {
        return LOOK.refusal("Please give your name and accept the terms.");
    }
    let code = house.book(Booking {
        room: room.id,
        guest: sent.name,
        mail: sent.guest_mail,
        arrival: sent.check_in,
        nights: sent.stay,
        breakfast: sent.breakfast.is_some(),
        rate,
    });
    Redirect::to(&format!("/booked/{code}")).into_response()
}

async fn booked(State(house): State<House>, Path(code): Path<String>) -> Response {
    let Some(booking) = house.find(&code) else { return LOOK.not_found() };
    let body = format!(
        "<h1>See you soon</h1><p>Thank you, {}.</p><div class=\"card\">Your code: \
         <b data-testid=\"code\">{}</b></div>",
        escape(&booking.guest),
        escape(&code)
    );
    LOOK.page("See you soon", &body).into_response()
}

/// What the redesign came to.
#[cfg(test)]
pub(super) fn sample() -> [String; 3] {
    let form = Room::find("harbour").map(|room| booking_form(room, FLEXIBLE));
    [include_str!("new/home.html").to_owned(), rooms_in("Bergen"), form.unwrap_or_default()]
}
