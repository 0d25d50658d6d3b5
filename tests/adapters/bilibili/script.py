"""Plays a session script of the vectors on the stand-in and tells what the client did."""

from __future__ import annotations

import base64
import copy
from typing import Any

from adapters.bilibili.adapter import BilibiliAdapter
from adapters.bilibili.settings import BilibiliSettings
from core.clock import TestClock
from tests.adapters.bilibili.recorder import START, RecordingChannel, advance
from tests.standins.bilibili import KEY_ID, SECRET, Act, BilibiliStandIn

Json = dict[str, Any]
WATCHED = 90.0  # seconds that an open-ended script is watched


def settings(base: str, **values: Any) -> BilibiliSettings:
    given = {"access_key_id": KEY_ID, "access_key_secret": SECRET, "app_id": 1700000123451}
    return BilibiliSettings.model_validate(
        {**given, "code": "C7VK2P9XQ4MZ", "api_base": base, **values}
    )


class Script:
    """One case; :meth:`play` runs it, :attr:`links` are the addresses it speaks of."""

    def __init__(self, given: Json) -> None:
        self.config: Json = given["config"]
        self.steps: list[Json] = given["script"]
        self.links: list[str] = next(
            iter([found for step in self.steps if (found := _links(step))]), list[str]()
        )
        self.clock = TestClock(START)
        self.channel = RecordingChannel(self.clock)

    async def play(self) -> list[Act]:
        async with BilibiliStandIn(self.clock, links=max(1, len(self.links))) as standin:
            self.channel.on_event = lambda kind, value: standin.acts.append(
                Act(kind, self.clock.monotonic(), value)
            )
            self._prepare(standin)
            adapter = BilibiliAdapter(settings(standin.base, **self._settings()), self.channel)
            await adapter.start()
            closed = await self._timed(standin, adapter)
            acts = list(standin.acts)
            if not closed:
                await adapter.stop()
        return acts

    def _settings(self) -> Json:
        config = self.config
        return {
            "app_id": config["app_id"],
            "code": config["code"],
            "app_heartbeat": config["app_heartbeat_s"],
            "line_heartbeat": config["ws_heartbeat_s"],
            "silence": config["ws_heartbeat_s"] + 5,
            "reconnect": config["reconnect_s"],
        }

    def _prepare(self, standin: BilibiliStandIn) -> None:
        for step in self.steps:
            on = step.get("on", "")
            if on == "ws:auth":
                standin.connects.append(True)
                standin.auths.append(step["reply_json"]["code"])
            elif on == "ws:connect":
                standin.connects.append(step.get("do") != "refuse")
            elif on.startswith("http:"):
                answers = standin.answers[on.removeprefix("http:")]
                answers.extend([_answer(step, standin)] * step.get("times", 1))
            elif step.get("do") == "server_silent" and "at" not in step:
                standin.silent = True

    async def _timed(self, standin: BilibiliStandIn, adapter: BilibiliAdapter) -> bool:
        """The timed steps; true when the script itself closed the client."""
        for step in (step for step in self.steps if "at" in step):
            await advance(self.clock, step["at"] - self.clock.monotonic())
            match step:
                case {"push": command}:
                    await standin.push(command)
                case {"push_raw_b64": raw}:
                    await standin.push_raw(base64.b64decode(raw))
                case {"do": "server_close_ws"}:
                    await standin.drop()
                case {"do": "server_silent"}:
                    standin.silent = True
                case {"do": "client_close"}:
                    await adapter.stop()
                    standin.acts.append(Act("closed", self.clock.monotonic()))
                    return True
                case _:
                    return False
        await advance(self.clock, WATCHED)
        return False


def _links(step: Json) -> list[str]:
    reply: Json = step.get("reply") or {}
    data: Json = reply.get("data") or {}
    line: Json = data.get("websocket_info") or {}
    links: list[str] = line.get("wss_link") or []
    return links


def _answer(step: Json, standin: BilibiliStandIn) -> Json:
    if step.get("do") == "refuse":
        return {"http_status": 503}
    if "reply" not in step:
        return {name: step[name] for name in ("http_status", "reply_text") if name in step}
    answer = copy.deepcopy(step["reply"])
    if _links(step):
        answer["data"]["websocket_info"]["wss_link"] = standin.links()
    return answer
