"""An encoder behind an address: any OpenAI-compatible endpoint for embeddings.

``POST {url}/embeddings`` with ``{"model", "input": [texts]}``; the answer's ``data`` holds an
``embedding`` for each ``index``. Off unless configured. It is called from threads, limited in time,
and left in peace for a while after a failure; meanwhile terms answer alone.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from threading import Lock
from typing import Any, cast
from urllib.parse import urlsplit

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from plugins.faq.encoder import EncoderMissing
from plugins.faq.layout import Floats
from plugins.faq.terms import plain

REST = 30.0  # seconds after a failure in which nobody asks
LARGEST = 64 * 1024 * 1024  # bytes of an answer
BATCH = 64  # texts in one request


class EmbeddingsSettings(BaseModel):
    """``[plugins.faq.embeddings]``: where ``encoder = "remote"`` finds its model."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: str = Field(default="", pattern=r"^(https?://\S+)?$")  # as far as /v1
    model: str = ""
    key: SecretStr = SecretStr("")
    seconds: float = Field(default=1.0, gt=0, le=60)  # for one question; ten times that for many


class RemoteEncoder:
    """Turns texts into vectors of length 1 by asking an endpoint."""

    def __init__(self, settings: EmbeddingsSettings, rest: float = REST) -> None:
        """Ask nobody yet."""
        self.name = f"remote {settings.model}".strip()
        self._settings, self._rest = settings, rest
        self._address = urlsplit(settings.url)
        self._until, self._reason, self._lock = 0.0, "", Lock()

    @property
    def trouble(self) -> str:
        """Why it does not work at this moment, or an empty string."""
        return self._reason if time.monotonic() < self._until else ""

    def encode(self, texts: Sequence[str]) -> Floats:
        """A row for each text. Raises :class:`EncoderMissing`."""
        parts = [texts[at : at + BATCH] for at in range(0, len(texts), BATCH)]
        return np.concatenate([self._ask(part) for part in parts])

    def _ask(self, texts: Sequence[str]) -> Floats:
        with self._lock:
            if time.monotonic() < self._until:
                raise EncoderMissing(self._reason)
        try:
            return _vectors(self._post([plain(text) or " " for text in texts]), len(texts))
        except (OSError, HTTPException, ValueError) as error:
            reason = f"{self.name}: {error or type(error).__name__}"
            with self._lock:
                self._until, self._reason = time.monotonic() + self._rest, reason
            raise EncoderMissing(reason) from error

    def _post(self, texts: Sequence[str]) -> object:
        seconds = self._settings.seconds * (10 if len(texts) > 1 else 1)
        ends = time.monotonic() + seconds
        host, port = self._address.hostname or "", self._address.port
        make = HTTPSConnection if self._address.scheme == "https" else HTTPConnection
        link = make(host, port, timeout=seconds)
        try:
            body = json.dumps({"model": self._settings.model, "input": texts})
            headers = {"Content-Type": "application/json"}
            if key := self._settings.key.get_secret_value():
                headers["Authorization"] = f"Bearer {key}"
            link.request("POST", f"{self._address.path.rstrip('/')}/embeddings", body, headers)
            answer = link.getresponse()
            if answer.status != 200:
                raise ValueError(f"status {answer.status}")
            return cast("object", json.loads(_read(answer, ends)))
        finally:
            link.close()


def _read(answer: HTTPResponse, ends: float) -> bytes:
    """The whole body, unless it is too long or too slow."""
    found = bytearray()
    while part := answer.read1(65536):
        found += part
        if len(found) > LARGEST:
            raise ValueError("the answer is too long")
        if time.monotonic() > ends:
            raise TimeoutError("the answer is too slow")
    return bytes(found)


def _vectors(answer: Any, count: int) -> Floats:  # noqa: ANN401 - whatever the server says
    """The rows in the order of their index, of length 1. Raises :class:`ValueError`."""
    try:
        items = sorted(answer["data"], key=lambda item: int(item["index"]))
        rows = np.array([item["embedding"] for item in items], np.float32)
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError("not an answer with embeddings") from error
    if rows.ndim != 2 or len(rows) != count or not rows.shape[1] or not np.isfinite(rows).all():
        raise ValueError("not one vector for each text")
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-6)
