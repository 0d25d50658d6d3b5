"""The dump of ``docs/operate.md`` brings a shop back."""

from __future__ import annotations

from pathlib import Path

from core.testing import open_shop
from tests.core.stage import cast, echo
from tests.docs.test_operate import greeted, heard, line, run
from tests.servers import Postgres


async def test_a_dump_of_an_open_shop_brings_it_back(server: Postgres, tmp_path: Path) -> None:
    url, plugins = await server.database(), [cast(echo())]
    async with open_shop(plugins=plugins, settings={"database": {"url": url}}) as shop:
        await greeted(shop, "Mei", "Lei")
        dump = line("pg_dump").replace("$XIAOER__DATABASE__URL", url)
        await run(dump.replace("/backup", str(tmp_path)), tmp_path)
        await greeted(shop, "Han")
    again = await server.database()
    restore = line("pg_restore").replace("shop_again", again)
    await run(restore.replace("/backup", str(tmp_path)), tmp_path)
    async with open_shop(plugins=plugins, settings={"database": {"url": again}}) as shop:
        assert await heard() == ["Mei", "Lei"]
        await greeted(shop, "Han")
        assert await shop.balance() == {"handled": 3}
