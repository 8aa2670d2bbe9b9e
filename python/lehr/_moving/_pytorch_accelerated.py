"""pytorch-accelerated's schedulers, as they are in the middle of a run."""

from __future__ import annotations

from lehr._core import accelerated_wsd_periods
from lehr._moving._attach import attach, check
from lehr.compat._accelerated_text import cosine_text, wsd_text
from lehr.compat._replica import Track
from lehr.compat._torch_text import refuse
from lehr.errors import LehrValueError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from lehr._scheduler import Scheduler


def from_pytorch_accelerated(scheduler: Any, *, num_updates: int | None = None) -> Scheduler:
    """A `lehr.Scheduler` that goes on where one of pytorch-accelerated's schedulers is, on the same optimizer.

    Its plan is the replica of `lehr.compat`, the same bits, quirks included: its cosine is cut short by the warm-up, and
    everything comes one update late. `lehr.CosineLrScheduler` and `lehr.WSDLrScheduler` are those with the right values.

    Args:
        scheduler: a `CosineLrScheduler` or `WSDLrScheduler` with its state loaded.
        num_updates: how often it was stepped. A `WSDLrScheduler` does not save its count: after a load it stands at -1
            and this must be said; otherwise it is what the scheduler has counted.

    Returns:
        A scheduler at the same count: after k steps of the original it is k.

    Raises:
        LehrValueError: for any other scheduler (a subclass of `lehr.StatefulSchedulerBase` takes its method as it is), and
            where the optimizer's learning rates are not those of the schedule at that count.

    Examples:
        >>> import lehr
        >>> import torch
        >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
        >>> from pytorch_accelerated.schedulers import CosineLrScheduler
        >>> old = CosineLrScheduler(optimizer, 1, 4, lr_min=0.0)
        >>> for _ in range(3):
        ...     old.step()
        >>> lehr.from_pytorch_accelerated(old).num_updates
        3
    """
    name = type(scheduler).__name__
    known = {"CosineLrScheduler": cosine_text, "WSDLrScheduler": wsd_text}
    if not type(scheduler).__module__.startswith("pytorch_accelerated.schedulers.") or name not in known:
        way_out = "subclass lehr.StatefulSchedulerBase, which takes its get_updated_values as it is"
        raise refuse(scheduler, "only its own two schedules are functions of the count that lehr knows", way_out)
    # It counts from -1; a count of k means k + 1 steps.
    count = scheduler._num_updates + 1 if num_updates is None else num_updates
    if name == "WSDLrScheduler":
        _check_checkpoints(scheduler)
    groups = scheduler.optimizer.param_groups
    text = known[name](scheduler)
    tracks = [Track("lr", index, text, float(base)) for index, base in enumerate(scheduler.base_lr_values)]
    way_out = "load the optimizer's state first, and say `num_updates` (a WSDLrScheduler does not save its count)"
    check(tracks, count, [group["lr"] for group in groups], "the learning rate", way_out)
    return attach(scheduler.optimizer, tracks, count)


def _check_checkpoints(scheduler: Any) -> None:
    periods = accelerated_wsd_periods(scheduler.total_steps, scheduler.num_checkpoints, scheduler.decay_phase_ratio)
    ends = [end for _, end, _ in periods]
    if list(scheduler.checkpoint_steps) != ends:
        raise LehrValueError(
            f"a WSDLrScheduler cannot be carried over: its checkpoints {scheduler.checkpoint_steps} are not those of its "
            f"other settings, {ends}; make a lehr.Scheduler with lehr.recipe.wsd(checkpoints=[...]).plan"
        )
