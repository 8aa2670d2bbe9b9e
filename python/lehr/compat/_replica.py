"""What all replicas share: the plan text of an original with its arguments."""

from __future__ import annotations

from lehr.errors import LehrValueError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


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
