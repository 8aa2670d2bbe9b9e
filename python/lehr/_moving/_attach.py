"""A `lehr.Scheduler` that goes on where another one was: the same bases, the same count, the same values."""

from __future__ import annotations

import math

from lehr._core import Plan
from lehr._scheduler import Scheduler
from lehr.errors import LehrValueError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NamedTuple

    class Track(NamedTuple):
        """One field of one group."""

        field: str
        group: int
        #: The plan text.
        text: str
        base: float

else:
    from collections import namedtuple

    Track = namedtuple("Track", "field group text base")

#: How far an original may be from its replica: those of torch that multiply what they find round at every step.
TOLERANCE = 1e-9


def attach(optimizer: Any, tracks: list[Track], count: int) -> Scheduler:
    """A scheduler on the optimizer, at that count. On an error the groups are as they were."""
    texts: dict[tuple[str, str], list[int]] = {}
    for track in tracks:
        texts.setdefault((track.field, track.text), []).append(track.group)
    before = [
        {key: float(value) if hasattr(value, "fill_") else value for key, value in group.items() if key != "params"}
        for group in optimizer.param_groups
    ]
    try:
        for track in tracks:
            optimizer.param_groups[track.group][f"initial_{track.field}"] = track.base
        plan = [(field, Plan.parse(text), groups) for (field, text), groups in texts.items()]
        scheduler = Scheduler(optimizer, plan, base="initial")
        scheduler.seek(count)
    except Exception:
        for group, values in zip(optimizer.param_groups, before):
            for key in [key for key in group if key != "params" and key not in values]:
                del group[key]
            for key, value in values.items():
                if hasattr(group[key], "fill_"):
                    group[key].fill_(value)
                else:
                    group[key] = value
        raise
    return scheduler


def check(tracks: list[Track], count: int, found: list[float], where: str, way_out: str) -> None:
    """Raises if what the original wrote last is not what its replica says."""
    for track in tracks:
        if track.field != "lr":
            continue
        value, base = found[track.group], track.base
        expected = Plan.parse(track.text).value_at(count, base)
        if not abs(value - expected) <= TOLERANCE * max(abs(value), abs(expected), abs(base)):
            raise LehrValueError(
                f"{where} of group {track.group} is {value!r}, but after {count} steps from {base!r} the schedule "
                f"`{track.text}` is at {expected!r}: {way_out}"
            )


def solve(name: str, wanted: float, guess: float, function: Any) -> float:
    """The argument, near a guess, of which an original has kept a result only: the same bits or an error."""
    near = [float(round(guess)), float(f"{guess:.6g}"), float(f"{guess:.12g}"), guess]
    for start in near:
        below = above = start
        for _ in range(8):
            for candidate in (below, above):
                if candidate and function(candidate) == wanted:
                    return candidate
            below, above = math.nextafter(below, -math.inf), math.nextafter(above, math.inf)
    raise LehrValueError(f"`{name}` cannot be told from what the scheduler has kept ({wanted!r})")


def refuse(scheduler: Any, reason: str, way_out: str) -> LehrValueError:
    return LehrValueError(f"a {type(scheduler).__name__} cannot be carried over: {reason}; {way_out}")
