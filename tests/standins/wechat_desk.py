"""What else ``api.weixin.qq.com`` keeps for an account: files, menu, QR codes, tags, notices."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from aiohttp import BodyPartReader, web

Now = Callable[[], datetime]
Says = Callable[..., web.Response]
LIVES = timedelta(days=3)
# use: largest size, how a file may begin
FILES: dict[str, tuple[int, tuple[bytes, ...]]] = {
    "image": (2 << 20, (b"\xff\xd8\xff", b"\x89PNG", b"GIF8")),
    "voice": (2 << 20, (b"#!AMR", b"ID3", b"\xff\xfb")),
    "video": (10 << 20, (b"\x00\x00\x00 ftyp", b"\x00\x00\x00\x18ftyp")),
    "thumb": (64 << 10, (b"\xff\xd8\xff",)),
}


@dataclass
class File:
    """Something uploaded, or sent by a customer."""

    use: str
    data: bytes
    dies: datetime
    name: str = ""


@dataclass
class Notice:
    """A template or subscription message that the platform took."""

    msgid: int
    payload: dict[str, Any]


@dataclass
class Desk:
    """The account's belongings; :meth:`routes` serves them."""

    now: Now
    says: Says
    url: Callable[[], str]
    files: dict[str, File] = field(default_factory=dict[str, File])
    menu: dict[str, Any] | None = None
    codes: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    tags: dict[int, str] = field(default_factory=dict[int, str])
    tagged: dict[str, set[int]] = field(default_factory=dict[str, set[int]])
    people: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    templates: dict[str, set[str]] = field(default_factory=dict[str, set[str]])
    consents: dict[tuple[str, str], int] = field(default_factory=dict[tuple[str, str], int])
    notices: list[Notice] = field(default_factory=list[Notice])
    sessions: dict[str, str] = field(default_factory=dict[str, str])
    online: list[str] = field(default_factory=list[str])
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def keep(self, use: str, data: bytes, name: str = "") -> str:
        """Put a file on the shelf, as a customer does who sends one; its media id."""
        media = f"{use}-{next(self._numbers)}-{'m' * 40}"
        self.files[media] = File(use, data, self.now() + LIVES, name)
        return media

    def knows(self, media: str) -> bool:
        """Whether a media id is good."""
        found = self.files.get(media)
        return found is not None and found.dies > self.now()

    def routes(self) -> list[tuple[str, str, str, Any]]:
        """Method, path, name for :attr:`calls`, handler."""
        return [
            ("POST", "/cgi-bin/media/upload", "upload", self._upload),
            ("GET", "/cgi-bin/media/get", "download", self._download),
            ("POST", "/cgi-bin/menu/create", "menu", self._create_menu),
            ("GET", "/cgi-bin/menu/get", "menu", self._get_menu),
            ("GET", "/cgi-bin/menu/delete", "menu", self._delete_menu),
            ("POST", "/cgi-bin/qrcode/create", "qr", self._qr),
            ("GET", "/cgi-bin/tags/get", "tags", self._get_tags),
            ("POST", "/cgi-bin/tags/create", "tags", self._create_tag),
            ("POST", "/cgi-bin/tags/members/batchtagging", "tags", self._tag),
            ("POST", "/cgi-bin/tags/members/batchuntagging", "tags", self._tag),
            ("GET", "/cgi-bin/user/info", "user", self._user),
            ("POST", "/cgi-bin/message/template/send", "template", self._template),
            ("POST", "/cgi-bin/message/subscribe/bizsend", "bizsend", self._subscribed),
            ("POST", "/cgi-bin/message/template/subscribe", "once", self._once),
            ("GET", "/cgi-bin/customservice/getonlinekflist", "kf", self._online),
            ("POST", "/customservice/kfsession/close", "kf_close", self._close),
        ]

    async def video(self, request: web.Request) -> web.StreamResponse:
        """Where the address of a video leads."""
        file = self.files.get(request.match_info["media"])
        return web.Response(body=file.data) if file else web.Response(status=404)

    async def _upload(self, request: web.Request) -> web.Response:
        use, (most, starts) = request.query["type"], FILES[request.query["type"]]
        part = await (await request.multipart()).next()
        if not isinstance(part, BodyPartReader) or part.name != "media" or not part.filename:
            return self.says(41005)
        data = bytes(await part.read())
        if len(data) > most:
            return self.says(45001)
        if not data.startswith(starts):
            return self.says(40009 if use == "image" else 40005)
        name = "thumb_media_id" if use == "thumb" else "media_id"
        created = int(self.now().timestamp())
        return web.json_response(
            {"type": use, name: self.keep(use, data, part.filename), "created_at": created}
        )

    async def _download(self, request: web.Request) -> web.Response:
        media = request.query.get("media_id", "")
        if not self.knows(media):
            return self.says(40007)
        file = self.files[media]
        if file.use == "video":
            return web.json_response({"video_url": f"{self.url()}/video/{media}"})
        kind = {"image": "image/jpeg", "voice": "audio/amr"}[file.use]
        headers = {"Content-Disposition": f'attachment; filename="{media}.bin"'}
        return web.Response(body=file.data, content_type=kind, headers=headers)

    async def _create_menu(self, request: web.Request) -> web.Response:
        menu: dict[str, Any] = await request.json()
        code = menu_error(menu.get("button"))
        if not code:
            self.menu = menu
        return self.says(code)

    async def _get_menu(self, _request: web.Request) -> web.Response:
        return self.says(46003) if self.menu is None else web.json_response({"menu": self.menu})

    async def _delete_menu(self, _request: web.Request) -> web.Response:
        self.menu = None
        return self.says(0)

    async def _qr(self, request: web.Request) -> web.Response:
        body: dict[str, Any] = await request.json()
        scene = body["action_info"]["scene"].get("scene_str", "")
        if not 1 <= len(scene) <= 64:
            return self.says(40053)
        ticket = f"ticket+{next(self._numbers)}/{'t' * 40}=="
        self.codes[ticket] = body
        answer = {"ticket": ticket, "url": f"http://weixin.qq.com/q/{len(self.codes)}"}
        if body["action_name"] == "QR_STR_SCENE":
            answer["expire_seconds"] = body["expire_seconds"]
        return web.json_response(answer)

    async def _get_tags(self, _request: web.Request) -> web.Response:
        counts = {n: sum(n in held for held in self.tagged.values()) for n in self.tags}
        rows = [{"id": n, "name": name, "count": counts[n]} for n, name in self.tags.items()]
        return web.json_response({"tags": rows})

    async def _create_tag(self, request: web.Request) -> web.Response:
        name = (await request.json())["tag"]["name"]
        if len(name) > 30:
            return self.says(45158)
        if name in self.tags.values():
            return self.says(45157)
        number = 100 + len(self.tags)
        self.tags[number] = name
        return web.json_response({"tag": {"id": number, "name": name}})

    async def _tag(self, request: web.Request) -> web.Response:
        body = await request.json()
        if body["tagid"] not in self.tags:
            return self.says(45159)
        for openid in body["openid_list"]:
            held = self.tagged.setdefault(openid, set())
            if request.path.endswith("batchtagging") and len(held) >= 20:
                return self.says(45059)
            (held.discard if "untag" in request.path else held.add)(body["tagid"])
        return self.says(0)

    async def _user(self, request: web.Request) -> web.Response:
        openid = request.query["openid"]
        facts = {"subscribe": 1, "openid": openid, "nickname": "", "language": "zh_CN"}
        held = sorted(self.tagged.get(openid, ()))
        return web.json_response({**facts, "tagid_list": held, **self.people.get(openid, {})})

    async def _template(self, request: web.Request) -> web.Response:
        body: dict[str, Any] = await request.json()
        wanted = self.templates.get(body.get("template_id", ""))
        if wanted is None:
            return self.says(40037)
        if set(body["data"]) != wanted or not _values_fit(body["data"]):
            return self.says(47003)
        same = body.get("client_msg_id")
        known = {n.payload.get("client_msg_id"): n.msgid for n in self.notices}
        if same and same in known:
            return self.says(0, msgid=known[same])
        return self.says(0, msgid=self._took(body).msgid)

    async def _subscribed(self, request: web.Request) -> web.Response:
        body: dict[str, Any] = await request.json()
        place = (body["touser"], body["template_id"])
        if not self.consents.get(place):
            return self.says(43101)
        if not _values_fit(body["data"]):
            return self.says(47003)
        self.consents[place] -= 1
        self._took(body)
        return self.says(0)

    async def _once(self, request: web.Request) -> web.Response:
        body: dict[str, Any] = await request.json()
        place = (body["touser"], body["scene"])
        if not self.consents.get(place):
            return self.says(43101)
        if len(body["title"]) > 15 or not 0 < len(body["data"]["content"]["value"]) <= 200:
            return self.says(47003)
        self.consents[place] = 0  # however often the person agreed under this scene
        self._took(body)
        return self.says(0)

    async def _close(self, request: web.Request) -> web.Response:
        body = await request.json()
        if self.sessions.get(body["openid"]) != body["kf_account"]:
            return self.says(65413)
        del self.sessions[body["openid"]]
        return self.says(0)

    async def _online(self, _request: web.Request) -> web.Response:
        rows = [{"kf_account": name, "status": 1, "kf_id": "1001"} for name in self.online]
        return web.json_response({"kf_online_list": rows})

    def _took(self, body: dict[str, Any]) -> Notice:
        notice = Notice(200_000_000 + next(self._numbers), body)
        self.notices.append(notice)
        return notice


def menu_error(given: Any, *, depth: int = 1) -> int:
    """The errcode for a list of menu items; 0 when the platform takes it."""
    buttons: list[dict[str, Any]] = given or []
    if not 1 <= len(buttons) <= (3 if depth == 1 else 5):
        return 40016 if depth == 1 else 40023
    for one in buttons:
        name = one.get("name", "")
        if not name or len(name.encode()) > (16 if depth == 1 else 60):
            return 40018 if depth == 1 else 40025
        if below := one.get("sub_button"):
            code = menu_error(below, depth=2) if depth == 1 else 40022
            if code:
                return code
        elif one.get("type") == "view" and not one.get("url"):
            return 40020
        elif one.get("type") == "click" and not one.get("key"):
            return 40019
        elif not one.get("type"):
            return 40017
    return 0


def _values_fit(data: dict[str, Any]) -> bool:
    """A ``thing`` has at most 20 characters and no value is empty."""
    values = {name: str(entry.get("value", "")) for name, entry in data.items()}
    return all(v and not (n.startswith("thing") and len(v) > 20) for n, v in values.items())
