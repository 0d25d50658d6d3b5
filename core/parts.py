"""What a message is made of: the parts every adapter reads and writes.

Parts are small tagged structs, so that one JSON column keeps any of them and reads them back
typed. A part that a platform cannot show degrades to text (:func:`as_text`) instead of vanishing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec


class Part(msgspec.Struct, frozen=True, tag_field="type", omit_defaults=True):
    """Base of all parts; the JSON field ``type`` carries the lower-case class name."""


class Text(Part, frozen=True, tag="text"):
    """Plain text as the person typed it (inbound) or shall read it (outbound)."""

    text: str


class Image(Part, frozen=True, tag="image"):
    """A picture, by address or by the platform's own media id."""

    url: str = ""
    media_id: str = ""


class Voice(Part, frozen=True, tag="voice"):
    """A voice note; ``transcript`` is what the platform recognised, if it did."""

    media_id: str = ""
    url: str = ""
    format: str = ""
    transcript: str = ""


class Video(Part, frozen=True, tag="video"):
    """A video, with the media id of its still picture."""

    media_id: str = ""
    url: str = ""
    thumb_id: str = ""


class File(Part, frozen=True, tag="file"):
    """Any other file, with its name and size in bytes."""

    name: str = ""
    media_id: str = ""
    url: str = ""
    size: int = 0


class Link(Part, frozen=True, tag="link"):
    """A link with its preview."""

    url: str
    title: str = ""
    description: str = ""


class Location(Part, frozen=True, tag="location"):
    """A place: degrees north and east, and its label."""

    latitude: float
    longitude: float
    label: str = ""


class Card(Part, frozen=True, tag="card"):
    """A product, order or mini-program card; ``data`` keeps the platform-neutral facts."""

    kind: str
    title: str = ""
    url: str = ""
    data: dict[str, Any] = {}


class Option(msgspec.Struct, frozen=True):
    """One choice of a :class:`Menu`; choosing it sends ``id`` back (or its label as text).

    Where the ``id`` is an address, choosing opens it.
    """

    id: str
    label: str

    @property
    def opens(self) -> bool:
        """Whether it leads to a page."""
        return self.id.startswith(("https://", "http://"))

    @property
    def shown(self) -> str:
        """Where there are no buttons: the label, with the address that it would open."""
        return f"{self.label} {self.id}" if self.opens else self.label


class Menu(Part, frozen=True, tag="menu"):
    """A short question with choices: buttons where the platform has them, numbers elsewhere."""

    head: str
    options: tuple[Option, ...]
    tail: str = ""


class Notice(Part, frozen=True, tag="notice"):
    """News that the shop owes a customer: ``text`` while the customer may be written to.

    Where the reply window is ``shut``, a channel may carry it in a form that the platform has
    approved for the ``purpose`` (``order.shipped``), filled in with ``values``; ``url`` is where it
    leads. ``shut`` is set by the outbox.
    """

    purpose: str
    text: str
    values: dict[str, str] = {}
    url: str = ""
    shut: bool = False


class Event(Part, frozen=True, tag="event"):
    """Something that happened rather than something said: a follow, a click, a gift.

    ``name`` is platform-neutral where a neutral word exists (``follow``, ``unfollow``, ``scan``,
    ``click``, ``view``, ``choice``, ``enter``, ``leave``, ``gift``, ``like``, ``typing``, ...) and
    otherwise the platform's own, lower-case. ``key`` is its argument (scene, menu key, option id).
    """

    name: str
    key: str = ""
    data: dict[str, Any] = {}


AnyPart = Text | Image | Voice | Video | File | Link | Location | Card | Menu | Notice | Event
_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(tuple[AnyPart, ...])


def dump(parts: Sequence[AnyPart]) -> str:
    """Parts as JSON text for the ledger."""
    return _encoder.encode(parts).decode()


def load(data: str | bytes) -> tuple[AnyPart, ...]:
    """Parts from the ledger's JSON; raises :class:`msgspec.ValidationError` on foreign data."""
    return _decoder.decode(data)


def text_of(parts: Iterable[AnyPart]) -> str:
    """The words in the parts: texts and recognised speech, joined by line breaks."""
    words = (
        p.text if isinstance(p, Text | Notice) else p.transcript if isinstance(p, Voice) else ""
        for p in parts
    )
    return "\n".join(w for w in words if w)


def event_of(parts: Iterable[AnyPart]) -> Event | None:
    """The first event among the parts, if any."""
    return next((p for p in parts if isinstance(p, Event)), None)


def as_text(part: AnyPart) -> str:
    """The best plain-text form of a part, for channels that cannot carry it."""
    match part:
        case Text(text=text) | Notice(text=text):
            return text
        case Menu(head=head, options=options, tail=tail):
            lines = [f"{n}. {o.shown}" for n, o in enumerate(options, 1)]
            return "\n".join(line for line in (head, *lines, tail) if line)
        case Link(url=url, title=title) | Card(url=url, title=title):
            return f"{title} {url}".strip()
        case Location(label=label):
            return label
        case Voice(transcript=transcript) if transcript:
            return transcript
        case File(name=name, url=url):
            return f"{name} {url}".strip()
        case Image(url=url) | Voice(url=url) | Video(url=url):
            return url
        case Event():
            return ""
