"""Every route refuses every role that may not use it, and whoever is not signed in."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio

from plugins.console.roles import StaffRole
from plugins.console.routes import ROUTES
from tests.plugins.console.desk import Office, Person, Refused, open_desk

VALUES = {
    "{id}": "999999",
    "{number}": "C000000-9",
    "{shortcut}": "nothing",
    "{login}": "nobody",
    "{entry}": "nothing",
    "{plugin}": "faq",
    "{locale}": "en",
    "{key}": "nothing",
    "{kind}": "week",
    "{begin}": "nothing",
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def office() -> AsyncGenerator[Office]:
    async with open_desk() as office:
        yield office


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def staff(office: Office) -> dict[str, Person]:
    return {role: await office.opens(role, role) for role in StaffRole}


def address(path: str) -> str:
    for name, value in VALUES.items():
        path = path.replace(name, value)
    return path


async def status(person: Person, method: str, path: str) -> tuple[int, str]:
    try:
        await person.asks(method, address(path), json={} if method != "GET" else None)
    except Refused as refused:
        return refused.status, str(refused.code)
    return 200, ""


@pytest.mark.asyncio(loop_scope="module")
async def test_the_table_is_kept(office: Office, staff: dict[str, Person]) -> None:
    stranger = office.person("nobody")
    documented = {
        (method.upper(), path.removeprefix("/desk/api")): operation
        for path, methods in (await stranger.gets("/openapi.json"))["paths"].items()
        for method, operation in methods.items()
    }
    assert set(documented) == {(route.method, route.path) for route in ROUTES}
    for (method, path), operation in documented.items():
        if path in {"/session", "/session/password"} and method != "GET":
            continue  # signing out would end the test
        roles = operation.get("x-roles", ())
        said = await status(stranger, method, path)
        assert (said == (401, "signed-out")) is bool(roles), (method, path, said)
        for role in StaffRole if roles else ():
            said = await status(staff[role], method, path)
            assert (said == (403, "not-allowed")) is (role not in (roles or ())), (
                method,
                path,
                role,
                said,
            )
            assert said[0] != 500, (method, path)


@pytest.mark.asyncio(loop_scope="module")
async def test_a_write_without_the_token_of_the_page_is_refused(
    office: Office, staff: dict[str, Person]
) -> None:
    admin = staff["admin"]
    for route in ROUTES:
        if route.method == "GET" or route.roles is None:
            continue
        with pytest.raises(Refused) as refused:
            await admin.asks(
                route.method, address(route.path), json={}, headers={"X-CSRF-Token": "guess"}
            )
        assert refused.value.code == "csrf", route.path


@pytest.mark.asyncio(loop_scope="module")
async def test_rows_are_checked_as_well_as_routes(office: Office, staff: dict[str, Person]) -> None:
    await office.shop.customer("Mei").says("在吗")
    await office.shop.member("Li", "fans").says("大家好")
    await office.shop.viewer("Bo", "room").says("多少钱")
    sees = {
        "agent": {"Mei"},
        "community": {"fans"},
        "live": {"room"},
        "supervisor": {"Mei", "fans", "room"},
    }
    for role, wanted in sees.items():
        listed = await staff[role].gets("/conversations")
        assert {card["title"] for card in listed["items"]} == wanted
        for name in ("Mei", "fans", "room"):
            number = await office.number(name)
            for path in ("", "/messages", "/notes"):
                said = await status(staff[role], "GET", f"/conversations/{number}{path}")
                assert said[0] == (200 if name in wanted else 404), (role, name, path)


@pytest.mark.parametrize("number", ["0", "-1", "x", "9" * 30, "%00", "1.5"])
@pytest.mark.asyncio(loop_scope="module")
async def test_odd_numbers_are_not_found(
    office: Office, staff: dict[str, Person], number: str
) -> None:
    assert await status(staff["admin"], "GET", f"/conversations/{number}") == (404, "not-found")
