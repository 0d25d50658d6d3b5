"""Handing out: a page of people in one transaction, each with a voucher and the words once.

A crash between two pages loses and doubles nothing: the deadline comes back, whoever has a row for
the cause is passed by, and the outbox knows the key of each person's words.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from core.effects import Effects, Post
from core.parts import Notice
from core.store.models import Conversation
from core.texts import Money, Texts
from plugins.compensation.decisions import HAND_OUT, summary, unserved
from plugins.compensation.models import Grant, Proposal, Stage
from plugins.compensation.settings import CompensationSettings
from plugins.handoff.face import tell_staff
from plugins.threads import threads_of

PAGE = 100
PURPOSE = "compensation.granted"
LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # nothing that is read wrongly over the phone
LENGTH = 10  # of a code: 10**15 of them, so that nobody guesses one


async def hand_out(effects: Effects, proposal: Proposal, settings: CompensationSettings) -> None:
    """The next page of people; at the end the decision is done and staff hear of it."""
    left = await unserved(proposal.cause, proposal.people)
    page = left[:PAGE]
    if not page:
        _done(effects, proposal, settings)
        return
    rows = [_grant(effects, proposal, contact, settings) for contact in page]
    effects.write(partial(_insert, rows))
    threads = await threads_of(page)
    for row in rows:
        if (thread := threads.get(row.contact_id)) is not None:
            effects.post(_words(effects.texts, row, thread))
    effects.at(timedelta(0), HAND_OUT, proposal.number)


def key_of(cause: str, contact: int) -> str:
    """The outbox key of the words that tell somebody of a compensation."""
    return f"compensation:{cause}:{contact}"


def _grant(
    effects: Effects, proposal: Proposal, contact: int, settings: CompensationSettings
) -> Grant:
    now = effects.clock.now()
    return Grant(
        proposal=proposal.number,
        cause=proposal.cause,
        contact_id=contact,
        fen=proposal.fen,
        priority=proposal.priority,
        code="".join(secrets.choice(LETTERS) for _ in range(LENGTH)),
        granted_at=now,
        until=now + timedelta(days=settings.valid_days),
    )


def _words(texts: Texts, row: Grant, thread: Conversation) -> Post:
    locale = thread.contact.locale if thread.contact else ""
    kind = ("both" if row.priority else "voucher") if row.fen else "priority"
    values = {"amount": Money.fen(row.fen), "code": row.code, "until": row.until}
    text = texts.render(f"compensation.granted_{kind}", locale, **values)
    plain = {"amount": f"{row.fen / 100:.2f}", "code": row.code, "text": text}
    key = key_of(row.cause, row.contact_id)
    return Post((Notice(PURPOSE, text, plain),), to=thread.id, key=key)


def _done(effects: Effects, proposal: Proposal, settings: CompensationSettings) -> None:
    effects.write(partial(_finish, proposal.number))
    effects.emit("compensation.granted", **summary(proposal))
    tell_staff(
        effects,
        settings.staff,
        "compensation.staff_granted_first" if proposal.priority else "compensation.staff_granted",
        key=f"compensation:{proposal.number}:granted",
        number=proposal.number,
        people=len(proposal.people),
        total=Money.fen(proposal.total),
        by=proposal.settled_by,
    )


async def _insert(rows: Sequence[Grant]) -> None:
    await Grant.bulk_create(rows, ignore_conflicts=True)


async def _finish(number: str) -> None:
    await Proposal.filter(number=number, state=Stage.APPROVED).update(state=Stage.GRANTED)
