"""WeChat's answer within its own request, with a queue between the request and its row."""

from __future__ import annotations

import asyncio

from core.store.models import Message
from tests.adapters.wechat.test_house import (
    reach,
    street,
    test_a_duplicate_gets_the_same_answer_and_runs_nothing,
    test_a_passive_account_answers_on_the_platforms_retry,
    test_a_passive_account_keeps_a_late_answer_for_the_next_message,
    test_a_ready_answer_is_passive,
    test_a_slow_answer_goes_by_api,
    test_duplicates_at_the_same_moment_share_one_run,
)
from tests.nats.test_queue import queue_of

__all__ = [
    "test_a_duplicate_gets_the_same_answer_and_runs_nothing",
    "test_a_passive_account_answers_on_the_platforms_retry",
    "test_a_passive_account_keeps_a_late_answer_for_the_next_message",
    "test_a_ready_answer_is_passive",
    "test_a_slow_answer_goes_by_api",
    "test_duplicates_at_the_same_moment_share_one_run",
]


async def test_an_answer_goes_by_api_when_the_ledger_is_away_too_long() -> None:
    async with street() as (shop, wechat):
        _, drain = queue_of(shop)
        await drain.stop()  # nobody carries: the ledger is away
        push = asyncio.create_task(wechat.push_text("oUser", "在吗"))
        await reach(shop, 4.5)
        assert [answer.body for answer in (await push).answers] == ["success"]
        assert await Message.all().count() == 0
        drain.start()
        (sent,) = await wechat.until_sent(1)
        assert (sent.openid, sent.text) == ("oUser", "在的，亲")
