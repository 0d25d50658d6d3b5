"""A turn: one inbound message while it is being handled, and everything a handler may say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from core.effects import Effects, Post
from core.parts import AnyPart, Text, event_of, load
from core.understand import Understanding

if TYPE_CHECKING:
    from core.forms.form import Form
    from core.parts import Event
    from core.views import ContactView, ConversationView, MessageView


class Declined(Exception):  # noqa: N818 - control flow, not an error
    """A handler passes the message on to the next candidate; ``reason`` shows in ``explain``."""

    def __init__(self, reason: str = "") -> None:
        """Say why, in a word."""
        super().__init__(reason)
        self.reason = reason


@dataclass(slots=True)
class Turn(Effects):
    """One message at hand.

    ``message``, ``conversation`` and ``contact`` are there to be read: change the owner with
    :meth:`hand_over`, and keep what shall be remembered in :attr:`memory`.
    ``understanding`` is the shared reading of the text; ``proven`` holds what the platform vouches
    for about the sender. ``notes`` show in ``explain`` and ``trace``.
    """

    message: MessageView = field(kw_only=True)
    conversation: ConversationView = field(kw_only=True)
    contact: ContactView = field(kw_only=True)
    understanding: Understanding = field(kw_only=True)
    proven: Mapping[str, str] = field(default_factory=dict[str, str], kw_only=True)
    role: str = field(default="customer", kw_only=True)
    plugin: str = field(default="", kw_only=True)  # whose handler runs now
    owner: str | None = field(default=None, kw_only=True)  # the new owner, if it changes
    form: dict[str, Any] | None = field(default=None, kw_only=True)
    opened: bool = field(default=False, kw_only=True)  # a handler has just opened ``form``
    notes: dict[str, Any] = field(default_factory=dict[str, Any], kw_only=True)
    _parts: tuple[AnyPart, ...] | None = field(default=None, kw_only=True)

    @property
    def text(self) -> str:
        """The normalised text."""
        return self.understanding.plain

    @property
    def parts(self) -> tuple[AnyPart, ...]:
        """What the message is made of."""
        if self._parts is None:
            self._parts = load(self.message.parts)
        return self._parts

    @property
    def event(self) -> Event | None:
        """What happened, when the message is an event."""
        return event_of(self.parts)

    @property
    def memory(self) -> dict[str, Any]:
        """What this plugin remembers of the conversation; plain JSON, saved with the turn."""
        return self.conversation.memory.setdefault(self.plugin, {})

    def reply(self, message: str, /, *parts: AnyPart, **values: object) -> None:
        """Answer with the sentence ``message`` (``"<plugin>.<key>"``), then any further parts."""
        self.say(self.texts.render(message, self.locale, **values), *parts)

    def say(self, text: str, /, *parts: AnyPart) -> None:
        """Answer with words that come from data (a knowledge entry), not from the code."""
        head: tuple[AnyPart, ...] = (Text(text),) if text else ()
        self.posts.append(Post((*head, *parts)))

    def hand_over(self, owner: str) -> None:
        """Give the conversation to ``queue``, ``agent:<name>`` or back to ``bot``."""
        self.owner = owner
        self.emit("conversation.owner", owner=owner, before=self.conversation.owner)

    def ask(self, form: type[Form], **known: object) -> None:
        """Open a form with what is known already; the engine asks for the rest."""
        self.form = {"name": form.form_name(), "values": dict(known), "tries": 0}
        self.opened = True

    def decline(self, reason: str = "") -> None:
        """Let the next candidate answer; nothing this handler said will happen."""
        raise Declined(reason)

    def note(self, **facts: Any) -> None:  # noqa: ANN401
        """Facts about the decision, for ``explain`` and ``trace``: a score, an entry id."""
        self.notes.update(facts)
