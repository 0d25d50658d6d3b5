"""What stories of quality inspection begin with: somebody was served, a form is filled."""

from __future__ import annotations

from typing import Any

from plugins.console.models import AuditLine
from tests.plugins.console.desk import Office, Person

CONSOLE = {
    "quality": {"per_agent": 2, "keep_days": 8},
    "sla": {"first_minutes": 10},
    "session_hours": 1000,
}
SETTINGS = {"plugins": {"console": CONSOLE, "handoff": {"policy": "manual"}}}
GOOD = {"greeting": 5, "accuracy": 4, "tone": 5, "banned": 2, "closing": None}


async def served(
    office: Office, who: Person, name: str, minutes: float = 1, stars: str = ""
) -> int:
    """A customer asks for a person, is answered, and it is closed."""
    customer = office.shop.customer(name)
    await customer.says("人工")
    await office.shop.advance(minutes=minutes)
    number = await office.number(name)
    await who.says(number, "您好，我是小李。我们规定不能退。", take=True)
    await who.posts(f"/conversations/{number}/close", result="solved", ask=bool(stars))
    await office.shop.settle()
    if stars:
        await customer.says(stars)
    return number


def form(**other: Any) -> list[dict[str, Any]]:
    """The filled form."""
    marks = {**GOOD, **other}
    return [{"name": name, "score": score, "comment": ""} for name, score in marks.items()]


async def acts(about: object) -> list[str]:
    rows = AuditLine.filter(about=str(about)).order_by("id").values_list("act", flat=True)
    return [str(act) for act in await rows]
