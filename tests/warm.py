"""Commands in processes of their own that find Python's modules loaded already.

Loading them is four fifths of a command's processor time, and the tests type some two hundred.
A server that has loaded what needs neither settings nor a language forks a process for each; a
few tests still start Python itself, as a person's shell does (``tests/shows``, ``tests/docs``).
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from core.cli.root import main

LOADED = (
    *("core.app", "core.registry", "typer.rich_utils", "rich.markdown", "rich.table"),
    *("plugins.faq.plugin", "plugins.handoff.plugin", "plugins.orders.plugin"),
    *("plugins.console.plugin", "adapters.webchat.adapter"),
)
"""Modules that settle no language as they are loaded, as those of ``core.cli`` do."""
FORKED = get_context("forkserver")
FORKED.set_forkserver_preload(list(LOADED))


@dataclass
class Ended:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Its JSON lines."""
        return [json.loads(line) for line in self.out.splitlines()]


def run(
    words: Sequence[str], folder: Path, environ: Mapping[str, str], stdin: str, seconds: float
) -> Ended:
    """Run ``xiaoer`` with these words in this folder to its end.

    Raises TimeoutError when it does not end in time.
    """
    with tempfile.TemporaryDirectory() as desk:
        streams = [Path(desk, name) for name in ("in", "out", "err")]
        streams[0].write_text(stdin, "utf-8")
        process = FORKED.Process(target=_become, args=(words, folder, dict(environ), streams))
        process.start()
        process.join(seconds)
        if process.exitcode is None:
            process.kill()
            raise TimeoutError(f"xiaoer {' '.join(words)} did not end in {seconds} s")
        out, err = (stream.read_text("utf-8") for stream in streams[1:])
        return Ended(process.exitcode, out, err)


def _become(
    words: Sequence[str], folder: Path, environ: dict[str, str], streams: Sequence[Path]
) -> None:
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environ)
    sys.path.insert(0, str(folder))  # as ``python -m`` does
    sys.argv = ["xiaoer", *words]
    flags = (os.O_RDONLY, os.O_WRONLY | os.O_CREAT, os.O_WRONLY | os.O_CREAT)
    for number, (stream, flag) in enumerate(zip(streams, flags, strict=True)):
        os.dup2(os.open(stream, flag), number)
    sys.stdin = os.fdopen(0, encoding="utf-8", closefd=False)
    sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
    sys.stderr = os.fdopen(2, "w", encoding="utf-8", closefd=False)
    main()
