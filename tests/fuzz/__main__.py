"""``python3 dev.py fuzz [wechat|desk] --minutes 10``: nonsense for a door of a running shop.

``wechat``: mutated vectors against the adapter; ``desk``: requests made of its OpenAPI document.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import secrets
import sys

import structlog

from tests.fuzz import desk, wechat

GROWTH = 16.0  # megabytes that the allocator may still take after the warm-up


def main() -> int:
    parser = argparse.ArgumentParser(prog="dev.py fuzz", description=__doc__)
    parser.add_argument("door", nargs="?", choices=("wechat", "desk"), default="wechat")
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(2**32))
    chosen = parser.parse_args()
    level = logging.ERROR if chosen.door == "desk" else logging.CRITICAL
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(level))
    logging.getLogger("aiohttp.server").propagate = False
    if chosen.door == "desk":
        return int(asyncio.run(desk.fuzz(chosen.minutes * 60, chosen.seed)) > 0)
    figures = asyncio.run(wechat.fuzz(chosen.minutes * 60, chosen.seed))
    sys.stdout.write("\n".join(figures.lines()) + "\n")
    warm, end = figures.megabytes
    return int(bool(figures.escaped) or end - warm > GROWTH)


if __name__ == "__main__":
    sys.exit(main())
