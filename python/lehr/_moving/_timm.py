"""timm's schedulers, which are told the count."""

from __future__ import annotations

from lehr._moving._attach import attach, check
from lehr.compat._replica import Track, replica
from lehr.compat._timm_arguments import ARGUMENTS
from lehr.compat._torch_text import refuse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from lehr._scheduler import Scheduler


def from_timm(scheduler: Any, num_updates: int) -> Scheduler:
    """A `lehr.Scheduler` that goes on where one of timm's schedulers is, on the same optimizer.

        schedule = lehr.from_timm(old, num_updates=epoch)      # t_in_epochs: then step() it once an epoch

    Its plan is the replica of `lehr.compat`, the same bits, quirks included. A group's `lr_scale` (layer decay) is kept as
    a factor.

    Args:
        scheduler: a scheduler of timm's, with its state loaded, on an optimizer with its state loaded.
        num_updates: what it was told last, which it has not kept: updates, or epochs where its `t_in_epochs` is true. The
            scheduler's `step()` counts that from here on. 0 for one that was just made.

    Returns:
        A scheduler at that count. The old one must not be used any more.

    Raises:
        LehrValueError: for noise (it needs torch's generator; `noise(...)` in a plan has its own), a `decay_fn` of your
            own, `PlateauLRScheduler` (a plan with `control=lehr.Plateau(...)`), subclasses; and where the optimizer's
            learning rates are not those of the schedule at that count.

    Examples:
        >>> import lehr
        >>> import torch
        >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
        >>> from timm.scheduler import PolyLRScheduler
        >>> old = PolyLRScheduler(optimizer, t_initial=4, power=1.0)
        >>> old.step(1)
        >>> lehr.from_timm(old, num_updates=1).current
        {'lr': [0.75]}
    """
    name = type(scheduler).__name__
    if not type(scheduler).__module__.startswith("timm.scheduler.") or name not in ARGUMENTS:
        way_out = "subclass lehr.SchedulerBase (one method)"
        if name == "PlateauLRScheduler":
            way_out = "give lehr.Scheduler a plan with control=lehr.Plateau(...)"
        raise refuse(scheduler, "its values are no function of the count that lehr knows", way_out)
    if scheduler.noise_range_t is not None:
        raise refuse(scheduler, "its noise needs torch's generator", "wrap a plan in noise(...), which has its own")
    if callable(getattr(scheduler, "decay_fn", None)):
        raise refuse(scheduler, "its `decay_fn` is a function of your own", "subclass lehr.SchedulerBase (one method)")
    text = replica(f"timm.{name}", **{key: getattr(scheduler, key) for key in ARGUMENTS[name]})
    tracks = []
    groups = scheduler.optimizer.param_groups
    for index, (group, base) in enumerate(zip(groups, scheduler.base_values)):
        scale = group.get("lr_scale")
        scaled = text if scale is None else f"scale({text}, by={float(scale)!r})"
        tracks.append(Track(scheduler.param_group_field, index, scaled, float(base)))
    way_out = "say the count that the scheduler was told last, and load the optimizer's state first"
    check(tracks, num_updates, [group["lr"] for group in groups], "the learning rate", way_out)
    return attach(scheduler.optimizer, tracks, num_updates)
