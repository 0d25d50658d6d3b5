"""Traces: one for each message, over its stages, with nothing of what people said in it."""

from __future__ import annotations

from core.parts import Text
from core.plugin import Plugin
from core.turn import Turn
from tests.core.stage import echo, play
from tests.standins.collector import Collector

PRIVATE = "13800138000 please call Mei"


def broken() -> Plugin:
    plugin = Plugin("broken")

    @plugin.on(keywords="break")
    async def fall(turn: Turn) -> None:  # pyright: ignore[reportUnusedFunction]
        raise RuntimeError(turn.text)

    return plugin


async def test_a_message_is_one_trace_over_accept_handle_and_send() -> None:
    async with Collector() as collector:
        told = {"telemetry": {"endpoint": collector.url, "service": "shop-7"}}
        async with play(echo(), settings=told) as shop:
            await shop.customer("Mei").says("one")
            await shop.customer("Lei").says("two")
    assert len(collector.spans) == 6
    assert {span.service for span in collector.spans} == {"shop-7"}
    for accept, handle, send in zip(
        *map(collector.named, ("accept", "handle", "send")), strict=True
    ):
        assert accept.trace == handle.trace == send.trace
        assert (accept.under, handle.under, send.under) == ("", accept.id, handle.id)
        assert "echo.say" in handle.facts["xiaoer.handler"]
        assert "accepted" in send.facts["xiaoer.outcome"]
    assert len({span.trace for span in collector.spans}) == 2


async def test_nothing_that_people_said_or_are_called_is_in_a_trace() -> None:
    async with Collector() as collector:
        settings = {"telemetry": {"endpoint": collector.url}, "work": {"attempts": 1}}
        async with play(broken(), echo(), settings=settings) as shop:
            mei = shop.customer("openid-of-mei")
            await mei.says(PRIVATE)
            await mei.says(f"break {PRIVATE}")
    assert collector.raw
    for body in collector.raw:
        assert b"13800138000" not in body
        assert b"openid-of-mei" not in body


async def test_a_share_of_the_messages_is_traced_whole_or_not_at_all() -> None:
    async with Collector() as collector:
        settings = {"telemetry": {"endpoint": collector.url, "sample": 0.5}}
        async with play(echo(), settings=settings) as shop:
            for number in range(40):
                await shop.customer(f"c{number}").drops(Text(str(number)))
            await shop.settle()
    traces = [{s.trace for s in collector.named(name)} for name in ("accept", "handle", "send")]
    assert traces[0] == traces[1] == traces[2]
    assert 5 < len(traces[0]) < 35


async def test_a_collector_that_is_away_costs_nothing_but_the_traces() -> None:
    away = {"telemetry": {"endpoint": "http://127.0.0.1:9/v1/traces"}}
    async with play(echo(), settings=away) as shop:
        mei = shop.customer("Mei")
        await mei.says("hi")
        mei.hears("hi")
