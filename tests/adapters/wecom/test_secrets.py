"""What would let somebody speak for the shop stands in no log, no row and no journal."""

from __future__ import annotations

from structlog.testing import capture_logs

from core.parts import Text
from core.store.models import ChannelNote, JournalEntry, Message
from core.testing import Shop
from tests.adapters.wecom.firm import STAFF, firm, post
from tests.standins.wecom_app import WeComApp


async def trouble(shop: Shop, wecom: WeComApp) -> str:
    """Everything that can go wrong with a call; returns the welcome code that was about."""
    for number, code in enumerate((40001, 42001, 60020, 45009, -1, 81013)):
        wecom.fail("message/send", code, times=2)
        await post(shop, "zhangsan", Text(f"{number}"))
    wecom.drop("message/send")
    await post(shop, "lisi", Text("lost"))
    wecom.break_http("gettoken", 502)
    wecom.tokens.expire()
    await post(shop, "lisi|zhangsan", Text("no token"))
    wecom.fail("send_welcome_msg", 84071)
    code = await wecom.adds("wmMei", "zhangsan")
    await shop.advance(minutes=20)
    return code


async def test_secrets_stand_nowhere() -> None:
    async with firm(STAFF) as (shop, wecom):
        await post(shop, "zhangsan", Text("first"))
        before = wecom.tokens.current()[0]
        with capture_logs() as logs:
            code = await trouble(shop, wecom)
        messages = [(m.parts, m.error, m.context) for m in await Message.all()]
        journal = [entry.data for entry in await JournalEntry.all()]
        notes = [note.value for note in await ChannelNote.all()]
        seen = f"{logs} {messages} {journal} {notes} {shop.app.lines.get('wecom')}"
        line = shop.app.lines.get("wecom")
        assert line is not None
        seen += repr(line.adapter.settings)
        for secret in (
            wecom.secret,
            wecom.token,
            wecom.key,
            before,
            wecom.tokens.current()[0],
            code,
        ):
            assert secret not in seen
        assert "not_sent" in seen
