"""Xiaoer's core: messages, conversations, plugins, clocks and delivery.

The core knows no platform, no shop rule and no sentence that a person reads. Start at
``core/app.py``, which puts the parts together; ``ARCHITECTURE.md`` draws the way of a message.
"""
