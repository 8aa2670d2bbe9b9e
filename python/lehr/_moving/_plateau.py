"""torch's `ReduceLROnPlateau`, with its memory."""

from __future__ import annotations

import math

from lehr._scheduler import Scheduler
from lehr.control import Plateau
from lehr.errors import LehrValueError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def from_plateau(scheduler: Any) -> Scheduler:
    """A held plan with the controller. The present learning rates are the bases, so that the factor is 1 now."""
    groups = scheduler.optimizer.param_groups
    lrs = [float(group["lr"]) for group in groups]
    minima = {float(least) / lr if lr else 0.0 for least, lr in zip(scheduler.min_lrs, lrs)}
    if len(minima) > 1:
        raise LehrValueError(
            f"a ReduceLROnPlateau cannot be carried over: its `min_lr` is another share of each group's learning rate "
            f"({sorted(minima)}), and a lehr.Plateau has one `min_factor`; make one scheduler for each group, with "
            "`groups=` and `control=lehr.Plateau(min_factor=...)`"
        )
    least = minima.pop()
    if least > 1.0:
        raise LehrValueError(
            f"a ReduceLROnPlateau cannot be carried over: its `min_lr` is {least} times the learning rates, which can not "
            "be reduced any more; leave it out"
        )
    plateau = Plateau(
        mode=scheduler.mode,
        factor=scheduler.factor,
        patience=scheduler.patience,
        threshold=scheduler.threshold,
        threshold_mode=scheduler.threshold_mode,
        cooldown=scheduler.cooldown,
        min_factor=least,
        non_finite="bad",
    )
    schedule = Scheduler(scheduler.optimizer, "hold", control=plateau, base="current")
    state = schedule.state_dict()
    memory = state["controllers"][0]
    if math.isfinite(scheduler.best):
        # The window is of the one last metric, which the next one replaces: any will do.
        memory["best"], memory["window"] = float(scheduler.best), [float(scheduler.best)]
    memory["bad"] = int(scheduler.num_bad_epochs)
    memory["cooldown"] = int(scheduler.cooldown_counter)
    memory["observations"] = int(scheduler.last_epoch)
    schedule.load_state_dict(state)
    return schedule
