//! The first release of the house's site, with the usual furniture of the web: a cookie notice, a
//! search, forms, a login.

use super::house::{Booking, House, Room, code};
use super::html::{Look, escape};
use axum::Router;
use axum::extract::{Form, Path, Query, State};
use axum::http::{HeaderMap, header};
use axum::response::{Html, IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;

const LOOK: Look = Look(include_str!("old/frame.html"));

/// Its pages.
pub(super) fn pages(house: House) -> Router {
    Router::new()
        .route("/", get(async || LOOK.page("Fjord Stays", include_str!("old/home.html"))))
        .route("/rooms", get(rooms))
        .route("/book/{room}", get(form).post(book))
        .route("/booked/{code}", get(booked))
        .route("/bookings", get(bookings))
        .route("/login", get(async || login_page("")).post(login))
        .route("/newsletter", post(async || LOOK.notice("You are on the list")))
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
    let row = |room: &&Room| {
        let Room { id, name, price, .. } = room;
        format!(
            "<tr><td>{name}</td><td>{price} €</td>\
             <td><a id=\"book-{id}\" href=\"/book/{id}\">Book</a></td></tr>"
        )
    };
    let rows: String = Room::in_city(city).iter().map(row).collect();
    let city = escape(city);
    if rows.is_empty() {
        return format!("<h1>Rooms in {city}</h1><p>There are none.</p>");
    }
    format!(
        "<h1>Rooms in {city}</h1><table><thead><tr><th>Room</th><th>Price a night</th>\
         <th>Choose</th></tr></thead><tbody>{rows}</tbody></table>"
    )
}

async fn form(Path(room): Path<String>) -> Response {
    match Room::find(&room) {
        Some(room) => LOOK.page("Book", &booking_form(room)).into_response(),
        None => LOOK.not_found(),
    }
}

fn booking_form(room: &Room) -> String {
    include_str!("old/book.html").replace("{{room}}", room.name).replace("{{id}}", room.id)
}

/// The booking form as it is sent.
#[derive(Deserialize)]
struct Sent {
    name: String,
    mail: String,
    arrival: String,
    nights: u8,
    breakfast: Option<String>,
    terms: Option<String>,
}

async fn book(
    State(house): State<House>,
    Path(room): Path<String>,
    Form(sent): Form<Sent>,
) -> Response {
    let Some(room) = Room::find(&room) else { return LOOK.not_found() };
    if sent.terms.is_none() || sent.name.trim().is_empty() {
        return LOOK.refusal("Please give your name and accept the terms.");
    }
    let code = house.book(Booking {
        room: room.id,
        guest: sent.name,
        mail: sent.mail,
        arrival: sent.arrival,
        nights: sent.nights,
        breakfast: sent.breakfast.is_some(),
        rate: "standard",
    });
    Redirect::to(&format!("/booked/{code}")).into_response()
}

async fn booked(State(house): State<House>, Path(code): Path<String>) -> Response {
    let Some(booking) = house.find(&code) else { return LOOK.not_found() };
    let room = Room::find(booking.room).map_or("", |room| room.name);
    let breakfast = if booking.breakfast { "with" } else { "without" };
    let body = format!(
        "<h1>Booked</h1><p>Thank you, {}.</p><p>{room}, {} nights from {}, {breakfast} breakfast.</p>\
         <p>Your code is <strong data-testid=\"code\">{}</strong>.</p>",
        escape(&booking.guest),
        booking.nights,
        escape(&booking.arrival),
        escape(&code)
    );
    LOOK.page("Booked", &body).into_response()
}

async fn bookings(State(house): State<House>, headers: HeaderMap) -> Response {
    let cookies = headers.get(header::COOKIE).and_then(|value| value.to_str().ok());
    if !cookies.is_some_and(|cookies| cookies.contains("clerk=yes")) {
        return Redirect::to("/login").into_response();
    }
    let row = |(index, booking): (usize, Booking)| {
        format!(
            "<tr><td>{}</td><td class=\"guest\">{}</td><td>{}</td><td>{}</td></tr>",
            code(index),
            escape(&booking.guest),
            escape(&booking.mail),
            booking.room
        )
    };
    let rows: String = house.all().into_iter().enumerate().map(row).collect();
    let body = format!(
        "<h1>Bookings</h1><table><thead><tr><th>Code</th><th>Guest</th><th>E-mail</th><th>Room</th>\
         </tr></thead><tbody>{rows}</tbody></table>"
    );
    LOOK.page("Bookings", &body).into_response()
}

fn login_page(error: &str) -> Html<String> {
    LOOK.page("Log in", &include_str!("old/login.html").replace("{{error}}", error))
}

#[derive(Deserialize)]
struct Login {
    user: String,
    password: String,
}

async fn login(Form(login): Form<Login>) -> Response {
    if (login.user.as_str(), login.password.as_str()) == ("clerk", "fjord-and-fell") {
        let cookie = [(header::SET_COOKIE, "clerk=yes; Path=/; HttpOnly; SameSite=Lax")];
        return (cookie, Redirect::to("/bookings")).into_response();
    }
    let error = "<p role=\"alert\">That is not the user name and password.</p>";
    login_page(error).into_response()
}

/// What the redesign is held against.
#[cfg(test)]
pub(super) fn sample() -> [String; 3] {
    let form = Room::find("harbour").map(booking_form);
    [include_str!("old/home.html").to_owned(), rooms_in("Bergen"), form.unwrap_or_default()]
}
