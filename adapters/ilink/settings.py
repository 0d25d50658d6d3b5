"""What ``python -m adapters.ilink.login`` gives, for ``[channels.<name>]``."""

from __future__ import annotations

from pydantic import Field, HttpUrl, SecretStr

from core.adapter import AdapterSettings


class ILinkSettings(AdapterSettings):
    """One bot of one owner. The token is a password: whoever has it is the bot.

    ``ignore_older``: seconds; at the very first start older messages are left alone. ``store``:
    where files of messages lie. ``media_hosts``: machines of the own network that pictures and
    files may be fetched from; all others must be public.
    """

    bot_token: SecretStr = Field(min_length=1)
    api_base: HttpUrl = HttpUrl("https://ilinkai.weixin.qq.com")
    store: HttpUrl = HttpUrl("https://novac2c.cdn.weixin.qq.com/c2c")
    media_hosts: tuple[str, ...] = ()
    ignore_older: int = Field(default=3600, ge=0)
