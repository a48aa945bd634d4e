//! Where a step happened: the site and the page of a URL.

use percent_encoding::percent_decode_str;
use std::borrow::Cow;
use url::{Host, Url};

/// How long a part of a path may be to be a name, and a page to be one: what is longer tells one thing
/// among many, and would not fit the indexes that pages stand in.
const LONGEST_SEGMENT: usize = 100;
const LONGEST_PAGE: usize = 1000;

/// The site of a URL: its registrable domain, or `host:port` for bare hosts and addresses.
#[must_use]
pub fn site_of(url: &Url) -> String {
    let with_port = |host: String| match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host,
    };
    match url.host() {
        Some(Host::Domain(domain)) => {
            let domain = domain.trim_end_matches('.').to_lowercase();
            match psl::domain_str(&domain) {
                Some(registrable) => registrable.to_owned(),
                None => with_port(domain),
            }
        }
        Some(host) => with_port(host.to_string()),
        None => "unknown".to_owned(),
    }
}

/// The site that a link on a page leads to, when that is another one.
#[must_use]
pub fn led_off(page: &str, href: &str) -> Option<String> {
    let page = Url::parse(page).ok()?;
    let there = page.join(href).ok()?;
    let is_web = |url: &Url| matches!(url.scheme(), "http" | "https");
    let elsewhere = is_web(&page) && is_web(&there) && site_of(&there) != site_of(&page);
    elsewhere.then(|| site_of(&there))
}

/// Names in a query that say by which link somebody came, and nothing about the page: advertising and
/// mail networks add them to any address.
const HOW_ONE_CAME: [&str; 34] = [
    "gclid",
    "gclsrc",
    "dclid",
    "gbraid",
    "wbraid",
    "gad_source",
    "gad_campaignid",
    "srsltid",
    "_ga",
    "_gl",
    "fbclid",
    "igsh",
    "igshid",
    "msclkid",
    "mc_cid",
    "mc_eid",
    "yclid",
    "ysclid",
    "_openstat",
    "twclid",
    "ttclid",
    "li_fat_id",
    "epik",
    "sccid",
    "rdt_cid",
    "_hsenc",
    "_hsmi",
    "hsctatracking",
    "mkt_tok",
    "vero_id",
    "oly_anon_id",
    "oly_enc_id",
    "_branch_match_id",
    "_kx",
];

/// How families of such names begin.
const HOW_ONE_CAME_BEGINS: [&str; 3] = ["utm_", "mtm_", "hsa_"];

/// Whether a name in a query has a say in which page it is.
fn tells_pages_apart(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    !HOW_ONE_CAME.contains(&key.as_str())
        && !HOW_ONE_CAME_BEGINS.iter().any(|start| key.starts_with(start))
}

/// The page of a URL: its path with ids replaced, and the names of its query keys, sorted. How one came
/// there makes no other page.
#[must_use]
pub fn page_of(url: &Url) -> String {
    let page = page_with(
        url.path().split('/').skip(1),
        url.query_pairs().map(|(key, _)| key.into_owned()).collect(),
    );
    if page.starts_with('/') { page } else { format!("/{page}") }
}

/// The page of a URL given as text; empty when there is none yet, as before the first step.
#[must_use]
pub fn page_of_text(url: &str) -> String {
    Url::parse(url).map(|url| page_of(&url)).unwrap_or_default()
}

/// The path of a page, without the names of query keys behind it.
#[must_use]
pub fn path_of(page: &str) -> &str {
    page.split('?').next().unwrap_or_default()
}

/// The page that somebody means who writes a path, a page as traces have it, or a whole URL, which
/// says its site as well.
///
/// # Errors
/// It is none of them: what would be right.
pub fn page_meant(text: &str) -> Result<(Option<String>, String), &'static str> {
    if text.starts_with('/') {
        return Ok((None, page_of_path(text)));
    }
    let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    let url = url.ok_or("must be a path as in `/orders/{id}/edit`, or a whole URL")?;
    Ok((Some(site_of(&url)), page_of(&url)))
}

/// The page of a path, as people write it: with an id or its `{id}`, with the values of its query or
/// without.
#[must_use]
pub fn page_of_path(path: &str) -> String {
    let path = path.split('#').next().unwrap_or_default();
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let segments = path.strip_prefix('/').unwrap_or(path).split('/');
    let keys = query.split('&').filter_map(|pair| pair.split('=').next());
    page_with(segments, keys.filter(|key| !key.is_empty()).map(ToOwned::to_owned).collect())
}

fn page_with<'a>(segments: impl Iterator<Item = &'a str>, mut keys: Vec<String>) -> String {
    let mut page = String::new();
    for segment in segments.map(readable) {
        let name = if is_id(&segment) { "{id}" } else { &segment };
        if page.len() + name.len() >= LONGEST_PAGE {
            break;
        }
        page.push('/');
        page.push_str(name);
    }
    keys.retain(|key| tells_pages_apart(key));
    keys.sort_unstable();
    keys.dedup();
    let mut mark = '?';
    for key in keys.iter().filter(|key| key.len() <= LONGEST_SEGMENT) {
        if page.len() + key.len() >= LONGEST_PAGE {
            break;
        }
        page.push(mark);
        page.push_str(key);
        mark = '&';
    }
    page
}

/// A segment as people write it. A browser says `%D0%BA…` where its address bar says `каталог`; both are
/// one page. What would not be read back as the same segment stays as it is.
fn readable(segment: &str) -> Cow<'_, str> {
    let parts = |char: char| char.is_control() || char.is_whitespace() || "/?#&%".contains(char);
    match percent_decode_str(segment).decode_utf8() {
        Ok(decoded) if !decoded.contains(parts) => decoded,
        _ => Cow::Borrowed(segment),
    }
}

/// Numbers, UUIDs and long tokens with digits name one thing among many.
fn is_id(segment: &str) -> bool {
    let digits = segment.bytes().filter(u8::is_ascii_digit).count();
    let hex = segment.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
    match segment.len() {
        0 => false,
        length if digits == length => true,
        length if hex && length >= 8 && digits > 0 => true,
        length => length > LONGEST_SEGMENT || length >= 20 && digits * 5 >= length,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_leads_off_the_site_by_its_address_only() {
        let off = |href: &str| led_off("https://shop.example/orders", href);
        for href in ["/login", "login", "#", "mailto:a@b.example", "https://www.shop.example/x", ""]
        {
            assert_eq!(off(href), None, "{href}");
        }
        assert_eq!(off("//evil.example/login").as_deref(), Some("evil.example"));
        assert_eq!(off("https://evil.example").as_deref(), Some("evil.example"));
        assert_eq!(
            led_off("http://127.0.0.1:1/", "http://127.0.0.1:2/").as_deref(),
            Some("127.0.0.1:2")
        );
    }

    #[test]
    fn a_site_is_the_registrable_domain_or_the_bare_host() {
        for (url, site) in [
            ("https://www.shop.example.co.uk/x", "example.co.uk"),
            ("https://shop.example/admin", "shop.example"),
            ("http://localhost:8000/", "localhost:8000"),
            ("http://127.0.0.1:5000/admin/", "127.0.0.1:5000"),
            ("http://[::1]:80/", "[::1]"),
            ("https://user.github.io/x", "user.github.io"),
            ("http://intranet/", "intranet"),
        ] {
            assert_eq!(site_of(&Url::parse(url).unwrap()), site, "{url}");
        }
    }

    #[test]
    fn a_page_is_meant_by_its_url_its_path_or_itself() {
        for (text, site, page) in [
            ("/orders/4711/edit?tab=2", None, "/orders/{id}/edit?tab"),
            (
                "https://www.shop.example/orders/4711/edit",
                Some("shop.example"),
                "/orders/{id}/edit",
            ),
            ("/orders/{id}/edit", None, "/orders/{id}/edit"),
            ("/", None, "/"),
        ] {
            assert_eq!(page_meant(text), Ok((site.map(str::to_owned), page.to_owned())), "{text}");
        }
        for neither in ["orders", "", "shop.example/orders", "about:blank", "https://"] {
            assert!(page_meant(neither).unwrap_err().contains("/orders/{id}/edit"), "{neither}");
        }
    }

    #[test]
    fn a_path_is_a_page_and_stays_one() {
        for (path, page) in [
            ("/orders/4711/edit?tab=2&a=1#x", "/orders/{id}/edit?a&tab"),
            ("orders/{id}/edit?a&tab", "/orders/{id}/edit?a&tab"),
            ("/", "/"),
            ("", "/"),
        ] {
            assert_eq!(page_of_path(path), page, "{path}");
            assert_eq!(page_of_path(page), page);
        }
    }

    #[test]
    fn an_address_and_what_people_read_in_it_are_one_page() {
        for (url, page) in [
            ("https://h/каталог/обувь", "/каталог/обувь"),
            ("https://h/产品目录/x", "/产品目录/x"),
            ("https://h/orders/{id}", "/orders/{id}"),
            ("https://h/a%20b/50%25", "/a%20b/50%25"),
            ("https://h/a%2Fb/%FF", "/a%2Fb/%FF"),
        ] {
            assert_eq!(page_of(&Url::parse(url).unwrap()), page, "{url}");
            assert_eq!(page_of_path(page), page, "{page}");
        }
    }

    #[test]
    fn how_one_came_makes_no_other_page() {
        for (query, page) in [
            ("utm_source=x&utm_medium=y", "/orders"),
            ("gclid=1", "/orders"),
            ("fbclid=1&_ga=2.1&_gl=x", "/orders"),
            ("UTM_Campaign=x&ScCid=1", "/orders"),
            ("tab=2&msclkid=1&mc_eid=2", "/orders?tab"),
            ("utm=1&ga=2&gclids=3", "/orders?ga&gclids&utm"),
        ] {
            let url = format!("https://shop.example/orders?{query}");
            assert_eq!(page_of_text(&url), page, "{query}");
            assert_eq!(page_of_path(&format!("/orders?{query}")), page, "{query}");
        }
    }

    #[test]
    fn no_page_is_longer_than_an_index_holds() {
        let long = "x".repeat(3500);
        assert_eq!(page_of_path(&format!("/t/{long}/edit?{long}&a")), "/t/{id}/edit?a");
        let many = page_of_path(&format!("{}?{}", "/part".repeat(800), "key&".repeat(9)));
        assert!(many.len() <= LONGEST_PAGE && many.starts_with("/part/part"), "{many}");
        assert_eq!(page_of_path(&many), many);
    }

    #[test]
    fn a_page_forgets_ids_and_query_values() {
        for (url, page) in [
            ("http://h/orders/4711/edit?tab=2&a=1#x", "/orders/{id}/edit?a&tab"),
            ("http://h", "/"),
            ("http://h/u/0198c5d2-7b5e-7cc3-98c4-dc0c0c07398f/", "/u/{id}/"),
            ("http://h/commit/9daeafb9864cf43055ae93beb0afd6c7d144bfa4", "/commit/{id}"),
            ("http://h/facade/face", "/facade/face"),
            ("http://h/a?b=1&b=2", "/a?b"),
        ] {
            assert_eq!(page_of(&Url::parse(url).unwrap()), page, "{url}");
        }
    }
}
