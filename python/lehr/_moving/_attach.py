"""A `lehr.Scheduler` that goes on where another one was: the same bases, the same count, the same values."""

from __future__ import annotations

import sys

from lehr._core import Plan
from lehr._scheduler import Scheduler
from lehr.compat._replica import Track, lay
from lehr.errors import LehrValueError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

#: How far an original may be from its replica: those of torch that multiply what they find round at every step.
TOLERANCE = 1e-9


def attach(optimizer: Any, tracks: list[Track], count: int) -> Scheduler:
    """A scheduler on the optimizer, at that count. On an error the groups are as they were."""

    def start(plans: list[tuple[str, list[int], Plan]]) -> Scheduler:
        scheduler = Scheduler(optimizer, [(field, plan, groups) for field, groups, plan in plans], base="initial")
        scheduler.seek(count)
        return scheduler

    scheduler: Scheduler = lay(optimizer, tracks, start)
    return scheduler


def check(tracks: list[Track], count: int, found: list[Any], where: str, way_out: str) -> None:
    """Raises if what the original wrote last, numbers or tensors, is not what its replica says."""
    for track in tracks:
        if track.field != "lr":
            continue
        value, base = float(found[track.group]), track.base
        expected = Plan.parse(track.text).value_at(count, base)
        tolerance = TOLERANCE
        if hasattr(found[track.group], "dtype"):
            # A tensor of float32 rounds at every step, too.
            tolerance = max(tolerance, 1000 * sys.modules["torch"].finfo(found[track.group].dtype).eps)
        if not abs(value - expected) <= tolerance * max(abs(value), abs(expected), abs(base)):
            raise LehrValueError(
                f"{where} of group {track.group} is {value!r}, but after {count} steps from {base!r} the schedule "
                f"`{track.text}` is at {expected!r}: {way_out}"
            )
