"""Signing in: slow on purpose for whoever guesses, the same answer whether the login exists."""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from core.effects import Effects
from plugins.console import audit
from plugins.console.ask import Services
from plugins.console.models import Staff
from plugins.console.passwords import code_step, matches
from plugins.console.problems import Problem, slow_down

MOST_ADDRESSES = 10_000


class Addresses:
    """Wrong tries by address, forgotten after a while and with the process."""

    def __init__(self, tries: int, within: timedelta) -> None:
        """Allow so many ``tries`` ``within`` that time."""
        self._tries, self._within = tries, within
        self._wrong: OrderedDict[str, deque[datetime]] = OrderedDict()
        self.turn = asyncio.Lock()  # one at a time, so that many at once are counted too

    def check(self, address: str, now: datetime) -> None:
        """Raise :class:`Problem` where there were too many."""
        wrong = self._wrong.get(address, deque())
        while wrong and now - wrong[0] > self._within:
            wrong.popleft()
        if len(wrong) >= self._tries:
            raise slow_down((wrong[0] + self._within - now).total_seconds())

    def count(self, address: str, now: datetime) -> None:
        """One more wrong try."""
        self._wrong.setdefault(address, deque()).append(now)
        self._wrong.move_to_end(address)
        while len(self._wrong) > MOST_ADDRESSES:
            self._wrong.popitem(last=False)


@dataclass(frozen=True, slots=True)
class Try:
    """What somebody shows to come in, and from where."""

    address: str
    login: str
    password: str
    code: str


async def sign_in(desk: Services, addresses: Addresses, given: Try) -> Staff:
    """The person; raises :class:`Problem`: ``wrong-login``, ``code-needed``, ``slow-down`` ..."""
    addresses.check(given.address, desk.clock.now())
    async with addresses.turn:
        who = await _known(desk, addresses, given, "sign-in-refused")
        await _admit(desk, addresses, given, who)
        return who


async def prove(desk: Services, addresses: Addresses, given: Try) -> None:
    """The password again, of somebody signed in; refused like a sign-in, with its own audit line.

    A stolen session must be no better place to guess. Raises ``wrong-login`` or ``slow-down``.
    """
    addresses.check(given.address, desk.clock.now())
    async with addresses.turn:
        await _known(desk, addresses, given, "password-refused")


async def _known(desk: Services, addresses: Addresses, given: Try, act: str) -> Staff:
    """Whose password that is; ``act``: what is written down where it is nobody's."""
    now = desk.clock.now()
    addresses.check(given.address, now)
    who = await Staff.get_or_none(login=given.login, active=True)
    if who is not None:
        _check_locked(desk, who, now)
    right = await matches(who.password if who else "", given.password)
    if who is None or not right:
        addresses.count(given.address, now)
        await _refuse(desk, who, given.login, act)
        raise Problem(401, "wrong-login")
    return who


async def _admit(desk: Services, addresses: Addresses, given: Try, who: Staff) -> None:
    """The second factor, where the person has one; then the wrong tries are forgotten."""
    now = desk.clock.now()
    step = code_step(who.totp, given.code, now, who.totp_used) if who.totp else 0
    if who.totp and not step:
        if not given.code:
            raise Problem(401, "code-needed")
        addresses.count(given.address, now)
        await _refuse(desk, who, given.login, "sign-in-refused")
        raise Problem(401, "wrong-code")
    effects = desk.effects()
    audit.record(effects, who.login, "signed-in", given.address)
    effects.write(partial(_enter, who.id, step))
    await desk.write(effects)


def _check_locked(desk: Services, who: Staff, now: datetime) -> None:
    if who.wrong < desk.settings.tries or who.wrong_since is None:
        return
    left = who.wrong_since + timedelta(minutes=desk.settings.lock_minutes) - now
    if left > timedelta(0):
        raise slow_down(left.total_seconds())


async def _refuse(desk: Services, who: Staff | None, login: str, act: str) -> None:
    effects, now = desk.effects(), desk.clock.now()
    audit.record(effects, "", act, login[:40])
    if who is not None:
        _count(effects, who.id, now, timedelta(minutes=desk.settings.lock_minutes))
    await desk.write(effects)


def _count(effects: Effects, number: int, now: datetime, window: timedelta) -> None:
    async def write() -> None:  # read inside the transaction: tries side by side all count
        row = await Staff.get(id=number)
        if row.wrong_since is None or now - row.wrong_since > window:
            row.wrong, row.wrong_since = 0, now
        row.wrong += 1
        await row.save(update_fields=["wrong", "wrong_since"])

    effects.write(write)


async def _enter(number: int, step: int) -> None:
    """Forget the wrong tries; a code that somebody else used in this moment is refused."""
    row = await Staff.get(id=number)
    if step and step <= row.totp_used:
        raise Problem(401, "wrong-code")
    row.wrong, row.wrong_since = 0, None
    row.totp_used = step or row.totp_used
    await row.save(update_fields=["wrong", "wrong_since", "totp_used"])
