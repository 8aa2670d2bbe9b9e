"""Which schedulers write to which optimizer, known weakly: two of them on one field of one group are a mistake."""

from __future__ import annotations

import _thread
import weakref

from lehr.errors import LehrValueError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

# What `threading.Lock` is; threading brings half of the import's time along.
_lock = _thread.allocate_lock()
_schedulers: weakref.WeakKeyDictionary[Any, weakref.WeakSet[Any]] = weakref.WeakKeyDictionary()


def _innermost(optimizer: Any) -> Any:
    """The optimizer itself, out of wrappers such as Accelerate's."""
    for _ in range(8):
        inner = getattr(optimizer, "optimizer", None)
        if inner is None or not hasattr(inner, "param_groups"):
            break
        optimizer = inner
    return optimizer


def _overlap(one: str, other: str) -> bool:
    # A tuple overlaps with its elements, an element only with itself.
    return one == other or one.partition("[")[0] == other or one == other.partition("[")[0]


def rivals(scheduler: Any, optimizer: Any, claims: Iterable[tuple[str, Iterable[int], Any]]) -> list[tuple[Any, str, int]]:
    """Other live schedulers that write one of these fields in one of these groups, with the first field and group."""
    with _lock:
        try:
            others = list(_schedulers.get(_innermost(optimizer), ()))
        except TypeError:  # an optimizer that cannot be referenced weakly
            return []
    found = []
    for other in others:
        if other is scheduler:
            continue
        clash = [
            (field, group)
            for field, groups, _ in claims
            for theirs, their_groups, _ in other._lehr_bases()
            if _overlap(field, theirs)
            for group in groups
            if group in their_groups
        ]
        if clash:
            found.append((other, *clash[0]))
    return found


def refuse(scheduler: Any, optimizer: Any, claims: Iterable[tuple[str, Iterable[int], Any]]) -> None:
    """Raises if another live scheduler writes one of these fields."""
    for other, field, group in rivals(scheduler, optimizer, claims):
        raise LehrValueError(
            f"`{field}` of group {group} is scheduled by a {type(other).__name__} already: "
            "call its detach() first, or select other groups for one of the two"
        )


def add(scheduler: Any, optimizer: Any) -> None:
    with _lock:
        try:
            _schedulers.setdefault(_innermost(optimizer), weakref.WeakSet()).add(scheduler)
        except TypeError:
            pass


def remove(scheduler: Any, optimizer: Any) -> None:
    with _lock:
        try:
            _schedulers.get(_innermost(optimizer), weakref.WeakSet()).discard(scheduler)
        except TypeError:
            pass
