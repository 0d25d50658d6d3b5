"""What every adapter promises, as tests to inherit.

Subclass :class:`AdapterContract`, yield a running :class:`Stage` from the fixture ``platform``, and
override the hooks for what the platform (or its stand-in) can do. A test whose hook is not
overridden does not exist for that adapter: nothing is skipped silently.
"""

from __future__ import annotations

import asyncio
import io
import re
from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import pytest
from aiohttp import ClientSession, ClientTimeout, web

from core.adapter import Adapter, Capabilities
from core.effects import Address, Effects, Post
from core.message import ConversationKind
from core.parts import Text
from core.store.commit import by_hand
from core.store.models import Message
from core.testing import Shop, open_shop

Test = TypeVar("Test", bound=Callable[..., Any])
NAME = "tested"
HOSTILE = (
    b"",
    b"\0" * 64,
    b"{",
    b"[" * 5000,
    b'{"a": "\\ud800"}',
    b"<xml>" * 2000,
    b"\xff\xfe\xfa",
)
HANGING = 0.3  # seconds of real time that the contract lets a hanging platform hang


@dataclass
class Stage:
    """The platform's side: how to reach it, and who listens there."""

    settings: Mapping[str, Any]
    conversation: str = "somebody"
    kind: ConversationKind = ConversationKind.DIRECT
    standin: Any = None
    extra: dict[str, Any] = field(default_factory=dict[str, Any])


def needs(hook: str) -> Callable[[Test], Test]:
    """The test only exists where the subclass overrides that hook."""

    def mark(test: Test) -> Test:
        vars(test)["needs"] = hook
        return test

    return mark


class AdapterContract:
    """Inherit from this; the name of the subclass should begin with ``Test``."""

    adapter: str  # as in ``[channels.<name>] adapter``

    def __init_subclass__(cls) -> None:
        """Take away the tests that do not apply."""
        for name in dir(AdapterContract):
            hook = getattr(getattr(AdapterContract, name), "needs", "")
            if hook and getattr(cls, hook) is getattr(AdapterContract, hook):
                setattr(cls, name, None)

    # What a subclass gives -------------------------------------------------------------------

    @pytest.fixture
    def platform(self) -> Stage:
        """The platform, running; override, as an async generator where it must be stopped again."""
        raise NotImplementedError

    async def deliver(self, stage: Stage, shop: Shop, key: str) -> None:
        """The platform delivers a message with that key; with the same key again, the same one."""

    async def hook(self, stage: Stage, shop: Shop) -> None:
        """Override (with nothing in it) where ``/hooks/<channel>`` is served."""

    async def page(self, stage: Stage, shop: Shop) -> None:
        """Override (with nothing in it) where ``/chat/<channel>`` is served."""

    async def allow(self, stage: Stage, shop: Shop) -> None:
        """Do what must happen before the platform takes a message of ours."""

    async def received(self, stage: Stage, shop: Shop) -> list[str]:
        """The texts that the platform has recorded."""
        return []

    async def refuse_for_now(self, stage: Stage, shop: Shop) -> None:
        """The platform refuses the next message, and takes it later."""

    async def refuse_for_good(self, stage: Stage, shop: Shop) -> None:
        """The platform refuses the next message for ever."""

    async def hang(self, stage: Stage, shop: Shop) -> None:
        """The platform does not answer the next message."""

    async def drop_after_recording(self, stage: Stage, shop: Shop) -> None:
        """The platform records the next message and loses the line before it answers."""

    # What the contract needs -----------------------------------------------------------------

    @pytest.fixture
    async def stage(self, platform: Stage) -> Stage:
        """The platform's side."""
        return platform

    @pytest.fixture
    async def shop(self, platform: Stage) -> AsyncGenerator[Shop]:
        """A shop with the adapter as its channel ``tested``."""
        channel = {"adapter": self.adapter, **platform.settings}
        async with open_shop(channels={NAME: channel}) as shop:
            yield shop

    @staticmethod
    def adapter_of(shop: Shop) -> Adapter:
        """The adapter at hand."""
        line = shop.app.lines.get(NAME)
        assert line is not None
        return line.adapter

    async def say(self, stage: Stage, shop: Shop, text: str = "hello") -> None:
        """Queue a message to the platform and wait until it moves no more by itself."""
        await self.allow(stage, shop)
        await shop.settle()
        effects = Effects(shop.clock, shop.app.texts, "en")
        effects.post(Post((Text(text),), Address(NAME, stage.conversation, stage.kind)))
        await shop.app.commit.write(effects, by_hand())
        await shop.settle()

    @staticmethod
    async def row() -> Message:
        """The message of :meth:`say`."""
        return await Message.get(direction="out", channel=NAME)

    # The promises ----------------------------------------------------------------------------

    async def test_capabilities_are_data_with_their_date(self, shop: Shop) -> None:
        can = self.adapter_of(shop).capabilities
        assert isinstance(can, Capabilities)
        assert re.fullmatch(r"20\d\d-\d\d-\d\d", can.as_of)
        assert "text" in can.parts
        assert can.max_text >= 20
        assert can.outlet in {"push", "passive", "board"}
        assert all(window.lasts.total_seconds() > 0 for window in can.windows.values())

    async def test_starting_and_stopping_twice_leaves_nothing(self, shop: Shop) -> None:
        line = shop.app.lines.get(NAME)
        assert line is not None
        await shop.settle()
        await line.stop()
        for part in (shop.app.watch, shop.app.sender, shop.app.deadlines):
            await part.stop()  # their timers come and go by themselves
        await asyncio.sleep(0)
        before = asyncio.all_tasks()
        for _ in range(2):
            await line.start()
            await line.stop()
        await asyncio.sleep(0.01)  # closed transports are told so by the loop
        left = {task for task in asyncio.all_tasks() - before if not task.done()}
        assert not left
        await line.stop()  # and once more, without a start

    async def test_checking_changes_nothing(self, shop: Shop) -> None:
        findings = await asyncio.wait_for(self.adapter_of(shop).check(), 10)
        assert all(finding.key for finding in findings)
        assert await Message.all().count() == 0

    async def test_strangers_get_a_refusal_and_nothing_else(self, shop: Shop) -> None:
        async with ClientSession(timeout=ClientTimeout(5)) as client:
            for place in ("hooks", "chat"):
                url = f"{shop.app.server.url}/{place}/{NAME}"
                for method in ("GET", "POST", "PUT", "DELETE"):
                    for body in HOSTILE:
                        async with client.request(method, url, data=body) as response:
                            assert response.status < 500, (place, method, body[:20])
                            assert "Traceback" not in await response.text()
        assert await Message.all().count() == 0

    @needs("hook")
    async def test_a_refusal_is_counted(self, shop: Shop) -> None:
        async with ClientSession() as client:
            async with client.post(f"{shop.app.server.url}/hooks/{NAME}", data=b"{") as response:
                assert 400 <= response.status < 500
            async with client.get(f"{shop.app.server.url}/metrics") as response:
                assert f'xiaoer_refused_total{{channel="{NAME}"' in await response.text()

    @needs("hook")
    async def test_an_oversized_body_is_refused(self, shop: Shop) -> None:
        body = io.BytesIO(b"x" * (shop.app.settings.server.max_body + 1))
        async with (
            ClientSession() as client,
            client.post(f"{shop.app.server.url}/hooks/{NAME}", data=body) as response,
        ):
            assert 400 <= response.status < 500
            assert response.status == web.HTTPRequestEntityTooLarge.status_code or not (
                await response.read()
            )

    @needs("deliver")
    async def test_a_delivery_twice_is_one_row(self, stage: Stage, shop: Shop) -> None:
        for key in ("1", "1", "2"):
            await self.deliver(stage, shop, key)
        await shop.settle()
        rows = await Message.filter(direction="in", channel=NAME)
        assert len(rows) == 2
        assert {row.state for row in rows} == {"handled"}

    @needs("deliver")
    async def test_what_arrives_is_whole(self, stage: Stage, shop: Shop) -> None:
        await self.deliver(stage, shop, "1")
        await shop.settle()
        row = await Message.get(direction="in", channel=NAME)
        row = await Message.get(id=row.id).prefetch_related("conversation", "contact")
        assert (row.text, row.conversation.external_id != "", row.contact is not None) == (
            "hello",
            True,
            True,
        )

    @needs("received")
    async def test_a_healthy_platform_takes_it_once(self, stage: Stage, shop: Shop) -> None:
        await self.say(stage, shop)
        await shop.advance(minutes=1)
        assert (await self.row()).state in {"sent", "delivered"}
        assert await self.received(stage, shop) == ["hello"]

    @needs("refuse_for_now")
    async def test_refused_for_now_is_sent_later(self, stage: Stage, shop: Shop) -> None:
        await self.refuse_for_now(stage, shop)
        await self.say(stage, shop)
        assert (await self.row()).state == "queued"
        assert await self.received(stage, shop) == []
        await shop.advance(minutes=10)
        assert (await self.row()).state in {"sent", "delivered"}
        assert await self.received(stage, shop) == ["hello"]

    @needs("refuse_for_good")
    async def test_refused_for_good_is_not_tried_again(self, stage: Stage, shop: Shop) -> None:
        await self.refuse_for_good(stage, shop)
        await self.say(stage, shop)
        row = await self.row()
        assert (row.state, row.attempts) == ("failed", 1)
        assert row.error
        await shop.advance(minutes=10)
        assert await self.received(stage, shop) == []

    @needs("hang")
    async def test_a_platform_that_hangs_leaves_it_unknown(
        self, stage: Stage, shop: Shop, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("core.delivery.sender.SEND_SECONDS", HANGING)
        await self.hang(stage, shop)
        await self.say(stage, shop)
        row = await self.row()
        assert row.state == self._expected_of_unknown(shop)

    @needs("drop_after_recording")
    async def test_a_lost_answer_is_not_a_second_message(self, stage: Stage, shop: Shop) -> None:
        await self.drop_after_recording(stage, shop)
        await self.say(stage, shop)
        assert (await self.row()).state == self._expected_of_unknown(shop)
        await shop.advance(minutes=10)
        assert await self.received(stage, shop) == ["hello"]

    def _expected_of_unknown(self, shop: Shop) -> str:
        """Unknown is final, unless the platform shows a repeated key only once."""
        return "queued" if self.adapter_of(shop).capabilities.caller_id else "unknown"
