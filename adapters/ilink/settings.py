"""What ``python -m adapters.ilink.login`` gives, for ``[channels.<name>]``."""

from __future__ import annotations

from pydantic import Field, HttpUrl, SecretStr

from core.adapter import AdapterSettings


class ILinkSettings(AdapterSettings):
    """One bot of one owner. The token is a password: whoever has it is the bot.

    ``ignore_older``: seconds; at the very first start older messages are left alone.
    """

    bot_token: SecretStr = Field(min_length=1)
    api_base: HttpUrl = HttpUrl("https://ilinkai.weixin.qq.com")
    ignore_older: int = Field(default=3600, ge=0)
