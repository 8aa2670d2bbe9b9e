"""Native plans, the replicas and the real originals beside each other, with parameters that hypothesis chooses.

How far two may be apart, in ulp of the largest level (2^-52 of it):

- replica and original: 0, the same operations in the same order. Where torch goes on from its last value, by multiplying
  or adding, each step of the original rounds a few times: 8 for each step.
- native plan and original: 8 for a formula with a cosine or a power in it, whose operations come in another order; and
  what the original itself is off where it goes on from its last value.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Callable

import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st

# Where there is no trainer (another Python, another torch) this skips all of the file; with them optax must be there.
from peers import ORIGINALS, REPLICAS

import jax
import optax

import lehr

FORMULA = 8
EACH_STEP = 8
BOUNDED = settings(max_examples=40, deadline=None)


@dataclass
class Case:
    """A schedule of a peer: how to build it, the plan of the same values, and for how many updates they are the same."""

    peer: str
    build: Callable[[Any, torch.optim.Optimizer], Any]
    plan: str
    total: int
    upto: int
    #: Whether the original goes on from its last value.
    chained: bool = False


lengths = st.integers(1, 25)
shares = st.floats(0.01, 1.0)
bases = st.tuples(st.floats(1e-5, 1.0), st.floats(1e-5, 1.0))


def x(share):
    return f"{share!r}x"


@st.composite
def step(draw):
    size, gamma = draw(lengths), draw(shares)
    build = lambda m, o: m.StepLR(o, size, gamma)
    return Case("torch", build, lehr.recipe.step(size, gamma), 60, 60, chained=True)


@st.composite
def multi_step(draw):
    milestones = sorted(draw(st.sets(st.integers(1, 50), min_size=1, max_size=5)))
    gamma = draw(shares)
    build = lambda m, o: m.MultiStepLR(o, milestones, gamma)
    return Case("torch", build, lehr.recipe.multi_step(milestones, factor=gamma), 60, 60, chained=True)


@st.composite
def constant(draw):
    factor, total = draw(shares), draw(lengths)
    build = lambda m, o: m.ConstantLR(o, factor, total)
    return Case("torch", build, f"hold(from={x(factor)}, over={total}) -> hold(from=1x)", 40, 40, chained=True)


@st.composite
def line(draw):
    start, end, total = draw(shares), draw(shares), draw(lengths)
    build = lambda m, o: m.LinearLR(o, start, end, total)
    return Case("torch", build, f"linear(from={x(start)}, to={x(end)}, over={total}) -> hold", 40, 40, chained=True)


@st.composite
def exponential(draw):
    gamma = draw(st.floats(0.5, 1.0))
    return Case("torch", lambda m, o: m.ExponentialLR(o, gamma), f"decay(factor={gamma!r})", 60, 60, chained=True)


@st.composite
def polynomial(draw):
    total, power = draw(lengths), draw(st.floats(0.25, 4.0))
    build = lambda m, o: m.PolynomialLR(o, total, power)
    return Case("torch", build, f"polynomial(power={power!r}, to=0x, over={total}) -> hold", 40, 40, chained=True)


@st.composite
def cosine(draw):
    total, minimum = draw(st.integers(1, 60)), draw(st.floats(0.0, 0.1))
    # After its end torch's rises again.
    return Case(
        "torch", lambda m, o: m.CosineAnnealingLR(o, total, minimum), f"cosine(to={minimum!r})", total, total, chained=True
    )


@st.composite
def restarts(draw):
    first, factor, minimum = draw(lengths), draw(st.integers(1, 3)), draw(st.floats(0.0, 0.1))
    build = lambda m, o: m.CosineAnnealingWarmRestarts(o, first, factor, minimum)
    return Case("torch", build, lehr.recipe.sgdr(first, length=factor, to=minimum), 90, 90)


@st.composite
def one_cycle(draw):
    total, up = draw(st.integers(8, 60)), draw(st.floats(0.2, 0.7))
    # torch rounds nothing, so the share is chosen such that the rise takes whole updates.
    rise = max(1, round(up * total) - 1)
    assume(rise < total - 2)
    pct = (rise + 1) / total
    assume(float(pct * total) - 1 == rise)
    div, final = draw(st.floats(2.0, 50.0)), draw(st.floats(2.0, 1e4))
    linear = draw(st.booleans())
    low, last, shape = 1 / div, 1 / div / final, "linear" if linear else "cosine"

    def build(m, o):
        peaks = [group["lr"] for group in o.param_groups]
        strategy = "linear" if linear else "cos"
        return m.OneCycleLR(
            o, peaks, total_steps=total, pct_start=pct, anneal_strategy=strategy, div_factor=div, final_div_factor=final,
            cycle_momentum=False
        )

    plan = f"{shape}(from={x(low)}, to=1x, over={rise}) -> {shape}(to={x(last)}, over={total - 1 - rise})"
    return Case("torch", build, plan, total - 1, total - 1)


@st.composite
def sequence(draw):
    start, warmup, total = draw(shares), draw(lengths), draw(lengths)
    minimum = draw(st.floats(0.0, 0.1))

    def build(m, o):
        parts = [m.LinearLR(o, start, 1.0, warmup), m.CosineAnnealingLR(o, total, minimum)]
        return m.SequentialLR(o, parts, [warmup])

    plan = f"linear(from={x(start)}, over={warmup}) -> cosine(to={minimum!r}, from=1x)"
    return Case("torch", build, plan, warmup + total, warmup + total, chained=True)


@st.composite
def with_warmup(draw):
    warmup, left = draw(st.integers(0, 20)), draw(st.integers(1, 40))
    total = warmup + left
    up = f"linear(from=0x, over={warmup}) -> " if warmup else ""
    kind = draw(st.sampled_from(["constant", "linear", "cosine", "waves", "restarts", "minimum", "sqrt"]))
    share, cycles = draw(shares), draw(st.integers(1, 4))
    past, scale = total + 9, draw(st.integers(1, 50))
    build, shape, upto = {
        "constant": (lambda m, o: m.get_constant_schedule_with_warmup(o, warmup), "hold", past),
        "linear": (lambda m, o: m.get_linear_schedule_with_warmup(o, warmup, total), "linear(to=0x)", past),
        "cosine": (lambda m, o: m.get_cosine_schedule_with_warmup(o, warmup, total), "cosine(to=0x)", total),
        "waves": (
            lambda m, o: m.get_cosine_schedule_with_warmup(o, warmup, total, cycles + 0.5),
            f"cosine(cycles={cycles + 0.5}, to=0x)",
            total,
        ),
        "restarts": (
            lambda m, o: m.get_cosine_with_hard_restarts_schedule_with_warmup(o, warmup, warmup + left * cycles, cycles),
            f"repeat(cosine(to=0x, over={left}), times={cycles})",
            warmup + left * cycles,
        ),
        "minimum": (
            lambda m, o: m.get_cosine_with_min_lr_schedule_with_warmup(o, warmup, total, min_lr_rate=share),
            f"cosine(to={x(share)})",
            total,
        ),
        "sqrt": (lambda m, o: m.get_inverse_sqrt_schedule(o, warmup, scale), f"power_law(scale={scale})", past),
    }[kind]
    total = upto if kind in ("restarts", "sqrt") else total
    return Case("transformers", build, up + shape, total, upto)


@st.composite
def wsd(draw):
    warmup, stable, decay = draw(lengths), draw(lengths), draw(lengths)
    total, share = warmup + stable + decay, draw(st.one_of(st.just(0.0), shares))
    shapes = [("linear", "linear("), ("cosine", "cosine(")]
    rise, opening = draw(st.sampled_from([*shapes, ("1-sqrt", "polynomial(power=0.5, ")]))
    fall, closing = draw(st.sampled_from([*shapes, ("1-sqrt", "power(")]))

    def build(m, o):
        return m.get_wsd_schedule(o, warmup, decay, total, warmup_type=rise, decay_type=fall, min_lr_ratio=share)

    plan = f"{opening}from={x(share)}, over={warmup}) -> hold(over={stable}) -> {closing}to={x(share)}, over={decay})"
    return Case("transformers", build, plan, total, total + 5)


@st.composite
def timm(draw):
    total, minimum = draw(lengths), draw(st.floats(0.0, 1e-5))
    warmup = draw(st.integers(0, 10))
    k, power = draw(st.floats(0.5, 2.0)), draw(st.floats(0.5, 3.0))
    more = {"t_in_epochs": False, "warmup_t": warmup, "warmup_prefix": True, "warmup_lr_init": 1e-6}
    kind = draw(st.sampled_from(["cosine", "poly", "step"]))
    build, shape = {
        "cosine": (
            lambda m, o: m.CosineLRScheduler(o, total, minimum, k_decay=k, **more), f"cosine(k={k!r}, to={minimum!r})"
        ),
        "poly": (
            lambda m, o: m.PolyLRScheduler(o, total, power, minimum, **more), f"polynomial(power={power!r}, to={minimum!r})"
        ),
        "step": (
            lambda m, o: m.StepLRScheduler(o, total, 0.5, **{**more, "warmup_prefix": False}),
            f"shift(repeat(hold(over={total}), height=0.5), by=-{warmup})",
        ),
    }[kind]
    up = f"linear(from=1e-6, over={warmup}) -> " if warmup else ""
    length = warmup + (60 if kind == "step" else total)
    return Case("timm", build, up + shape, length, length)


FAMILIES = [
    step, multi_step, constant, line, exponential, polynomial, cosine, restarts, one_cycle, sequence, with_warmup, wsd, timm
]


def run(case, module, lrs):
    """What every group uses at every update, under a real optimizer."""
    groups = [{"params": [torch.zeros(1, requires_grad=True)], "lr": lr} for lr in lrs]
    optimizer = torch.optim.SGD(groups, lr=1.0)
    scheduler = case.build(module, optimizer)
    used = []
    for n in range(case.upto + 1):
        used.append([float(group["lr"]) for group in optimizer.param_groups])
        optimizer.step()
        if n < case.upto:
            scheduler.step_update(n + 1) if case.peer == "timm" else scheduler.step()
    return used


def near(found, wanted, ulps, peak, what):
    off = abs(found - wanted)
    assert off <= ulps * math.ulp(1.0) * peak, f"{what}: {found!r}, not {wanted!r}: {off / math.ulp(1.0) / peak:.1f} ulp"


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.__name__)
@BOUNDED
@given(data=st.data(), lrs=bases)
def test_plan_replica_and_original(family, data, lrs):
    case = data.draw(family())
    theirs, replica = run(case, ORIGINALS[case.peer], lrs), run(case, REPLICAS[case.peer], lrs)
    plan = lehr.Plan.parse(case.plan, updates=case.total)
    for n, (original, ours) in enumerate(zip(theirs, replica)):
        for base, one, other in zip(lrs, original, ours):
            peak = max(base, 0.1)
            own = EACH_STEP * n if case.chained else 0
            near(other, one, own, peak, f"the replica at {n}, base {base!r}, {case.plan}")
            near(plan.value_at(n, base), one, FORMULA + own, peak, f"{case.plan} at {n}, base {base!r}")


@st.composite
def optax_case(draw):
    base, share = draw(st.floats(1e-5, 1.0)), draw(shares)
    total, begin, every = draw(st.integers(1, 50)), draw(st.integers(0, 20)), draw(lengths)
    power = draw(st.floats(0.5, 4.0))
    wait = f"hold(over={begin}) -> " if begin else ""
    up = f"linear(from=0x, over={begin}) -> " if begin else ""
    boundaries = sorted(draw(st.sets(st.integers(1, 49), min_size=1, max_size=4)))
    # With how long the plan's run is, and how long both are asked.
    return base, draw(
        st.sampled_from([
            (
                lambda: optax.linear_schedule(base, share * base, total, begin),
                f"{wait}linear(to={x(share)})",
                begin + total,
                75,
            ),
            (
                lambda: optax.polynomial_schedule(base, share * base, power, total, begin),
                f"{wait}polynomial(power={power!r}, to={x(share)})",
                begin + total,
                75,
            ),
            (
                lambda: optax.cosine_decay_schedule(base, total, share, power),
                f"cosine(exponent={power!r}, to={x(share)})",
                total,
                75,
            ),
            (
                lambda: optax.warmup_cosine_decay_schedule(0.0, base, begin, begin + total, share * base),
                f"{up}cosine(to={x(share)})",
                begin + total,
                75,
            ),
            (lambda: optax.exponential_decay(base, every, share), f"decay(factor={share!r}, every={every})", 75, 75),
            (
                lambda: optax.exponential_decay(base, every, share, staircase=True),
                lehr.recipe.step(every, share),
                75,
                75,
            ),
            (
                lambda: optax.piecewise_constant_schedule(base, dict.fromkeys(boundaries, share)),
                lehr.recipe.multi_step(boundaries, factor=share),
                75,
                75,
            ),
            (
                lambda: optax.join_schedules(
                    [optax.linear_schedule(0.0, base, begin + 1), optax.constant_schedule(base)], [begin + 1]
                ),
                f"linear(from=0x, over={begin + 1}) -> hold",
                75,
                75,
            ),
        ])
    )


@BOUNDED
@given(case=optax_case())
def test_plan_and_optax(case):
    base, (build, text, total, upto) = case
    plan = lehr.Plan.parse(text, updates=total)
    with jax.enable_x64(True):
        schedule = build()
        wanted = [float(schedule(n)) for n in range(upto + 1)]
    for n, value in enumerate(wanted):
        near(plan.value_at(n, base), value, FORMULA, base, f"{text} at {n}, base {base!r}")


@BOUNDED
@given(family=st.sampled_from(FAMILIES), data=st.data(), base=st.floats(1e-5, 1.0))
def test_bulk_step_and_random_access_are_one(family, data, base):
    case = data.draw(family())
    plan = lehr.Plan.parse(case.plan, updates=case.total)
    groups = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=base)
    scheduler = lehr.Scheduler(groups, plan)
    for n, value in enumerate(plan.values(case.upto + 1, base).tolist()):
        assert value == plan.value_at(n, base) == groups.param_groups[0]["lr"], n
        groups.step()
        scheduler.step()
