"""Makes `.venv` from pyproject.toml and constraints.txt, and keeps it up to date.

Standard library only: this runs before anything is installed.
"""

import contextlib
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import time
import venv
from collections import deque
from collections.abc import Generator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENV = ROOT / ".venv"
STAMP = ENV / ".stamp"
PYTHON = ENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

# What the system, pip or uv say when something outside the project is wrong, and what to do then.
NO_NETWORK = "The package index cannot be reached. Check the network or proxy and run this again."
NO_VENV = "Python's venv does not work here. Debian, Ubuntu: apt install python3-venv"
CAUSES = {
    "no space left": "The disk is full. Free some space and run this again.",
    "permission denied": f"This user may not write below {ROOT}.",
    "read-only file": f"{ROOT} is read-only.",
    "name resolution": NO_NETWORK,
    "name or service not known": NO_NETWORK,
    "getaddrinfo failed": NO_NETWORK,
    "error sending request": NO_NETWORK,
    "connection broken": NO_NETWORK,
    "failed to establish a new connection": NO_NETWORK,
    "cannot connect to proxy": NO_NETWORK,
    "timed out": NO_NETWORK,
}


def prepare() -> None:
    """Make `.venv` agree with the two files; quick when it already does.

    Exits with a sentence that says what to do if it cannot.
    """
    wanted = fingerprint()
    if installed() == wanted:
        return
    try:
        with only_one():
            if installed() != wanted:  # else another run did it while this one waited
                build(wanted)
    except OSError as error:
        sys.exit(explain(str(error)) or f"{ENV} could not be made: {error}")


def fingerprint() -> list[str]:
    """The Python version, where we are, and a hash of all that the installation depends on."""
    content = b"\0".join((ROOT / f).read_bytes() for f in ("pyproject.toml", "constraints.txt"))
    return [platform.python_version(), str(ROOT), hashlib.sha256(content).hexdigest()]


def installed() -> list[str]:
    """The fingerprint of the last installation that was completed; empty if none was."""
    with contextlib.suppress(FileNotFoundError):
        return STAMP.read_text(encoding="utf-8").split("\n")
    return []


def build(wanted: list[str]) -> None:
    """Update what is there; start anew if it is broken, of another Python or of another place."""
    started = time.monotonic()
    if installed()[:2] != wanted[:2]:
        create()
    install()
    STAMP.write_text("\n".join(wanted), encoding="utf-8")
    say(f"Ready in {time.monotonic() - started:.0f} s.")


def create() -> None:
    """Make an empty environment."""
    if Path(sys.prefix) == ENV:
        sys.exit(f"{ENV} must be made anew: run this with a Python outside of it.")
    say(f"Making {ENV.name}. The first time takes a minute or two.")
    try:
        venv.create(ENV, clear=True, symlinks=os.name != "nt", with_pip=not shutil.which("uv"))
    except subprocess.CalledProcessError as error:  # from installing pip into it
        sys.exit(explain(str(error.output)) or NO_VENV)


def install() -> None:
    """Install the project and its pinned dependencies, telling what is going on."""
    uv = shutil.which("uv")
    say(f"Installing with {'uv' if uv else 'pip'} what pyproject.toml asks for.")
    if uv:
        command = [uv, "pip", "install", "--python", str(PYTHON)]
    else:
        command = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "install"]
        command += ["--progress-bar", "off"]
    command += ["-c", "constraints.txt", "-e", ".[dev]"]
    output: deque[str] = deque(maxlen=200)
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        for line in process.stdout or ():
            output.append(line)
            progress(line)
    progress("")
    if process.returncode:
        text = "".join(output)
        sys.exit(f"{text}\n{explain(text) or 'The installation failed; the reason is above.'}")


def explain(output: str) -> str:
    """The likely cause in one sentence; empty if the output names none that we know."""
    return next((why for said, why in CAUSES.items() if said in output.lower()), "")


@contextlib.contextmanager
def only_one() -> Generator[None, None, None]:
    """Hold the lock on `.venv`; the system drops it even if this process is killed."""
    with (ROOT / ".venv.lock").open("a") as file:
        if sys.platform == "win32":
            import msvcrt  # noqa: PLC0415 - exists there only

            msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
        else:
            import fcntl  # noqa: PLC0415 - does not exist on Windows

            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def progress(line: str) -> None:
    """One line that changes in place; nothing where the output is no terminal."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[K{line.strip()[:79]}")
        sys.stderr.flush()


def say(text: str) -> None:
    """Tell the developer; standard output belongs to the command."""
    print(text, file=sys.stderr, flush=True)
