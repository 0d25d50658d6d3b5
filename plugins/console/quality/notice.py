"""The staff's side: everybody reads once how the own work is looked at, and says so.

The version is made of the words themselves: other words, or other days of keeping, ask anew.
"""

from __future__ import annotations

import hashlib
from functools import partial

from core.effects import Effects
from core.texts import LOCALES, Texts
from plugins.console import audit
from plugins.console.models import Staff
from plugins.console.quality.models import Acknowledgement
from plugins.console.roles import FLOOR, StaffRole
from plugins.console.settings import ConsoleSettings

NOTICE = "console.staff_notice"
SHORT = 12  # digits of the hash


def words(texts: Texts, locale: str, settings: ConsoleSettings) -> str:
    """The notice in a language."""
    return texts.render(NOTICE, locale, days=settings.quality.keep_days)


def version(texts: Texts, settings: ConsoleSettings) -> str:
    """The same in every language; changes with the words."""
    whole = "\0".join(words(texts, locale, settings) for locale in LOCALES)
    return hashlib.sha256(whole.encode()).hexdigest()[:SHORT]


async def wanted(who: Staff, now: str) -> bool:
    """Whether somebody talks to customers and has not yet read the notice as it is ``now``."""
    if not {StaffRole(role) for role in who.roles} & FLOOR:
        return False
    return not await Acknowledgement.filter(login=who.login, version=now).exists()


async def told() -> set[str]:
    """The logins of those who have read it, in whatever version: only they are looked at."""
    rows = await Acknowledgement.all().distinct().values_list("login", flat=True)
    return {str(login) for login in rows}


async def acknowledge(effects: Effects, who: str, given: str, text: str) -> None:
    """Somebody has read it; a second time changes nothing."""
    if await Acknowledgement.filter(login=who, version=given).exists():
        return
    facts = {"text": text, "at": effects.clock.now()}
    effects.write(partial(Acknowledgement.get_or_create, login=who, version=given, defaults=facts))
    audit.record(effects, who, "notice-acknowledged", who, version=given)
