//! The pages of the demo site.

use super::Booking;
use axum::response::Html;

/// A room to let.
pub(super) struct Room {
    pub(super) id: &'static str,
    city: &'static str,
    name: &'static str,
    price: u16,
}

const ROOMS: [Room; 6] = [
    Room { id: "attic", city: "Oslo", name: "The attic", price: 90 },
    Room { id: "garden", city: "Oslo", name: "The garden room", price: 120 },
    Room { id: "tower", city: "Oslo", name: "The tower", price: 210 },
    Room { id: "harbour", city: "Bergen", name: "The harbour room", price: 140 },
    Room { id: "loft", city: "Bergen", name: "The sail loft", price: 95 },
    Room { id: "hut", city: "Tromsø", name: "The hut", price: 60 },
];

impl Room {
    pub(super) fn find(id: &str) -> Option<&'static Self> {
        ROOMS.iter().find(|room| room.id == id)
    }
}

/// A whole page around a body. The cookie notice covers it until it was accepted.
pub(super) fn page(title: &str, body: &str) -> Html<String> {
    Html(include_str!("frame.html").replace("{{title}}", &escape(title)).replace("{{body}}", body))
}

pub(super) fn home() -> String {
    include_str!("home.html").to_owned()
}

pub(super) fn rooms(city: &str) -> String {
    let here = ROOMS.iter().filter(|room| room.city.eq_ignore_ascii_case(city.trim()));
    let rows: Vec<String> = here
        .map(|Room { id, name, price, .. }| {
            format!(
                "<tr><td>{name}</td><td>{price} €</td><td><a href=\"/book/{id}\">Book</a></td></tr>"
            )
        })
        .collect();
    let rows = rows.concat();
    let city = escape(city);
    if rows.is_empty() {
        return format!("<h1>Rooms in {city}</h1><p>There are none.</p>");
    }
    format!(
        "<h1>Rooms in {city}</h1><table><thead><tr><th>Room</th><th>Price a night</th>\
         <th>Choose</th></tr></thead><tbody>{rows}</tbody></table>"
    )
}

pub(super) fn booking_form(room: &Room) -> String {
    include_str!("book.html").replace("{{room}}", room.name).replace("{{id}}", room.id)
}

pub(super) fn booked(booking: &Booking) -> String {
    let room = Room::find(&booking.room).map_or("", |room| room.name);
    let breakfast = if booking.breakfast.is_some() { "with" } else { "without" };
    format!(
        "<h1>Booked</h1><p>Thank you, {}.</p><p>{room}, {} nights from {}, {breakfast} breakfast.</p>\
         <p>Your code is <strong data-testid=\"code\">{}</strong>.</p>",
        escape(&booking.name),
        booking.nights,
        escape(&booking.arrival),
        escape(&booking.code)
    )
}

pub(super) fn bookings(bookings: &[Booking]) -> String {
    let rows: Vec<String> = bookings
        .iter()
        .map(|booking| {
            format!(
                "<tr><td>{}</td><td class=\"guest\">{}</td><td>{}</td><td>{}</td></tr>",
                escape(&booking.code),
                escape(&booking.name),
                escape(&booking.mail),
                escape(&booking.room)
            )
        })
        .collect();
    let rows = rows.concat();
    format!(
        "<h1>Bookings</h1><table><thead><tr><th>Code</th><th>Guest</th><th>E-mail</th><th>Room</th>\
         </tr></thead><tbody>{rows}</tbody></table>"
    )
}

pub(super) fn login(error: Option<&str>) -> String {
    let error = error.map_or_else(String::new, |text| format!("<p role=\"alert\">{text}</p>"));
    include_str!("login.html").replace("{{error}}", &error)
}

pub(super) fn notice(text: &str) -> String {
    format!("<h1>{text}</h1><p><a href=\"/\">Back</a></p>")
}

pub(super) fn refused(text: &str) -> String {
    format!("<p role=\"alert\">{text}</p><p><a href=\"/\">Back</a></p>")
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
