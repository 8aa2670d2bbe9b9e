"""What all replicas share: the plan text of an original with its arguments, and its plans on an optimizer's groups."""

from __future__ import annotations

from lehr._core import Plan
from lehr.errors import LehrValueError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
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


def replica(name: str, **arguments: Any) -> str:
    """The plan text of an original, `torch.StepLR(step_size=3, gamma=0.1)`; the core knows its defaults and rules."""
    return f"{name}({', '.join(f'{key}={written(key, value)}' for key, value in arguments.items())})"


def written(name: str, value: Any) -> str:
    """An argument as plan text has it: numbers with all their digits, lists, words, true, false, None."""
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(written(name, item) for item in value)}]"
    if value is None or isinstance(value, bool):
        return {None: "None", True: "true", False: "false"}[value]
    if isinstance(value, str):
        if not value or not all(sign.isalnum() or sign in "_-" for sign in value):
            raise LehrValueError(f"`{name}` is {value!r}, but it must be a word")
        return str(value)
    if isinstance(value, int):
        return str(int(value))
    try:
        return repr(float(value))
    except (TypeError, ValueError):
        raise LehrValueError(f"`{name}` is {value!r}, but it must be a number, a word, a list of numbers or None") from None


def per_group(name: str, value: Any, groups: int) -> list[Any]:
    """One value for each group, of a list or of one value for all."""
    if not isinstance(value, (list, tuple)):
        return [value] * groups
    if len(value) != groups:
        raise LehrValueError(f"`{name}` has {len(value)} values, but there are {groups} groups: give one for each, or one for all")
    return list(value)


def lay(optimizer: Any, tracks: list[Track], start: Callable[[list[tuple[str, list[int], Plan]]], Any]) -> Any:
    """Call `start` with the plans, once the groups have their bases. On an error the groups are as they were."""
    texts: dict[tuple[str, str], list[int]] = {}
    for track in tracks:
        texts.setdefault((track.field, track.text), []).append(track.group)
    before = snapshot(optimizer)
    try:
        for track in tracks:
            optimizer.param_groups[track.group][f"initial_{track.field}"] = track.base
        return start([(field, groups, Plan.parse(text)) for (field, text), groups in texts.items()])
    except Exception:
        put_back(optimizer, before)
        raise


def snapshot(optimizer: Any) -> list[dict[str, Any]]:
    """What the groups have, but for their parameters."""
    return [
        {key: float(value) if hasattr(value, "fill_") else value for key, value in group.items() if key != "params"}
        for group in optimizer.param_groups
    ]


def put_back(optimizer: Any, before: list[dict[str, Any]]) -> None:
    """The groups as they were: tensors are filled, keys that came since are gone."""
    for group, values in zip(optimizer.param_groups, before):
        for key in [key for key in group if key != "params" and key not in values]:
            del group[key]
        for key, value in values.items():
            if hasattr(group.get(key), "fill_"):
                group[key].fill_(value)
            else:
                group[key] = value
