"""Sentences: keys in the code, words in ``locales/<locale>/<domain>.po``.

``orders.status`` stands in ``orders.po``. Catalogues are read from the ``.po`` files themselves at
start (no compile step), the shop's own folder last, so that a shop can put any sentence in its own
words. A missing key shows as the key: ugly, never fatal.
"""

from __future__ import annotations

import string
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_datetime, format_timedelta
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from babel.numbers import format_currency

LOCALES = ("zh_CN", "en")
Sentences = Mapping[str, str]


class Money(Decimal):
    """An amount in yuan, shown as the locale shows money."""

    @classmethod
    def fen(cls, amount: int) -> Money:
        """From the hundredths that orders are counted in."""
        return cls(Decimal(amount) / 100)  # a division alone gives a plain Decimal


def nearest(wanted: str, fallback: str = LOCALES[0]) -> str:
    """The supported locale nearest to a language tag such as ``en-US`` or ``zh-Hans``."""
    tag = wanted.replace("-", "_").lower()
    for locale in LOCALES:
        if tag and (tag == locale.lower() or tag.split("_")[0] == locale.split("_")[0]):
            return locale
    return fallback


class _Formatter(string.Formatter):
    """Plain ``{name}`` fields, shown by type; attributes and indexes are refused."""

    def __init__(self, locale: str, zone: ZoneInfo) -> None:
        self.locale, self.zone = Locale.parse(locale), zone

    def get_field(
        self, field_name: str, args: Sequence[object], kwargs: Mapping[str, object]
    ) -> tuple[object, str]:
        if not field_name.isidentifier():
            raise ValueError(f"only plain names may stand in a sentence, not {{{field_name}}}")
        return kwargs[field_name], field_name

    def format_field(self, value: object, format_spec: str) -> str:
        match value:
            case datetime():
                return format_datetime(value, format_spec or "short", self.zone, self.locale)
            case timedelta():
                return format_timedelta(value, locale=self.locale)
            case Money():
                return format_currency(value, "CNY", locale=self.locale)
            case _:
                return format(value, format_spec)


class Texts:
    """All sentences of the running house."""

    def __init__(
        self, folders: Iterable[Traversable | Path], zone: ZoneInfo, default: str = LOCALES[0]
    ) -> None:
        """Read every ``<folder>/<locale>/*.po``; later ones win; ``default``: the shop's locale."""
        self.default = nearest(default)
        self.zone = zone
        self._sentences: dict[str, dict[str, str]] = {locale: {} for locale in LOCALES}
        self.own: Mapping[str, Sentences] = {}  # the shop's own words, by locale: they win
        self._formatters = {locale: _Formatter(locale, zone) for locale in LOCALES}
        for folder in folders:
            self.add(folder)

    def add(self, folder: Traversable | Path) -> None:
        """Read one more folder of locales (a plugin's own)."""
        for locale in LOCALES:
            self._sentences[locale].update(_read(folder, locale))

    def has(self, key: str) -> bool:
        """Whether any locale knows the key."""
        return any(key in known for known in self._sentences.values())

    def sentence(self, key: str, locale: str) -> str:
        """The raw sentence with its placeholders."""
        for candidate in (nearest(locale, self.default), self.default, *LOCALES):
            own = self.own.get(candidate, {}).get(key)
            if found := own or self._sentences[candidate].get(key):
                return found
        return key

    def shipped(self, locale: str) -> Sentences:
        """All sentences of a locale as they ship, without the shop's own words."""
        return self._sentences[locale]

    def render(self, key: str, locale: str, /, **values: object) -> str:
        """The sentence with its values: times, spans and :class:`Money` in the locale's form."""
        sentence = self.sentence(key, locale)
        if not values:
            return sentence
        return self._formatters[nearest(locale, self.default)].vformat(sentence, (), values)

    def domain(self, name: str, locale: str) -> dict[str, str]:
        """All sentences of a domain, for a page that renders them itself."""
        keys = {k for known in self._sentences.values() for k in known if k.startswith(f"{name}.")}
        return {key: self.sentence(key, locale) for key in sorted(keys)}


def fields_of(sentence: str) -> frozenset[str]:
    """What stands in braces, as ``opens:HH:mm``; raises :class:`ValueError` for a broken one."""
    return frozenset(
        f"{name}{f'!{form}' if form else ''}{f':{spec}' if spec else ''}"
        for _, name, spec, form in string.Formatter().parse(sentence)
        if name is not None
    )


def bundled() -> Traversable:
    """The locales that ship with Xiaoer."""
    return files("locales")


def _read(folder: Traversable | Path, locale: str) -> dict[str, str]:
    place = folder / locale
    if not place.is_dir():
        return {}
    sentences: dict[str, str] = {}
    for file in sorted(place.iterdir(), key=lambda f: f.name):
        if file.name.endswith(".po"):
            sentences.update(_parse(file.read_text(encoding="utf-8")))
    return sentences


@lru_cache(maxsize=256)
def _parse(source: str) -> Sentences:
    catalog: Catalog = read_po(source.splitlines(keepends=True))  # type: ignore[arg-type]
    return {str(m.id): str(m.string) for m in catalog if m.id and m.string}
