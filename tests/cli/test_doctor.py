"""``xiaoer doctor``: faults that a shop plants by accident, each named, with what to do about it.

Each case is a real set-up against a stand-in of its platform, with one thing wrong.
"""

from __future__ import annotations

import socket
import sqlite3
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from core.cli.doctor import findings
from core.cli.examine import Found
from core.clock import SystemClock
from core.settings import build
from core.testing import open_shop
from core.texts import Texts, bundled
from tests.standins.wechat import WeChat
from tests.standins.wecom import WeCom

LANGUAGES = ("zh_CN", "en")


@dataclass
class Town:
    """A set-up: its settings, and the platforms it talks to."""

    folder: Path
    wechat: WeChat
    wecom: WeCom
    server: dict[str, Any] = field(default_factory=dict[str, Any])
    database: dict[str, Any] = field(default_factory=dict[str, Any])
    more: dict[str, Any] = field(default_factory=dict[str, Any])
    wechat_says: dict[str, object] = field(default_factory=dict[str, object])
    wecom_says: dict[str, object] = field(default_factory=dict[str, object])
    urls: list[str] = field(default_factory=list[str])
    stack: AsyncExitStack = field(default_factory=AsyncExitStack)

    def table(self) -> dict[str, Any]:
        channels = {
            "oa": {"adapter": "wechat", **self.wechat.settings(**self.wechat_says)},
            "kf": {"adapter": "wecom_kf", **self.wecom.settings(**self.wecom_says)},
        }
        return {
            "data": str(self.folder / "data"),
            "server": {"port": 0, **self.server},
            "database": {"url": f"sqlite://{self.folder / 'data' / 'shop.db'}", **self.database},
            "plugins": {"enabled": ["handoff"]},
            "channels": channels,
            **self.more,
        }

    async def push(self, channel: str, **wrong: object) -> None:
        """The shop is open with that wrong setting, and its platform pushes to it."""
        said = {"oa": self.wechat_says, "kf": self.wecom_says}[channel]
        said |= wrong
        table = self.table()
        shop = await self.stack.enter_async_context(
            open_shop(channels=table["channels"], folder=self.folder / "open")
        )
        self.urls.append(shop.app.server.url)
        self.wechat.clock = self.wecom.clock = shop.clock
        if channel == "oa":
            self.wechat.hook = f"{shop.app.server.url}/hooks/oa"
            await self.wechat.push_text("oMei", "hi")
        else:
            self.wecom.hook = f"{shop.app.server.url}/hooks/kf"
            await self.wecom.verify()


@asynccontextmanager
async def town(folder: Path) -> AsyncGenerator[Town]:
    wechat, wecom = WeChat(), WeCom()
    await wechat.start()
    await wecom.start()
    here = Town(folder, wechat, wecom)
    async with here.stack:
        yield here
    await wechat.stop()
    await wecom.stop()


@pytest.fixture
def doctor(monkeypatch: pytest.MonkeyPatch) -> Callable[[Town], Awaitable[list[Found]]]:
    async def examine(here: Town) -> list[Found]:
        if here.urls:  # the shop that was pushed to lives in its own time
            here.wechat.clock = here.wecom.clock = SystemClock()
        monkeypatch.setattr("core.cli.doctor.read", lambda: (here.table(), "settings.toml"))
        monkeypatch.setattr("core.cli.doctor.build", build)
        return [one async for one in findings(here.urls)]

    return examine


async def unknown_key(here: Town) -> None:
    here.more = {"sever": {"port": 1}}


async def database_in_a_file_not_a_folder(here: Town) -> None:
    (here.folder / "data").write_text("", "utf-8")


async def database_held_by_another_program(here: Town) -> None:
    (here.folder / "data").mkdir()
    holder = sqlite3.connect(here.folder / "data" / "shop.db", isolation_level=None)
    holder.execute("CREATE TABLE t (x)")
    holder.execute("BEGIN EXCLUSIVE")
    here.stack.callback(holder.close)


async def database_away(here: Town) -> None:
    here.database = {"url": "postgres://xiaoer@127.0.0.1:9/shop"}


async def port_taken(here: Town) -> None:
    other = socket.create_server(("127.0.0.1", 0))
    here.stack.callback(other.close)
    here.server = {"port": other.getsockname()[1]}


async def public_not_https(here: Town) -> None:
    here.server = {"public_url": "http://bot.example.cn"}


async def public_unreachable(here: Town) -> None:
    here.server = {"public_url": "https://127.0.0.1:9"}


async def wrong_app_id(here: Town) -> None:
    here.wechat_says = {"app_id": "wxother"}


async def wrong_app_secret(here: Town) -> None:
    here.wechat_says = {"app_secret": "other"}


async def secret_of_another_account(here: Town) -> None:
    here.wechat.fail("token", 40001)


async def ip_not_listed(here: Town) -> None:
    here.wechat.fail("token", 40164)


async def no_right(here: Town) -> None:
    here.wechat.fail("typing", 48001)


async def wrong_token(here: Town) -> None:
    await here.push("oa", token="weixintoken")


async def wrong_aes_key(here: Town) -> None:
    await here.push("oa", encoding_aes_key="abcdefghij" * 4 + "ABC")


async def wrong_kf_token(here: Town) -> None:
    await here.push("kf", token="weixintoken")


async def wrong_kf_aes_key(here: Town) -> None:
    await here.push("kf", encoding_aes_key="abcdefghij" * 4 + "ABC")


async def wrong_corp_id(here: Town) -> None:
    here.wecom_says = {"corp_id": "wwother"}


async def wrong_corp_secret(here: Town) -> None:
    here.wecom_says = {"secret": "other"}


async def kf_ip_not_trusted(here: Town) -> None:
    here.wecom.fail("account/list", 60020)
    here.wecom.fail("list", 60020)


async def no_kf_permission(here: Town) -> None:
    here.wecom.fail("account/list", 48002)
    here.wecom.fail("list", 48002)


async def clock_off(here: Town) -> None:
    class Slow(SystemClock):
        def now(self) -> datetime:
            return datetime.now(UTC) + timedelta(minutes=9)

    here.wechat.clock = Slow()


PLANTED: dict[Callable[[Town], Awaitable[None]], tuple[str, tuple[str, str]]] = {
    unknown_key: ("cli.doctor.settings_bad", ("settings.example.toml", "sever")),
    database_in_a_file_not_a_folder: ("cli.doctor.database_bad", ("[database] url", "data")),
    database_held_by_another_program: ("cli.doctor.database_bad", ("别的程序", "another program")),
    database_away: ("cli.doctor.database_bad", ("PostgreSQL", "PostgreSQL")),
    port_taken: ("cli.doctor.port_taken", ("换一个", "set another")),
    public_not_https: ("cli.doctor.public_not_https", ("反向代理", "reverse proxy")),
    public_unreachable: ("cli.doctor.public_unreachable", ("域名", "DNS")),
    wrong_app_id: ("wechat.wrong_app_id", ("核对", "AppID")),
    wrong_app_secret: ("wechat.wrong_secret", ("重置", "AppSecret")),
    secret_of_another_account: ("wechat.wrong_secret", ("重置", "AppSecret")),
    ip_not_listed: ("wechat.ip_not_listed", ("白名单", "list")),
    no_right: ("wechat.no_permission", ("认证", "can_push")),
    wrong_token: ("wechat.refused_signature", ("Token", "Token")),
    wrong_aes_key: ("wechat.refused_key", ("EncodingAESKey", "EncodingAESKey")),
    wrong_kf_token: ("wecom_kf.refused_signature", ("Token", "Token")),
    wrong_kf_aes_key: ("wecom_kf.refused_key", ("EncodingAESKey", "EncodingAESKey")),
    wrong_corp_id: ("wecom_kf.wrong_corp_id", ("核对", "corp")),
    wrong_corp_secret: ("wecom_kf.wrong_secret", ("自建应用", "self-built app")),
    kf_ip_not_trusted: ("wecom_kf.ip_not_trusted", ("可信", "IP")),
    no_kf_permission: ("wecom_kf.no_permission", ("可调用接口的应用", "customer service")),
    clock_off: ("wechat.clock_slow", ("校时", "NTP")),
}


@pytest.mark.parametrize("plant", PLANTED, ids=lambda plant: plant.__name__)
async def test_a_planted_fault_is_named_and_nothing_else_is(
    plant: Callable[[Town], Awaitable[None]],
    tmp_path: Path,
    doctor: Callable[[Town], Awaitable[list[Found]]],
) -> None:
    key, advice = PLANTED[plant]
    async with town(tmp_path) as here:
        await plant(here)
        faults = [one.finding for one in await doctor(here) if not one.finding.ok]
    assert [fault.key for fault in faults] == [key]
    texts = Texts([bundled()], build({}).shop.zone, "zh_CN")
    for language, wanted in zip(LANGUAGES, advice, strict=True):
        assert wanted in texts.render(key, language, **faults[0].values)


async def test_a_sound_set_up_has_no_fault(
    tmp_path: Path, doctor: Callable[[Town], Awaitable[list[Found]]]
) -> None:
    async with town(tmp_path) as here:
        await here.push("oa")
        assert [one.text for one in await doctor(here) if not one.finding.ok] == []


async def test_a_stranger_who_knocks_at_a_busy_channel_is_no_fault(
    tmp_path: Path, doctor: Callable[[Town], Awaitable[list[Found]]]
) -> None:
    async with town(tmp_path) as here:
        await here.push("oa")
        await here.wechat.push_text("oLei", "hi")
        await here.wechat.verify(signature="0" * 40)
        seen = {one.finding.key: one.finding.ok for one in await doctor(here)}
    assert seen["wechat.refused_signature"] is True
