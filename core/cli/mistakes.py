"""A command that was typed wrong, told in the language of the terminal.

The typer library tells it in English. Its classes are private, so they are known by their names;
what they say in words only is read back.
"""

from __future__ import annotations

import re
from typing import Any

from pydantic import ValidationError

from core.cli.tongue import locale, say, texts
from core.wrong import why

SAID = {
    r"Missing command": "no_command",
    r"No such command '(?P<name>.*?)'\.": "unknown_command",
    r"No such command '(?P<name>.*?)'. Did you mean (?P<near>.*)\?": "like_command",
    r"Got unexpected extra argument\(s\) \((?P<name>.*)\)": "too_much",
    r"Option '(?P<name>.*)' requires": "no_value",
    r"Option '(?P<name>.*)' does not take a value": "takes_no_value",
}
CHOICES = re.compile(r".* is not one of (?P<expected>.*)\.", re.DOTALL)


def words(error: Any) -> str:  # noqa: ANN401 - the library's own
    """What is wrong; in the library's words where we have none."""
    match type(error).__name__:
        case "MissingParameter" if error.param is not None:
            key = f"cli.mistake.missing_{error.param.param_type_name}"
            return say(key, name=error.param.get_error_hint())
        case "NoSuchOption":
            near = ", ".join(sorted(error.possibilities or ()))
            key = "cli.mistake.like_option" if near else "cli.mistake.unknown_option"
            return say(key, name=error.option_name, **({"near": near} if near else {}))
        case "BadParameter" if error.param is not None:
            return say("cli.mistake.value", name=error.param.get_error_hint(), why=_why(error))
        case _:
            for pattern, name in SAID.items():
                if found := re.fullmatch(pattern + r"\W*.*", error.message):
                    return say(f"cli.mistake.{name}", **found.groupdict())
            return str(error.format_message())


def _why(error: Any) -> str:  # noqa: ANN401 - the library's own
    if not isinstance(error.__cause__, ValidationError):
        return str(error.message)
    fault = error.__cause__.errors(include_url=False)[0]
    kind, facts = fault["type"], fault.get("ctx", {})
    if choices := CHOICES.fullmatch(fault["msg"]):
        kind, facts = "enum", choices.groupdict()
    return why(kind, facts, fault["msg"], texts(), locale())
