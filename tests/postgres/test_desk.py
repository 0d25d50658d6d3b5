"""The desk on PostgreSQL: the same story, the same numbers, the same line."""

from tests.plugins.console.test_board_story import (
    test_numbers_are_counted_as_it_happens_and_rebuilt_to_the_same,
)
from tests.plugins.console.test_inbox_story import *  # noqa: F403
from tests.plugins.console.test_live_story import test_a_reconnect_replays_what_was_missed_once

__all__ = [
    "test_a_reconnect_replays_what_was_missed_once",
    "test_numbers_are_counted_as_it_happens_and_rebuilt_to_the_same",
]
