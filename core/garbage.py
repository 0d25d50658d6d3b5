"""The garbage collector, told what a shop is like.

What was loaded at the start lives as long as the process, and a message leaves next to no cycles:
looking for some among all objects every few hundred allocations was a fifth of what a message cost
(``bench/README.md``).
"""

from __future__ import annotations

import gc

THRESHOLDS = (20_000, 25, 25)


def settle() -> None:
    """Leave alone what is there now, and look at what is new less often; for a whole process."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
