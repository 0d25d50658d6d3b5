"""The menu below the conversation: as a shop writes it, as the platform wants it, and in words.

Limits: "Custom menus". At most three entries, each an action or a list of up to five actions.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal, Self, cast

from pydantic import BaseModel, ConfigDict, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

MAX_TOP, MAX_SUB = 3, 5
MAX_TOP_NAME, MAX_SUB_NAME = 16, 60  # bytes of UTF-8: five Chinese characters, twenty
MAX_KEY, MAX_URL = 128, 1024  # bytes
NO_MENU = 46003  # what the platform says where there is none

Kind = Literal[
    "click",
    "view",
    "miniprogram",
    "scancode_push",
    "scancode_waitmsg",
    "pic_sysphoto",
    "pic_photo_or_album",
    "pic_weixin",
    "location_select",
    "media_id",
    "article_id",
    "article_view_limited",
]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
# Our fields and the platform's names for them, where a kind has others than a key.
_FIELDS: Mapping[str, Mapping[str, str]] = {
    "view": {"url": "url"},
    "miniprogram": {"app_id": "appid", "path": "pagepath", "url": "url"},
    "media_id": {"key": "media_id"},
    "article_id": {"key": "article_id"},
    "article_view_limited": {"key": "article_id"},
}
_KEY = {"key": "key"}


class Action(BaseModel):
    """An entry that does something. ``kind`` is needed where the fields do not tell it.

    A ``key`` comes back as the event ``click``; a ``url`` opens a page; with ``app_id`` and
    ``path`` it is a page of a mini-program, and ``url`` what old clients open instead. Of material
    ``key`` is the id.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: Name
    kind: Kind | None = None
    key: str = ""
    url: str = ""
    app_id: str = ""
    path: str = ""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        missing = [name for name in self.fields if not getattr(self, name)]
        if missing:
            facts = {"does": self.does, "missing": ", ".join(missing)}
            raise PydanticCustomError("wechat.setting_menu_needs", "{does} needs {missing}", facts)
        if _size(self.key) > MAX_KEY or _size(self.url) > MAX_URL:
            facts = {"key": MAX_KEY, "url": MAX_URL}
            words = "key takes {key} bytes, url {url}"
            raise PydanticCustomError("wechat.setting_menu_long", words, facts)
        return self

    @property
    def does(self) -> str:
        """The platform's word for what a touch does."""
        if self.kind:
            return self.kind
        return "miniprogram" if self.app_id else "view" if self.url else "click"

    @property
    def fields(self) -> Mapping[str, str]:
        """What this kind needs, with the platform's names."""
        return _FIELDS.get(self.does, _KEY)

    @property
    def button(self) -> dict[str, Any]:
        """As the platform wants it."""
        given = {theirs: getattr(self, ours) for ours, theirs in self.fields.items()}
        return {"type": self.does, "name": self.name, **given}


class Item(Action):
    """An entry at the top: an action, or a name over ``items``."""

    items: tuple[Action, ...] = ()

    @property
    def fields(self) -> Mapping[str, str]:
        """A name over others does nothing itself."""
        return {} if self.items else super().fields

    @property
    def button(self) -> dict[str, Any]:
        """As the platform wants it."""
        if not self.items:
            return super().button
        return {"name": self.name, "sub_button": [item.button for item in self.items]}


def refuse_too_much(items: Sequence[Item]) -> None:
    """Raise :class:`PydanticCustomError` for entries that the platform would refuse."""
    if len(items) > MAX_TOP or any(len(item.items) > MAX_SUB for item in items):
        facts = {"top": MAX_TOP, "sub": MAX_SUB}
        words = "menu: at most {top} entries with {sub} items each"
        raise PydanticCustomError("wechat.setting_menu_many", words, facts)
    longest = [(item.name, MAX_TOP_NAME) for item in items]
    longest += [(below.name, MAX_SUB_NAME) for item in items for below in item.items]
    for name, most in longest:
        if _size(name) > most:
            facts, words = {"name": name, "most": most}, "menu: '{name}' has more than {most} bytes"
            raise PydanticCustomError("wechat.setting_menu_name", words, facts)


def body(items: Sequence[Item]) -> dict[str, Any]:
    """What to post to ``menu/create``."""
    return {"button": [item.button for item in items]}


def outline(buttons: object, depth: int = 0) -> Iterator[str]:
    """One line for each entry of the platform's list, sub-entries indented."""
    for one in _tables(buttons):
        below = _tables(one.get("sub_button"))
        facts = [str(one[name]) for name in _shown(one)]
        head = "" if below else f"  [{' '.join([str(one.get('type', '?')), *facts])}]"
        yield f"{'  ' * depth}{one.get('name', '')}{head}"
        yield from outline(below, depth + 1)


def difference(live: object, wanted: Sequence[Item]) -> list[str]:
    """Lines with ``-`` for what the platform has and ``+`` for what the settings say."""
    before, after = list(outline(live)), list(outline(body(wanted)["button"]))
    if before == after:
        return []
    return [line.rstrip() for line in difflib.ndiff(before, after) if not line.startswith("?")]


def _shown(one: Mapping[str, Any]) -> list[str]:
    names = ("key", "appid", "pagepath", "url", "media_id", "article_id")
    return [name for name in names if one.get(name)]


def _tables(value: object) -> list[dict[str, Any]]:
    """The tables of a list, none of anything else."""
    entries = cast("list[object]", value) if isinstance(value, list) else []
    return [cast("dict[str, Any]", one) for one in entries if isinstance(one, dict)]


def _size(words: str) -> int:
    return len(words.encode())
