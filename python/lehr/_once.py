"""`once_per_update`: the clock follows the optimizer's updates, however often a loop calls `step()`.

torch tells whoever asks when an optimizer has made an update (`register_step_post_hook`, torch 2.0). Nothing of the
optimizer is replaced.
"""

from __future__ import annotations

import sys
import weakref

from lehr import _registry
from lehr.errors import LehrValueError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__all__ = ["once_per_update"]


def once_per_update(scheduler: Any) -> Any:
    """Make `step()` count only updates that the optimizer has made since the last call; other calls do nothing.

    For loops that call `step()` more often than the optimizer updates: after every micro-batch while gradients
    accumulate, after an update that a GradScaler skipped, once for each process (Accelerate, for a scheduler that went
    through `prepare`; there it is switched on by itself if there are several processes).

        schedule = lehr.once_per_update(lehr.Scheduler(optimizer, "cosine(to=0)", updates=1000))

    `step(updated=True)` and `step(updated=False)` are believed. Several updates between two calls count as one. Where
    only `schedule.step` is handed on, the schedule itself must be kept.

    Args:
        scheduler: a `lehr.Scheduler` or a `lehr.StatefulSchedulerBase`, on a torch optimizer.

    Returns:
        The same scheduler.

    Raises:
        LehrValueError: if the optimizer cannot tell (it has no `register_step_post_hook`).

    Examples:
        >>> import torch
        >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
        >>> import lehr
        >>> schedule = lehr.once_per_update(lehr.Scheduler(optimizer, "linear(to=0)", updates=4))
        >>> schedule.step()  # no update was made
        >>> optimizer.step()
        >>> schedule.step()
        >>> schedule.num_updates
        1
    """
    if not isinstance(scheduler.__dict__.get("step"), _Step):
        scheduler.step = _Step(scheduler)
        scheduler.step.listen()
    return scheduler


def accelerate_is_preparing(scheduler: Any) -> bool:
    """What Accelerate's `prepare` asks before it wraps a scheduler, which it then steps once for each process."""
    state = sys.modules.get("accelerate.state")
    if state is not None and state.PartialState._shared_state and state.PartialState().num_processes > 1:
        if hasattr(_registry._innermost(scheduler.optimizer), "register_step_post_hook"):
            once_per_update(scheduler)
    return False


class _Step:
    """Stands before the scheduler's own `step`, and listens to its optimizer."""

    def __init__(self, scheduler: Any, updated: bool = False) -> None:
        self.scheduler = weakref.ref(scheduler)
        self.updated = updated
        self.listens_to: Any = lambda: None

    def listen(self) -> Any:
        """The scheduler, once its optimizer is listened to."""
        scheduler = self.scheduler()
        if scheduler is None:
            raise LehrValueError("the scheduler of this step() is gone: keep it for as long as it is to be stepped")
        optimizer = _registry._innermost(scheduler.optimizer)
        if self.listens_to() is optimizer:
            return scheduler
        register = getattr(optimizer, "register_step_post_hook", None)
        if register is None:
            raise LehrValueError(
                f"a {type(optimizer).__name__} does not tell of its updates (it has no register_step_post_hook): say "
                "step(updated=False) where there was none"
            )
        register(_Listener(self))
        self.listens_to = weakref.ref(optimizer)
        return scheduler

    def __call__(self, *, updated: Any = None) -> None:
        scheduler = self.listen()
        if updated is None:
            updated, self.updated = self.updated, False
        else:
            self.updated = False
        type(scheduler).step(scheduler, updated=updated)

    def __reduce__(self) -> Any:
        # A copy goes with the copy of the scheduler, and listens to the copy of the optimizer from its first call on:
        # it takes that call for one that follows an update.
        return _Step, (self.scheduler(), True)


class _Listener:
    """The hook: it keeps nothing alive, and is silent once its scheduler is gone."""

    def __init__(self, step: _Step) -> None:
        self.step = weakref.ref(step)

    def __call__(self, optimizer: Any, args: Any, kwargs: Any) -> None:
        step = self.step()
        if step is None:
            return
        # A fused optimizer under a GradScaler steps in any case, and leaves everything as it is on an overflow. To look
        # waits for the device; who must not wait says step(updated=...).
        overflow = getattr(optimizer, "found_inf", None)
        if overflow is None or not float(overflow):
            step.updated = True
