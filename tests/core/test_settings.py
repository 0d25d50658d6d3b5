"""Settings: every bad key by name, environment over file, no secret shown."""

from __future__ import annotations

import re
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from pydantic import model_validator

from core.adapter import AdapterSettings
from core.registry import find_plugins
from core.settings import PluginsSettings, SettingsError, build, check, load
from core.texts import LOCALES, Texts, bundled
from core.wrong import KINDS, line

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.delenv("XIAOER_SETTINGS", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def problems(table: dict[str, object]) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        build(table)
    return caught.value.problems


def test_an_unknown_key_is_named_with_the_allowed_ones() -> None:
    (line,) = problems({"server": {"prot": 1}})
    assert line.startswith("server.prot: unknown key; allowed here: host, max_body, port")


def test_an_unknown_table_is_named_with_the_allowed_ones() -> None:
    (line,) = problems({"sever": {}})
    assert "sever: unknown key" in line
    assert {"channels", "plugins", "server", "work"} <= set(line.split("here: ")[1].split(", "))


def test_all_problems_are_told_at_once() -> None:
    lines = problems({"server": {"port": 70000}, "log": {"level": "loud"}, "shop": {"x": 1}})
    assert [line.split(" ")[0] for line in lines] == ["shop.x:", "server.port", "log.level"]
    assert "70000" in lines[1]


def test_an_unknown_time_zone_is_refused() -> None:
    (line,) = problems({"shop": {"timezone": "Mars/Olympus"}})
    assert "IANA time zone" in line


def test_the_environment_wins_over_the_file(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "settings.toml").write_text('[server]\nport = 1\nhost = "0.0.0.0"\n')
    monkeypatch.setenv("XIAOER__SERVER__PORT", "9000")
    settings = load()
    assert (settings.server.port, settings.server.host) == (9000, "0.0.0.0")


def test_a_channel_may_be_completed_by_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XIAOER__CHANNELS__SHOP__TOKEN", "t")
    settings = build({"channels": {"shop": {"adapter": "wechat"}}})
    assert settings.channels["shop"] == {"adapter": "wechat", "token": "t"}


def test_a_bad_key_in_the_environment_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XIAOER__SERVER__PROT", "9000")
    assert "server.prot: unknown key" in problems({})[0]


def test_a_named_file_must_exist(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XIAOER_SETTINGS", "nowhere.toml")
    with pytest.raises(SettingsError, match=r"there is no file nowhere\.toml"):
        load()


def test_broken_toml_tells_file_and_line(home: Path) -> None:
    (home / "settings.toml").write_text("[server\n")
    with pytest.raises(SettingsError, match=r"in settings\.toml:\n  not valid TOML: .*line 1"):
        load()


class Account(AdapterSettings):
    token: str = ""
    app_secret: str = ""
    mode: str = "plain"

    @model_validator(mode="after")
    def _whole(self) -> Account:
        if self.mode == "safe" and not self.token:
            raise ValueError("safe mode needs a token")
        return self


@pytest.mark.parametrize(
    "table",
    [
        {"app_secret": ["hush-hush"]},
        {"app_secret": "hush-hush", "mode": "safe"},
        {"app_secret": "hush-hush", "mode": 3},
        {"app_secret": "hush-hush", "appid": 1},
    ],
)
def test_a_secret_is_never_shown(table: dict[str, object]) -> None:
    with pytest.raises(SettingsError) as caught:
        check(Account, table, "channels.main")
    assert "hush-hush" not in str(caught.value)
    assert str(caught.value).count("channels.main") == 1


def test_every_fault_has_a_sentence_and_one_without_keeps_the_words_it_has() -> None:
    texts = Texts([bundled()], ZoneInfo("Asia/Shanghai"))
    for locale in LOCALES:
        assert {f"wrong.{name}" for name in KINDS.values()} <= texts.shipped(locale).keys()
    with pytest.raises(SettingsError) as caught:
        check(Account, {"app_secret": "hush-hush", "mode": "safe"}, "channels.main")
    (problem,) = caught.value.problems
    assert line(problem, texts, "zh_CN") == "channels.main：safe mode needs a token"
    assert line("from elsewhere", texts, "zh_CN") == "from elsewhere"
    with pytest.raises(SettingsError) as unknown:
        find_plugins(PluginsSettings(enabled=("chess",)))
    told = line(unknown.value.problems[0], texts, "zh_CN")
    assert told.startswith("plugins.enabled：没有 chess 这个插件。有：")


def test_every_check_of_our_own_has_its_sentence() -> None:
    texts = Texts([bundled()], ZoneInfo("Asia/Shanghai"))
    rooms = (
        file for room in ("core", "adapters", "plugins") for file in (ROOT / room).rglob("*.py")
    )
    raised = re.compile(r"""PydanticCustomError\(\s*"(\w+(?:\.\w+)?)\"""")
    kinds = {kind for file in rooms for kind in raised.findall(file.read_text(encoding="utf-8"))}
    keys = {kind if "." in kind else f"wrong.{kind}" for kind in kinds}
    assert "wechat.setting_mode" in keys
    assert not [key for key in keys if not texts.has(key)]
