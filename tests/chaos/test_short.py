"""A short run with fixed dice: real processes, real kills, every promise kept."""

from __future__ import annotations

from pathlib import Path

from chaos.plan import Plan
from chaos.run import Run

SHORT = Plan(seconds=4, seed=20261122, gap=0.9, customers=6, think=0.3, drain=30)


async def test_nothing_is_lost_said_twice_or_mixed_up(tmp_path: Path) -> None:
    result = await Run(SHORT, tmp_path, print).play()
    assert not result.surprises
    assert not result.verdict.samples
    assert result.clean
    assert result.kills >= 2
    assert result.verdict.answered >= 100
