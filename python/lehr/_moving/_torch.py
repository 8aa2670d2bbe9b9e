"""torch's schedulers, as they are in the middle of a run."""

from __future__ import annotations

from lehr._core import Plan
from lehr._moving import _plateau, _transformers
from lehr._moving._attach import Track, attach, check, refuse, solve
from lehr._scheduler import Scheduler
from lehr.compat._replica import replica

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

#: Those that keep their arguments as they are.
PLAIN = {
    "StepLR": ("step_size", "gamma"),
    "ConstantLR": ("factor", "total_iters"),
    "LinearLR": ("start_factor", "end_factor", "total_iters"),
    "ExponentialLR": ("gamma",),
    "PolynomialLR": ("total_iters", "power"),
    "CosineAnnealingLR": ("T_max", "eta_min"),
    "CosineAnnealingWarmRestarts": ("T_0", "T_mult", "eta_min"),
}
MODULES = ("torch.optim.lr_scheduler", "torch.optim.swa_utils")
OWN = "subclass lehr.StatefulSchedulerBase (one method), or give lehr.Scheduler a function, and seek to your count"


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
    """
    if type(scheduler).__name__ == "ReduceLROnPlateau" and type(scheduler).__module__ in MODULES:
        return _plateau.from_plateau(scheduler)
    optimizer = getattr(scheduler, "optimizer", None)
    if optimizer is None or not hasattr(optimizer, "param_groups"):
        raise refuse(scheduler, "it has no optimizer", "give one of torch's schedulers")
    tracks: list[Track] = []
    for index in range(len(optimizer.param_groups)):
        tracks += _tracks(scheduler, index)
    count = scheduler.last_epoch
    way_out = "someone else has written to it, or the scheduler has been changed. Put the learning rate back first, or make a lehr.Scheduler of your own"
    check(tracks, count, [float(value) for value in scheduler._last_lr], "the last learning rate", way_out)
    return attach(optimizer, tracks, count)


def _tracks(scheduler: Any, index: int) -> list[Track]:
    """The fields of a group that the scheduler writes, with their plans."""
    group = scheduler.optimizer.param_groups[index]
    base = float(_bases(scheduler)[index])
    text = _text(scheduler, index)
    if type(scheduler).__name__ == "SWALR":
        base = _swa_base(text, scheduler.last_epoch, float(scheduler._last_lr[index]), base)
    tracks = [Track("lr", index, text, base)]
    if getattr(scheduler, "cycle_momentum", False):
        field = "betas[0]" if scheduler.use_beta1 else "momentum"
        momentum = float(group["betas"][0] if scheduler.use_beta1 else group["momentum"])
        tracks.append(Track(field, index, text[:-1] + ", field=momentum)", momentum))
    return tracks


def _bases(scheduler: Any) -> Any:
    # A sequence has no bases of its own, but its parts have, and they agree.
    return scheduler.base_lrs if hasattr(scheduler, "base_lrs") else scheduler._schedulers[0].base_lrs


def _text(scheduler: Any, index: int) -> str:
    """The plan text for a group."""
    name, module = type(scheduler).__name__, type(scheduler).__module__
    if module not in MODULES:
        raise refuse(scheduler, f"it is no scheduler of torch's own but of `{module}`", OWN)
    if name in PLAIN:
        return replica(f"torch.{name}", **{key: getattr(scheduler, key) for key in PLAIN[name]})
    if name == "MultiStepLR":
        return replica("torch.MultiStepLR", milestones=sorted(scheduler.milestones.elements()), gamma=scheduler.gamma)
    if name == "SWALR":
        swa_lr = scheduler.optimizer.param_groups[index]["swa_lr"]
        strategy = scheduler._anneal_strategy
        return replica("torch.SWALR", swa_lr=swa_lr, anneal_epochs=scheduler.anneal_epochs, anneal_strategy=strategy)
    if name == "OneCycleLR":
        return _one_cycle(scheduler, scheduler.optimizer.param_groups[index])
    if name == "CyclicLR":
        return _cyclic(scheduler, index)
    if name == "LambdaLR":
        return _transformers.text_of_lambda(scheduler, scheduler.lr_lambdas[index])
    if name == "SequentialLR":
        return _sequential(scheduler, index)
    if name == "ChainedScheduler":
        raise refuse(scheduler, "its parts multiply what they find in the groups", "write their product as a plan: product(...)")
    raise refuse(scheduler, "its values are no function of the count", OWN)


def _one_cycle(scheduler: Any, group: Any) -> str:
    phases, total = scheduler._schedule_phases, scheduler.total_steps
    end = phases[0]["end_step"]
    pct_start = solve("pct_start", end, (end + 1) / total, lambda pct: float(pct * total) - 1) if end > -1 else 0.0
    initial, peak, last = float(group["initial_lr"]), float(group["max_lr"]), float(group["min_lr"])
    momentum = {}
    if scheduler.cycle_momentum:
        momentum = {name: group[name] for name in ("base_momentum", "max_momentum")}
    return replica(
        "torch.OneCycleLR",
        max_lr=peak,
        total_steps=total,
        pct_start=pct_start,
        anneal_strategy=scheduler._anneal_func_type,
        cycle_momentum=scheduler.cycle_momentum,
        div_factor=solve("div_factor", initial, peak / initial, lambda factor: peak / factor),
        final_div_factor=solve("final_div_factor", last, initial / last, lambda factor: initial / factor),
        three_phase=len(phases) == 3,
        **momentum,
    )


def _cyclic(scheduler: Any, index: int) -> str:
    if scheduler._scale_fn_custom is not None:
        raise refuse(scheduler, "its `scale_fn` is a function of your own", OWN)
    total, ratio = scheduler.total_size, scheduler.step_ratio
    up = solve("step_size_up", ratio, ratio * total, lambda up: up / total)
    momentum = {}
    if scheduler.cycle_momentum:
        momentum = {
            "base_momentum": scheduler.base_momentums[index],
            "max_momentum": scheduler.max_momentums[index],
        }
    return replica(
        "torch.CyclicLR",
        base_lr=scheduler.base_lrs[index],
        max_lr=scheduler.max_lrs[index],
        step_size_up=up,
        step_size_down=total - up,
        mode=scheduler.mode,
        gamma=scheduler.gamma,
        cycle_momentum=scheduler.cycle_momentum,
        **momentum,
    )


def _sequential(scheduler: Any, index: int) -> str:
    milestones, parts = scheduler._milestones, scheduler._schedulers
    if any(later <= earlier for earlier, later in zip(milestones, milestones[1:])):
        raise refuse(scheduler, f"its milestones {milestones} do not ascend", "make one with the milestones in their order")
    for part in parts:
        if type(part).__name__ in ("OneCycleLR", "CyclicLR", "SWALR", "SequentialLR", "ChainedScheduler"):
            reason = f"its part {type(part).__name__} changes what the others start from, or is a sequence itself"
            raise refuse(scheduler, reason, "write the phases as one plan, such as linear(from=0x, over=5%) -> cosine(to=0)")
    texts = []
    for start, end, part in zip([0, *milestones], [*milestones, None], parts):
        over = "rest" if end is None else str(end - start)
        text = _text(part, index)
        texts.append(f"{text[:-1]}{'' if text.endswith('()') else ', '}over={over})")
    return " -> ".join(texts)


def _swa_base(text: str, count: int, value: float, otherwise: float) -> float:
    """What the group had when the original was built, which it has not kept: its values are affine in it."""
    plan = Plan.parse(text)
    offset = plan.value_at(count, 0.0)
    slope = plan.value_at(count, 1.0) - offset
    return (value - offset) / slope if slope else otherwise
