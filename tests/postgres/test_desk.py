"""The desk on PostgreSQL: the same story, the same numbers, the same line."""

import pytest

from tests.plugins.console import test_numbers_story as numbers
from tests.plugins.console.test_board_story import (
    test_numbers_are_counted_as_it_happens_and_rebuilt_to_the_same,
)
from tests.plugins.console.test_inbox_story import *  # noqa: F403
from tests.plugins.console.test_live_story import test_a_reconnect_replays_what_was_missed_once

__all__ = [
    "test_a_reconnect_replays_what_was_missed_once",
    "test_numbers_are_counted_as_it_happens_and_rebuilt_to_the_same",
]


async def test_what_the_numbers_say_is_the_same_here(monkeypatch: pytest.MonkeyPatch) -> None:
    async with numbers.opened() as (office, lead):
        await numbers.test_who_comes_back_within_a_week_was_not_helped_for_good(lead)
        await numbers.test_figures_stand_beside_each_class_and_cause(lead)
        await numbers.test_the_weakest_link_is_named_with_what_to_do_and_whom_it_lost(lead)
        await numbers.test_time_is_told_stage_by_stage_and_what_made_a_late_answer_late(lead)
        await numbers.test_what_is_asked_more_than_before_is_told(lead)
        await numbers.test_a_report_comes_every_week_is_kept_and_those_who_lead_hear_of_it(
            office, lead
        )
        await numbers.test_pages_of_any_size_make_the_same_outcomes(office, lead, 7, monkeypatch)
