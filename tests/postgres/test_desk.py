"""The desk on PostgreSQL: the same story, the same numbers, the same line."""

import pytest

from tests.plugins.console import test_numbers_story as numbers
from tests.plugins.console.desk import open_desk
from tests.plugins.console.test_board_story import (
    test_numbers_are_counted_as_it_happens_and_rebuilt_to_the_same,
)
from tests.plugins.console.test_gaps import (
    test_a_rebuild_does_not_stop_at_a_burnt_number,
    test_what_came_after_a_burnt_number_is_not_lost_to_who_reconnects,
)
from tests.plugins.console.test_inbox_story import *  # noqa: F403
from tests.plugins.console.test_live_story import test_a_reconnect_replays_what_was_missed_once
from tests.plugins.console.test_seats import (
    test_words_are_neither_lost_nor_doubled_where_telling_them_failed,
)

__all__ = [
    "test_a_rebuild_does_not_stop_at_a_burnt_number",
    "test_a_reconnect_replays_what_was_missed_once",
    "test_numbers_are_counted_as_it_happens_and_rebuilt_to_the_same",
    "test_what_came_after_a_burnt_number_is_not_lost_to_who_reconnects",
    "test_words_are_neither_lost_nor_doubled_where_telling_them_failed",
]


async def test_numbers_that_a_platforms_retries_use_up_hide_no_word_and_cost_one_wait() -> None:
    async with open_desk() as office:
        li, wang = await office.opens("li"), await office.opens("wang")
        line, beside, mei = await li.listens(), await wang.listens(), office.shop.customer("Mei")
        await mei.says("0")
        await line.message("0")
        await line.close()
        for word in "123456":  # each told twice by the platform
            for _ in range(2):
                await mei.says(word, key=f"retried-{word}")
        await beside.message("6")
        again = await li.listens(line.cursor)
        await again.until("replayed")
        assert [word for word in again.said() if word in "123456"] == list("123456")


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
