"""The adapters' contract once more, on PostgreSQL: no platform may notice the engine."""

from tests.contract.every import every

globals().update(every())
