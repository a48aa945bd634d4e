"""What the fixtures share: their arguments, the READY line, and an end that comes with the parent's."""

import argparse
import json
import os
import pathlib
import secrets
import sys
import threading


def arguments():
    """Where to listen and which database to use; the password of `admin` is new at every start."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--db", required=True, type=pathlib.Path, help="SQLite file, made when missing")
    parser.add_argument("--port", default=0, type=int, help="loopback port; 0 takes a free one")
    parser.add_argument("--with-parent", action="store_true", help="end when standard input closes")
    given = parser.parse_args()
    given.db = given.db.resolve()
    given.user, given.password = "admin", secrets.token_urlsafe(12)
    if given.with_parent:
        threading.Thread(target=end_with_parent, daemon=True).start()
    return given


def end_with_parent():
    """Standard input is a pipe that only the parent holds: it closes however the parent dies."""
    sys.stdin.buffer.read()
    os._exit(0)


def ready(given, port, path):
    """Tell who started us where to go. The socket listens already."""
    told = {
        "url": f"http://127.0.0.1:{port}{path}",
        "database": str(given.db),
        "user": given.user,
        "password": given.password,
        "pid": os.getpid(),
    }
    print(f"READY {json.dumps(told)}", flush=True)
