"""One customer from the command line, beside a running shop."""

from __future__ import annotations

import pytest

from core.cli.contact import forget, found, part, story, unite
from core.cli.office import Desk
from core.cli.problems import Refusal
from core.testing import open_shop


async def test_found_shown_merged_parted_and_forgotten() -> None:
    async with open_shop(plugins=["handoff", "complaints"]) as shop:
        desk = Desk(shop.app, "zh_CN")
        for name in ("Mei", "May"):
            await shop.customer(name).says("太生气了，质量这么差，我要投诉你们")
        [mei] = [row["id"] for row in await found("Mei")]
        [may] = [row["id"] for row in await found("May")]
        merge = await unite(desk, may, mei)
        told = await story(desk, may)
        assert told["contact"] == mei
        assert told["held"]["complaints.Complaint"] == 2
        assert [one["id"] for one in told["merges"]] == [merge]
        assert await part(desk, merge) == (may, mei)
        with pytest.raises(Refusal):
            await part(desk, merge)
        with pytest.raises(Refusal, match="force"):
            await forget(desk, mei, force=False)
        assert (await forget(desk, mei, force=True))["core.ContactIdentity"] == 1
        assert (await story(desk, mei))["contacts"][0]["channels"] == []
        assert await found("Mei") == []
        for wrong in (forget(desk, 99, force=False), story(desk, 99), unite(desk, may, mei)):
            with pytest.raises(Refusal):
                await wrong
