"""Lists of conversations, one conversation, and its messages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

from pydantic import Field
from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from core.contacts.person import together
from core.store.models import ContactIdentity, Conversation, Message
from plugins.complaints.face import Complaint, State
from plugins.console.api.guests import guest_shapes, joined
from plugins.console.api.lookup import conversation_of, thread_of
from plugins.console.ask import Ask
from plugins.console.brief import handoff_of
from plugins.console.cards import all_clocks, cards, deck, names, places
from plugins.console.cases import case_shape
from plugins.console.light import MOST_RANKED, Light, lights
from plugins.console.messages import message_shape
from plugins.console.models import ContactCard, Guest, Thread
from plugins.console.problems import Problem
from plugins.console.quality.consent import objects
from plugins.console.rank import Facts, points
from plugins.console.roles import LEADS, PEOPLE
from plugins.console.rooms import staff_rooms
from plugins.console.shapes import (
    Cards,
    ConversationShape,
    Counts,
    Limits,
    May,
    Messages,
    Strip,
    Viewer,
)
from plugins.console.strip import strip_of
from plugins.console.table import Shape
from plugins.orders.face import bound

LATELY = timedelta(days=1)  # what the bot did before that is found by searching


class Listing(Shape):
    """Which conversations, in which order."""

    view: Literal["mine", "snoozed", "helping", "queue", "bot", "colleagues", "all", "closed"] = (
        "all"
    )
    order: Literal["rank", "waiting", "newest"] = "newest"
    channel: str = Field("", max_length=64)
    q: str = Field("", max_length=100)
    after: str = Field("", max_length=60)
    limit: int = Field(50, ge=1, le=100)


class Page(Shape):
    """Which messages."""

    before: int | None = Field(None, ge=0, lt=2**63)
    after: int | None = Field(None, ge=0, lt=2**63)
    limit: int = Field(50, ge=1, le=200)


async def list_conversations(ask: Ask, query: Listing) -> Cards:
    """A page of a view."""
    await ask.desk.tail.catch_up()
    rows = await _view(ask, query.view)
    if query.channel:
        rows = rows.filter(channel=query.channel)
    if query.q:
        rows = rows.filter(await _search(query.q))
    if query.order == "newest":
        found, following = await _newest(rows, query)
    else:
        found, following = await _ranked(ask, rows, query)
    return Cards(
        items=await cards(ask.desk, found, ask.who.login),
        next=following,
        counts=await _counts(ask),
    )


async def get_conversation(ask: Ask) -> ConversationShape:
    """A conversation opened."""
    await ask.desk.tail.catch_up()
    return await opened(ask)


async def opened(ask: Ask) -> ConversationShape:
    """The conversation of the path, as it is for this person."""
    conversation = await conversation_of(ask)
    thread = await thread_of(conversation)
    whole = await deck(ask.desk, [thread])
    place = (await places([conversation.id], ask.who.login)).get(conversation.id)
    card = whole.card(thread, ask.who.login, place)
    case = await _case(thread)
    can, now = ask.desk.lines.can(thread.channel), ask.desk.clock.now()
    return ConversationShape(
        card=card,
        verified=await _verified(conversation, now),
        handoff=await handoff_of(ask, thread),
        complaint=await case_shape(ask, case) if case else None,
        clocks=all_clocks(ask.desk, thread, case),
        draft=place.draft if place else "",
        seen=place.message if place else 0,
        viewers=[Viewer(**viewer) for viewer in ask.desk.hub.viewers(conversation.id)],
        limits=Limits(max_text=can.max_text, parts=sorted(can.parts), push=can.push),
        guests=await guest_shapes(thread),
        objected=await objects(thread.contact_id),
        may=await _may(ask, thread),
    )


async def list_messages(ask: Ask, query: Page) -> Messages:
    """A page of messages, oldest first."""
    conversation = await conversation_of(ask)
    rows = Message.filter(conversation_id=conversation.id)
    if query.after is not None:
        found = await rows.filter(id__gt=query.after).order_by("id").limit(query.limit + 1)
    else:
        older = rows.filter(id__lt=query.before) if query.before is not None else rows
        found = await older.order_by("-id").limit(query.limit + 1)
    more, staff = len(found) > query.limit, await names()
    shown = sorted(found[: query.limit], key=lambda row: row.id)
    return Messages(items=[message_shape(row, staff) for row in shown], more=more)


async def get_strip(ask: Ask) -> Strip:
    """What cannot wait."""
    await ask.desk.tail.catch_up()
    return await strip_of(ask.desk, ask.who.login, ask.kinds)


async def _view(ask: Ask, view: str) -> QuerySet[Thread]:
    rows = Thread.filter(kind__in=[str(kind) for kind in ask.kinds])
    if rooms := await staff_rooms(ask.desk):
        rows = rows.exclude(conversation_id__in=rooms)
    match view:
        case "mine":
            return rows.filter(owner=ask.owner, snoozed_until__isnull=True)
        case "snoozed":
            return rows.filter(owner=ask.owner, snoozed_until__isnull=False)
        case "helping":
            guest = Guest.filter(login=ask.who.login).values_list("conversation_id", flat=True)
            held = rows.filter(conversation_id__in=await guest, owner__startswith="agent:")
            return held.exclude(owner=ask.owner)
        case "queue":
            return rows.filter(owner="queue")
        case "bot":
            return rows.filter(owner="bot", last_at__gt=ask.desk.clock.now() - LATELY)
        case "colleagues":
            return rows.filter(owner__startswith="agent:").exclude(owner=ask.owner)
        case "closed":
            return rows.filter(closed_at__isnull=False)
        case _:
            return rows


async def _search(words: str) -> Q:
    """By the customer's name, the last words, or the platform's id."""
    contacts = Conversation.filter(contact__name__icontains=words).limit(MOST_RANKED)
    numbers = await contacts.values_list("id", flat=True)
    external = await Conversation.filter(external_id=words).values_list("id", flat=True)
    found = Q(conversation_id__in=[*numbers, *external])
    return Q(found, Q(preview__icontains=words), join_type=Q.OR)


async def _newest(rows: QuerySet[Thread], query: Listing) -> tuple[list[Thread], str | None]:
    """Newest first; the cursor is the last row's time and number."""
    if query.after:
        at, number = _cursor(query.after)
        rows = rows.filter(Q(last_at__lt=at) | Q(last_at=at, conversation_id__lt=number))
    found = await rows.order_by("-last_at", "-conversation_id").limit(query.limit + 1)
    page = found[: query.limit]
    more = len(found) > query.limit
    return page, f"{page[-1].last_at.isoformat()}~{page[-1].conversation_id}" if more else None


async def _ranked(
    ask: Ask, rows: QuerySet[Thread], query: Listing
) -> tuple[list[Thread], str | None]:
    """By rank or by waiting; the cursor counts, since ranks move."""
    skip = int(query.after) if query.after.isdecimal() and query.after.isascii() else 0
    many = await lights(ask.desk.writer, rows)
    if query.order == "rank":
        weights = await _weights(ask, many)
        many.sort(
            key=lambda t: (
                -weights[t.conversation_id],
                t.waiting_since or t.last_at,
                t.conversation_id,
            )
        )
    else:
        many.sort(key=lambda t: (t.waiting_since is None, t.waiting_since or t.last_at))
    end = skip + query.limit
    wanted = [each.conversation_id for each in many[skip:end]]
    found = {t.conversation_id: t for t in await Thread.filter(conversation_id__in=wanted)}
    return [found[number] for number in wanted], str(end) if len(many) > end else None


async def _weights(ask: Ask, many: Sequence[Light]) -> dict[int, int]:
    """The rank of each; known are few contacts and open complaints, so all of those are read."""
    tiers = dict(await ContactCard.filter(tier__gt=0).values_list("contact_id", "tier"))
    open_ = Complaint.exclude(state=State.CLOSED).order_by("id")
    cases = dict(await open_.values_list("contact_id", "severity"))
    now, found = ask.desk.clock.now(), dict[int, int]()
    for each in many:
        number = each.contact_id or 0
        queued, since = each.owner == "queue", each.waiting_since
        facts = Facts(each.emotion, tiers.get(number, 0), cases.get(number, 0), since, queued)
        found[each.conversation_id] = sum(points(facts, now).values())
    return found


def _cursor(text: str) -> tuple[datetime, int]:
    at, _, number = text.partition("~")
    wrong = Problem(400, "bad-request", fields={"after": "cursor"})
    try:
        moment, last = datetime.fromisoformat(at), int(number)
    except ValueError:
        raise wrong from None
    if moment.tzinfo is None or not 0 <= last < 2**63:
        raise wrong
    return moment, last


async def _counts(ask: Ask) -> Counts:
    views = ("mine", "snoozed", "queue", "bot", "colleagues")
    each = {view: await (await _view(ask, view)).count() for view in views}
    helping = await (await _view(ask, "helping")).count()
    return Counts(**each, helping=helping, all=sum(each.values()))


async def _case(thread: Thread) -> Complaint | None:
    if thread.contact_id is None:
        return None
    people = await together(thread.contact_id)
    mine = Complaint.filter(contact_id__in=people).exclude(state=State.CLOSED)
    return await mine.order_by("-id").first()


async def _verified(conversation: Conversation, now: datetime) -> bool:
    """Whether the customer proved an order here, or the channel vouches for who it is."""
    if bound(conversation.memory.get("orders", {}), now) is not None:
        return True
    identities = ContactIdentity.filter(
        contact_id=conversation.contact_id, channel=conversation.channel
    )
    return any("customer_id" in row.proven for row in await identities)


async def _may(ask: Ask, thread: Thread) -> May:
    mine, direct = thread.owner == ask.owner, thread.kind == "direct"
    people, lead = bool(ask.roles & PEOPLE), bool(ask.roles & LEADS)
    free = thread.owner in {"bot", "queue"}
    held = direct and not free
    return May(
        reply=mine or not direct or await joined(thread.conversation_id, ask.who.login),
        claim=direct and people and free,
        force=direct and lead and not mine,
        transfer=direct and people and (mine or lead),
        snooze=direct and mine,
        consult=held and people and (mine or lead),
        watch=held and lead and not mine,
    )
