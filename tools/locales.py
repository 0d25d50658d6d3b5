"""Each message exists in both languages, with the same {placeholders}.

A catalogue is any .po file below a folder named zh_CN; its partner is the same path below en.
"""

import io
import string
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from babel.messages.catalog import Message
from babel.messages.pofile import PoFileError, read_po

from tools.tree import Problem, Source, Tree

LANGUAGES = ("zh_CN", "en")

Catalogue = dict[tuple[str | None, str], Message]


def check(tree: Tree) -> Iterator[Problem]:
    """Every message that one language lacks, or says with other values."""
    files = {source.path: source for source in tree.sources if source.path.suffix == ".po"}
    for path, source in files.items():
        language = next((name for name in LANGUAGES if name in path.parts), None)
        if language is None:
            continue
        try:
            messages = _read(source, language)
        except (PoFileError, ValueError) as error:
            yield source.problem(1, str(error))
            continue
        yield from _incomplete(source, messages)
        other = LANGUAGES[1 - LANGUAGES.index(language)]
        partner = files.get(_swap(path, language, other))
        if partner is None:
            yield source.problem(1, f"has no partner in {other}")
        else:
            yield from _compare(source, messages, partner, other)


def _swap(path: PurePosixPath, language: str, other: str) -> PurePosixPath:
    return PurePosixPath(*(other if part == language else part for part in path.parts))


def _read(source: Source, language: str) -> Catalogue:
    catalogue = read_po(io.BytesIO(source.text.encode()), locale=language, abort_invalid=True)
    return {(m.context, _forms(m.id)[0]): m for m in catalogue if m.id}


def _incomplete(source: Source, messages: Catalogue) -> Iterator[Problem]:
    for (_, key), message in messages.items():
        line = message.lineno or 1
        if message.fuzzy:
            yield source.problem(line, f"'{key}' is marked fuzzy")
        if not all(_forms(message.string)):
            yield source.problem(line, f"'{key}' has no text")
        elif _placeholders(message) is None:
            yield source.problem(line, f"'{key}' has a broken {{placeholder}}")


def _compare(source: Source, messages: Catalogue, partner: Source, other: str) -> Iterator[Problem]:
    try:
        others = _read(partner, other)
    except (PoFileError, ValueError):
        return  # reported at the partner itself
    for key in messages.keys() - others.keys():
        line = messages[key].lineno or 1
        yield source.problem(line, f"'{key[1]}' is missing in {partner.path}")
    if other == LANGUAGES[0]:
        return  # a common message is compared once
    for key in messages.keys() & others.keys():
        here, there = _placeholders(messages[key]), _placeholders(others[key])
        if here != there:
            text = f"'{key[1]}' fills in {_names(here)}, but {_names(there)} in {partner.path}"
            yield source.problem(messages[key].lineno or 1, text)


def _forms(text: str | Sequence[str] | None) -> tuple[str, ...]:
    """The singular and plural forms, or the one form there is."""
    return (text,) if isinstance(text, str) else tuple(text or ("",))


def _placeholders(message: Message) -> set[str] | None:
    """The names in braces, over all plural forms; None where the braces do not match."""
    try:
        fields = [
            f for text in _forms(message.string) for _, f, _, _ in string.Formatter().parse(text)
        ]
    except ValueError:
        return None
    return {field for field in fields if field is not None}


def _names(placeholders: set[str] | None) -> str:
    return ", ".join(sorted(f"{{{name}}}" for name in placeholders or ())) or "nothing"
