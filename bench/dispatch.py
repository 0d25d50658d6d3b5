"""What routing costs: the real dispatcher against a bare dict lookup in the same run.

As in common comparisons of bot frameworks: handler *i* has the rule ``^kw{i}\\b``, only the last
one matches, one text at a time. Understanding the text and the ledger are not in it; the turn, the
index, the limits, the call with injection and the record of the decision are.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from zoneinfo import ZoneInfo

from bench.measure import Result, Work, compare
from core.clock import SystemClock
from core.forms.engine import FormEngine
from core.message import ConversationKind
from core.route.dispatch import Dispatcher
from core.route.index import Entry, Index
from core.route.rules import Rule
from core.texts import Texts
from core.turn import Turn
from core.understand.reader import Reader
from core.views import ContactView, ConversationView, MessageView
from core.worker import situation

MISS = "主播这件外套有没有加大码"


def _dispatcher(rules: int) -> Dispatcher:
    async def handler(turn: Turn, clock: SystemClock) -> None:
        turn.say("ok")

    clock = SystemClock()
    entries: list[Entry] = []
    for number in range(rules):
        rule = Rule(pattern=rf"^kw{number}\b", literals=(f"kw{number}",))
        call = partial(handler, clock=clock)
        entries.append(Entry(f"bench.{number}", "bench", rule, rule.precedence, number, call))
    return Dispatcher(Index(entries), FormEngine({}))


def _ours(rules: int, text: str) -> Work:
    dispatcher = _dispatcher(rules)
    clock = SystemClock()
    texts = Texts([], ZoneInfo("Asia/Shanghai"))
    now = datetime.now(UTC)
    conversation = ConversationView(1, "bench", "b", ConversationKind.LIVE)
    contact = ContactView(1, "b")
    row = MessageView(1, "bench", "k", text, "[]", now)
    heard = Reader().read(text)

    async def work() -> None:
        turn = Turn(
            clock,
            texts,
            "zh_CN",
            message=row,
            conversation=conversation,
            contact=contact,
            understanding=heard,
        )
        await dispatcher.dispatch(turn, situation(turn))

    return work


def _floor(rules: int, text: str) -> Work:
    said: list[str] = []

    async def handler(_text: str) -> None:
        said.append("ok")

    table = {f"kw{number}": handler for number in range(rules)}

    async def work() -> None:
        found = table.get(text.split(" ", 1)[0])
        if found is not None:
            await found(text)
        said.clear()

    return work


def _hit(rules: int) -> str:
    return f"kw{rules - 1} 我的订单到哪里了"


def _to_floor(rules: int) -> Result:
    return compare(_ours(rules, _hit(rules)), _floor(rules, _hit(rules)))


def _thousand_over_one() -> Result:
    return compare(_ours(1000, _hit(1000)), _ours(1, _hit(1)))


def _miss_over_hit() -> Result:
    return compare(_ours(100, MISS), _ours(100, _hit(100)))


BENCHES: dict[str, Callable[[], Result]] = {
    "dispatch_100_rules": partial(_to_floor, 100),
    "dispatch_1000_over_1": _thousand_over_one,
    "dispatch_miss_over_hit": _miss_over_hit,
}
