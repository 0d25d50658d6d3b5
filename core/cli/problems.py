"""What may go wrong in ways a person can mend: said in words, never as a stack trace."""

from __future__ import annotations

from tortoise.exceptions import OperationalError

from core.cli.tongue import locale, say, texts
from core.inject import InjectionError
from core.settings import SettingsError
from core.store.database import DatabaseError
from core.web.server import ServerError
from core.wrong import line


class Refusal(Exception):  # noqa: N818 - a fact, not a fault
    """A command cannot do what was asked; the sentence says why and what to do."""

    def __init__(self, key: str, /, **values: object) -> None:
        """``key`` of the sentence, with its values."""
        super().__init__(say(key, **values))


def in_words(error: BaseException) -> str:
    """What to tell the person, or an empty string for a fault of ours."""
    match error:
        case SettingsError() if error.source:
            return "\n".join((say("wrong.settings_in", source=error.source), *faults_of(error)))
        case SettingsError():
            return "\n".join((say("wrong.settings"), *faults_of(error)))
        case DatabaseError() | ServerError():
            return line(error.args[0], texts(), locale())
        case Refusal() | InjectionError():
            return str(error)
        case OperationalError() if "no such table" in str(error):
            return say("cli.problem.no_tables")
        case OperationalError() if "locked" in str(error):
            return say("cli.problem.locked")
        case OperationalError():
            return say("cli.problem.database", error=error)
        case OSError(filename=str() | bytes(), strerror=str(reason)):
            return say("cli.problem.file", file=error.filename, reason=reason)
        case _:
            return ""


def faults_of(error: SettingsError) -> list[str]:
    """Every problem of the settings, a line each."""
    return [f"  {line(problem, texts(), locale())}" for problem in error.problems]
