"""WeCom as an app with customer-service accounts meets it: the API, and the callbacks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.standins.wecom_api import KfApi, Sent
from tests.standins.wecom_corp import Answer

__all__ = ["Answer", "Sent", "WeCom"]


@dataclass
class WeCom(KfApi):
    """The platform, and the people who use it."""

    # What people do on their phones -------------------------------------------------------------

    async def says(self, customer: str, words: str, **fields: Any) -> Answer:
        """A customer writes; ``fields`` replaces fields of the entry (``msgid``, ``msgtype``)."""
        self.customer(customer).writes(self.clock.now())
        return await self.tell(self.entry(customer, "text", {"content": words}, **fields))

    async def enters(self, customer: str, scene: str = "shop", *, welcomed: bool = False) -> Answer:
        """A customer opens the chat; those ``welcomed`` before bring no code."""
        code = "" if welcomed else self.codes.give(customer, "text msgmenu", 20)
        body = {"scene": scene, "scene_param": "order-7", "welcome_code": code}
        return await self.tell(self.event(customer, "enter_session", **body))

    async def takes(self, customer: str, servicer: str) -> Answer:
        """A servicer takes a customer from the pool."""
        self.customer(customer).state, self.customer(customer).servicer = 3, servicer
        code = self.codes.give(customer, "text", 48 * 3600)
        return await self._changed(customer, 1, new_servicer_userid=servicer, msg_code=code)

    async def answers(self, customer: str, servicer: str, words: str) -> Answer:
        """A servicer writes to a customer from the WeCom client."""
        self.customer(customer).state, self.customer(customer).servicer = 3, servicer
        fields = {"origin": 5, "servicer_userid": servicer}
        return await self.tell(self.entry(customer, "text", {"content": words}, **fields))

    async def ends(self, customer: str) -> Answer:
        """The servicer ends the session."""
        session = self.customer(customer)
        old, session.servicer, session.state = session.servicer, "", 4
        code = self.codes.give(customer, "text msgmenu", 20)
        return await self._changed(customer, 3, old_servicer_userid=old, msg_code=code)

    async def fails(self, msgid: str, customer: str, kind: int) -> Answer:
        """A message that was accepted did not arrive after all."""
        body = {"fail_msgid": msgid, "fail_type": kind}
        return await self.tell(self.event(customer, "msg_send_fail", **body))

    async def _changed(self, customer: str, kind: int, **fields: str) -> Answer:
        return await self.tell(
            self.event(customer, "session_status_change", change_type=kind, **fields)
        )

    # How the platform tells it ------------------------------------------------------------------

    def entry(self, customer: str, kind: str, body: object, **fields: Any) -> dict[str, Any]:
        """One entry of ``msg_list``."""
        return {
            "msgid": f"msg-{next(self._ids)}",
            "open_kfid": self.account,
            "external_userid": customer,
            "send_time": int(self.clock.now().timestamp()),
            "origin": 3,
            "msgtype": kind,
            kind: body,
        } | fields

    def event(self, customer: str, kind: str, **body: Any) -> dict[str, Any]:
        """One event of ``msg_list``: whom it is about is said inside."""
        about = {"event_type": kind, "open_kfid": self.account, "external_userid": customer}
        entry = self.entry("", "event", about | body, origin=4)
        del entry["external_userid"]
        return entry

    async def tell(self, *entries: dict[str, Any]) -> Answer:
        """Put entries on a new page, and call back."""
        self.pages.append(list(entries))
        return await self.call_back()

    async def call_back(self, **fields: str) -> Answer:
        """ "There is something": signed, encrypted, and without any message."""
        elements = {
            "MsgType": "event",
            "Event": "kf_msg_or_event",
            "Token": self.pull_token(),
            "OpenKfId": self.account,
        }
        return await self.pushes(**(elements | fields))
