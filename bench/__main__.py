"""``python3 dev.py bench [NAME ...]``: run the named measurements, or all; one JSON line each."""

from __future__ import annotations

import json
import sys

from bench import (
    desk,
    desk_reports,
    dispatch,
    flood,
    knowledge,
    knowledge_loop,
    knowledge_size,
    latency,
    ledger,
    memory,
    postgres,
    size,
    understand,
    webhook,
)
from core.garbage import settle
from core.logs import set_up
from core.settings import LogSettings

BENCHES = {
    **dispatch.BENCHES,
    **knowledge.BENCHES,
    **ledger.BENCHES,
    **understand.BENCHES,
    **latency.BENCHES,
    **memory.BENCHES,
    **flood.BENCHES,
    **postgres.BENCHES,
    **webhook.BENCHES,
}
BY_NAME = {
    **size.BENCHES,
    **knowledge_loop.BENCHES,
    **knowledge_size.BENCHES,
    **desk.BENCHES,
    **desk_reports.BENCHES,
}  # minutes each: only by name


def main(wanted: list[str]) -> int:
    """Run every bench whose name is one of ``wanted`` or starts with one of them."""
    every = {**BENCHES, **BY_NAME} if wanted else BENCHES
    chosen = {n: run for n, run in every.items() if not wanted or n.startswith(tuple(wanted))}
    if not chosen:
        sys.stderr.write(f"no such bench; there is: {', '.join({**BENCHES, **BY_NAME})}\n")
        return 2
    set_up(LogSettings(level="error"))
    settle()  # as `xiaoer run` does
    for name, run in chosen.items():
        result = run()
        line = {"name": name, "value": result.value, "unit": result.unit}
        sys.stdout.write(json.dumps({**line, "floor": result.floor, "ratio": result.ratio}) + "\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
