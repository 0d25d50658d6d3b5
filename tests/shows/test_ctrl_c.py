"""Shows 1 of the first issue: Ctrl-C within 5 s, with something in flight, and nothing half-sent."""

from __future__ import annotations

import asyncio
import json
import signal
import time
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.shows.house import ask, open_house
from tests.standins.wecom_robot import WeComRobotStandIn

STOP = 5  # seconds
SHOP = """
[plugins]
enabled = ["handoff", "complaints"]
[plugins.complaints]
levels = [{{ name = "service", channel = "staff", conversation = "service" }}]
[channels.staff]
adapter = "wecom_robot"
webhook_key = "robot-key"
api_base = "{base}"
[channels.live]
adapter = "replay"
file = "room.jsonl"
"""
ANGRY = {"id": "c1", "text": "太生气了，我要投诉", "at_ms": 1, "user_id": "v1", "room_id": "r"}
OUT = "select state from message where channel = 'staff'"


class SlowGroup(WeComRobotStandIn):
    """A group whose platform takes its time: says when it was called, answers when told."""

    def __init__(self) -> None:
        super().__init__()
        self.called, self.may_answer = asyncio.Event(), asyncio.Event()
