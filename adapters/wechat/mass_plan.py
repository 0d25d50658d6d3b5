"""Who gets a mass message, whether the platform would take it, and what became of the others."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import partial
from typing import Any

from adapters.wechat.account import Account
from adapters.wechat.adapter import WeChatAdapter
from adapters.wechat.counter import account_of, in_words, with_secret
from adapters.wechat.mass import (
    ALL,
    GOOD_FOR,
    LEAST,
    LIST,
    MASS,
    MOST,
    QUOTAS,
    TAG,
    list_of,
    note,
    read,
)
from core.cli.office import Desk, office
from core.cli.problems import Refusal
from core.cli.tongue import say
from core.effects import Address, Post
from core.message import ConversationKind
from core.parts import AnyPart, Card, as_text, dump, load
from core.store.models import ChannelNote, ContactIdentity, Message
from core.store.states import Outbox

_SHOWN = 20
_NEVER_LEFT = (Outbox.FAILED, Outbox.EXPIRED, Outbox.CANCELLED)
# What the platform says of one that has no result yet.
_STANDINGS = {
    "SENDING": "sending",
    "SEND_SUCCESS": "delivered",
    "SEND_FAIL": "failed",
    "DELETE": "deleted",
}


@dataclass(frozen=True, slots=True)
class Plan:
    """A mass message that may go out. ``people``: how many it is for, where that is known."""

    channel: str
    conversation: str
    people: int | None
    used: int
    most: int
    openids: tuple[str, ...] = ()


async def plan_of(
    channel: str, everybody: str, tag: str, source: str, openids: tuple[str, ...]
) -> Plan:
    """Who gets it and whether the platform would take it; raises :class:`Refusal`."""
    async with office() as desk:
        adapter = with_secret(account_of(desk.app, channel))
        if not adapter.settings.pushes:
            raise Refusal("wechat.passive_only")
        name, people, conversation = adapter.channel.name, None, everybody
        if tag:
            conversation, people = TAG + tag, await _tagged(adapter, tag)
        elif not everybody:
            openids = tuple(sorted(set(openids or await _came_by(name, source))))
            if not LEAST <= len(openids) <= MOST:
                raise Refusal("wechat.cli_mass_few", number=len(openids), least=LEAST, most=MOST)
            conversation, people = list_of(openids), len(openids)
        quota = QUOTAS[adapter.settings.account]
        sent = Message.filter(direction="out", channel=name, at__gte=quota.since(desk.clock.now()))
        sent = sent.filter(conversation__external_id__startswith=MASS)
        if quota.each:  # what went to others used up nothing of these followers' four
            sent = sent.filter(conversation__external_id__in=[ALL, conversation])
        used = await sent.exclude(state__in=_NEVER_LEFT).count()
        if used >= quota.most:
            raise Refusal(f"wechat.cli_mass_used_{quota.per}", most=quota.most)
        return Plan(name, conversation, people, used, quota.most, openids)


async def queue(plan: Plan, parts: tuple[AnyPart, ...]) -> None:
    """Put it into the outbox with its list; raises :class:`Refusal` for one queued today."""
    async with office() as desk:
        day = desk.clock.now().astimezone(desk.texts.zone).date()
        what = hashlib.sha256(f"{plan.conversation}\n{dump(parts)}".encode()).hexdigest()[:24]
        key = f"mass:{day}:{what}"
        if await Message.exists(channel=plan.channel, direction="out", key=key):
            raise Refusal("wechat.cli_mass_same")
        effects = desk.effects()
        to = Address(plan.channel, plan.conversation, ConversationKind.GROUP)
        effects.post(Post(parts, to=to, key=key, expires_in=GOOD_FOR))
        if plan.openids:
            effects.write(partial(_keep, plan))
        effects.emit("mass.queued", audience=plan.conversation, people=plan.people)
        await desk.commit(effects)


async def rows(channel: str) -> list[dict[str, Any]]:
    """The newest first. What has no result yet is asked for."""
    async with office() as desk:
        adapter = account_of(desk.app, channel)
        name = adapter.channel.name
        sent = Message.filter(direction="out", channel=name).order_by("-id").limit(_SHOWN)
        found = await sent.filter(conversation__external_id__startswith=MASS).prefetch_related(
            "conversation"
        )
        async with adapter.client.opened():
            return [await _row(desk, adapter, message) for message in found]


async def _row(desk: Desk, adapter: WeChatAdapter, message: Message) -> dict[str, Any]:
    number = message.platform_id
    kept = await ChannelNote.get_or_none(channel=message.channel, name=note(number))
    result = read(kept.value if number and kept else "").result
    state = message.state
    if state == Outbox.SENT and number:  # taken, and no result yet
        with in_words(adapter):
            state = _STANDINGS.get(await adapter.mass.standing(number), state)
    return {
        "when": message.at.astimezone(desk.texts.zone),
        "audience": await _audience(message),
        "state": say(f"wechat.mass_{state}") + (f" ({message.error})" if message.error else ""),
        "reached": result.sent if result else None,
        "missed": result.failed if result else None,
        "text": message.text or _shown(load(message.parts)[0]),
        "number": number,
        "message": message.id,
    }


def _shown(part: AnyPart) -> str:
    """What has no words: the picture's address, or the article's id."""
    return str(part.data.get("media_id", "")) if isinstance(part, Card) else as_text(part)


async def _audience(message: Message) -> str:
    """In words; of a list only how many it has."""
    name = message.conversation.external_id
    if name.startswith(TAG):
        return say("wechat.cli_mass_tagged", tag=name.removeprefix(TAG))
    if not name.startswith(LIST):
        return say("wechat.cli_mass_everybody")
    kept = await ChannelNote.get_or_none(channel=message.channel, name=name)
    return say("wechat.cli_mass_list", number=len(kept.value.split()) if kept else 0)


async def _tagged(adapter: WeChatAdapter, tag: str) -> int:
    with in_words(adapter):
        async with adapter.client.opened():
            tags = {str(one["name"]): one for one in await Account(adapter.client).tags()}
    if tag not in tags:
        raise Refusal("wechat.cli_no_such_tag", tag=tag)
    return int(tags[tag].get("count", 0))


async def _came_by(channel: str, source: str) -> list[str]:
    people = await ContactIdentity.filter(channel=channel, gone=False)
    return [one.external_id for one in people if one.proven.get("source") == source]


async def _keep(plan: Plan) -> None:
    value = {"value": " ".join(plan.openids)}
    await ChannelNote.update_or_create(channel=plan.channel, name=plan.conversation, defaults=value)
