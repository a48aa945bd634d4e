//! The demo site: a small house of rooms to let, with the usual furniture of the web (a cookie
//! notice, a search, forms, a login). It keeps its bookings in memory.

mod pages;

use anyhow::Result;
use axum::Router;
use axum::extract::{Form, Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use pages::{Room, page};
use serde::Deserialize;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// The bookings.
#[derive(Clone, Default)]
struct Site {
    bookings: Arc<Mutex<Vec<Booking>>>,
}

/// A booking as its form sends it.
#[derive(Clone, Deserialize)]
pub(crate) struct Booking {
    #[serde(skip)]
    pub(crate) code: String,
    #[serde(skip)]
    pub(crate) room: String,
    pub(crate) name: String,
    pub(crate) mail: String,
    pub(crate) arrival: String,
    pub(crate) nights: u8,
    #[serde(default)]
    pub(crate) breakfast: Option<String>,
    #[serde(default)]
    terms: Option<String>,
}

/// Serves the site until stopped.
pub(super) async fn serve(socket: TcpListener, stop: CancellationToken) -> Result<()> {
    let router = Router::new()
        .route("/", get(home))
        .route("/rooms", get(rooms))
        .route("/book/{room}", get(form).post(book))
        .route("/booked/{code}", get(booked))
        .route("/bookings", get(bookings))
        .route("/login", get(login_form).post(login))
        .route("/newsletter", post(newsletter))
        .with_state(Site::default());
    axum::serve(socket, router).with_graceful_shutdown(stop.cancelled_owned()).await?;
    Ok(())
}

async fn home() -> Html<String> {
    page("Fjord Stays", &pages::home())
}

#[derive(Deserialize)]
struct Search {
    #[serde(default)]
    city: String,
}

async fn rooms(Query(search): Query<Search>) -> Html<String> {
    page("Rooms", &pages::rooms(&search.city))
}

async fn form(Path(room): Path<String>) -> Response {
    match Room::find(&room) {
        Some(room) => page("Book", &pages::booking_form(room)).into_response(),
        None => not_found(),
    }
}

async fn book(
    State(site): State<Site>,
    Path(room): Path<String>,
    Form(mut booking): Form<Booking>,
) -> Response {
    let Some(room) = Room::find(&room) else { return not_found() };
    if booking.terms.is_none() || booking.name.trim().is_empty() {
        let body = pages::refused("Please give your name and accept the terms.");
        return (StatusCode::UNPROCESSABLE_ENTITY, page("Book", &body)).into_response();
    }
    let mut bookings = site.bookings.lock().unwrap_or_else(PoisonError::into_inner);
    booking.code = format!("FJ-{:04}", 1001 + bookings.len());
    room.id.clone_into(&mut booking.room);
    let target = format!("/booked/{}", booking.code);
    bookings.push(booking);
    Redirect::to(&target).into_response()
}

async fn booked(State(site): State<Site>, Path(code): Path<String>) -> Response {
    let bookings = site.bookings.lock().unwrap_or_else(PoisonError::into_inner);
    match bookings.iter().find(|booking| booking.code == code) {
        Some(booking) => page("Booked", &pages::booked(booking)).into_response(),
        None => not_found(),
    }
}

async fn bookings(State(site): State<Site>, headers: HeaderMap) -> Response {
    let cookies = headers.get(header::COOKIE).and_then(|value| value.to_str().ok());
    if !cookies.is_some_and(|cookies| cookies.contains("clerk=yes")) {
        return Redirect::to("/login").into_response();
    }
    let bookings = site.bookings.lock().unwrap_or_else(PoisonError::into_inner);
    page("Bookings", &pages::bookings(&bookings)).into_response()
}

async fn login_form() -> Html<String> {
    page("Log in", &pages::login(None))
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
    page("Log in", &pages::login(Some("That is not the user name and password."))).into_response()
}

async fn newsletter() -> Html<String> {
    page("Newsletter", &pages::notice("You are on the list"))
}

fn not_found() -> Response {
    (StatusCode::NOT_FOUND, page("Not found", &pages::notice("There is no such page")))
        .into_response()
}
