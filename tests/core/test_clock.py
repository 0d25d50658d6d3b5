"""The test clock: it stands still until it is moved, and every wait moves it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from core.clock import TestClock

START = datetime(2026, 11, 21, 6, tzinfo=UTC)


@pytest.mark.parametrize("seconds", [1e-12, 4e-7, 2.000001, 35.0])
async def test_a_watch_that_sleeps_what_is_left_does_not_spin_at_one_moment(seconds: float) -> None:
    clock = TestClock(START)
    sleeper = asyncio.ensure_future(clock.sleep(seconds))
    await asyncio.sleep(0)
    wake = clock.next_wake()
    assert wake is not None
    clock.move_to(wake)
    await sleeper
    assert clock.now() > START
    assert clock.monotonic() == pytest.approx(seconds, abs=1e-6)
