"""What is wrong with a value that a person set or typed, in their own language.

What the checking library finds has a kind and facts; the sentences are ``wrong.<name>``. A check of
a plugin's or an adapter's own may raise ``PydanticCustomError`` with the key of its own sentence.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.settings import Problem
from core.texts import Texts

KINDS = {
    **dict.fromkeys(("int_parsing", "int_type", "int_from_float", "int_parsing_size"), "whole"),
    **dict.fromkeys(("float_parsing", "float_type", "decimal_parsing", "decimal_type"), "number"),
    "finite_number": "number",
    **dict.fromkeys(("bool_parsing", "bool_type"), "switch"),
    "string_type": "text",
    "string_too_short": "short",
    "string_too_long": "long",
    "string_pattern_mismatch": "pattern",
    "too_short": "few",
    "too_long": "many",
    "greater_than": "above",
    "greater_than_equal": "least",
    "less_than": "below",
    "less_than_equal": "most",
    "decimal_max_places": "places",
    **dict.fromkeys(("literal_error", "enum"), "one_of"),
    **dict.fromkeys(("list_type", "tuple_type", "set_type", "frozen_set_type"), "list"),
    **dict.fromkeys(("dict_type", "model_type", "model_attributes_type"), "table"),
    **dict.fromkeys(("url_parsing", "url_type", "url_scheme"), "address"),
    "time_parsing": "time",
    **dict.fromkeys(("date_parsing", "date_type", "date_from_datetime_parsing"), "date"),
    **dict.fromkeys(("datetime_parsing", "datetime_type", "datetime_from_date_parsing"), "moment"),
    "missing": "missing",
    "extra_forbidden": "unknown",
}


def why(kind: str, facts: Mapping[str, Any], words: str, texts: Texts, locale: str) -> str:
    """What is allowed instead; ``words`` of the library where there is no sentence for the kind."""
    key = kind if "." in kind else f"wrong.{KINDS.get(kind, kind)}"
    if not texts.has(key):
        return words.removeprefix("Value error, ")
    plain = {name: str(fact) for name, fact in facts.items()}
    if "expected" in plain:
        plain["expected"] = plain["expected"].replace(" or ", ", ")
    return texts.render(key, locale, **plain)


def line(problem: str, texts: Texts, locale: str) -> str:
    """One problem of the settings: the key, what was given and what is allowed."""
    if not isinstance(problem, Problem):
        return problem
    reason = why(problem.kind, problem.facts, problem.words, texts, locale)
    if not problem.name:
        return reason
    return texts.render("wrong.line", locale, name=f"{problem.name}{problem.given}", why=reason)
