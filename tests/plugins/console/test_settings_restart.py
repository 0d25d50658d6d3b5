"""What was set at the desk holds when the shop opens again."""

from __future__ import annotations

from pathlib import Path

from plugins.console.models import Override, Promise
from plugins.console.settings import ConsoleSettings
from plugins.handoff.face import HandoffSettings
from tests.plugins.console.desk import PASSWORD, Office, Person, open_desk

SLA = {"plugins": {"console": {"sla": {"first_minutes": 10}}}}


async def entered(office: Office) -> Person:
    wang = office.person("wang", PASSWORD)
    await wang.signs_in()
    return wang


async def nudges(who: Person) -> int:
    sections = (await who.gets("/settings"))["items"]
    found = {(s["name"], one["key"]): one["value"] for s in sections for one in s["items"]}
    return found["complaints", "nudges"]


async def test_what_was_set_holds_after_a_restart_and_what_no_longer_fits_is_left_out(
    tmp_path: Path,
) -> None:
    async with open_desk(settings=SLA, folder=tmp_path) as office:
        wang = await office.opens("wang", "supervisor")
        hours = {"opens": "09:00", "closes": "18:00"}
        await wang.puts("/settings/handoff/hours", value=hours)
        await wang.puts("/settings/console/sla.first_minutes", value=3)
        await office.shop.settle()
        now, old = office.shop.clock.now(), {"is": 0}
        await Override.create(plugin="complaints", key="nudges", value=old, by="tao", at=now)
    async with open_desk(settings=SLA, folder=tmp_path) as office:
        opens = office.shop.app.registry.services[HandoffSettings].hours
        assert opens is not None
        assert opens.opens.hour == 9
        sla = office.shop.app.registry.services[ConsoleSettings].sla
        assert sla is not None
        assert sla.first_minutes == 3
        promised = await Promise.all().order_by("-since").first()
        assert promised is not None
        assert promised.terms["first_minutes"] == 3
        wang = await entered(office)
        assert await nudges(wang) == 3
