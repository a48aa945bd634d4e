"""swagger-ui, any release, before a small API over a list of parts."""

import json
import pathlib
import re
import sqlite3
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import harness  # noqa: E402

given = harness.arguments()
DIST = given.packages / "node_modules" / "swagger-ui-dist"
TYPES = {".css": "text/css", ".js": "text/javascript", ".json": "application/json", ".png": "image/png"}
PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Parts</title>
<link rel="stylesheet" href="/dist/swagger-ui.css"><link rel="icon" href="/dist/favicon-32x32.png"></head>
<body><div id="swagger-ui"></div>
<script src="/dist/swagger-ui-bundle.js"></script><script src="/dist/swagger-ui-standalone-preset.js"></script>
<script>
  window.ui = SwaggerUIBundle({ url: "/openapi.json", dom_id: "#swagger-ui", deepLinking: true, validatorUrl: null,
    presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset], layout: "StandaloneLayout" });
</script></body></html>"""


def fill(database):
    with sqlite3.connect(database) as open_:
        open_.execute("create table part (id integer primary key, name text not null, stock integer not null)")
        parts = [("bolt", 120), ("nut", 80), ("washer", 300), ("spring", 7)]
        open_.executemany("insert into part (name, stock) values (?, ?)", parts)
    open_.close()


def ask(query, *values):
    with sqlite3.connect(given.db, timeout=10) as open_:
        open_.row_factory = sqlite3.Row
        found = [dict(row) for row in open_.execute(query, values)]
    open_.close()
    return found


def document():
    """The description, less what its owner has removed."""
    text = (HERE / "openapi.json").read_text()
    described = json.loads(text)
    for feature in given.without:
        method, _, path = feature.partition(" ")
        del described["paths"][path][method]
    return described


def api(method, path, query, body, key):
    """What the API answers: a status and something for JSON."""
    one = re.fullmatch(r"/parts/(\d+)", path)
    if method != "GET" and key != harness.PASSWORD:
        return "401 Unauthorized", {"error": "no key"}
    if path == "/parts" and method == "GET":
        least = int(query.get("least", 0))
        return "200 OK", ask("select * from part where stock >= ? order by id", least)
    if path == "/parts" and method == "POST":
        return "201 Created", ask("insert into part (name, stock) values (?, ?) returning *", body["name"], body["stock"])[0]
    if one and method == "PUT":
        found = ask("update part set stock = ? where id = ? returning *", body["stock"], int(one[1]))
    elif one and method == "DELETE":
        found = ask("delete from part where id = ? returning *", int(one[1]))
    elif one:
        found = ask("select * from part where id = ?", int(one[1]))
    else:
        found = []
    return ("200 OK", found[0]) if found else ("404 Not Found", {"error": "no such part"})


def application(environ, start):
    path, method = environ["PATH_INFO"], environ["REQUEST_METHOD"]
    if path == "/docs/":
        start("200 OK", [("Content-Type", "text/html; charset=utf-8")])
        return [PAGE.encode()]
    file = DIST / pathlib.Path(path).name
    if path.startswith("/dist/") and file.is_file():
        start("200 OK", [("Content-Type", TYPES.get(file.suffix, "application/octet-stream")), ("Cache-Control", "max-age=600")])
        return [file.read_bytes()]
    if path == "/openapi.json":
        status, said = "200 OK", document()
    else:
        length = int(environ.get("CONTENT_LENGTH") or 0)
        body = json.loads(environ["wsgi.input"].read(length) or b"null")
        query = dict(pair.partition("=")[::2] for pair in environ["QUERY_STRING"].split("&") if pair)
        status, said = api(method, path, query, body, environ.get("HTTP_X_KEY"))
    start(status, [("Content-Type", "application/json")])
    return [json.dumps(said, indent=2).encode()]


harness.seeded(given, fill)
harness.serve_wsgi(given, application, "/docs/")
