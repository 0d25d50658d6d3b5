"""Who answers: rules as data, compiled once into an index, asked once a message."""

from core.route.rules import Rank, Rule

__all__ = ["Rank", "Rule"]
