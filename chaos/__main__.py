"""``python3 dev.py chaos [--minutes N] [--size embedded] [--seed N]``: see ``chaos/README.md``."""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

from chaos.plan import Plan
from chaos.report import last_line, table
from chaos.run import Run
from chaos.sizes import SIZES
from core.logs import set_up
from core.settings import LogSettings


def main(arguments: list[str]) -> int:
    """Run, report, and say by the exit code whether every promise was kept."""
    parser = argparse.ArgumentParser(prog="dev.py chaos")
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--size", choices=list(SIZES), default="embedded")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="a folder for the ledger and the shop's log")
    given = parser.parse_args(arguments)
    set_up(LogSettings(level="error"))
    plan = Plan(given.size, given.minutes * 60, given.seed)
    with tempfile.TemporaryDirectory(prefix="chaos-") as temporary:
        folder = Path(given.keep or temporary)
        folder.mkdir(parents=True, exist_ok=True)
        result = asyncio.run(Run(plan, folder, _tell).play())
    _tell(table(result.facts, result.verdict))
    _tell(last_line(plan.size, result.kills, result.verdict))
    return int(not result.clean)


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
