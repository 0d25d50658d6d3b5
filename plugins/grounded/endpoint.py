"""An endpoint that speaks the chat-completions protocol of OpenAI (DeepSeek, Qwen, llama.cpp, ...).

``POST {url}/chat/completions`` with ``stream: true``; the answer comes as server-sent events, or as
one JSON object from servers that do not stream. One attempt, one time limit for all of it, no
redirects (the key goes nowhere else), and never more text than was asked for.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import msgspec

from plugins.grounded.settings import GroundedSettings
from plugins.grounded.sse import events

LARGEST = 256 * 1024  # bytes of an answer, its envelopes included
MOST = 8_000  # characters that a model may say


class EndpointDown(Exception):  # noqa: N818 - a state of the world
    """No whole answer came; ``reason``: ``slow``, ``cut-off``, ``status-429``, ``garbage``, ..."""

    def __init__(self, reason: str) -> None:
        """In a word, without addresses and keys."""
        super().__init__(reason)
        self.reason = reason


class _Said(msgspec.Struct):
    content: str | None = None


class _Choice(msgspec.Struct):
    delta: _Said | None = None
    message: _Said | None = None
    finish_reason: str | None = None


class _Usage(msgspec.Struct):
    total_tokens: int = 0


class _Chunk(msgspec.Struct):
    choices: list[_Choice] = msgspec.field(default_factory=list[_Choice])
    usage: _Usage | None = None


_decoder = msgspec.json.Decoder(_Chunk)


@dataclass(slots=True)
class Speech:
    """What a model says, while it says it. ``tokens``: what the call cost, 0 while unknown."""

    chunks: AsyncIterator[str]
    tokens: int = 0
    said: int = 0
    ended: bool = field(default=False)

    async def pieces(self) -> AsyncGenerator[str]:
        """The words as they come; raises :class:`EndpointDown` unless they come to their end."""
        async for data in self.chunks:
            if data == "[DONE]":
                self.ended = True
                continue
            text = self._take(data)
            self.said += len(text)
            if self.said > MOST:
                raise EndpointDown("too-long")
            if text:
                yield text
        if not self.ended:
            raise EndpointDown("cut-off")

    def _take(self, data: str) -> str:
        try:
            chunk = _decoder.decode(data)
        except (msgspec.DecodeError, UnicodeEncodeError):
            raise EndpointDown("garbage") from None
        if chunk.usage is not None:
            self.tokens = chunk.usage.total_tokens
        if not chunk.choices:
            return ""
        choice = chunk.choices[0]
        if choice.finish_reason == "length":
            raise EndpointDown("cut-off")
        self.ended = self.ended or choice.finish_reason == "stop"
        said = choice.message or choice.delta
        return (said.content or "") if said else ""


class Endpoint:
    """Asks the model of the settings."""

    def __init__(self, session: aiohttp.ClientSession, settings: GroundedSettings) -> None:
        """Ask through ``session``, which stays open as long as this is used."""
        self._session, self._settings = session, settings
        self._url = f"{settings.url.rstrip('/')}/chat/completions"
        key = settings.key.get_secret_value()
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}

    @asynccontextmanager
    async def ask(self, system: str, user: str) -> AsyncGenerator[Speech]:
        """Ask, and listen inside; leaving hangs up. Raises :class:`EndpointDown`, inside too."""
        body = self._body(system, user)
        try:
            async with (
                asyncio.timeout(self._settings.seconds),
                self._session.post(
                    self._url, json=body, headers=self._headers, allow_redirects=False
                ) as answer,
            ):
                if answer.status != 200:
                    raise EndpointDown(f"status-{answer.status}")
                yield Speech(_data(answer))
        except TimeoutError:
            raise EndpointDown("slow") from None
        except ValueError:
            raise EndpointDown("garbage") from None
        except aiohttp.ClientPayloadError:
            raise EndpointDown("cut-off") from None
        except (aiohttp.ClientError, OSError) as error:
            cut = isinstance(error, aiohttp.ServerDisconnectedError | ConnectionResetError)
            raise EndpointDown("cut-off" if cut else "unreachable") from None

    def _body(self, system: str, user: str) -> dict[str, Any]:
        return {
            "model": self._settings.model,
            "messages": [
                {"role": "system", "content": system},
                {"role": "user", "content": user},
            ],
            "temperature": 0,
            "max_tokens": self._settings.max_tokens,
            "stream": True,
            "stream_options": {"include_usage": True},
        }


async def _data(answer: aiohttp.ClientResponse) -> AsyncIterator[str]:
    """The JSON texts of an answer: one for each event, or the whole body."""
    if answer.content_type == "text/event-stream":
        async for data in events(_bounded(answer)):
            yield data
        return
    yield b"".join([chunk async for chunk in _bounded(answer)]).decode()


async def _bounded(answer: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
    seen = 0
    async for chunk in answer.content.iter_any():
        seen += len(chunk)
        if seen > LARGEST:
            raise EndpointDown("too-long")
        yield chunk
