"""The test kit: a whole shop on a test clock, with customers who say and hear things.

>>> async with open_shop(plugins=["faq"]) as shop:
...     customer = shop.customer("Mei")
...     await customer.says("hello")
...     customer.hears("hello, Mei")

Third-party plugins use it as Xiaoer's own tests do: everything is real but time and the platform.
"""

from core.testing.mock import MockAdapter
from core.testing.shop import START, Customer, Shop, open_shop

__all__ = ["START", "Customer", "MockAdapter", "Shop", "open_shop"]
