"""Chance that can be repeated, nights and weeks in the shop's time, and the form's own rules."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from plugins.console.problems import Problem
from plugins.console.quality.draw import Closing, drawn
from plugins.console.quality.form import blank, filled, mean
from plugins.console.quality.plan import last_monday, next_night

SHANGHAI = ZoneInfo("Asia/Shanghai")
POOL = [Closing(n, 100 + n, "li" if n < 10 else "ai", 7 if n == 0 else 1) for n in range(12)]


def test_the_same_seed_draws_the_same_in_whatever_order_the_pool_is_told() -> None:
    first = drawn(POOL, 3, "a seed")
    assert first == drawn(reversed(POOL), 3, "a seed")
    assert any(drawn(POOL, 3, seed) != first for seed in "abc")
    assert {10, 11} <= set(first)  # who has closed fewer than are wanted: all of them
    assert len(first) == 5


def test_a_poor_rating_is_drawn_more_often_and_never_surely() -> None:
    taken = [0 in drawn(POOL[:10], 1, str(seed)) for seed in range(400)]
    assert 0.36 < sum(taken) / len(taken) < 0.52  # 7 of 16
    assert drawn([], 3, "a seed") == []


def test_a_week_ends_on_sunday_at_midnight_where_the_shop_is() -> None:
    sunday = datetime(2026, 11, 29, 15, 59, tzinfo=UTC)  # 23:59 in Shanghai
    assert last_monday(sunday, SHANGHAI) == date(2026, 11, 16)
    assert last_monday(sunday.replace(hour=16), SHANGHAI) == date(2026, 11, 23)
    night = next_night(sunday, SHANGHAI)
    assert night == datetime(2026, 11, 30, 3, tzinfo=SHANGHAI)
    assert next_night(night, SHANGHAI) == datetime(2026, 12, 1, 3, tzinfo=SHANGHAI)


def test_a_shop_scores_what_it_likes_and_every_line_is_filled_once() -> None:
    ours = {"console.criterion_tone": "语气"}
    form = blank(["tone", "核对订单号"], lambda key: ours.get(key, key))
    assert [mark["text"] for mark in form] == ["语气", "核对订单号"]
    marks = filled(form, {"tone": (3, "有点急"), "核对订单号": (None, "")})
    assert (marks[0]["comment"], mean(marks), mean(form)) == ("有点急", 3.0, None)
    for given in ({"tone": (3, "")}, {"tone": (None, ""), "核对订单号": (None, "")}):
        with pytest.raises(Problem):
            filled(form, given)
