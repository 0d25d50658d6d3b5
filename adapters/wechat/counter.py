"""What the commands share: which account is meant, and the platform's refusals in words."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from adapters._weixin.errors import TROUBLE, ApiError
from adapters.wechat.adapter import WeChatAdapter
from core.app import App
from core.cli.problems import Refusal
from core.store.models import Conversation


def account_of(house: App, channel: str) -> WeChatAdapter:
    """The account that is meant: the named one, or the only one."""
    all_ = {line.name: line.adapter for line in house.lines}
    mine = {name: one for name, one in all_.items() if isinstance(one, WeChatAdapter)}
    if channel not in mine and (channel or len(mine) != 1):
        raise Refusal("wechat.cli_which", names=", ".join(mine))
    return mine[channel] if channel else next(iter(mine.values()))


def with_secret(adapter: WeChatAdapter) -> WeChatAdapter:
    """The same, unless nothing can be asked of the platform."""
    if not adapter.settings.has_secret:
        raise Refusal("wechat.no_secret")
    return adapter


@contextmanager
def in_words(adapter: WeChatAdapter) -> Generator[None]:
    """What the platform refuses, as a :class:`Refusal`."""
    try:
        yield
    except ApiError as no:
        raise Refusal("wechat.api_error", code=no.code, rid=no.rid) from None
    except TROUBLE as trouble:
        host = adapter.settings.api_base.host or ""
        raise Refusal("wechat.unreachable", host=host, reason=trouble) from None


async def known(conversation: int) -> Conversation:
    """The conversation of that number."""
    thread = await Conversation.get_or_none(id=conversation)
    if thread is None:
        raise Refusal("wechat.cli_unknown", conversation=conversation)
    return thread
