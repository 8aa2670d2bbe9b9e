"""torch's schedulers, as they are in the middle of a run."""

from __future__ import annotations

from lehr._moving import _plateau
from lehr._moving._attach import attach, check
from lehr._scheduler import Scheduler
from lehr.compat._replica import Track
from lehr.compat._torch_text import OWN, refuse, swa_base, text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

MODULES = ("torch.optim.lr_scheduler", "torch.optim.swa_utils")


def from_torch(scheduler: Any) -> Scheduler:
    """A `lehr.Scheduler` that goes on where one of torch's schedulers is, on the same optimizer.

        old = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=0.1, total_steps=10_000)
        old.load_state_dict(checkpoint["scheduler"])
        schedule = lehr.from_torch(old)      # instead of `old` from here on

    Its plans are the replicas of `lehr.compat`, quirks included, at the original's count and bases; update n is what the
    original's step n was (an epoch, if that is what it counted). The values are the original's: the same bits where it
    computes a closed form (`OneCycleLR`, `CyclicLR`, `CosineAnnealingWarmRestarts`, transformers' `LambdaLR`), the same
    up to torch's own rounding where torch multiplies what it finds in the group. The learning rates are written at once,
    also where a loaded state was not followed by the optimizer's.

    `ReduceLROnPlateau` becomes a held plan with a `lehr.Plateau` that has the original's memory: call `observe(metric)`
    where `step(metric)` was. Its factor multiplies the present learning rates; torch's `eps` has no equal, so reductions
    of less than it are made. `lehr convert` finds a plan of lehr's own with the same values, where there is one.

    Args:
        scheduler: any scheduler of torch's but those below, with its state loaded.

    Returns:
        A scheduler at the same count. The old one must not be stepped any more.

    Raises:
        LehrValueError: for what is no function of the count and cannot be carried: `LambdaLR` and `MultiplicativeLR` with
            functions of your own, a `scale_fn`, `ChainedScheduler`, subclasses; and where the learning rates that it
            wrote last are not those of its schedule.

    Examples:
        >>> import lehr
        >>> import torch
        >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
        >>> old = torch.optim.lr_scheduler.PolynomialLR(optimizer, total_iters=4)
        >>> optimizer.step()
        >>> old.step()
        >>> schedule = lehr.from_torch(old)
        >>> schedule.num_updates, schedule.current
        (1, {'lr': [0.75]})
    """
    if type(scheduler).__name__ == "ReduceLROnPlateau" and type(scheduler).__module__ in MODULES:
        return _plateau.from_plateau(scheduler)
    optimizer = getattr(scheduler, "optimizer", None)
    if optimizer is None or not hasattr(optimizer, "param_groups"):
        raise refuse(scheduler, "it has no optimizer", "give one of torch's schedulers")
    for part in (scheduler, *getattr(scheduler, "_schedulers", ())):
        if type(part).__module__ not in MODULES:
            raise refuse(part, f"it is no scheduler of torch's own but of `{type(part).__module__}`", OWN)
    tracks: list[Track] = []
    for index in range(len(optimizer.param_groups)):
        tracks += _tracks(scheduler, index)
    count = scheduler.last_epoch
    way_out = (
        "someone else has written to it, or the scheduler has been changed. Put the learning rate back first, or make a "
        "lehr.Scheduler of your own"
    )
    check(tracks, count, scheduler._last_lr, "the last learning rate", way_out)
    return attach(optimizer, tracks, count)


def _tracks(scheduler: Any, index: int) -> list[Track]:
    """The fields of a group that the scheduler writes, with their plans."""
    group = scheduler.optimizer.param_groups[index]
    base = float(_bases(scheduler)[index])
    said = text(scheduler, index)
    if type(scheduler).__name__ == "SWALR":
        base = swa_base(said, scheduler.last_epoch, float(scheduler._last_lr[index]))
    tracks = [Track("lr", index, said, base)]
    if getattr(scheduler, "cycle_momentum", False):
        field = "betas[0]" if scheduler.use_beta1 else "momentum"
        momentum = float(group["betas"][0] if scheduler.use_beta1 else group["momentum"])
        tracks.append(Track(field, index, said[:-1] + ", field=momentum)", momentum))
    return tracks


def _bases(scheduler: Any) -> Any:
    # A sequence has no bases of its own, but its parts have, and they agree.
    return scheduler.base_lrs if hasattr(scheduler, "base_lrs") else scheduler._schedulers[0].base_lrs
