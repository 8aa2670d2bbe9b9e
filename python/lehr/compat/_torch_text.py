"""torch's schedulers as plan texts, from the attributes that they keep: of an original, or of its replica here."""

from __future__ import annotations

import functools
import math

from lehr._core import Plan
from lehr.compat._replica import replica
from lehr.errors import LehrValueError

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
#: The functions of `transformers.optimization`, by the schedules that they are.
FUNCTIONS = {
    "_get_constant_lambda": "constant",
    "_get_constant_schedule_with_warmup_lr_lambda": "constant_with_warmup",
    "_get_linear_schedule_with_warmup_lr_lambda": "linear",
    "_get_cosine_schedule_with_warmup_lr_lambda": "cosine",
    "_get_cosine_with_hard_restarts_schedule_with_warmup_lr_lambda": "cosine_with_restarts",
    "_get_cosine_with_min_lr_schedule_with_warmup_lr_rate_lambda": "cosine_warmup_with_min_lr",
    "_get_polynomial_decay_schedule_with_warmup_lr_lambda": "polynomial",
    "_get_inverse_sqrt_schedule_lr_lambda": "inverse_sqrt",
    "_get_wsd_scheduler_lambda": "warmup_stable_decay",
}
OWN = "subclass lehr.StatefulSchedulerBase (one method), or give lehr.Scheduler a function, and seek to your count"


def refuse(scheduler: Any, reason: str, way_out: str) -> LehrValueError:
    return LehrValueError(f"a {type(scheduler).__name__} cannot be carried over: {reason}; {way_out}")


def text(scheduler: Any, index: int) -> str:
    """The plan text for a group, from what an original or its replica has kept."""
    name = type(scheduler).__name__
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
        own = getattr(scheduler, "_lehr_text", None)
        return own(index) if own is not None else text_of_lambda(scheduler, scheduler.lr_lambdas[index])
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
        part_text = text(part, index)
        texts.append(f"{part_text[:-1]}{'' if part_text.endswith('()') else ', '}over={over})")
    return " -> ".join(texts)


def solve(name: str, wanted: float, guess: float, function: Any) -> float:
    """The argument, near a guess, of which an original has kept a result only: the same bits or an error."""
    near = [float(round(guess)), float(f"{guess:.6g}"), float(f"{guess:.12g}"), guess]
    for start in near:
        below = above = start
        for _ in range(8):
            for candidate in (below, above):
                if candidate and function(candidate) == wanted:
                    return candidate
            below, above = math.nextafter(below, -math.inf), math.nextafter(above, math.inf)
    raise LehrValueError(f"`{name}` cannot be told from what the scheduler has kept ({wanted!r})")


def text_of_lambda(scheduler: Any, function: Any) -> str:
    """The plan text of a function of a `LambdaLR`, if it is one of transformers' with its arguments."""
    called = function.func if isinstance(function, functools.partial) else function
    name = FUNCTIONS.get(getattr(called, "__name__", ""))
    arguments = function.keywords if isinstance(function, functools.partial) else {}
    if name is None or getattr(called, "__module__", "") != "transformers.optimization" or getattr(function, "args", ()):
        raise LehrValueError(
            f"a {type(scheduler).__name__} cannot be carried over: {called!r} is a function of your own; subclass "
            "lehr.StatefulSchedulerBase (one method), or give lehr.Scheduler the function, and seek to your count"
        )
    if name == "cosine" and arguments.get("min_lr_rate"):
        name = "cosine_with_min_lr"
    elif name == "cosine":
        arguments = {key: value for key, value in arguments.items() if key != "min_lr_rate"}
    return replica(f"transformers.{name}", **arguments)


def swa_base(said: str, count: int, value: float) -> float:
    """What a group had when a `SWALR` was built, which that has not kept: its values are affine in it."""
    plan = Plan.parse(said)
    offset = plan.value_at(count, 0.0)
    slope = plan.value_at(count, 1.0) - offset
    return (value - offset) / slope if slope else value
