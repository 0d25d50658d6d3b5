"""Settings: one TOML file, environment variables on top, every unknown or bad key refused by name.

``XIAOER_SETTINGS`` names the file (default ``settings.toml`` in the working folder). Without one
the demo shop's own settings are used. ``XIAOER__SERVER__PORT=9000`` overrides ``[server] port``.
Tables of channels and plugins are checked by their own models when those are loaded.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping, Sequence
from importlib.metadata import entry_points
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from core.roles import ALL, Role

SETTINGS_VARIABLE = "XIAOER_SETTINGS"
DEFAULT_FILE = "settings.toml"
Model = TypeVar("Model", bound=BaseModel)


class Problem(str):
    """One line of a refusal in plain English, and what it says as data: see :mod:`core.wrong`.

    ``name``: the key, if it is about one; ``given``: ``" = 3"``, or empty; ``kind`` of the fault,
    its ``facts``, and ``words`` for it.
    """

    __slots__ = ("facts", "given", "kind", "name", "words")
    name: str
    given: str
    kind: str
    words: str
    facts: Mapping[str, Any]

    @classmethod
    def of(
        cls,
        name: str,
        kind: str,
        words: str,
        given: str = "",
        /,
        **facts: Any,  # noqa: ANN401 - as the sentence shows them
    ) -> Problem:
        """The line with its data."""
        problem = cls(f"{name}{given}: {words}" if name else words)
        problem.name, problem.given, problem.kind = name, given, kind
        problem.words, problem.facts = words, facts
        return problem


class SettingsError(Exception):
    """The start must stop: every problem as ``key``, what was given and what is allowed."""

    def __init__(self, problems: Sequence[str], source: str = "") -> None:
        """Keep the problems, one line each; ``source`` is the file they are in."""
        self.problems = list(problems)
        self.source = source
        where = f" in {source}" if source else ""
        super().__init__(
            "\n".join((f"settings cannot be used{where}:", *(f"  {p}" for p in problems)))
        )


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ShopSettings(_Table):
    """``[shop]``: what customers are told and when the shop's day is."""

    name: str = "Xiaoer"
    locale: Literal["zh_CN", "en"] = "zh_CN"
    timezone: str = "Asia/Shanghai"

    @field_validator("timezone")
    @classmethod
    def _known(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError) as error:
            words = "an IANA time zone such as Asia/Shanghai"
            raise PydanticCustomError("zone", words) from error
        return name

    @property
    def zone(self) -> ZoneInfo:
        """The time zone as an object."""
        return ZoneInfo(self.timezone)


class ServerSettings(_Table):
    """``[server]``: the HTTP side. ``trust_proxy``: how many proxies in front are believed."""

    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    public_url: str = ""
    max_body: int = Field(default=1024 * 1024, ge=1024)
    trust_proxy: int = Field(default=0, ge=0, le=9)

    @field_validator("trust_proxy", mode="before")
    @classmethod
    def _one(cls, given: object) -> object:
        """``true`` is one, also from the environment."""
        return {"true": 1, "false": 0}.get(str(given).lower(), given)


class DatabaseSettings(_Table):
    """``[database]``: where the ledger is."""

    url: str = "sqlite://data/xiaoer.db"
    synchronous: Literal["full", "normal"] = "full"


class QueueSettings(_Table):
    """``[queue]``: NATS JetStream before the ledger, for the time that it is away; off without."""

    url: str = Field(default="", pattern=r"^((nats|tls)://\S+)?$")
    stream: str = Field(default="xiaoer", pattern=r"^[A-Za-z0-9_-]{1,40}$")
    replicas: int = Field(default=1, ge=1, le=5)
    when_away: Literal["wait", "ledger"] = "wait"


class LogSettings(_Table):
    """``[log]``: what is written to standard error."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["console", "json"] = "console"


class WorkSettings(_Table):
    """``[work]``: how much is done at once, and how patiently."""

    lanes: int = Field(default=128, ge=1, le=1024)
    attempts: int = Field(default=3, ge=1, le=20)
    senders: int = Field(default=128, ge=1, le=1024)
    send_attempts: int = Field(default=8, ge=1, le=50)
    send_minutes: float = Field(default=15.0, ge=0, le=1440)
    lease_seconds: float = Field(default=60.0, ge=5)


class TelemetrySettings(_Table):
    """``[telemetry]``: traces by OpenTelemetry, off without an ``endpoint``."""

    endpoint: str = ""
    sample: float = Field(default=1.0, ge=0, le=1)
    service: str = "xiaoer"


class LiveSettings(_Table):
    """``[live]``, and ``[channels.<name>.live]`` for the rooms of one channel.

    ``waiting``: comments of one room that may wait to be handled; from half of it on only what
    probably needs an answer is taken in; 0 takes all. ``keep``: further words that matter.
    """

    waiting: int = Field(default=2_000, ge=0)
    keep: tuple[str, ...] = ()


class RetentionSettings(_Table):
    """``[retention]``: ``days`` that messages stay in the ledger; 0 keeps them for ever."""

    days: int = Field(default=0, ge=0)


class PluginsSettings(BaseModel):
    """``[plugins]``: which are on, in the order that settles ties, and each one's own table."""

    model_config = ConfigDict(extra="allow", frozen=True)
    enabled: tuple[str, ...] = (
        *("handoff", "compensation", "incidents", "complaints", "orders"),
        *("faq", "groups", "console", "webhooks"),
    )

    def table(self, name: str) -> dict[str, Any]:
        """The table ``[plugins.<name>]``, unchecked."""
        return dict((self.model_extra or {}).get(name) or {})


class Settings(BaseSettings):
    """All of it. Build with :func:`load`."""

    model_config = SettingsConfigDict(
        extra="forbid", frozen=True, env_prefix="XIAOER__", env_nested_delimiter="__"
    )
    shop: ShopSettings = ShopSettings()
    server: ServerSettings = ServerSettings()
    database: DatabaseSettings = DatabaseSettings()
    queue: QueueSettings = QueueSettings()
    log: LogSettings = LogSettings()
    telemetry: TelemetrySettings = TelemetrySettings()
    work: WorkSettings = WorkSettings()
    live: LiveSettings = LiveSettings()
    retention: RetentionSettings = RetentionSettings()
    roles: tuple[Role, ...] = ALL
    data: Path = Path("data")
    channels: dict[str, dict[str, Any]] = Field(default_factory=dict[str, dict[str, Any]])
    plugins: PluginsSettings = PluginsSettings()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - the signature is given
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Environment over file; nothing else."""
        return (env_settings, init_settings)


def load(path: str | Path | None = None) -> Settings:
    """The settings of this start; raises :class:`SettingsError` with every problem named."""
    table, source = read(path)
    return build(table, source)


def read(path: str | Path | None = None) -> tuple[dict[str, Any], str]:
    """The raw table and the name of where it came from."""
    named = path or os.environ.get(SETTINGS_VARIABLE)
    file = Path(named) if named else Path(DEFAULT_FILE)
    if file.is_file():
        return _parse(file.read_text(encoding="utf-8"), str(file)), str(file)
    if named:
        words = f"there is no file {file}"
        raise SettingsError([Problem.of("", "no_file", words, file=file)])
    return demo()


def demo() -> tuple[dict[str, Any], str]:
    """The demo shop's table, from whichever plugin offers one."""
    for entry in entry_points(group="xiaoer.demo"):
        text = files(entry.value).joinpath("settings.toml").read_text(encoding="utf-8")
        return _parse(text, "demo"), "demo"
    return {}, "defaults"


def build(table: Mapping[str, Any], source: str = "") -> Settings:
    """Check a raw table."""
    try:
        return Settings(**table)
    except ValidationError as error:
        raise SettingsError(explain(error, Settings), source) from None


def check(model: type[Model], table: Mapping[str, Any], where: str) -> Model:
    """Check the table of one channel or plugin against its own model."""
    try:
        return model.model_validate(dict(table))
    except ValidationError as error:
        raise SettingsError(explain(error, model, where)) from None


def explain(error: ValidationError, model: type[BaseModel], where: str = "") -> list[Problem]:
    """One line for each problem: the key, what is wrong, and for unknown keys the known ones."""
    lines: list[Problem] = []
    for problem in error.errors(include_url=False):
        key = ".".join(str(step) for step in problem["loc"])
        full, kind = ".".join(filter(None, (where, key))), problem["type"]
        if kind == "extra_forbidden":
            known = ", ".join(sorted(_known_keys(model, problem["loc"][:-1])))
            lines.append(unknown(full, known))
        elif kind == "missing":
            lines.append(Problem.of(full, kind, "required, but not set"))
        else:
            given, facts = _given(key, problem["input"]), problem.get("ctx", {})
            lines.append(Problem.of(full, kind, problem["msg"], given, **facts))
    return lines


def unknown(name: str, allowed: str) -> Problem:
    """There is no such key."""
    words = f"unknown key; allowed here: {allowed}"
    return Problem.of(name, "extra_forbidden", words, allowed=allowed)


def extra(name: str, package: str) -> Problem:
    """A setting needs further packages."""
    words = f'needs `pip install -c constraints.txt ".[{package}]"` in the folder of the source'
    return Problem.of(name, "extra", words, package=package)


def _known_keys(model: type[BaseModel], path: tuple[int | str, ...]) -> set[str]:
    here: Any = model
    for step in path:
        if not (isinstance(here, type) and issubclass(here, BaseModel)):
            return set()
        field = here.model_fields.get(str(step))
        here = field.annotation if field else None
    return (
        set(here.model_fields) if isinstance(here, type) and issubclass(here, BaseModel) else set()
    )


def _given(key: str, value: object) -> str:
    """What was given, unless a secret would be shown: a whole table may hold one."""
    if isinstance(value, Mapping | BaseModel):
        return ""
    return " = ***" if is_secret(key) else f" = {value!r}"


def is_secret(key: str) -> bool:
    """Whether a setting of this name must not be shown."""
    return any(word in key.lower() for word in ("secret", "token", "key", "password"))


def _parse(text: str, source: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        problem = Problem.of("", "toml", f"not valid TOML: {error}", error=error)
        raise SettingsError([problem], source) from None
