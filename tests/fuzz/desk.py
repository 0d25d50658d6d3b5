"""The desk's API under fire: its own document, sent by schemathesis as each role and as nobody.

What must hold: no answer is a 5xx, and each has a status, a type and a shape that the document
says. The shop and its rows are real; the attacker is a process of its own with a session's cookie
and token. Left out is what ends that session, and the live line, which is no request.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Sequence

from core.message import Inbound, Sender
from core.parts import Text
from plugins.console.sessions import COOKIE
from tests.plugins.console.desk import PLUGINS, Office, Person, open_desk

SHARES = {  # of the time; an admin may use all routes
    "nobody": 1,
    "admin": 8,
    "supervisor": 3,
    "agent": 3,
    "trainer": 2,
    "community": 1,
    "live": 1,
}
MORE = ("faq", "compensation", "incidents")  # whose routes the desk has where they are
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
)
ENDS = ("end_session", "revoke_session", "live")


async def fuzz(seconds: float, seed: int) -> int:
    """Attack as everybody for their share of the time; returns how many attacks found something."""
    found = 0
    async with open_desk(plugins=(*PLUGINS, *MORE)) as office:
        await _furnish(office)
        people: dict[str, Person | None] = {"nobody": None}
        for role in SHARES.keys() - people.keys():  # before anybody guesses passwords
            people[role] = await office.opens(f"{role}-here", role)
        for role, share in SHARES.items():
            sys.stdout.write(f"\n{role}, seed {seed}\n")
            sys.stdout.flush()
            time = seconds * share / sum(SHARES.values())
            found += await _attack(office, people[role], time, seed)
    sys.stdout.write(f"\n{found} of {len(SHARES)} attacks found something\n")
    return found


async def _furnish(office: Office) -> None:
    """A complaint, a question, a group and a live room: what numbers in paths may find."""
    await office.shop.customer("Mei").says("我要投诉，衣服穿一次就破了")
    await office.shop.customer("Lan").says("人工")
    await office.shop.member("Zhou", "group").says("群里问一句")
    await office.shop.viewer("Wu", "room").says("主播好")
    held = Inbound("held", "Hai", Sender("Hai", "Hai"), (Text("在吗"),), office.shop.clock.now())
    await office.shop.channel().channel.accept([held])
    await office.shop.settle()


async def _attack(office: Office, person: Person | None, seconds: float, seed: int) -> int:
    url = f"{office.shop.app.server.url}/desk/api/openapi.json"
    command = [*_COMMAND, url, f"--max-time={seconds:.0f}", f"--seed={seed}"]
    if person is not None:
        cookie = person.browser.cookie_jar.filter_cookies(office.shop.app.server.url + "/desk")  # type: ignore[arg-type] - a text will do
        command += _header("Cookie", f"{COOKIE}={cookie[COOKIE].value}")
        command += _header("X-CSRF-Token", person.csrf)
    with tempfile.TemporaryDirectory() as folder:
        process = await asyncio.create_subprocess_exec(*command, cwd=folder)
        return int(await process.wait() != 0)


def _header(name: str, value: str) -> Sequence[str]:
    return "--header", f"{name}: {value}"


_COMMAND = (
    sys.executable,
    "-m",
    "schemathesis.cli",
    "run",
    f"--checks={','.join(CHECKS)}",
    "--phases=coverage,fuzzing",
    "--continue-on-failure",
    "--warnings=off",
    "--no-color",
    *(f"--exclude-operation-id={name}" for name in ENDS),
)
