"""Webhooks: what happens in the shop, told to the shop's own systems (docs/webhooks.md)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

from core.clock import Clock
from core.plugin import Plugin
from core.settings import Settings
from core.store.models import JournalEntry
from core.store.writer import Writer
from plugins.webhooks.keeps import HOLDINGS
from plugins.webhooks.office import PostOffice
from plugins.webhooks.post import Post
from plugins.webhooks.settings import WebhookSettings

plugin = Plugin(
    "webhooks",
    settings=WebhookSettings,
    models="plugins.webhooks.models",
    cli="plugins.webhooks.commands:app",
    package=__package__ or "",
)
plugin.holds(*HOLDINGS)


@plugin.provides
async def posts(
    settings: WebhookSettings, writer: Writer, clock: Clock, whole: Settings
) -> AsyncIterator[PostOffice]:
    """One postman an endpoint, which goes when the shop opens its doors."""
    patience = timedelta(hours=settings.give_up_hours)
    if whole.retention.days:  # later the journal has no such event any more
        patience = min(patience, timedelta(days=whole.retention.days) / 2)
    office = PostOffice(
        [Post(name, one, writer, clock, patience) for name, one in settings.endpoints.items()]
    )
    yield office
    await office.close()


@plugin.started
async def open_doors(office: PostOffice) -> None:
    """From now on events are posted."""
    for post in office.posts:
        await post.start()


@plugin.follows("*")
async def hear(entry: JournalEntry, office: PostOffice) -> None:
    """Something happened."""
    for post in office.posts:
        post.hear(entry.kind)
