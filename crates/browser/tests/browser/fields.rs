//! Fields that do not simply take what is typed: the text arrives where it should, or the step
//! says why not.

use super::harness::{Page, on, with_pages, with_secrets};
use super::pages::Texts;
use domain::failure::ErrorClass::{Detached, NotInteractable, ValidationRejected};
use domain::failure::Failure;
use serde_json::{Value, json};

const SECRET: &str = "tops3cret";

fn fill(css: &str, value: &str) -> Value {
    json!({ "action": "fill", "target": { "css": css }, "value": value })
}

/// Fills a field that keeps what it makes of the text.
async fn becomes(page: &mut Page, css: &str, text: &str, held: &str) {
    page.act(fill(css, text)).await;
    assert_eq!(page.text(css).await, held, "{css}");
}

#[test]
fn a_field_that_is_drawn_anew_is_filled_again() {
    on("/fields", async |page| {
        for css in ["#onfocus", "#onfocuslate", "#oninput"] {
            becomes(page, css, "Ada", "Ada").await;
        }
    });
}

#[test]
fn a_field_that_loses_every_text_is_detached() {
    on("/fields", async |page| {
        page.fail(Detached, "the text is lost", fill("#vanishing", "Ada")).await;
    });
}

#[test]
fn a_secret_stays_masked_in_a_field_that_is_drawn_anew() {
    with_secrets("/fields", &[("key", SECRET)], async |page| {
        page.act(fill("#oninput", "{{secrets.key}}")).await;
        assert_eq!(page.text("#oninput").await, "••••••");
    });
}

#[test]
fn nothing_is_typed_where_the_focus_was_moved_to() {
    with_secrets("/fields", &[("key", SECRET)], async |page| {
        for form in [
            fill("#a", "Ada"),
            fill("#a", "{{secrets.key}}"),
            fill("#sync", "{{secrets.key}}"),
            json!({ "action": "press", "target": { "css": "#a" }, "key": "x" }),
            json!({ "action": "press", "target": { "css": "#sync" }, "key": "x" }),
        ] {
            let failure = page.fail(NotInteractable, "does not keep the focus", form).await;
            assert_eq!(failure.blocked_by.as_deref(), Some("focus went to <input id=\"c\">"));
        }
        assert_eq!(page.text("#c").await, "");
        assert_eq!(page.text("#heard").await, "");
    });
}

#[test]
fn nothing_is_cleared_where_the_focus_was_moved_to() {
    on("/fields", async |page| {
        page.act(fill("#c", "kept")).await;
        let typed = page.text("#heard").await;
        page.act(json!({ "action": "press", "target": { "css": "#c" }, "key": "Home" })).await;
        let heard = page.text("#heard").await;
        assert_ne!(heard, typed);
        let clear = json!({ "action": "clear", "target": { "css": "#moved" } });
        page.fail(NotInteractable, "does not keep the focus", clear).await;
        assert_eq!(page.text("#c").await, "kept");
        assert_eq!(page.text("#heard").await, heard);
    });
}

#[test]
fn a_page_may_format_what_was_typed() {
    on("/fields", async |page| {
        becomes(page, "#expiry", "1234", "12/34").await;
        becomes(page, "#upper", "oslo", "OSLO").await;
        becomes(page, "#upper", "oslo", "OSLO").await;
        becomes(page, "#trimmed", " Ada ", "Ada").await;
        becomes(page, "#amount", "12.50", "12.50").await;
    });
}

#[test]
fn a_text_that_was_cut_is_rejected() {
    on("/fields", async |page| {
        let says = "given `12ab` and holds `12`";
        page.fail(ValidationRejected, says, fill("#digits", "12ab")).await;
        page.fail(ValidationRejected, "holds ``", fill("#digits", "ab")).await;
        page.fail(ValidationRejected, "takes numbers only", fill("#amount", "many")).await;
        page.fail(ValidationRejected, "takes numbers only", fill("#amount", "12,5,6")).await;
        page.go("/form").await;
        page.fail(ValidationRejected, "at most 3 characters", fill("#short", "abcdef")).await;
        page.fail(ValidationRejected, "holds `abc`", fill("#short", "abcdef")).await;
    });
}

#[test]
fn a_secret_that_was_cut_is_not_told() {
    with_secrets("/fields", &[("key", SECRET)], async |page| {
        let tells_nothing = |failure: &Failure| {
            let told = format!("{failure:?}");
            assert!(!told.contains("tops") && !told.contains("`3`"), "{told}");
        };
        let says = "given {{secrets.key}} (9 characters) and holds 4 characters";
        let cut = fill("#hidden", "{{secrets.key}}");
        tells_nothing(&page.fail(ValidationRejected, says, cut).await);
        let says = "given {{secrets.key}} (9 characters) and holds 1 characters";
        let digits = fill("#digits", "{{secrets.key}}");
        tells_nothing(&page.fail(ValidationRejected, says, digits).await);
        let open = fill("#hidden", "topsy turvy");
        let says = "given a text (11 characters) and holds 4 characters";
        tells_nothing(&page.fail(ValidationRejected, says, open).await);
    });
}

#[test]
fn a_button_without_pointer_events_is_not_called_covered() {
    on("/fields", async |page| {
        let click = json!({ "action": "click", "target": { "css": "#deaf" } });
        page.fail(NotInteractable, "(pointer-events: none)", click).await;
    });
}

#[test]
fn a_button_that_is_drawn_anew_all_the_time_is_detached() {
    on("/fields", async |page| {
        page.click("#redraw").await;
        let click = json!({ "action": "click", "target": { "css": "#restless" } });
        page.fail(Detached, "drawn anew again and again", click).await;
    });
}

const PICKERS: Texts = &[(
    "/",
    "<!doctype html><title>Pickers</title>
<label>Kept <input id=kept type=date></label> <label>Back <input id=back type=date value=2026-01-01></label>
<label>Later <input id=later type=time></label> <label>Shade <input id=shade type=color></label>
<label>Seconds <input id=seconds type=time step=1></label> <label>Redrawn <input id=redrawn type=date></label>
<label>Lost <input id=lost type=date></label> <label>Leaving <input id=leaving type=date></label>
<script>
const of = (id) => document.getElementById(id);
back.onchange = () => { back.value = '2026-01-01'; };
later.onchange = () => setTimeout(() => { later.value = ''; });
shade.oninput = () => { shade.value = '#000000'; };
seconds.onchange = () => { seconds.value += ':00'; };
const anew = (id, value) => { const next = of(id).cloneNode(); next.value = value; of(id).replaceWith(next); return next; };
redrawn.onchange = () => anew('redrawn', redrawn.value);
const again = () => { anew('lost', '').onchange = again; };
lost.onchange = again;
leaving.onchange = () => { location = '/next'; };
</script>",
), ("/next", "<!doctype html><title>Next</title><h1>Next</h1>")];

#[test]
fn a_picker_that_is_set_back_is_rejected() {
    with_pages(PICKERS, async |page, _| {
        becomes(page, "#kept", "2026-11-24", "2026-11-24").await;
        becomes(page, "#seconds", "13:45", "13:45:00").await;
        becomes(page, "#redrawn", "2026-11-24", "2026-11-24").await;
        becomes(page, "#redrawn", "2026-11-24", "2026-11-24").await;
        let says = "the page set it back to `2026-01-01`";
        page.fail(ValidationRejected, says, fill("#back", "2026-11-24")).await;
        page.fail(ValidationRejected, "set it back to nothing", fill("#later", "13:45")).await;
        page.fail(ValidationRejected, "back to `#000000`", fill("#shade", "#ff0080")).await;
        page.fail(Detached, "the text is lost", fill("#lost", "2026-11-24")).await;
        page.act(fill("#leaving", "2026-11-24")).await;
        assert_eq!(page.text("h1").await, "Next");
    });
}

const THIEF: Texts = &[
    (
        "/",
        "<!doctype html><title>Thief</title><label>Aimed <input id=aimed></label> <label>Fine <input id=fine></label>
<iframe id=frame src=/frame></iframe>
<script>
aimed.onfocus = () => Promise.resolve().then(() => frame.contentDocument.getElementById('stolen').focus());
</script>",
    ),
    (
        "/frame",
        "<!doctype html><title>Frame</title><label>Stolen <input id=stolen></label><p id=heard></p>
<script>
for (const name of ['keydown', 'keypress', 'keyup', 'beforeinput', 'input'])
  addEventListener(name, () => { heard.textContent += name + ' '; });
</script>",
    ),
];

#[test]
fn nothing_is_typed_into_another_frame() {
    with_pages(THIEF, async |page, _| {
        for form in [
            fill("#aimed", "Ada"),
            json!({ "action": "press", "target": { "css": "#aimed" }, "key": "x" }),
        ] {
            let failure = page.fail(NotInteractable, "does not keep the focus", form).await;
            assert_eq!(failure.blocked_by.as_deref(), Some("focus went to <iframe id=\"frame\">"));
        }
        becomes(page, "#fine", "Ada", "Ada").await;
        page.act(json!({ "action": "switch_frame", "target": { "css": "#frame" } })).await;
        assert_eq!(page.text("#heard").await, "");
        // It can be typed into by those who mean it.
        becomes(page, "#stolen", "mine", "mine").await;
        let press = json!({ "action": "press", "target": { "css": "#stolen" }, "key": "x" });
        page.act(press).await;
        assert!(page.text("#heard").await.contains("keydown keypress"));
    });
}
