"""The adapters' contract once more, with a queue before the ledger: nobody may notice it."""

from tests.contract.every import every

globals().update(every())
