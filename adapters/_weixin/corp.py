"""What every app of a WeCom corp is configured with."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, HttpUrl, SecretStr, StringConstraints

from adapters._weixin.keys import AesKey, Token
from core.adapter import AdapterSettings

CorpId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]


class CorpSettings(AdapterSettings):
    """The corp, the app's secret, and the keys of its callback, as the console shows them.

    ``max_age``: seconds a signed request stays fresh, 0 turns the check off. ``media_hosts``:
    machines of the own network that files may be fetched from; all others must be public.
    """

    corp_id: CorpId
    secret: SecretStr = Field(min_length=1)
    token: Token = Field(repr=False)
    encoding_aes_key: AesKey = Field(repr=False)
    previous_encoding_aes_key: AesKey | None = Field(default=None, repr=False)
    api_base: HttpUrl = HttpUrl("https://qyapi.weixin.qq.com")
    max_age: int = Field(default=600, ge=0)
    media_hosts: tuple[str, ...] = ()
