"""What the drifting applications share: arguments, a seeded database, and the line that says they listen.

`--seed FILE` holds the seeded database of a release: it is copied when it is there and made when it
is not, because migrations take longer than a task. `--without` leaves features out, as the owner of
an application does who has removed one.
"""

import argparse
import json
import os
import pathlib
import shutil
import sys
import threading

USER, PASSWORD = "admin", "correct-horse-battery"
# For Django: errors, with their traces, to standard error.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"errors": {"class": "logging.StreamHandler"}},
    "loggers": {"django.request": {"handlers": ["errors"], "level": "ERROR", "propagate": False}},
}


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--db", required=True, type=pathlib.Path, help="SQLite file to serve")
    parser.add_argument("--seed", required=True, type=pathlib.Path, help="SQLite file to begin with")
    parser.add_argument("--packages", required=True, type=pathlib.Path, help="what pip or npm installed")
    parser.add_argument("--without", default=[], action="append", help="a feature to leave out")
    given = parser.parse_args()
    given.db, given.seed = given.db.resolve(), given.seed.resolve()
    threading.Thread(target=end_with_parent, daemon=True).start()
    return given


def end_with_parent():
    """Standard input is a pipe that only the parent holds: it closes however the parent dies."""
    sys.stdin.buffer.read()
    os._exit(0)


def seeded(given, fill):
    """Put the seeded database in its place; `fill` makes it in the place it is given."""
    if not given.seed.exists():
        unfinished = given.seed.with_suffix(f".{os.getpid()}")
        unfinished.unlink(missing_ok=True)
        fill(unfinished)
        unfinished.replace(given.seed)
    shutil.copyfile(given.seed, given.db)


def ready(given, port, path):
    """Tell who started us where to go. The socket listens already."""
    told = {"url": f"http://127.0.0.1:{port}{path}", "user": USER, "password": PASSWORD}
    print(f"READY {json.dumps(told)}", flush=True)


def serve_wsgi(given, application, path):
    """Serve a WSGI application on a port that the system chooses, a thread per connection."""
    import socketserver
    from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

    class Server(socketserver.ThreadingMixIn, WSGIServer):
        daemon_threads = True
        request_queue_size = 64

        def server_bind(self):
            socketserver.TCPServer.server_bind(self)
            self.server_name, self.server_port = self.server_address[:2]
            self.setup_environ()

    class Quiet(WSGIRequestHandler):
        def log_request(self, *args):
            """Requests are not worth a line each; errors still are."""

    server = Server(("127.0.0.1", 0), Quiet)
    server.set_app(application)
    ready(given, server.server_port, path)
    server.serve_forever()
