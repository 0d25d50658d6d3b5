"""Signing in, and what must not be a way in."""

from __future__ import annotations

import asyncio

import pytest
from pyotp.totp import TOTP

from plugins.console.models import AuditLine, StaffSession
from tests.plugins.console.desk import Person, Refused, open_desk


async def refusal(person: Person, **more: str) -> str:
    with pytest.raises(Refused) as refused:
        await person.signs_in(**more)
    return str(refused.value.code)


async def test_a_password_opens_and_signing_out_closes() -> None:
    async with open_desk() as office:
        li = await office.hires("li")
        with pytest.raises(Refused, match="signed-out"):
            await li.gets("/session")
        me = await li.signs_in()
        assert me["roles"] == ["agent"]
        cookie = next(iter(li.browser.cookie_jar))
        assert cookie["httponly"]
        assert cookie["samesite"] == "Strict"
        assert cookie["path"] == "/desk"
        kept = await StaffSession.first()
        assert kept is not None
        assert cookie.value not in {kept.token, kept.csrf}
        await li.asks("DELETE", "/session")
        with pytest.raises(Refused, match="signed-out"):
            await li.gets("/session")


async def test_signing_in_never_keeps_the_token_the_browser_came_with() -> None:
    async with open_desk() as office:
        li = await office.hires("li")
        li.browser.cookie_jar.update_cookies({"xiaoer_desk": "planted"})
        await li.signs_in()
        first = {c.value for c in li.browser.cookie_jar if c["path"] == "/desk"}
        await li.signs_in()
        second = {c.value for c in li.browser.cookie_jar if c["path"] == "/desk"}
        assert "planted" not in first | second
        assert not first & second
        assert await StaffSession.filter(ended_at=None).count() == 1


async def test_guessing_closes_the_account_for_a_while_however_many_try_at_once() -> None:
    async with open_desk() as office:
        li = await office.hires("li")
        guesses = [office.person("li", f"wrong-{n}") for n in range(8)]
        codes = await asyncio.gather(*(refusal(guess) for guess in guesses))
        assert sorted(codes) == ["slow-down"] * 3 + ["wrong-login"] * 5
        assert await refusal(li) == "slow-down"
        await office.shop.advance(minutes=16)
        await li.signs_in()


async def test_a_login_that_is_not_there_looks_like_a_wrong_password() -> None:
    async with open_desk() as office:
        assert await refusal(office.person("nobody", "x")) == "wrong-login"


async def test_many_logins_from_one_address_are_stopped_too() -> None:
    settings = {"plugins": {"console": {"address_tries": 5}}}
    async with open_desk(settings=settings) as office:
        codes = [await refusal(office.person(f"guess{n}", "x")) for n in range(7)]
        assert codes == ["wrong-login"] * 5 + ["slow-down"] * 2


async def test_a_stolen_session_guesses_no_more_than_a_stranger_and_is_written_down() -> None:
    async with open_desk(settings={"plugins": {"console": {"tries": 2}}}) as office:
        li = await office.opens("li")

        async def proves(word: str) -> str:
            try:
                await li.asks("DELETE", "/session/totp", json={"password": word})
            except Refused as refused:
                return str(refused.code)
            return "let in"

        codes = await asyncio.gather(*(proves(f"wrong-{n}") for n in range(20)))
        assert sorted(codes) == ["slow-down"] * 18 + ["wrong-login"] * 2
        assert await proves(li.password) == "slow-down"
        assert await refusal(office.person("li", li.password)) == "slow-down"
        assert await AuditLine.filter(act="password-refused", about="li").count() == 2
        await office.shop.advance(minutes=16)
        assert await proves(li.password) == "let in"


async def test_a_one_time_code_opens_once() -> None:
    async with open_desk() as office:
        li = await office.opens("li")
        offered = await li.posts("/session/totp", password=li.password)
        assert "secret=" + offered["secret"] in offered["uri"]
        app = TOTP(offered["secret"])
        now = office.shop.clock.now
        with pytest.raises(Refused, match="wrong-code"):
            await li.puts("/session/totp", code="000000")
        await li.puts("/session/totp", code=app.at(now()))
        again = office.person("li", li.password)
        assert await refusal(again) == "code-needed"
        assert await refusal(again, code=app.at(now())) == "wrong-code"  # it was used just now
        await office.shop.advance(seconds=60)
        code = app.at(now())
        await again.signs_in(code=code)
        assert await refusal(office.person("li", li.password), code=code) == "wrong-code"


async def test_sessions_are_listed_and_ended_and_grow_old() -> None:
    async with open_desk(settings={"server": {"trust_proxy": True}}) as office:
        li = await office.opens("li")
        phone = office.person("li")
        body = {"login": "li", "password": li.password}
        claimed = {"X-Forwarded-For": "198.51.100.1, 203.0.113.9"}  # the proxy added the last
        await phone.asks("POST", "/session", json=body, headers=claimed)
        rows = (await li.gets("/sessions"))["items"]
        assert [row["current"] for row in rows].count(True) == 1
        other = next(row for row in rows if not row["current"])
        assert other["address"] == "203.0.113.9"
        await li.asks("DELETE", f"/sessions/{other['id']}")
        with pytest.raises(Refused, match="signed-out"):
            await phone.gets("/session")
        await office.shop.advance(hours=11)
        await li.gets("/session")
        await office.shop.advance(hours=11)
        await li.gets("/session")
        await office.shop.advance(hours=13)
        with pytest.raises(Refused, match="signed-out"):
            await li.gets("/session")


async def test_a_new_password_ends_the_other_browsers() -> None:
    async with open_desk() as office:
        li = await office.opens("li")
        other = office.person("li", li.password)
        await other.signs_in()
        with pytest.raises(Refused, match="wrong-login"):
            await li.puts("/session/password", old="wrong", new="a longer secret")
        await li.puts("/session/password", old=li.password, new="a longer secret")
        await li.gets("/session")
        with pytest.raises(Refused, match="signed-out"):
            await other.gets("/session")
        other.password = "a longer secret"
        await other.signs_in()


async def test_another_sites_page_can_neither_sign_in_nor_listen() -> None:
    async with open_desk() as office:
        li = await office.opens("li")
        foreign = {"Origin": "https://evil.example"}
        with pytest.raises(Refused, match="csrf"):
            await li.asks(
                "POST",
                "/session",
                json={"login": "li", "password": li.password},
                headers=foreign,
            )
        upgrade = {**foreign, "Connection": "Upgrade", "Upgrade": "websocket"}
        with pytest.raises(Refused, match="csrf"):
            await li.asks("GET", "/live", headers=upgrade)


async def test_an_admin_changes_accounts_and_the_last_admin_stays() -> None:
    async with open_desk() as office:
        admin = await office.opens("boss", "admin")
        made = await admin.posts("/staff", login="li", name="小李", roles=["agent"])
        li = office.person("li", made["password"])
        await li.signs_in()
        with pytest.raises(Refused, match="exists"):
            await admin.posts("/staff", login="li", name="", roles=["agent"])
        await admin.asks("PATCH", "/staff/li", json={"active": False})
        with pytest.raises(Refused, match="signed-out"):
            await li.gets("/session")
        with pytest.raises(Refused, match="last-admin"):
            await admin.asks("PATCH", "/staff/boss", json={"roles": ["agent"]})
        await admin.gets("/session")


async def test_the_audit_log_shows_what_was_changed_behind_its_back() -> None:
    async with open_desk() as office:
        admin = await office.opens("boss", "admin")
        await admin.posts("/staff", login="li", name="小李", roles=["agent"])
        lines = (await admin.gets("/audit"))["items"]
        assert [line["act"] for line in lines] == ["staff-added", "signed-in"]
        proof = await admin.gets("/audit/proof")
        assert (proof["whole"], proof["broken"]) == (True, None)
        changed = lines[1]["id"]  # the older one
        await AuditLine.filter(id=changed).update(who="somebody")
        assert (await admin.gets("/audit/proof"))["broken"] == changed
        await AuditLine.filter(id=changed).delete()
        assert (await admin.gets("/audit/proof"))["whole"] is False
