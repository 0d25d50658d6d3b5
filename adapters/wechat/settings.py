"""What a shop fills in for one official account."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, HttpUrl, SecretStr, model_validator
from pydantic_core import PydanticCustomError

from adapters._weixin.keys import AesKey, Token
from adapters.wechat.mass import Account
from adapters.wechat.menu import Item, refuse_too_much
from adapters.wechat.notice import NoticeForm
from core.adapter import AdapterSettings


class WeChatSettings(AdapterSettings):
    """``[channels.<name>]`` of an official account; the names follow WeChat's console.

    ``mode`` must equal the console's message mode. ``can_push`` says whether the account may send
    customer-service messages (verified accounts only); unset, it follows ``app_secret``.
    ``max_age``: seconds a signed request stays fresh, 0 turns the check off. ``cover``: the picture
    of mini-program cards and videos that bring none. ``media_hosts``: machines of the own network
    that pictures may be fetched from; all others must be public. ``handoff``: where a customer who
    wants a person waits, at our own desk or in WeChat's customer service. ``account``: what kind
    it is, which decides how many mass messages the platform takes.
    """

    token: Token = Field(repr=False)
    encoding_aes_key: AesKey | None = Field(default=None, repr=False)
    previous_encoding_aes_key: AesKey | None = Field(default=None, repr=False)
    app_id: str = ""
    app_secret: SecretStr = SecretStr("")
    mode: Literal["plain", "compatible", "safe"] = "safe"
    api_base: HttpUrl = HttpUrl("https://api.weixin.qq.com")
    can_push: bool | None = None
    original_id: str = ""
    max_age: int = Field(default=600, ge=0)
    cover: Path | None = None
    media_hosts: tuple[str, ...] = ()
    handoff: Literal["desk", "wechat"] = "desk"
    account: Account = "service"
    notices: dict[str, NoticeForm] = Field(default_factory=dict[str, NoticeForm])
    menu: tuple[Item, ...] = ()

    @property
    def has_secret(self) -> bool:
        """Whether an access token can be asked for at all."""
        return bool(self.app_id and self.app_secret.get_secret_value())

    @property
    def pushes(self) -> bool:
        """Whether answers may leave through the API."""
        return self.has_secret if self.can_push is None else self.can_push

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.mode != "plain" and not (self.encoding_aes_key and self.app_id):
            words = "mode {mode} needs encoding_aes_key and app_id"
            raise PydanticCustomError("wechat.setting_mode", words, {"mode": self.mode})
        if self.can_push and not self.has_secret:
            raise PydanticCustomError("wechat.setting_push", "can_push needs app_id and app_secret")
        if self.handoff == "wechat" and not self.pushes:
            words = "handoff 'wechat' needs an account that may push"
            raise PydanticCustomError("wechat.setting_handoff", words)
        scenes = [form.scene for form in self.notices.values() if form.kind == "once"]
        if len(set(scenes)) < len(scenes):
            words = "notices of kind 'once' need different scenes"
            raise PydanticCustomError("wechat.setting_scenes", words)
        refuse_too_much(self.menu)
        return self
