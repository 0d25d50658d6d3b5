"""For ``xiaoer doctor``: one small question, so that a wrong address, key or model has its name."""

from __future__ import annotations

import json
import time
from contextlib import aclosing

import aiohttp

from core.adapter import Finding
from core.settings import Settings
from plugins.grounded.brief import instructions
from plugins.grounded.endpoint import Endpoint, EndpointDown
from plugins.grounded.lines import NotAnAnswer, lines
from plugins.grounded.settings import GroundedSettings

KEYS = {
    "slow": "slow",
    "status-401": "key",
    "status-403": "key",
    "status-404": "model",
    "status-402": "busy",
    "status-429": "busy",
}
QUESTION = {
    "sources": [{"id": "doctor", "title": "hours", "text": "We are open from 9 to 18."}],
    "language": "en",
    "question": "When are you open?",
}


async def check(settings: GroundedSettings, whole: Settings) -> list[Finding]:
    """What is right and wrong about the model of the settings."""
    if not settings.on:
        return [_finding("off", ok=True)]
    if settings.behind(whole.plugins.enabled):
        return [_finding("order", ok=False)]
    try:
        prompt = instructions(settings.prompt)
    except OSError as error:
        return [_finding("prompt", ok=False, file=settings.prompt, reason=error.strerror)]
    return [await _ask(settings, prompt)]


async def _ask(settings: GroundedSettings, prompt: str) -> Finding:
    told = {"model": settings.model, "limit": f"{settings.seconds:g}"}
    began = time.monotonic()
    try:
        async with (
            aiohttp.ClientSession() as session,
            Endpoint(session, settings).ask(prompt, json.dumps(QUESTION)) as speech,
            aclosing(speech.pieces()) as pieces,
        ):
            async for _ in lines(pieces):
                pass  # what it says is no matter, only that it says so in the form
    except EndpointDown as down:
        status = down.reason.removeprefix("status-")
        key = KEYS.get(down.reason, "bad")
        return _finding(key, ok=False, reason=down.reason, status=status, **told)
    except NotAnAnswer as odd:
        if odd.reason != "refused":
            return _finding("form", ok=False, reason=odd.reason, **told)
    return _finding("ok", ok=True, seconds=f"{time.monotonic() - began:.1f}", **told)


def _finding(key: str, *, ok: bool, **values: object) -> Finding:
    return Finding(ok, f"grounded.check_{key}", values)
