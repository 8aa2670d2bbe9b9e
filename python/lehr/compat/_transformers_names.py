"""The names of transformers' schedules, as in `SchedulerType`."""

from __future__ import annotations

from lehr.errors import LehrValueError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

NAMES = (
    *("constant", "constant_with_warmup", "cosine", "cosine_warmup_with_min_lr", "cosine_with_min_lr"),
    *("cosine_with_restarts", "inverse_sqrt", "linear", "polynomial", "warmup_stable_decay"),
)
#: Those whose minimum is a share of `optimizer.defaults["lr"]`, whatever a group's base is.
OF_DEFAULT = ("cosine_with_min_lr", "cosine_warmup_with_min_lr", "polynomial")


def known(name: Any) -> str:
    """The name as text; an enumeration's member has it as its value."""
    said = str(getattr(name, "value", name))
    if said in NAMES:
        return said
    way_out = ", ".join(NAMES)
    if said in ("reduce_lr_on_plateau", "greedy"):
        kind = "Plateau" if said.startswith("reduce") else "Greedy"
        way_out = f"it follows a metric; give lehr.Scheduler a plan with control=lehr.{kind}(...). The others are {way_out}"
    raise LehrValueError(f"`name` is {said!r}, but it must be one of {way_out}")
