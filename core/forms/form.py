"""A form is a pydantic model whose fields carry their questions.

>>> class Track(Form):
...     number: str = ask("orders.ask_number", entity="order_no")
...     tail: str = ask("orders.ask_tail", pattern=r"[0-9]{4}")

The engine (``core/forms/engine.py``) asks for what is missing, takes what the customer gives, lets
them digress or call it off, and keeps the half-filled form in the conversation's row.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from core.understand import Understanding


@dataclass(frozen=True, slots=True)
class Question:
    """How one field is asked for and recognised.

    ``prompt`` and ``again`` are sentence keys (``again``: the answer did not fit). ``entity`` or
    ``pattern`` find the value inside a longer message; a field with neither takes the whole text.
    ``alone``: what counts as the value when it is all that is answered, and nothing else is named.
    """

    prompt: str
    again: str = ""
    entity: str = ""
    pattern: str = ""
    alone: str = ""

    @property
    def recognised(self) -> bool:
        """Whether the value can be told from other talk."""
        return bool(self.entity or self.pattern or self.alone)

    def find(self, heard: Understanding, *, asked: bool) -> str | None:
        """The value in a message, as text, if it is there; ``asked``: it answers this question."""
        if not self.recognised:
            return heard.raw.strip() or None
        value = heard.first(self.entity) if self.entity else None
        if value is None and self.pattern and (found := re.search(self.pattern, heard.plain)):
            value = found.group()
        if value is None and self.alone and asked and not heard.entities:
            found = re.fullmatch(self.alone, heard.plain.strip())
            value = found.group() if found else None
        return value


@dataclass(frozen=True, slots=True)
class _Asked:
    """Carries a question on its pydantic field; leaves the field's JSON schema as it is."""

    question: Question

    def __call__(self, _schema: dict[str, Any]) -> None:
        """Change nothing."""


def ask(
    prompt: str,
    *,
    again: str = "",
    entity: str = "",
    pattern: str = "",
    alone: str = "",
    default: object = ...,
) -> Any:  # noqa: ANN401 - stands for the field's own type
    """A form field with its question; one with a ``default`` is taken when given, never asked."""
    return Field(default, json_schema_extra=_Asked(Question(prompt, again, entity, pattern, alone)))


class Form(BaseModel):
    """Base of all forms. ``@plugin.form(MyForm)`` registers the handler of the filled form."""

    model_config = ConfigDict(extra="forbid")
    questions: ClassVar[dict[str, Question]] = {}

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: object) -> None:
        """Collect the questions once."""
        super().__pydantic_init_subclass__(**kwargs)
        for name, info in cls.model_fields.items():
            extra: object = info.json_schema_extra
            if isinstance(extra, _Asked):
                cls.questions = {**cls.questions, name: extra.question}

    @classmethod
    def form_name(cls) -> str:
        """What the open form is called in the conversation's row."""
        return f"{cls.__module__}.{cls.__qualname__}"

    @classmethod
    def missing(cls, values: dict[str, Any]) -> str | None:
        """The first required field that has no value yet."""
        required = (n for n in cls.questions if cls.model_fields[n].is_required())
        return next((name for name in required if name not in values), None)

    @classmethod
    def fits(cls, name: str, value: object) -> bool:
        """Whether a single value passes the field's own validation."""
        info = cls.model_fields[name]
        checker: TypeAdapter[Any] = TypeAdapter(info.rebuild_annotation())
        try:
            checker.validate_python(value)
        except ValidationError:
            return False
        return True
