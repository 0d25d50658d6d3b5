"""What happens in the shop reaches the shop's own systems: signed, in order, and never lost."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from core.plugin import Plugin
from core.settings import PluginsSettings, SettingsError, check
from core.store.models import JournalEntry
from core.testing import Shop, open_shop
from core.turn import Turn
from plugins.webhooks.models import WebhookMark, WebhookParked
from plugins.webhooks.settings import WebhookSettings
from tests.core.stage import cast
from tests.standins.hookshop import SECRET, HookShop, hook_shop

bell = Plugin("bell")
PHONE = "13812345678"


@bell.on(always=True)
async def ring(turn: Turn) -> None:
    """Tell of it: with words of the customer, a number and a reason of ours."""
    turn.emit("bell.rang", said=turn.message.text, phone=PHONE, times=3, reason="asked")
    turn.emit("bell.quiet")


@pytest.fixture
async def receiver() -> AsyncIterator[HookShop]:
    async with hook_shop() as shop:
        yield shop


def settings(receiver: HookShop, **more: Any) -> dict[str, Any]:
    one = {"url": receiver.url, "secret": SECRET, "kinds": ["bell.rang"], "private": True, **more}
    return {"plugins": {"webhooks": {"endpoints": {"erp": one}}}}


def play(table: Mapping[str, Any], **more: Any) -> Any:
    return open_shop(plugins=[cast(bell), "webhooks"], settings=table, **more)


async def says(shop: Shop, *texts: str) -> None:
    for text in texts:
        await shop.customer("Mei").says(text)


async def rest(shop: Shop, **wanted: Any) -> None:
    """Wait until the mark stands so."""
    for _ in range(500):
        if await WebhookMark.filter(name="erp", **wanted).exists():
            return
        await shop.settle()
    raise AssertionError(await WebhookMark.all().values())


async def test_events_come_signed_in_order_and_without_what_is_personal(
    receiver: HookShop,
) -> None:
    async with play(settings(receiver)) as shop:
        await says(shop, "我叫梅，电话 13812345678", "b")
        await receiver.until(2)
        first, second = receiver.took
        assert first["data"] == {"said": "", "phone": "138****5678", "times": 3, "reason": "asked"}
        numbers = [row.id for row in await JournalEntry.filter(kind="bell.rang").order_by("id")]
        assert [first["id"], second["id"]] == [f"evt_{number}" for number in numbers]
        assert (first["kind"], first["channel"], receiver.forged) == ("bell.rang", "shop", 0)


async def test_an_endpoint_that_fails_gets_everything_later_in_the_same_order(
    receiver: HookShop,
) -> None:
    receiver.moods = ["broken", "cut", "moved", "late"]
    async with play(settings(receiver, personal=True)) as shop:
        await says(shop, "a", "b", "c")
        for tries in (1, 2, 3, 4):
            await receiver.until_seen(tries)
            await rest(shop, tries=tries)
            await shop.advance(seconds=5 * 2 ** (tries - 1))
        await receiver.until(4)
        said = [event["data"]["said"] for event in receiver.took]
        assert said == ["a", "a", "b", "c"]  # what was taken "late" comes twice
        assert receiver.took[0]["id"] == receiver.took[1]["id"]  # and can be told by its id
        await rest(shop, tries=0, failing_since=None, error="")


async def test_killed_before_the_answer_was_noted_it_is_posted_again(
    receiver: HookShop, tmp_path: Path
) -> None:
    async with play(settings(receiver, personal=True), folder=tmp_path) as shop:
        await says(shop, "a")
        await receiver.until(1)
        await rest(shop, entry__gt=0, sent_at__not_isnull=True)
    async with play({}, folder=tmp_path) as shop:  # a life without the endpoint
        await says(shop, "b")
    async with play(settings(receiver, personal=True), folder=tmp_path) as shop:
        await receiver.until(2)
        await rest(shop, tries=0, sent_at__not_isnull=True)
        await WebhookMark.filter(name="erp").update(entry=0)  # as if the answers were not noted
        await says(shop, "c")
        await receiver.until(5)
        assert [event["data"]["said"] for event in receiver.took] == ["a", "b", "a", "b", "c"]


async def test_what_is_never_taken_is_put_aside_kept_and_replayed(receiver: HookShop) -> None:
    table = settings(receiver)
    table["plugins"]["webhooks"]["give_up_hours"] = 0.001
    receiver.moods = ["broken", "broken"]
    async with play(table) as shop:
        await says(shop, "a")
        await receiver.until_seen(1)
        await rest(shop, tries=1)
        await shop.advance(seconds=5)
        await receiver.until_seen(2)
        await rest(shop, tries=0, entry__gt=0)
        [aside] = await WebhookParked.all()
        await says(shop, "b")
        await receiver.until(1)
        assert receiver.took[0]["id"] != f"evt_{aside.entry}"
        await WebhookParked.filter(id=aside.id).update(again=True)
        await says(shop, "c")
        await receiver.until(3)
        assert f"evt_{aside.entry}" in [event["id"] for event in receiver.took]
        await rest(shop, tries=0)
        assert not await WebhookParked.all().count()


async def test_an_address_inside_the_own_network_is_refused_unless_the_setting_allows(
    receiver: HookShop,
) -> None:
    async with play(settings(receiver, private=False)) as shop:
        await says(shop, "a")
        await rest(shop, tries=1, error="private-address")
        assert receiver.seen == []


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"secret": "short"}, "16 characters"),
        ({"kinds": []}, "at least 1 item"),
        ({"kinds": ["complaint*"]}, "pattern"),
        ({"url": "ftp://x"}, "http"),
    ],
)
def test_an_endpoint_that_cannot_work_is_refused_at_the_start(
    wrong: dict[str, Any], words: str
) -> None:
    one = {"url": "https://erp.example/hooks", "secret": SECRET, "kinds": ["*"], **wrong}
    table = PluginsSettings.model_validate({"webhooks": {"endpoints": {"erp": one}}})
    with pytest.raises(SettingsError, match=words):
        check(WebhookSettings, table.table("webhooks"), "plugins.webhooks")


def test_a_wrong_name_of_an_endpoint_was_a_crash_and_no_refusal() -> None:
    one = {"url": "https://erp.example/hooks", "secret": SECRET, "kinds": ["*"]}
    with pytest.raises(SettingsError, match="not 'ERP'"):
        check(WebhookSettings, {"endpoints": {"ERP": one}}, "plugins.webhooks")
