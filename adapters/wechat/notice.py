"""Notices outside the reply window: template, subscription and one-time subscription messages.

The platform takes a form that it approved, filled in with short values of stated kinds ("Template
message interface"; "Limits of the values of subscription messages"). What kind a field has stands
in its name: ``thing4`` is a thing.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from core.parts import Notice

# Characters that a field of a kind may have. A longer value is cut where words were cut: a number
# or a date that is too long is wrong, not long, and the platform shall say so (47003).
LIMITS: Mapping[str, int] = {
    "thing": 20,
    "name": 10,
    "phrase": 5,
    "const": 20,
    "number": 32,
    "letter": 32,
    "symbol": 5,
    "character_string": 32,
    "phone_number": 17,
    "car_number": 8,
    "content": 200,  # the only field of a one-time subscription message
}
_WORDS = frozenset({"thing", "name", "phrase", "const", "content"})
MAX_TITLE = 15  # characters, of a one-time subscription message
_PLACE = re.compile(r"\{(\w+)\}")
NO_CONSENT = 43101  # one consent is one message; the next one comes with the customer's next visit


class Page(BaseModel):
    """The mini-program page that a notice leads to."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    app_id: str
    path: str = ""


class NoticeForm(BaseModel):
    """``[channels.<name>.notices."<purpose>"]``: the approved form for one purpose.

    ``kind``: a template message, a subscription message that the customer agreed to, or one that
    was agreed to by the link of ``xiaoer wechat subscribe`` (``once``), which has a ``title`` and
    the one field ``content``; ``scene`` tells its purposes apart. ``fields``: the form's fields
    with what fills them; ``{order}`` stands for a value of the notice.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    template_id: str = Field(min_length=1)
    kind: Literal["template", "subscribe", "once"] = "template"
    fields: dict[str, str]
    url: str = ""
    page: Page | None = None
    scene: int = Field(default=0, ge=0, le=10_000)
    title: str = Field(default="", max_length=MAX_TITLE)

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.kind == "once" and not (self.title and set(self.fields) == {"content"}):
            words = "kind 'once' needs a title and the one field content"
            raise PydanticCustomError("wechat.setting_once", words)
        return self


class MissingValueError(Exception):
    """The notice has no value for a field of the form."""


def request_of(
    notice: Notice, form: NoticeForm, openid: str, key: str
) -> tuple[str, dict[str, Any]]:
    """Path and body of the call. ``key`` makes a repeated template message harmless.

    Raises :class:`MissingValueError`, naming the value.
    """
    data = {name: {"value": _value(name, text, notice)} for name, text in form.fields.items()}
    body: dict[str, Any] = {"touser": openid, "template_id": form.template_id, "data": data}
    if form.page is not None:
        path = _filled(form.page.path, notice)
        body["miniprogram"] = {"appid": form.page.app_id, "pagepath": path}
    address = _filled(form.url, notice) or notice.url
    if form.kind == "subscribe":
        return "/cgi-bin/message/subscribe/bizsend", body | ({"page": address} if address else {})
    body |= {"url": address} if address else {}
    if form.kind == "once":
        body |= {"scene": str(form.scene), "title": form.title}
        return "/cgi-bin/message/template/subscribe", body
    same = hashlib.sha256(key.encode()).hexdigest()[:32]
    return "/cgi-bin/message/template/send", body | {"client_msg_id": same}


def _value(name: str, text: str, notice: Notice) -> str:
    value = " ".join(_filled(text, notice).split())  # a line break would be refused
    kind = name.rstrip("0123456789")
    most = LIMITS.get(kind)
    if most is None or len(value) <= most or kind not in _WORDS:
        return value
    long = kind in {"thing", "content"}
    return value[: most - 1] + "\N{HORIZONTAL ELLIPSIS}" if long else value[:most]


def _filled(text: str, notice: Notice) -> str:
    def value(place: re.Match[str]) -> str:
        if place[1] not in notice.values:
            raise MissingValueError(place[1])
        return notice.values[place[1]]

    return _PLACE.sub(value, text)
