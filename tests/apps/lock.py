"""Write APP/requirements.txt (exact versions and digests) from APP/requirements.in.

For maintainers: `python3 tests/apps/lock.py APP...`. Versions are resolved on this machine; wheels
that are built per platform are then fetched for every Python and processor that we support, so that
one list installs everywhere with `pip install --require-hashes --no-deps`.
"""

import hashlib
import pathlib
import re
import subprocess
import sys
import tempfile

PYTHONS = ["3.10", "3.11", "3.12", "3.13", "3.14"]
MACHINES = ["x86_64", "aarch64"]
UNUSED = {"greenlet"}  # SQLAlchemy asks for it, but only its asyncio half uses it
HERE = pathlib.Path(__file__).resolve().parent


def download(to, *args):
    """The wheels that pip brings into the folder `to`."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--only-binary=:all:", "-d", to]
    subprocess.run([*command, *args], check=True)
    return sorted(pathlib.Path(to).glob("*.whl"))


def other_builds(name, version):
    """The same release, built for the other Pythons and processors."""
    for python in PYTHONS:
        for machine in MACHINES:
            platforms = [f"manylinux_2_28_{machine}", f"manylinux_2_17_{machine}", f"manylinux2014_{machine}"]
            flags = [flag for platform in platforms for flag in ("--platform", platform)]
            with tempfile.TemporaryDirectory() as to:
                wanted = ["--no-deps", "--python-version", python, *flags, f"{name}=={version}"]
                yield from map(digest, download(to, *wanted))


def digest(wheel):
    return hashlib.sha256(wheel.read_bytes()).hexdigest()


def lock(app):
    source = HERE / app / "requirements.in"
    lines = [f"# Written by tests/apps/lock.py from {source.name}; not to be edited."]
    with tempfile.TemporaryDirectory() as to:
        for wheel in download(to, "-r", source):
            name, version, *tags = wheel.name.removesuffix(".whl").split("-")
            if name in UNUSED:
                continue
            digests = {digest(wheel)}
            if tags[-1] != "any":
                digests.update(other_builds(name, version))
            lines.append(f"{re.sub('[-_.]+', '-', name).lower()}=={version} \\")
            lines.append(" \\\n".join(f"    --hash=sha256:{each}" for each in sorted(digests)))
    (HERE / app / "requirements.txt").write_text("\n".join(lines) + "\n")


for app in sys.argv[1:] or sorted(path.parent.name for path in HERE.glob("*/requirements.in")):
    lock(app)
