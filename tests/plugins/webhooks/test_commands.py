"""What a person does about webhooks from the command line, beside a running shop."""

from __future__ import annotations

from typing import Any

import pytest

from core.cli.office import Desk
from core.cli.problems import Refusal
from core.store.models import JournalEntry
from core.testing import open_shop
from plugins.webhooks.commands import post_again, standing, try_out
from tests.core.stage import cast
from tests.plugins.webhooks.test_webhooks_story import bell, settings
from tests.standins.hookshop import HookShop, hook_shop


def table(receiver: HookShop) -> dict[str, Any]:
    chosen = settings(receiver)
    endpoints = chosen["plugins"]["webhooks"]["endpoints"]
    endpoints["inside"] = {**endpoints["erp"], "private": False}
    return chosen


async def test_a_person_sees_tries_and_replays() -> None:
    async with (
        hook_shop() as receiver,
        open_shop(plugins=[cast(bell), "webhooks"], settings=table(receiver)) as shop,
    ):
        desk, mei = Desk(shop.app, "en"), shop.customer("Mei")
        for text in "ab":
            await mei.says(text)
        await receiver.until(2)
        assert (await try_out(desk, "erp"), await try_out(desk, "inside")) == (
            "",
            "private-address",
        )
        assert receiver.kinds() == ["bell.rang", "bell.rang", "webhooks.test"]
        first = await JournalEntry.filter(kind="bell.rang").order_by("id").first()
        assert first is not None
        assert await post_again(desk, "erp", first.id) == 2
        await receiver.until(5)
        ids = [event["id"] for event in receiver.took]
        assert ids[3:] == ids[:2]
        assert receiver.forged == 0
        rows = {row["name"]: row for row in await standing(desk)}
        assert (rows["erp"]["host"], rows["erp"]["parked"]) == ("127.0.0.1", 0)
        assert (rows["inside"]["behind"], rows["inside"]["error"]) == (2, "private-address")
        assert await post_again(desk, "inside", None) == 0
        for name, first_id, words in (("crm", 1, "erp, inside"), ("erp", 0, "0")):
            with pytest.raises(Refusal, match=words):
                await post_again(desk, name, first_id)
