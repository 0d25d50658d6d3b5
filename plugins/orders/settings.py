"""``[plugins.orders]``."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator
from pydantic_core import PydanticCustomError

from core.plugin import PluginSettings


class HttpSourceSettings(BaseModel):
    """``[plugins.orders.http]``: where the shop's orders are asked for."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    url: str = Field(pattern=r"^https?://")
    token: SecretStr = SecretStr("")
    timeout_seconds: float = Field(default=3.0, gt=0, le=30)


class CourierSettings(BaseModel):
    """``[plugins.orders.courier]``: who is asked where a parcel is."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    provider: Literal["none", "kuaidi100"] = "none"
    api_base: str = Field(default="https://poll.kuaidi100.com", pattern=r"^https?://")
    customer: str = ""
    key: SecretStr = SecretStr("")
    timeout_seconds: float = Field(default=4.0, gt=0, le=30)
    # The provider locks numbers that are asked for more often than every half hour.
    cache_minutes: float = Field(default=30.0, ge=0)

    @model_validator(mode="after")
    def _complete(self) -> CourierSettings:
        if self.provider == "kuaidi100" and not (self.customer and self.key.get_secret_value()):
            words = "customer and key are needed for kuaidi100"
            raise PydanticCustomError("orders.setting_courier", words)
        return self


class OrderSettings(PluginSettings):
    """Where orders and parcels are looked up, and how carefully they are shown."""

    source: Literal["book", "http"] = "book"
    http: HttpSourceSettings | None = None
    courier: CourierSettings = CourierSettings()
    nodes: int = Field(default=4, ge=1, le=10)  # of a parcel's way, the latest
    tries: int = Field(default=5, ge=1, le=20)  # wrong proofs in an hour, by conversation
    bound_hours: float = Field(default=24.0, ge=0)  # how long a proof holds in its conversation
    # Who asked after an order is told when it is sent and when it has arrived: looked at so often
    # (0: never), for so long.
    news_hours: float = Field(default=2.0, ge=0)
    news_days: float = Field(default=15.0, gt=0)

    @model_validator(mode="after")
    def _complete(self) -> OrderSettings:
        if self.source == "http" and self.http is None:
            words = 'source = "http" needs a table [plugins.orders.http] with a url'
            raise PydanticCustomError("orders.setting_http", words)
        return self
