"""pytorch-accelerated's placeholders, where that package is installed: numbers that its Trainer fills in later."""

from __future__ import annotations

from lehr.errors import LehrValueError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def _placeholder(name: str, parameter: str) -> Any:
    try:
        from pytorch_accelerated.trainer import TrainerPlaceholderValues
    except ImportError:
        raise LehrValueError(
            f"`{parameter}` is not given, but without pytorch-accelerated nobody fills it in: say how many"
        ) from None
    return getattr(TrainerPlaceholderValues, name)


def num_epochs(given: Any) -> Any:
    return _placeholder("NUM_EPOCHS", "total_num_epochs") if given is None else given


def updates_per_epoch(given: Any) -> Any:
    """Per process: the sum over the processes would make the curve end too late."""
    name = "PER_PROCESS_NUM_UPDATE_STEPS_PER_EPOCH"
    return _placeholder(name, "num_update_steps_per_epoch") if given is None else given


def count(name: str, value: Any) -> int:
    """A whole number; a placeholder that nobody replaced is an error that says so."""
    if not isinstance(value, bool):
        try:
            whole: Any = int(value) if isinstance(value, float) and value.is_integer() else value
            import operator

            return operator.index(whole)
        except TypeError:
            pass
    raise LehrValueError(
        f"`{name}` is {value!r}, but it must be a whole number; a placeholder is replaced by pytorch-accelerated's "
        "Trainer only, in the keyword arguments of create_scheduler_fn"
    )


def epochs(name: str, value: Any) -> int | str:
    """A length in epochs as text; 0 is none."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        value = count(name, value)
    if not value >= 0:
        raise LehrValueError(f"`{name}` is {value!r}, but a length must not be negative")
    return f"{value!r}ep" if value else 0
