"""Shows 5 of the first issue: a live room floods in, the shop is killed in the middle of it."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import pytest

from tests.shows.house import House, ask, open_house

pytestmark = pytest.mark.timeout(120)  # whole processes, on a machine under load

SAMPLE = Path(__file__).parents[1] / "data" / "replay" / "live_comments_sample.jsonl"
COMMENTS, MIDDLE = 2600, 1300
SHOP = """
[plugins]
enabled = ["handoff", "complaints", "orders", "faq", "groups"]
[plugins.complaints]
levels = [{ name = "service", channel = "staff", conversation = "service" }]
[channels.staff]
adapter = "file"
path = "staff.jsonl"
[channels.live]
adapter = "replay"
file = "room.jsonl"
speed = 400
live = { waiting = 0 }
"""
STATES = "select state, count(*) from message where direction = 'in' group by state"
KEYS = "select key from message where direction = 'in' order by id"
NOTICES = "select key from message where channel = 'staff' and state = 'delivered'"


async def test_all_is_accounted_for_also_after_kill_9(tmp_path: Path) -> None:
    comments = SAMPLE.read_text("utf-8").splitlines()
    comments.insert(MIDDLE, "no comment, and therefore said in the log: we are in the middle")
    (tmp_path / "room.jsonl").write_text("\n".join(comments), "utf-8")

    async with open_house(tmp_path, SHOP) as house:
        await house.hears("bad_line")
        await balanced(house)
        await house.ends(signal.SIGKILL)
    assert 1000 < sum(states(tmp_path).values()) < COMMENTS

    async with open_house(tmp_path) as house:
        await house.hears("replay.ended")
        await balanced(house)
        assert await house.ends(signal.SIGINT) == 0

    assert sum(states(tmp_path).values()) == COMMENTS
    assert states(tmp_path).keys() <= {"handled", "accepted"}
    accepted = [key for (key,) in ask(tmp_path, KEYS)]
    assert sorted(accepted) == [f"c{number:06}#0" for number in range(1, COMMENTS + 1)]
    lines = (tmp_path / "staff.jsonl").read_text("utf-8").splitlines()
    notices = [json.loads(line)["key"] for line in lines]
    assert sorted(notices) == sorted(key for (key,) in ask(tmp_path, NOTICES))


async def balanced(house: House) -> None:
    """What a life has accepted is handled, failed or waiting, also while the flood comes in."""
    sums = await house.measures()
    ended = sums.get("xiaoer_finished_total", 0)
    assert sums["xiaoer_inbound_total"] == ended + sums["xiaoer_waiting"] > 0


def states(folder: Path) -> dict[str, int]:
    return {str(state): int(number) for state, number in ask(folder, STATES)}
