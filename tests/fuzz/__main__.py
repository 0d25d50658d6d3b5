"""``python3 dev.py fuzz --minutes 10``: mutated vectors against the running WeChat adapter."""

from __future__ import annotations

import argparse
import asyncio
import logging
import secrets
import sys

import structlog

from tests.fuzz.wechat import fuzz

GROWTH = 16.0  # megabytes that the allocator may still take after the warm-up


def main() -> int:
    parser = argparse.ArgumentParser(prog="dev.py fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(2**32))
    chosen = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    logging.getLogger("aiohttp.server").propagate = False
    figures = asyncio.run(fuzz(chosen.minutes * 60, chosen.seed))
    sys.stdout.write("\n".join(figures.lines()) + "\n")
    warm, end = figures.megabytes
    return int(bool(figures.escaped) or end - warm > GROWTH)


if __name__ == "__main__":
    sys.exit(main())
