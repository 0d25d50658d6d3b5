"""The numbers of running processes, read from their ``/metrics`` by the commands beside them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from aiohttp import ClientError, ClientSession, ClientTimeout
from prometheus_client.parser import text_string_to_metric_families

from core.settings import ServerSettings

SECONDS = 2.0


@dataclass(slots=True)
class Numbers:
    """The samples of one process, or of several added up."""

    samples: list[tuple[str, Mapping[str, str], float]] = field(
        default_factory=list[tuple[str, Mapping[str, str], float]]
    )

    def by(self, name: str, *labels: str) -> dict[tuple[str, ...], float]:
        """The sums of a metric by the values of these labels."""
        found: dict[tuple[str, ...], float] = {}
        for one, facts, value in self.samples:
            if one == name:
                key = tuple(facts.get(label, "") for label in labels)
                found[key] = found.get(key, 0.0) + value
        return found

    def channels(self, name: str) -> dict[str, float]:
        """The sums of a metric by channel."""
        return {channel: value for (channel,), value in self.by(name, "channel").items()}


def own_url(server: ServerSettings) -> str:
    """Where a shop with these settings answers on this machine; empty when the port is any."""
    host = "127.0.0.1" if server.host in {"0.0.0.0", "::"} else server.host  # noqa: S104 - compared
    return f"http://{host}:{server.port}" if server.port else ""


async def scrape(urls: Sequence[str]) -> dict[str, Numbers | None]:
    """The numbers by address; ``None`` for one that does not answer as a shop does."""
    async with ClientSession(timeout=ClientTimeout(SECONDS)) as client:
        found = await asyncio.gather(*(_one(client, url) for url in urls))
    return dict(zip(urls, found, strict=True))


async def _one(client: ClientSession, url: str) -> Numbers | None:
    try:
        async with client.get(f"{url.rstrip('/')}/metrics") as answer:
            text = await answer.text() if answer.ok else ""
        families = list(text_string_to_metric_families(text))
    except (ClientError, TimeoutError, ValueError):
        return None
    numbers = Numbers([(s.name, s.labels, s.value) for f in families for s in f.samples])
    return numbers if numbers.by("xiaoer_waiting") else None
