"""A compensation makes good what went wrong; tied to a review it would be unlawful (S-211, S-231).

The rules are data with their sources (``wording.toml``). They are stricter than the guard of public
posts: here the benefit is a fact already, so the condition alone is enough.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import cache
from importlib.resources import files


def condition(text: str) -> str:
    """The words that tie a compensation to a review or to silence; empty where there are none."""
    allow, forbid = _rules()
    plain = unicodedata.normalize("NFKC", text).lower()
    plain = re.sub(r"(?<=[^\x00-\x7f])\s+(?=[^\x00-\x7f])", "", plain)
    found = forbid.search(allow.sub(lambda m: "\x00" * len(m.group()), plain))
    return found.group() if found else ""


@cache
def _rules() -> tuple[re.Pattern[str], re.Pattern[str]]:
    source = files("plugins.compensation").joinpath("wording.toml").read_text(encoding="utf-8")
    table = tomllib.loads(source)
    return re.compile("|".join(table["allow"])), re.compile("|".join(table["forbid"]))
