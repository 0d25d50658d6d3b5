"""The contract on the group robot."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest

from core.message import ConversationKind
from core.testing import Shop
from tests.contract.adapter import AdapterContract, Stage
from tests.standins.wecom_robot import WeComRobotStandIn


class TestWeComRobot(AdapterContract):
    adapter = "wecom_robot"

    @pytest.fixture
    async def platform(self) -> AsyncGenerator[Stage]:
        async with WeComRobotStandIn().run() as robot:
            settings = {"webhook_key": robot.key, "api_base": robot.base}
            yield Stage(settings, "group", ConversationKind.GROUP, robot)

    def robot(self, stage: Stage) -> WeComRobotStandIn:
        robot: WeComRobotStandIn = stage.standin
        return robot

    async def received(self, stage: Stage, shop: Shop) -> list[str]:
        self.robot(stage).behaviour = ""  # it has misbehaved once
        return [post["text"]["content"] for post in self.robot(stage).posts]

    async def refuse_for_now(self, stage: Stage, shop: Shop) -> None:
        self.robot(stage).behaviour = 45009

    async def refuse_for_good(self, stage: Stage, shop: Shop) -> None:
        self.robot(stage).behaviour = 93000

    async def hang(self, stage: Stage, shop: Shop) -> None:
        self.robot(stage).behaviour = "hang"

    async def drop_after_recording(self, stage: Stage, shop: Shop) -> None:
        self.robot(stage).behaviour = "drop"
