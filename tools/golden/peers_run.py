"""Runs the installed originals; see peers.py."""

import math

import jax
import numpy
import optax
import torch
import transformers
from ignite.handlers import param_scheduler, state_param_scheduler
from pytorch_accelerated.schedulers import CosineLrScheduler, WSDLrScheduler
from timm import scheduler as timm_scheduler
from torch.optim import lr_scheduler as torch_scheduler
from torch.optim.swa_utils import SWALR

from peers_table import BASES, rows_of, spots

jax.config.update("jax_enable_x64", True)
# Within the rounding of one formula with a cosine or a power in it.
CLOSE = 4e-16
# The same, where a value is multiplied or mixed anew at each update.
RECURSIVE = 1e-14


def optimizer(bases=BASES, momentum=0.9):
    groups = [{"params": [torch.zeros(1, requires_grad=True)], "lr": base} for base in bases]
    return torch.optim.SGD(groups, lr=bases[0], momentum=momentum)


def stepped(make, updates, field="lr", bases=BASES):
    """{base: {n: value}} of a scheduler with torch's `step()`, at the updates given."""
    opt = optimizer(bases)
    scheduler = make(opt)
    seen = {}
    for n in range(max(updates) + 1):
        seen[n] = [float(group[field]) for group in opt.param_groups]
        opt.step()
        scheduler.step()
    return {base: {n: seen[n][index] for n in updates} for index, base in enumerate(bases)}


def one_by_one(make, updates):
    """The same with one optimizer for each base, for a scheduler that takes one number for all groups."""
    values = {}
    for base in BASES:
        values |= stepped(lambda opt, base=base: make(opt, base), updates, bases=(base,))
    return values


def timm_values(make, updates):
    opt = optimizer()
    scheduler = make(opt)
    values = {base: {} for base in BASES}
    for n in updates:
        scheduler.step_update(n)
        for base, group in zip(BASES, opt.param_groups):
            values[base][n] = group["lr"]
    return values


def accelerated_values(make, updates):
    scheduler = make(optimizer())
    by_update = {n: list(scheduler.get_updated_values(n)) for n in updates}
    return {base: {n: by_update[n][index] for n in updates} for index, base in enumerate(BASES)}


def optax_values(make, updates):
    values = {}
    for base in BASES:
        schedule = make(base)
        values[base] = {n: float(schedule(n)) for n in updates}
    return values


def ignite_values(kind, updates, **arguments):
    opt = optimizer((1.0,))
    simulated = dict(kind.simulate_values(num_events=max(updates) + 1, optimizer=opt, param_name="lr", **arguments))
    return {1.0: {n: simulated[n] for n in updates}}


def ignite_state_values(make, updates):
    scheduler = make()
    values = {}
    for n in updates:
        scheduler.event_index = n
        values[n] = scheduler.get_param()
    return {1.0: values}


def torch_rows():
    def case(row, schedule, plan, updates, make, upto, *boundaries, ulp=4, of_peak=CLOSE, **options):
        values = stepped(make, spots(upto, *boundaries), **options)
        return rows_of(row, "torch", schedule, plan, updates, values, ulp, of_peak)

    for factor, total in [(1 / 3, 5), (0.5, 4), (0.25, 1)]:
        plan = f"hold(from={factor!r}x, over={total}) -> hold(from=1x)"
        make = lambda opt: torch_scheduler.ConstantLR(opt, factor, total)
        yield from case(2, "ConstantLR", plan, 12, make, 15, total)
    for start, end, total in [(1 / 3, 1, 5), (0.1, 1, 10), (1, 0.25, 7), (0.5, 2 / 3, 1)]:
        plan = f"linear(from={start!r}x, to={end!r}x, over={total})"
        make = lambda opt: torch_scheduler.LinearLR(opt, start, end, total)
        yield from case(3, "LinearLR", plan, total, make, total + 5, total, of_peak=2e-15)
    for size, gamma in [(3, 0.1), (30, 0.5), (1, 0.9)]:
        plan = f"repeat(hold(over={size}), height={gamma})"
        make = lambda opt: torch_scheduler.StepLR(opt, size, gamma)
        yield from case(4, "StepLR", plan, 100, make, 100, size, 2 * size, ulp=8)
    plan = "hold(over=3) -> hold(from=0.1x, over=3) -> hold(from=0.01x, over=94)"
    make = lambda opt: torch_scheduler.MultiStepLR(opt, [3, 6], 0.1)
    yield from case(5, "MultiStepLR", plan, 100, make, 110, 3, 6)
    make = lambda opt: torch_scheduler.MultiStepLR(opt, [4, 4, 9], 0.5)
    plan = "hold(over=4) -> hold(from=0.25x, over=5) -> hold(from=0.125x)"
    yield from case(5, "MultiStepLR (a milestone twice)", plan, 20, make, 25, 4, 9)
    for gamma in (0.9, 0.5, 0.999):
        make = lambda opt: torch_scheduler.ExponentialLR(opt, gamma)
        yield from case(8, "ExponentialLR", f"decay(factor={gamma})", 60, make, 60, ulp=8)
    for total, power in [(10, 1.0), (10, 2.0), (7, 0.5), (1, 3.0)]:
        make = lambda opt: torch_scheduler.PolynomialLR(opt, total, power)
        plan = f"polynomial(power={power:g}, to=0x, over={total})"
        yield from case(12, "PolynomialLR", plan, total, make, total + 4, total, ulp=12)
    for total, minimum in [(10, 0.0), (100, 1e-6), (1000, 1e-5), (1, 0.0)]:
        make = lambda opt: torch_scheduler.CosineAnnealingLR(opt, total, minimum)
        name = "CosineAnnealingLR (up to T_max: then it rebounds)"
        yield from case(14, name, f"cosine(to={minimum!r})", total, make, total, of_peak=RECURSIVE)
    yield from one_cycle_rows(case)
    yield from cyclic_rows(case)
    for first, factor in [(10, 1), (5, 2), (3, 3)]:
        plan = f"repeat(cosine(to=1e-6, over={first}){f', length={factor}' * (factor > 1)})"
        make = lambda opt: torch_scheduler.CosineAnnealingWarmRestarts(opt, first, factor, 1e-6)
        restarts = [first * i if factor == 1 else first * (factor**i - 1) // (factor - 1) for i in range(1, 7)]
        yield from case(27, "CosineAnnealingWarmRestarts", plan, 400, make, 400, *restarts)
    make = lambda opt: torch_scheduler.LambdaLR(opt, lambda n: 1 / (1 + n))
    yield from case(30, "LambdaLR", "power_law(exponent=1)", 50, make, 50)
    make = lambda opt: torch_scheduler.MultiplicativeLR(opt, lambda n: 0.95)
    yield from case(30, "MultiplicativeLR", "decay(factor=0.95)", 50, make, 50, ulp=8)
    for strategy, shape in [("cos", "cosine"), ("linear", "linear")]:
        for epochs in (10, 1):
            make = lambda opt: SWALR(opt, swa_lr=0.05, anneal_epochs=epochs, anneal_strategy=strategy)
            plan = f"{shape}(to=0.05, over={epochs}) -> hold"
            yield from case(31, "SWALR", plan, 20, make, 25, epochs, of_peak=1e-15)
    yield from plateau_rows()


def plateau_rows():
    """A metric that never gets better: the factor is then a function of the count."""
    for patience, factor in [(2, 0.1), (0, 0.5)]:
        opt = optimizer()
        scheduler = torch_scheduler.ReduceLROnPlateau(opt, factor=factor, patience=patience, eps=0)
        values = {base: {} for base in BASES}
        for n in range(21):
            for base, group in zip(BASES, opt.param_groups):
                values[base][n] = group["lr"]
            scheduler.step(1.0)
        every = patience + 1
        plan = f"hold(over={every + 1}) -> repeat(hold(from={factor}x, over={every}), height={factor})"
        name = "ReduceLROnPlateau (a metric that stays as it is)"
        yield from rows_of(34, "torch", name, plan, 40, values)


def one_cycle_rows(case):
    def cycle(opt, **arguments):
        return torch_scheduler.OneCycleLR(opt, max_lr=list(BASES), **arguments)

    for strategy, shape in [("cos", "cosine"), ("linear", "linear")]:
        common = {"total_steps": 20, "anneal_strategy": strategy}
        name = "OneCycleLR (up to total_steps - 1: then it bounces and raises)"
        plan = f"{shape}(from=0.04x, to=1x, over=5) -> {shape}(to=4e-6x, over=14)"
        yield from case(25, name, plan, 19, lambda opt: cycle(opt, **common), 19, 5, of_peak=CLOSE)
        plan = f"{shape}(from=0.95, to=0.85, over=5) -> {shape}(to=0.95, over=14)"
        momentum = name.replace("OneCycleLR", "OneCycleLR, momentum")
        yield from case(25, momentum, plan, 19, lambda opt: cycle(opt, **common), 19, 5, field="momentum")
        three = {"pct_start": 0.4, "three_phase": True, "div_factor": 10.0, "final_div_factor": 100.0}
        plan = f"{shape}(from=0.1x, to=1x, over=7) -> {shape}(to=0.1x, over=7) -> {shape}(to=0.001x, over=5)"
        three_phases = name.replace("OneCycleLR", "OneCycleLR, three phases")
        yield from case(25, three_phases, plan, 19, lambda opt: cycle(opt, **common, **three), 19, 7, 14)


def cyclic_rows(case):
    def cyclic(opt, up, down, **arguments):
        arguments = {"cycle_momentum": False} | arguments
        peaks = [5 * base for base in BASES]
        return torch_scheduler.CyclicLR(opt, list(BASES), peaks, step_size_up=up, step_size_down=down, **arguments)

    for up, down in [(4, 4), (3, 7), (1, 1)]:
        triangle = f"linear(to=5x, over={up}) -> linear(to=1x, over={down})"
        marks = (up, up + down, 2 * (up + down))
        make = lambda opt: cyclic(opt, up, down)
        yield from case(26, "CyclicLR, triangular", f"repeat({triangle})", 40, make, 40, *marks, of_peak=2e-15)
        make = lambda opt: cyclic(opt, up, down, mode="triangular2")
        plan = f"repeat({triangle}, height=0.5, anchor=1x)"
        yield from case(26, "CyclicLR, triangular2", plan, 40, make, 40, *marks, of_peak=2e-15)
        make = lambda opt: cyclic(opt, up, down, mode="exp_range", gamma=0.98)
        height = f"repeat(linear(from=0x, to=4x, over={up}) -> linear(to=0x, over={down}))"
        plan = f"sum(hold, product({height}, decay(factor=0.98)))"
        yield from case(26, "CyclicLR, exp_range", plan, 40, make, 40, *marks, of_peak=2e-15)
    make = lambda opt: cyclic(opt, 4, 6, cycle_momentum=True)
    plan = "repeat(linear(from=0.9, to=0.8, over=4) -> linear(to=0.9, over=6))"
    yield from case(26, "CyclicLR, momentum", plan, 40, make, 40, 4, 10, 20, field="momentum", of_peak=2e-15)


def transformers_rows():
    get = transformers.optimization

    def case(row, schedule, plan, updates, make, upto, *boundaries, ulp=4, of_peak=CLOSE, both=True):
        values = stepped(make, spots(upto, *boundaries)) if both else one_by_one(make, spots(upto, *boundaries))
        return rows_of(row, "transformers", schedule, plan, updates, values, ulp, of_peak)

    yield from case(1, "constant", "hold", 10, lambda opt: get.get_constant_schedule(opt), 15)
    for warmup, total in [(5, 50), (0, 20), (1, 2), (0, 1)]:
        up = f"linear(from=0x, over={warmup}) -> " if warmup else ""
        left = total - warmup
        make = lambda opt: get.get_constant_schedule_with_warmup(opt, warmup)
        yield from case(3, "constant_with_warmup", f"{up}hold", total, make, total + 5, warmup)
        make = lambda opt: get.get_linear_schedule_with_warmup(opt, warmup, total)
        yield from case(3, "linear", f"{up}linear(to=0x)", total, make, total + 5, warmup, total)
        make = lambda opt: get.get_cosine_schedule_with_warmup(opt, warmup, total)
        name = "cosine (up to num_training_steps: then it rebounds)"
        yield from case(14, name, f"{up}cosine(to=0x)", total, make, total, warmup)
        make = lambda opt: get.get_cosine_schedule_with_warmup(opt, warmup, total, num_cycles=2.5)
        plan = f"{up}cosine(cycles=2.5, to=0x)"
        yield from case(14, f"{name}, num_cycles 2.5", plan, total, make, total, warmup, of_peak=2e-15)
        make = lambda opt: get.get_cosine_with_min_lr_schedule_with_warmup(opt, warmup, total, min_lr_rate=0.1)
        name = "cosine_with_min_lr (up to num_training_steps: then it rebounds)"
        yield from case(14, name, f"{up}cosine(to=0.1x)", total, make, total, warmup)
        for power in (1.0, 2.0):
            make = lambda opt, base: get.get_polynomial_decay_schedule_with_warmup(opt, warmup, total, 1e-7, power)
            plan = f"{up}polynomial(power={power:g}, to=1e-7)"
            name = "polynomial (one group: lr_end is a share of the default lr)"
            yield from case(12, name, plan, total, make, total + 5, warmup, total, both=False)
        if left % 3 == 0:
            make = lambda opt: get.get_cosine_with_hard_restarts_schedule_with_warmup(opt, warmup, total, num_cycles=3)
            third = left // 3
            plan = f"{up}repeat(cosine(to=0x), times=3)"
            marks = (warmup, warmup + third, warmup + 2 * third, total)
            yield from case(27, "cosine_with_restarts", plan, total, make, total + 5, *marks)
    make = lambda opt: get.get_cosine_with_hard_restarts_schedule_with_warmup(opt, 4, 104, num_cycles=3)
    plan = "linear(from=0x, over=4) -> repeat(cosine(to=0x), times=3)"
    yield from case(27, "cosine_with_restarts", plan, 104, make, 110, 37, 38, 71, 104, of_peak=2e-15)
    make = lambda opt: get.get_cosine_with_min_lr_schedule_with_warmup_lr_rate(opt, 5, 50, min_lr_rate=0.1)
    plan = "linear(from=0.2x, over=4) -> cosine(to=0.1x, over=45)"
    name = "cosine_warmup_with_min_lr (up to num_training_steps - 1: then it rebounds)"
    yield from case(14, name, plan, 49, make, 49, 4)
    for warmup, timescale in [(10, None), (10, 40), (0, None)]:
        make = lambda opt: get.get_inverse_sqrt_schedule(opt, warmup, timescale)
        up = f"linear(from=0x, over={warmup}) -> " if warmup else ""
        plan = f"{up}power_law(scale={timescale or warmup or 10000})"
        yield from case(17, "inverse_sqrt", plan, 1000, make, 1000, warmup)
    for warmup_type, warmup_shape in [("linear", "linear"), ("cosine", "cosine"), ("1-sqrt", "polynomial(power=0.5")]:
        for decay_type, decay_shape in [("linear", "linear"), ("cosine", "cosine"), ("1-sqrt", "power")]:
            for minimum in (0, 0.1):
                make = lambda opt: get.get_wsd_schedule(
                    opt, 10, 20, 100, warmup_type=warmup_type, decay_type=decay_type, min_lr_ratio=minimum
                )
                opening = warmup_shape + (", " if "(" in warmup_shape else "(")
                plan = f"{opening}from={minimum}x, over=10) -> hold(over=70) -> {decay_shape}(to={minimum}x, over=20)"
                name = f"warmup_stable_decay, {warmup_type}, {decay_type}"
                yield from case(22, name, plan, 100, make, 105, 10, 80, 100)


def timm_rows():
    def case(row, schedule, plan, updates, make, upto, *boundaries, ulp=4, of_peak=CLOSE, skip=()):
        updates_looked_at = [n for n in spots(upto, *boundaries) if n not in skip]
        values = timm_values(lambda opt: make(opt), updates_looked_at)
        return rows_of(row, "timm", schedule, plan, updates, values, ulp, of_peak)

    kinds = timm_scheduler
    by_update = {"t_in_epochs": False}
    make = lambda opt: kinds.StepLRScheduler(opt, decay_t=5, decay_rate=1.0, **by_update)
    yield from case(1, "StepLRScheduler, decay_rate 1", "hold", 20, make, 25)
    for size, rate in [(10, 0.5), (1, 0.9)]:
        make = lambda opt: kinds.StepLRScheduler(opt, decay_t=size, decay_rate=rate, **by_update)
        plan = f"repeat(hold(over={size}), height={rate})"
        yield from case(4, "StepLRScheduler", plan, 60, make, 60, size, 2 * size)
    make = lambda opt: kinds.StepLRScheduler(opt, 10, 0.5, warmup_t=5, warmup_lr_init=1e-6, **by_update)
    plan = "linear(from=1e-6, over=5) -> repeat(hold(over=10), height=0.5)"
    yield from case(4, "StepLRScheduler with warmup", plan, 60, make, 60, 5, 15, 25)
    make = lambda opt: kinds.MultiStepLRScheduler(opt, decay_t=[3, 6], decay_rate=0.1, **by_update)
    plan = "hold(over=2) -> hold(from=0.1x, over=3) -> hold(from=0.01x)"
    yield from case(5, "MultiStepLRScheduler (one update early)", plan, 20, make, 25, 2, 3, 5, 6)
    for power, minimum in [(1.0, 0.0), (0.5, 1e-6), (2.0, 1e-5)]:
        make = lambda opt: kinds.PolyLRScheduler(opt, 50, power, minimum, **by_update)
        plan = f"polynomial(power={power:g}, to={minimum!r})"
        yield from case(12, "PolyLRScheduler", plan, 50, make, 60, 50)
    for k, minimum, total in [(1.0, 0.0, 50), (1.5, 1e-5, 50), (0.5, 1e-6, 200), (1.0, 1e-5, 1)]:
        make = lambda opt: kinds.CosineLRScheduler(opt, total, minimum, k_decay=k, **by_update)
        own = f"k={k}, " if k != 1 else ""
        yield from case(14, "CosineLRScheduler", f"cosine({own}to={minimum!r})", total, make, total + 9, total)
    warm = {"warmup_t": 10, "warmup_lr_init": 1e-6, "lr_min": 1e-5}
    make = lambda opt: kinds.CosineLRScheduler(opt, 50, warmup_prefix=True, **warm, **by_update)
    plan = "linear(from=1e-6, over=10) -> cosine(to=1e-5, over=50)"
    yield from case(14, "CosineLRScheduler, warmup_prefix", plan, 60, make, 70, 10, 60)
    make = lambda opt: kinds.CosineLRScheduler(opt, 50, **warm, **by_update)
    plan = "linear(from=1e-6, over=10) -> shift(cosine(from=1x, to=1e-5, over=50), by=-10)"
    yield from case(14, "CosineLRScheduler (without warmup_prefix it jumps)", plan, 50, make, 60, 10, 50)
    for lower, upper, minimum in [(-7.0, 3.0, 0.0), (-4.0, 4.0, 1e-5), (-1.0, 2.0, 1e-6)]:
        make = lambda opt: kinds.TanhLRScheduler(opt, 40, lower, upper, minimum, **by_update)
        start, end = (0.5 * (1 - math.tanh(bound)) for bound in (lower, upper))
        levels = (f"{share!r}x+{minimum * (1 - share)!r}" for share in (start, end))
        plan = "tanh(lower={:g}, upper={:g}, from={}, to={}, over=40) -> hold(from={!r})"
        plan = plan.format(lower, upper, *levels, minimum).replace("x+0.0,", "x,")
        name = "TanhLRScheduler (drops to lr_min at its end)"
        yield from case(16, name, plan, 50, make, 55, 40, of_peak=1e-15)
    yield from timm_restart_rows(case, kinds, by_update)
    yield from timm_wsd_rows(case, kinds, by_update)


def timm_restart_rows(case, kinds, by_update):
    make = lambda opt: kinds.CosineLRScheduler(opt, 10, cycle_limit=3, cycle_decay=0.5, **by_update)
    plan = "repeat(cosine(to=0, over=10), times=3, height=0.5)"
    yield from case(27, "CosineLRScheduler, cycle_limit and cycle_decay", plan, 40, make, 40, 10, 20, 30)
    make = lambda opt: kinds.CosineLRScheduler(opt, 10, 1e-5, cycle_limit=3, cycle_decay=0.5, **by_update)
    plan = "sum(repeat(cosine(to=0, over=10), times=3, height=0.5), repeat(cosine(from=0, to=1e-5, over=10), times=3))"
    yield from case(27, "CosineLRScheduler, cycles over a minimum", plan, 40, make, 40, 10, 20, 30)
    make = lambda opt: kinds.CosineLRScheduler(opt, 5, cycle_mul=2.0, cycle_limit=4, **by_update)
    plan = "repeat(cosine(to=0, over=5), times=4, length=2)"
    yield from case(27, "CosineLRScheduler, cycle_mul 2", plan, 80, make, 80, 5, 15, 35, 75)
    make = lambda opt: kinds.CosineLRScheduler(opt, 3, cycle_mul=3.0, cycle_limit=6, **by_update)
    plan = "repeat(cosine(to=0, over=3), times=6, length=3)"
    name = "CosineLRScheduler, cycle_mul 3 (but for 363, where it misses its restart)"
    yield from case(27, name, plan, 1092, make, 1100, 3, 12, 39, 120, 363, 1092, of_peak=1e-15, skip=(363,))


def timm_wsd_rows(case, kinds, by_update):
    decays = [
        ("linear", {}, "linear("),
        ("1-sqrt", {}, "power("),
        ("cosine", {}, "cosine("),
        ("power", {"decay_power": 2.0}, "power(exponent=2, "),
        ("exp", {"decay_ratio": 0.01}, "exponential(ratio=0.01, "),
    ]
    for decay, own, shape in decays:
        for minimum in (0.0, 1e-5):
            make = lambda opt: kinds.WSDLRScheduler(
                opt, 90, 20, minimum, decay_fn=decay, warmup_t=10, warmup_lr_init=1e-6, **own, **by_update
            )
            plan = f"linear(from=1e-6, over=10) -> hold(over=70) -> {shape}to={minimum!r}, over=20)"
            yield from case(22, f"WSDLRScheduler, {decay}", plan, 100, make, 105, 10, 80, 100, of_peak=1e-15)
    for name, row, own, law in [
        ("rsqrt", 17, {}, "power_law(scale=10)"),
        ("power", 20, {"stable_power": 0.51, "stable_timescale": 25}, "power_law(exponent=0.51, scale=25)"),
    ]:
        make = lambda opt: kinds.WSDLRScheduler(
            opt, 90, 20, stable_fn=name, decay_fn="linear", warmup_t=10, **own, **by_update
        )
        plan = f"linear(from=0x, over=10) -> product({law}, hold(over=70) -> linear(to=0x, over=20))"
        yield from case(row, f"WSDLRScheduler, {name}", plan, 100, make, 105, 10, 80, 100)


def accelerated_rows():
    def case(row, schedule, plan, updates, make, upto, *boundaries, of_peak=CLOSE):
        values = accelerated_values(make, spots(upto, *boundaries))
        return rows_of(row, "pytorch-accelerated", schedule, plan, updates, values, 4, of_peak)

    late = "as get_updated_values(n): its loop is one update late"
    for k, minimum in [(1.0, 1e-6), (1.5, 0.0)]:
        make = lambda opt: CosineLrScheduler(opt, 5, 20, k_decay=k, lr_min=minimum)
        own = f"k={k}, " if k != 1 else ""
        yield from case(14, f"CosineLrScheduler ({late})", f"cosine({own}to={minimum!r})", 100, make, 110, 100)
    make = lambda opt: CosineLrScheduler(opt, 5, 20, lr_min=1e-6, num_cooldown_epochs=1)
    plan = "cosine(to=1e-6, over=80) -> hold(over=20)"
    yield from case(14, f"CosineLrScheduler, cooldown ({late})", plan, 100, make, 110, 80, 100)
    wsd = f"({late}; before its end, where it starts anew)"
    make = lambda opt: WSDLrScheduler(opt, total_steps=100, num_warmup_steps=10, decay_phase_ratio=0.2, lr_min=0.01)
    plan = "linear(from=1e-6, over=10) -> hold(over=70) -> power(to=0.01x, over=20)"
    yield from case(22, f"WSDLrScheduler {wsd}", plan, 100, make, 99, 10, 80)
    make = lambda opt: WSDLrScheduler(
        opt, total_steps=100, decay_phase_ratio=0.5, lr_min=0.1, use_inverse_sqrt_decay=False
    )
    plan = "hold(over=50) -> harmonic(to=0.1x, over=50)"
    yield from case(11, f"WSDLrScheduler, inverse proportional {wsd}", plan, 100, make, 99, 50)
    make = lambda opt: WSDLrScheduler(
        opt, total_steps=400, num_warmup_steps=10, decay_phase_ratio=0.2, lr_min=0.1, num_checkpoints=3
    )
    plan = (
        "linear(from=1e-6, over=10) -> hold(over=70) -> power(to=0.1x, over=20) -> hold(from=1x, over=80) -> "
        "power(to=0.1x, over=20) -> hold(from=1x, over=160) -> power(to=0.1x, over=40)"
    )
    yield from case(23, f"WSDLrScheduler, 3 checkpoints {wsd}", plan, 400, make, 399, 10, 80, 100, 180, 200, 360)


def optax_rows():
    def case(row, schedule, plan, updates, make, upto, *boundaries, ulp=8, of_peak=CLOSE):
        values = optax_values(make, spots(upto, *boundaries))
        return rows_of(row, "optax", schedule, plan, updates, values, ulp, of_peak)

    yield from case(1, "constant_schedule", "hold", 10, optax.constant_schedule, 15)
    for begin in (0, 4):
        wait = f"hold(over={begin}) -> " * (begin > 0)
        make = lambda base: optax.linear_schedule(base, 0.1 * base, 20, begin)
        plan = f"{wait}linear(to=0.1x, over=20)"
        yield from case(3, "linear_schedule", plan, begin + 20, make, begin + 25, begin, begin + 20)
        make = lambda base: optax.polynomial_schedule(base, 0.1 * base, 2, 20, begin)
        plan = f"{wait}polynomial(power=2, to=0.1x, over=20)"
        yield from case(12, "polynomial_schedule", plan, begin + 20, make, begin + 25, begin, begin + 20)
        make = lambda base: optax.exponential_decay(base, 10, 0.5, begin, end_value=0.2 * base)
        plan = f"clamp({wait}decay(factor=0.5, every=10), min=0.2x)"
        yield from case(8, "exponential_decay with end_value", plan, 60, make, 60, begin, begin + 10)
    make = lambda base: optax.warmup_constant_schedule(0.0, base, 8)
    yield from case(3, "warmup_constant_schedule", "linear(from=0x, over=8) -> hold", 20, make, 25, 8)
    make = lambda base: optax.exponential_decay(base, 10, 0.5, staircase=True)
    yield from case(4, "exponential_decay, staircase", "repeat(hold(over=10), height=0.5)", 60, make, 60, 10, 20)
    make = lambda base: optax.piecewise_constant_schedule(base, {3: 0.5, 7: 0.1})
    plan = "hold(over=3) -> hold(from=0.5x, over=4) -> hold(from=0.05x)"
    yield from case(5, "piecewise_constant_schedule", plan, 20, make, 25, 3, 7)
    plan = "hold(from=0.5, over=3) -> hold(from=0.25, over=4) -> hold(from=0.025)"
    make = lambda base: optax.piecewise_constant_schedule(0.5, {3: 0.5, 7: 0.1})
    yield from case(6, "piecewise_constant_schedule, absolute", plan, 20, make, 25, 3, 7)
    for every, rate in [(1, 0.9), (10, 0.5)]:
        make = lambda base: optax.exponential_decay(base, every, rate)
        yield from case(8, "exponential_decay", f"decay(factor={rate}, every={every})", 60, make, 60, every)
    for total, alpha, exponent in [(100, 0.0, 1.0), (100, 0.1, 2.0), (37, 0.0, 0.5), (1, 0.1, 1.0)]:
        make = lambda base: optax.cosine_decay_schedule(base, total, alpha, exponent)
        own = f"exponent={exponent:g}, " if exponent != 1 else ""
        # A square root of what is left of a wave that cancels near its end.
        of_peak = 4e-15 if exponent < 1 else CLOSE
        plan = f"cosine({own}to={alpha}x)"
        yield from case(14, "cosine_decay_schedule", plan, total, make, total + 9, total, of_peak=of_peak)
    make = lambda base: optax.warmup_cosine_decay_schedule(0.01 * base, base, 10, 100, 0.1 * base)
    plan = "linear(from=0.01x, over=10) -> cosine(to=0.1x, over=90)"
    yield from case(14, "warmup_cosine_decay_schedule", plan, 100, make, 110, 10, 100)
    make = lambda base: optax.cosine_onecycle_schedule(100, base)
    plan = "cosine(from=0.04x, to=1x, over=30) -> cosine(to=4e-6x, over=70)"
    yield from case(25, "cosine_onecycle_schedule", plan, 100, make, 110, 30, 100)
    make = lambda base: optax.linear_onecycle_schedule(100, base)
    plan = "linear(from=0.04x, to=1x, over=30) -> linear(to=0.04x, over=55) -> linear(to=4e-6x, over=15)"
    yield from case(25, "linear_onecycle_schedule", plan, 100, make, 110, 30, 85, 100)
    cycles = [(1.0, 20), (0.5, 40), (0.25, 80)]
    make = lambda base: optax.sgdr_schedule(
        [
            {
                "init_value": 0.0,
                "peak_value": peak * base,
                "warmup_steps": 5,
                "decay_steps": steps,
                "end_value": 0.01 * base,
            }
            for peak, steps in cycles
        ]
    )
    plan = " -> ".join(
        f"linear(from=0x, to={peak}x, over=5) -> cosine(to=0.01x, over={steps - 5})" for peak, steps in cycles
    )
    yield from case(27, "sgdr_schedule", plan, 140, make, 150, 5, 20, 25, 60, 65, 140)
    for shape in ("linear", "cosine"):
        make = lambda base: optax.piecewise_interpolate_schedule(shape, base, {10: 2.0, 30: 0.25, 60: 0.5})
        plan = f"{shape}(to=2x, over=10) -> {shape}(to=0.5x, over=20) -> {shape}(to=0.25x, over=30)"
        yield from case(28, f"piecewise_interpolate_schedule, {shape}", plan, 60, make, 70, 10, 30, 60)
    make = lambda base: optax.warmup_exponential_decay_schedule(0.0, base, 10, 20, 0.5)
    plan = "linear(from=0x, over=10) -> decay(factor=0.5, every=20)"
    yield from case(8, "warmup_exponential_decay_schedule", plan, 90, make, 90, 10, ulp=12)


def ignite_rows():
    def case(row, schedule, plan, updates, values, ulp=4, of_peak=CLOSE):
        return rows_of(row, "ignite", schedule, plan, updates, values, ulp, of_peak)

    state = state_param_scheduler
    make = lambda: state.StepStateScheduler(initial_value=0.5, gamma=0.1, step_size=3, param_name="x")
    plan = "repeat(hold(from=0.5, over=3), height=0.1)"
    yield from case(4, "StepStateScheduler", plan, 30, ignite_state_values(make, spots(30, 3, 6)), ulp=8)
    make = lambda: state.MultiStepStateScheduler(initial_value=0.5, gamma=0.1, milestones=[3, 6], param_name="x")
    plan = "hold(from=0.5, over=3) -> hold(from=0.05, over=3) -> hold(from=0.005)"
    yield from case(5, "MultiStepStateScheduler", plan, 20, ignite_state_values(make, spots(25, 3, 6)))
    make = lambda: state.ExpStateScheduler(initial_value=0.5, gamma=0.9, param_name="x")
    plan = "decay(from=0.5, factor=0.9)"
    yield from case(8, "ExpStateScheduler", plan, 50, ignite_state_values(make, spots(50)))
    kinds = param_scheduler
    for size in (10, 2):
        arguments = {"start_value": 1.0, "end_value": 0.2, "cycle_size": size}
        looked_at = spots(40, size // 2, size, 2 * size)
        half = size // 2
        plan = f"repeat(linear(from=1, to=0.2, over={half}) -> linear(to=1, over={half}))"
        values = ignite_values(kinds.LinearCyclicalScheduler, looked_at, **arguments)
        yield from case(26, "LinearCyclicalScheduler", plan, 40, values)
        values = ignite_values(kinds.CosineAnnealingScheduler, looked_at, **arguments)
        yield from case(27, "CosineAnnealingScheduler", f"repeat(cosine(from=1, to=0.2, over={size}))", 40, values)
    arguments = {"start_value": 1.0, "end_value": 0.0, "cycle_size": 5, "cycle_mult": 2.0, "start_value_mult": 0.5}
    values = ignite_values(kinds.CosineAnnealingScheduler, spots(70, 5, 15, 35), **arguments)
    plan = "repeat(cosine(from=1, to=0, over=5), length=2, height=0.5)"
    yield from case(27, "CosineAnnealingScheduler, cycle_mult", plan, 70, values)
    points = [(5, 0.5), (15, 0.1), (40, 0.4)]
    values = ignite_values(kinds.PiecewiseLinear, spots(50, 5, 15, 40), milestones_values=points)
    plan = "hold(from=0.5, over=5) -> linear(to=0.1, over=10) -> linear(to=0.4, over=25)"
    yield from case(28, "PiecewiseLinear", plan, 40, values)


def combinator_rows():
    """Plans made of plans; row 0 stands for them."""

    def torch_case(schedule, plan, updates, make, *boundaries):
        values = stepped(make, spots(updates, *boundaries))
        return rows_of(0, "torch", schedule, plan, updates, values, 8, 1e-14)

    def two(opt):
        return [torch_scheduler.LinearLR(opt, 0.1, 1.0, 5), torch_scheduler.ExponentialLR(opt, 0.9)]

    make = lambda opt: torch_scheduler.SequentialLR(opt, two(opt), [5])
    plan = "linear(from=0.1x, over=5) -> decay(factor=0.9)"
    yield from torch_case("SequentialLR", plan, 45, make, 5)

    def three(opt):
        constant = torch_scheduler.ConstantLR(opt, 0.5, 20)
        return [*two(opt)[:1], constant, torch_scheduler.CosineAnnealingWarmRestarts(opt, 10)]

    make = lambda opt: torch_scheduler.SequentialLR(opt, three(opt), [5, 12])
    plan = "linear(from=0.1x, over=5) -> hold(from=0.5x, over=7) -> repeat(cosine(from=1x, to=0x, over=10))"
    yield from torch_case("SequentialLR, a restart inside", plan, 60, make, 5, 12, 22, 32)
    make = lambda opt: torch_scheduler.ChainedScheduler(
        [torch_scheduler.ConstantLR(opt, 0.1, 4), torch_scheduler.ExponentialLR(opt, 0.9)]
    )
    plan = "product(decay(factor=0.9), hold(from=0.1x, over=4) -> hold(from=1x))"
    yield from torch_case("ChainedScheduler", plan, 50, make, 4)

    def joined(base):
        parts = [optax.linear_schedule(0.0, base, 10), optax.constant_schedule(base), optax.cosine_decay_schedule(base, 30)]
        return optax.join_schedules(parts, [10, 25])

    plan = "linear(from=0x, over=10) -> hold(over=15) -> cosine(to=0x, over=30)"
    values = optax_values(joined, spots(65, 10, 25, 55))
    yield from rows_of(0, "optax", "join_schedules", plan, 55, values, 8, CLOSE)
    arguments = {"start_value": 1.0, "end_value": 0.2}
    opt = optimizer((1.0,))
    parts = [
        param_scheduler.LinearCyclicalScheduler(opt, "lr", cycle_size=8, **arguments),
        param_scheduler.CosineAnnealingScheduler(opt, "lr", start_value=0.5, end_value=0.1, cycle_size=10),
    ]
    scheduler = param_scheduler.ConcatScheduler(parts, durations=[6])
    values = {1.0: {}}
    for n in range(41):
        scheduler(None)
        values[1.0][n] = opt.param_groups[0]["lr"]
    plan = (
        "cut(linear(from=1, to=0.2, over=4) -> linear(to=1, over=4), over=6) -> repeat(cosine(from=0.5, to=0.1, over=10))"
    )
    yield from rows_of(0, "ignite", "ConcatScheduler", plan, 41, values, 4, CLOSE)
    values = {base: {} for base in BASES}
    opt = optimizer()
    inner = torch_scheduler.ExponentialLR(opt, 0.98)
    scheduler = param_scheduler.create_lr_scheduler_with_warmup(inner, warmup_start_value=0.0, warmup_duration=6)
    for n in range(30):
        scheduler(None)
        for base, group in zip(BASES, opt.param_groups):
            values[base][n] = group["lr"]
    plan = "linear(from=0x, over=5) -> decay(factor=0.98)"
    yield from rows_of(0, "ignite", "create_lr_scheduler_with_warmup", plan, 40, values, 8)


def rows():
    numpy.seterr(all="raise")
    peers = (torch_rows, transformers_rows, timm_rows, accelerated_rows, optax_rows, ignite_rows)
    for peer in (*peers, combinator_rows):
        yield from peer()
