"""What questions cost the event loop: how long it is held up while a hundred a second are answered.

The matcher thinks in a thread of its own, yet a thread that does not let go of the interpreter
keeps the loop waiting. A ticker that wants to wake every two milliseconds tells by how much.
"""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path

import numpy as np

from bench.measure import Result
from plugins.faq.encoder import encoder
from plugins.faq.face import read
from plugins.faq.mind import Mind
from plugins.faq.store import topic_of

ROOT = Path(__file__).parent.parent
EVERY, TICK = 0.01, 0.002  # seconds between questions, between ticks
QUESTIONS = 500
BAR = 5.0  # ms


def bench() -> Result:
    """The 99th percentile of the delay in ms, against the bar of 5."""
    return asyncio.run(_measure())


async def _measure() -> Result:
    mind = Mind(encoder("use"))
    demo = read(ROOT / "plugins" / "demo" / "knowledge.yaml")
    await mind.learn([topic_of(entry) for entry in demo])
    await mind.warm()
    asked = [f"{text}{at}" for at, e in enumerate(demo * 8) for text in e.similar[at // 133 :][:1]]
    late: list[float] = []
    ticking = asyncio.create_task(_tick(late))
    before, answers = time.process_time(), list[asyncio.Task[object]]()
    for text in asked[:QUESTIONS]:
        answers.append(asyncio.create_task(mind.judge(text, 3)))
        await asyncio.sleep(EVERY)
    await asyncio.gather(*answers)
    spent = time.process_time() - before
    ticking.cancel()
    await mind.close()
    quiet: list[float] = []
    ticking = asyncio.create_task(_tick(quiet))
    await asyncio.sleep(QUESTIONS * EVERY / 2)
    ticking.cancel()
    for name, found in (("asked", late), ("idle", quiet)):
        of = " ".join(f"p{p} {float(np.percentile(found, p)):.2f}" for p in (50, 95, 99))
        print(f"{name}: {of} max {max(found):.2f} ms", file=sys.stderr)
    print(f"processor ms a question: {1000 * spent / len(answers):.2f}", file=sys.stderr)
    return Result(float(np.percentile(late, 99)), BAR, "ms")


async def _tick(late: list[float]) -> None:
    while True:
        start = time.perf_counter()
        await asyncio.sleep(TICK)
        late.append((time.perf_counter() - start - TICK) * 1000)


BENCHES = {"faq_loop": bench}
