"""Peers that are not installed: their formulas, worked in 60 digits; see peers.py.

t is the update, b the base. Levels and parameters are the f64 nearest to their text, as in lehr.
"""

import math

from mpmath import mp, mpf

from peers_table import BASES, rows_of, spots

mp.dps = 60


def case(row, peer, schedule, plan, updates, formula, upto, *boundaries, ulp=6, skip=()):
    looked_at = [n for n in spots(upto, *boundaries) if n not in skip]
    values = {base: {n: formula(mpf(n), mpf(base)) for n in looked_at} for base in BASES}
    return rows_of(row, f"{peer} (formula)", schedule, plan, updates, values, ulp)


def number(x):
    """The f64 that lehr reads."""
    return mpf(float(x))


def half_cosine(p):
    return (1 + mp.cos(mp.pi * min(p, 1))) / 2


def warm(t, width, start, end):
    return start + (end - start) * t / width


def constants_and_lines():
    for peer in ("fvcore", "mmengine", "composer", "burn"):
        yield from case(1, peer, "constant", "hold", 10, lambda t, b: b, 15)
    tenth = number(0.1)
    plan = "hold(from=0.1x, over=8) -> hold(from=1x)"
    formula = lambda t, b: tenth * b if t < 8 else b
    yield from case(2, "composer", "ConstantScheduler", plan, 20, formula, 25, 8)
    # Its length is end - begin - 1.
    yield from case(2, "mmengine", "ConstantLR(end=9)", plan, 20, formula, 25, 8)

    def body(t, b):
        return b * half_cosine(t / 50)

    formula = lambda t, b: tenth * body(mpf(10), b) if t < 10 else body(t, b)
    factor = float(tenth * half_cosine(mpf(10) / 50))
    plan = f"hold(from={factor!r}x, over=10) -> shift(cosine(from=1x, to=0x, over=50), by=-10)"
    yield from case(2, "detectron2", "WarmupParamScheduler, constant", plan, 50, formula, 60, 10, 50, ulp=12)
    third = number(1 / 3)
    line = lambda t, b: b * (third + (1 - third) * min(t, 5) / 5)
    yield from case(3, "paddle", "LinearLR", f"linear(from={1 / 3!r}x, over=5) -> hold", 10, line, 15, 5)
    line = lambda t, b: b * (1 - min(t, 40) / 40)
    yield from case(3, "composer", "LinearScheduler", "linear(to=0x)", 40, line, 50, 40)
    yield from case(3, "levanter", "linear", "linear(to=0x)", 40, line, 50, 40)
    line = lambda t, b: number(1e-3) + (number(1e-5) - number(1e-3)) * min(t, 30) / 30
    yield from case(3, "burn", "LinearLrScheduler", "linear(from=1e-3, to=1e-5)", 30, line, 40, 30)
    line = lambda t, b: b + (b / 4 - b) * t / 30
    yield from case(3, "fvcore", "LinearParamScheduler (where below 1)", "linear(to=0.25x)", 30, line, 29)


def steps():
    half, tenth = number(0.5), number(0.1)
    formula = lambda t, b: b * half ** (int(t) // 10)
    for peer, name in [("keras", "ExponentialDecay, staircase"), ("paddle", "StepDecay"), ("mmengine", "StepLR")]:
        yield from case(4, peer, name, "repeat(hold(over=10), height=0.5)", 60, formula, 60, 10, 20)
    yield from case(4, "composer", "StepScheduler", "repeat(hold(over=10), height=0.5)", 60, formula, 60, 10, 20)
    formula = lambda t, b: b * tenth ** ((t >= 3) + (t >= 7))
    plan = "hold(over=3) -> hold(from=0.1x, over=4) -> hold(from=0.01x)"
    for peer, name in [("paddle", "MultiStepDecay"), ("mmengine", "MultiStepLR"), ("composer", "MultiStepScheduler")]:
        yield from case(5, peer, name, plan, 20, formula, 25, 3, 7)
    yield from case(5, "detectron2", "WarmupMultiStepLR without warmup", plan, 20, formula, 25, 3, 7)
    values = [number(value) for value in (0.5, 0.1, 0.02)]
    plan = "hold(from=0.5, over={}) -> hold(from=0.1, over={}) -> hold(from=0.02)"
    formula = lambda t, b: values[(t > 5) + (t > 8)]
    name = "PiecewiseConstantDecay (a boundary still has the old value)"
    yield from case(6, "keras", name, plan.format(6, 3), 20, formula, 25, 5, 8)
    formula = lambda t, b: values[(t >= 5) + (t >= 8)]
    yield from case(6, "paddle", "PiecewiseDecay", plan.format(5, 3), 20, formula, 25, 5, 8)
    formula = lambda t, b: values[(t >= 6) + (t >= 15)]
    name = "MultiStepParamScheduler (where below 1)"
    yield from case(6, "fvcore", name, plan.format(6, 9), 30, formula, 29, 6, 15)
    yield from case(6, "fairseq", "manual, per update", plan.format(6, 9), 30, formula, 40, 6, 15)
    formula = lambda t, b: b * half ** (int(4 * t) // 40)
    plan = "repeat(hold, times=4, height=0.5)"
    name = "StepWithFixedGammaParamScheduler (where below 1: then IndexError)"
    yield from case(7, "fvcore", name, plan, 40, formula, 39, 10, 20, 30)
    yield from case(7, "detectron2", name, plan, 40, formula, 39, 10, 20, 30)


def exponentials():
    nine, half = number(0.9), number(0.5)
    formula = lambda t, b: b * nine**t
    for peer, name in [("paddle", "ExponentialDecay"), ("mmengine", "ExponentialLR"), ("burn", "ExponentialLrScheduler")]:
        yield from case(8, peer, name, "decay(factor=0.9)", 60, formula, 60)
    formula = lambda t, b: b * half ** (t / 10)
    yield from case(8, "keras", "ExponentialDecay", "decay(factor=0.5, every=10)", 60, formula, 60, 10, ulp=8)
    yield from case(8, "composer", "ExponentialScheduler", "decay(factor=0.5, every=10)", 60, formula, 60, 10, ulp=8)
    formula = lambda t, b: b * half ** (t / 30)
    name = "ExponentialParamScheduler (where below 1)"
    yield from case(8, "fvcore", name, "geometric(to=0.5x)", 30, formula, 29)
    formula = lambda t, b: b / 1000 * mpf(1000) ** (min(t, 50) / 50)
    plan = "geometric(from=0.001x, to=1x)"
    yield from case(9, "fastai", "SchedExp", plan, 50, formula, 50, ulp=8)
    lowest = number(1e-9)
    formula = lambda t, b: lowest * (b / lowest) ** (min(t, 50) / 50)
    yield from case(9, "olmo-core", "ExponentialScheduler", "geometric(from=1e-9, to=1x)", 50, formula, 60, 50, ulp=10)
    formula = lambda t, b: b * mp.exp(-t / 10)
    plan = f"decay(factor={math.exp(-1)!r}, every=10)"
    yield from case(10, "paddle", "NaturalExpDecay", plan, 60, formula, 60)
    third = number(0.3)
    formula = lambda t, b: b / (1 + third * t / 10)
    yield from case(11, "keras", "InverseTimeDecay", "power_law(exponent=1, rate=0.3, scale=10)", 200, formula, 200)
    formula = lambda t, b: b / (1 + third * t)
    yield from case(11, "paddle", "InverseTimeDecay", "power_law(exponent=1, rate=0.3)", 200, formula, 200)
    stairs = " -> ".join(f"hold(from={1 / (1 + 0.3 * i)!r}x, over=10)" for i in range(6))
    formula = lambda t, b: b / (1 + third * (int(t) // 10))
    yield from case(11, "keras", "InverseTimeDecay, staircase", stairs, 60, formula, 59, 10, 20)
    tenth = number(0.1)
    formula = lambda t, b: b / ((1 / tenth - 1) * min(t, 40) / 40 + 1)
    yield from case(11, "levanter", "inv", "harmonic(to=0.1x)", 40, formula, 50, 40)


def polynomials():
    end = number(1e-4)
    formula = lambda t, b: end + (b - end) * (1 - min(t, 40) / 40) ** 2
    plan = "polynomial(power=2, to=1e-4)"
    for peer, name in [("keras", "PolynomialDecay"), ("paddle", "PolynomialDecay"), ("nemo", "PolynomialDecayAnnealing")]:
        yield from case(12, peer, name, plan, 40, formula, 50, 40)

    def cycle(t, b):
        length = 40 * max(mp.ceil(t / 40), 1)
        return end + (b - end) * (1 - t / length) ** 2

    plan = (
        "cut(polynomial(power=2, to=1e-4, over=40) -> hold, over=41) -> "
        "cut(shift(polynomial(power=2, from=1x, to=1e-4, over=80), by=-41), over=40) -> "
        "shift(polynomial(power=2, from=1x, to=1e-4, over=120), by=-81)"
    )
    name = "PolynomialDecay, cycle (a cycle's last update has its end)"
    yield from case(12, "keras", name, plan, 120, cycle, 120, 40, 80)
    yield from case(12, "paddle", name, plan, 120, cycle, 120, 40, 80)
    tenth = number(0.1)
    formula = lambda t, b: b * (tenth + (1 - tenth) * (1 - min(t, 40) / 40) ** 3)
    yield from case(12, "composer", "PolynomialScheduler", "polynomial(power=3, to=0.1x)", 40, formula, 50, 40)
    formula = lambda t, b: end + (b - end) * (1 - min(t, 39) / 39) ** 2
    plan = "polynomial(power=2, to=1e-4, inclusive=true)"
    yield from case(12, "mmengine", "PolyLR(begin=0, end=40)", plan, 40, formula, 50, 39, 40)
    formula = lambda t, b: b * (1 - t / 40) ** 3
    name = "PolynomialDecayParamScheduler (where up to 1: then NaN)"
    yield from case(12, "fvcore", name, "polynomial(power=3, to=0x)", 40, formula, 40)
    floor = number(1e-5)
    formula = lambda t, b: max(b * ((40 - min(t, 40)) / 40) ** 2, floor)
    plan = "clamp(polynomial(power=2, to=0), min=1e-5)"
    yield from case(13, "nemo", "SquareAnnealing", plan, 40, formula, 50, 40)
    formula = lambda t, b: max(b * mp.sqrt((40 - min(t, 40)) / 40), floor)
    plan = "clamp(polynomial(power=0.5, to=0), min=1e-5)"
    yield from case(13, "nemo", "SquareRootAnnealing without warmup", plan, 40, formula, 50, 40)


def cosines():
    tenth, low = number(0.1), number(1e-5)

    def warmed(width, total, start, end):
        def formula(t, b):
            if t < width:
                return warm(t, width, start * b, b)
            return end(b) + (b - end(b)) * half_cosine((t - width) / (total - width))

        return formula

    share, absolute = lambda b: tenth * b, lambda b: low
    plan = "linear(from=0x, over=10) -> cosine(to=0.1x)"
    formula = warmed(10, 100, 0, share)
    for peer, name in [
        ("composer", "CosineAnnealingWithWarmupScheduler"),
        ("olmo-core", "CosWithWarmup"),
        ("levanter", "cosine"),
        ("keras", "CosineDecay with warmup_target"),
    ]:
        yield from case(14, peer, name, plan, 100, formula, 110, 10, 100)
    plan = "linear(from=0x, over=10) -> cosine(to=1e-5)"
    yield from case(14, "megatron", "cosine", plan, 100, warmed(10, 100, 0, absolute), 110, 10, 100)
    # Its warm-up starts at 1 / (W + 1) and its cosine at update W.
    eleventh = 1 / 11
    formula = warmed(10, 100, number(eleventh), absolute)
    plan = f"linear(from={eleventh!r}x, over=10) -> cosine(to=1e-5)"
    yield from case(14, "nemo", "CosineAnnealing", plan, 100, formula, 110, 10, 100)
    formula = lambda t, b: low + (b - low) * half_cosine(t / 50)
    plan = "cosine(to=1e-5)"
    name = "{} (up to its end: then it rebounds)"
    for peer, original in [("paddle", "CosineAnnealingDecay"), ("burn", "CosineAnnealingLrScheduler")]:
        yield from case(14, peer, name.format(original), plan, 50, formula, 50, 50)
    formula = lambda t, b: tenth * b + (b - tenth * b) * half_cosine(t / 50)
    yield from case(14, "mmengine", name.format("CosineAnnealingLR, eta_min_ratio"), "cosine(to=0.1x)", 50, formula, 50)
    formula = lambda t, b: b * half_cosine(t / 50)
    yield from case(14, "fvcore", "CosineParamScheduler (where below 1)", "cosine(to=0x)", 50, formula, 49)
    floor = number(1e-4)

    def deepspeed(t, b):
        if t < 10:
            return b * t / 10
        return b * (floor + (1 - floor) * half_cosine((t - 9) / 90))

    plan = "linear(from=0x, over=10) -> shift(cosine(from=1x, to=0.0001x), by=-1)"
    name = "WarmupCosineLR, linear warmup (its cosine starts one update in)"
    yield from case(14, "deepspeed", name, plan, 99, deepspeed, 110, 9, 10, 99)

    def half(t, b):
        end = tenth * b
        middle = end + (b - end) / 2
        if t < 10:
            return middle * t / 10
        return end + (b - end) * half_cosine((1 + (min(t, 100) - 10) / 90) / 2)

    plan = "linear(from=0x, to=0.55x, over=10) -> sine(to=0.1x)"
    yield from case(15, "olmo-core", "HalfCosWithWarmup", plan, 100, half, 110, 10, 100)


def roots_and_powers():
    low = number(1e-5)

    def megatron(t, b):
        if t <= 10:
            return b * t / 10
        return low if t > 100 else max(low, b * mp.sqrt(10) / mp.sqrt(t))

    fall = "clamp(power_law(from=1x, scale=10), min=1e-5, over=91)"
    plan = f"linear(from=0x, over=10) -> {fall} -> hold(from=1e-5)"
    yield from case(17, "megatron", "inverse-square-root", plan, 110, megatron, 120, 10, 100)

    def nemo(t, b):
        return b * (t + 1) / 11 if t < 10 else b / mp.sqrt((t + 1) / mpf(11))

    plan = f"linear(from={1 / 11!r}x, over=10) -> power_law(scale=11)"
    yield from case(17, "nemo", "InverseSquareRootAnnealing", plan, 200, nemo, 200, 10)
    formula = lambda t, b: 1 / mp.sqrt(max(t, 1000))
    root = float(1 / mp.sqrt(1000))
    plan = f"hold(from={root!r}, over=1000) -> power_law(scale=1000)"
    yield from case(17, "nemo", "T5InverseSquareRootAnnealing", plan, 4000, formula, 4000, 1000)
    tenth = number(0.1)

    def levanter(t, b):
        return b * t / 100 if t < 100 else max(tenth * b, b * min(1, mp.sqrt(10000 / (t + 100))))

    plan = "linear(from=0x, over=100) -> hold(over=9800) -> clamp(power_law(from=1x, scale=10000), min=0.1x)"
    yield from case(17, "levanter", "inv_sqrt", plan, 2_000_000, levanter, 2_000_000, 100, 9900, ulp=8)

    def olmo(t, b):
        return b * t / 10 if t < 10 else tenth * b + (b - tenth * b) * mp.sqrt(10 / t)

    plan = "linear(from=0x, over=10) -> sum(power_law(from=0.9x, scale=10), hold(from=0.1x))"
    yield from case(17, "olmo-core", "InvSqrtWithWarmup", plan, 300, olmo, 300, 10)

    def noam(t, b):
        return b / mp.sqrt(512) * min(1 / mp.sqrt(t), t / mpf(4000) ** 1.5) if t else mpf(0)

    peak = float(1 / mp.sqrt(512 * 4000))
    plan = f"linear(from=0x, to={peak!r}x, over=4000) -> power_law(scale=4000)"
    yield from case(18, "paddle", "NoamDecay", plan, 20_000, noam, 20_000, 4000, 16_000)
    name = "NoamAnnealing (but for update 0, which has the value of update 1)"
    yield from case(18, "nemo", name, plan, 20_000, noam, 20_000, 4000, 16_000, skip=(0,))
    name = "NoamLrScheduler (its first update is t = 1)"
    formula = lambda t, b: noam(t + 1, b)
    yield from case(18, "burn", name, f"shift({plan}, by=-1)", 20_000, formula, 20_000, 3999, 15_999)

    def noam_hold(t, b):
        if t < 10:
            return b * t / 10
        return b if t < 50 else max(low, b * mp.sqrt(10) / mp.sqrt(t - 40))

    plan = "linear(from=0x, over=10) -> hold(over=40) -> clamp(power_law(from=1x, scale=10), min=1e-5)"
    yield from case(19, "nemo", "NoamHoldAnnealing", plan, 300, noam_hold, 300, 10, 50)
    exponent = number(0.51)

    def power(t, b):
        if t < 10:
            return b * t / 10
        fallen = lambda t: b * (t / 10) ** -exponent
        return fallen(t) if t < 80 else fallen(mpf(80)) * (1 - min(t - 80, 20) / mpf(20))

    plan = "linear(from=0x, over=10) -> power_law(exponent=0.51, scale=10, over=70) -> linear(to=0x, over=20)"
    yield from case(20, "olmo-core", "PowerLR", plan, 100, power, 110, 10, 80, 100, ulp=8)
    scale, batch = number(4.6), 32

    def levanter_power(t, b):
        return min(b, batch * scale * (batch * t) ** -exponent) if t else b

    first = float(batch * scale * mpf(batch) ** -exponent)
    plan = f"minimum(hold, hold(from=1x, over=1) -> power_law(from={first!r}, exponent=0.51))"
    name = "power, per token"
    yield from case(20, "levanter", name, plan, 1_000_000, levanter_power, 1_000_000, ulp=8)


def rex_and_wsd():
    low, tenth, half = number(1e-5), number(0.1), number(0.5)

    def rex(t, b):
        p = min(t, 50) / mpf(50)
        return low + (b - low) * (1 - p) / (1 - p / 2)

    yield from case(21, "pytorch_optimizer", "REXScheduler", "rex(to=1e-5)", 50, rex, 60, 50)

    def wsd(fall, end, width=10, hold=70, decay=20, start=0):
        def formula(t, b):
            if t < width:
                return warm(t, width, start * b, b)
            if t < width + hold:
                return b
            return end(b) + (b - end(b)) * fall(min((t - width - hold) / mpf(decay), 1))

        return formula

    plan = "linear(from=0x, over=10) -> hold(over=70) -> {}to={}, over=20)"
    falls = [
        ("linear", lambda p: 1 - p, "linear("),
        ("cosine", half_cosine, "cosine("),
        ("exponential", lambda p: 2 * half**p - 1, "exponential(ratio=0.5, "),
        ("minus_sqrt", lambda p: 1 - mp.sqrt(p), "power("),
    ]
    for name, fall, shape in falls:
        formula = wsd(fall, lambda b: low)
        yield from case(22, "megatron", f"WSD, {name}", plan.format(shape, "1e-5"), 100, formula, 110, 10, 80, 100)
    formula = wsd(falls[0][1], lambda b: tenth * b)
    yield from case(22, "olmo-core", "WSD", plan.format("linear(", "0.1x"), 100, formula, 110, 10, 80, 100)
    yield from case(22, "levanter", "wsd", plan.format("linear(", "0.1x"), 100, formula, 110, 10, 80, 100)
    formula = wsd(falls[0][1], lambda b: low)
    yield from case(22, "nemo", "WarmupHoldPolicy, linear", plan.format("linear(", "1e-5"), 100, formula, 110, 10, 80)
    own = [("cosine", half_cosine, "cosine(", "0.1x"), ("1-sqrt", lambda p: 1 - mp.sqrt(p), "power(", "0x")]
    own += [("linear", lambda p: 1 - p, "linear(", "0x"), ("1-square", lambda p: 1 - p**2, "power(exponent=2, ", "0x")]
    for name, fall, shape, end in own:
        formula = wsd(fall, lambda b: number(end[:-1]) * b)
        text = plan.format(shape, end)
        yield from case(22, "pytorch_optimizer", f"get_wsd_schedule, {name}", text, 100, formula, 110, 10, 80, 100)

    def titan(t, b):
        # S = T + 1 - W - D: peak at t = W - 1 already, and for one update longer.
        if t < 10:
            return b * (t + 1) / 10
        if t < 80:
            return b
        return tenth * b + (b - tenth * b) * (1 - (t + 1 - 81) / mpf(20))

    text = "linear(from=0.1x, over=9) -> hold(over=71) -> linear(to=0.1x, over=20)"
    name = "linear (up to its end: then it goes below min_lr_factor)"
    yield from case(22, "torchtitan", name, text, 100, titan, 100, 9, 10, 80, 100)

    def periods(t, b):
        start, length, peak = (0, 100, 1) if t < 100 else (100, 100, half)
        elapsed = t - start
        if start == 0 and elapsed < 10:
            return b * elapsed / 10
        return peak * b * (1 - max(0, min(elapsed, length) - 80) / mpf(20))

    text = "linear(from=0x, over=10) -> hold(over=70) -> linear(to=0x, over=20) -> hold(from=0.5x, over=80) -> linear(to=0x, over=20)"
    yield from case(23, "olmo-core", "WSDS, period_lengths", text, 200, periods, 220, 10, 80, 100, 180, 200)

    def cycles(t, b):
        # Each cycle warms up again from the end of the one before.
        cycle, elapsed = (0, t) if t < 100 else (1, t - 100)
        if t >= 200:
            return tenth * b
        if elapsed < 10:
            return warm(elapsed, 10, (tenth * b if cycle else 0), b)
        return tenth * b + (b - tenth * b) * half_cosine((elapsed - 10) / 90)

    text = "linear(from=0x, over=10) -> cosine(to=0.1x, over=90) -> linear(to=1x, over=10) -> cosine(to=0.1x, over=90)"
    yield from case(23, "levanter", "cycles, rewarmup", text, 200, cycles, 220, 10, 100, 110, 200)
    hundredth = number(0.01)

    def tri_stage(t, b):
        if t < 40:
            return hundredth * b + (b - hundredth * b) * t / 40
        return b if t < 240 else b * hundredth ** (min(t - 240, 600) / mpf(600))

    text = "linear(from=0.01x, over=40) -> hold(over=200) -> geometric(to=0.01x, over=600) -> hold"
    yield from case(24, "fairseq", "tri_stage", text, 1000, tri_stage, 1100, 40, 240, 840, ulp=8)


def cycles():
    def combined(t, b):
        start, end = b / 25, b / 100_000
        if t < 25:
            return start + (b - start) * (1 - half_cosine(t / 25))
        return end + (b - end) * half_cosine((t - 25) / 75)

    plan = "cosine(from=0.04x, to=1x, over=25) -> cosine(to=1e-5x)"
    yield from case(25, "fastai", "fit_one_cycle", plan, 100, combined, 100, 25, 100)

    def momentum(t, b):
        high, low = number(0.95), number(0.85)
        if t < 25:
            return low + (high - low) * half_cosine(t / 25)
        return low + (high - low) * (1 - half_cosine((t - 25) / 75))

    plan = "cosine(from=0.95, to=0.85, over=25) -> cosine(to=0.95)"
    yield from case(25, "fastai", "fit_one_cycle, moms", plan, 100, momentum, 100, 25, 100)

    def paddle(t, b):
        end = number(1e-4)
        if t < 29:
            return b / 25 + (b - b / 25) * (1 - half_cosine(t / 29))
        return end + (b - end) * half_cosine((t - 29) / 70)

    plan = "cosine(from=0.04x, to=1x, over=29) -> cosine(to=1e-4, over=70)"
    name = "OneCycleLR, end_learning_rate (up to total_steps - 1)"
    yield from case(25, "paddle", name, plan, 99, paddle, 99, 29)
    mmengine = lambda t, b: paddle(t, b) if t < 29 else b / 250_000 + (b - b / 250_000) * half_cosine((t - 29) / 70)
    plan = "cosine(from=0.04x, to=1x, over=29) -> cosine(to=4e-6x, over=70)"
    yield from case(25, "mmengine", "OneCycleLR (up to total_steps - 1)", plan, 99, mmengine, 99, 29)
    low, high, rate = number(1e-3), number(1e-2), number(0.3)

    def deepspeed(t, b):
        if t < 20:
            return low + (high - low) * t / 20
        return high + (low - high) * (t - 20) / 30 if t < 50 else low / (1 + rate * (t - 50) / 10)

    plan = "linear(from=1e-3, to=1e-2, over=20) -> linear(to=1e-3, over=30) -> power_law(exponent=1, rate=0.3, scale=10)"
    yield from case(25, "deepspeed", "OneCycle, decay_lr_rate", plan, 200, deepspeed, 200, 20, 50)
    fraction = lambda t: 1 - abs(2 * ((t / 10) % 1) - 1)
    formula = lambda t, b: b + 4 * b * fraction(t)
    plan = "repeat(linear(to=5x, over=5) -> linear(to=1x, over=5))"
    yield from case(26, "paddle", "CyclicLR, triangular", plan, 50, formula, 50, 5, 10, 20)
    yield from case(26, "deepspeed", "OneCycle's triangle, repeated", plan, 50, formula, 50, 5, 10, 20)
    yield from case(26, "nemo", "CyclicLR", plan, 50, formula, 50, 5, 10, 20)
    tenth, half = number(0.1), number(0.5)

    def restarts(first, factor, height, floor=0):
        def formula(t, b):
            length, peak = mpf(first), mpf(1)
            while t >= length:
                t, length, peak = t - length, length * factor, peak * height
            return floor * b + (b - floor * b) * peak * half_cosine(t / length)

        return formula

    plan = "repeat(cosine(to=0.1x, over=10), length=2, height=0.5, anchor=0.1x)"
    formula = restarts(10, 2, half, tenth)
    yield from case(27, "keras", "CosineDecayRestarts, m_mul", plan, 300, formula, 300, 10, 30, 70, 150)
    plan = "repeat(cosine(to=0.1x, over=10), length=2)"
    formula = restarts(10, 2, 1, tenth)
    name = "CosineAnnealingWarmRestartsScheduler"
    yield from case(27, "composer", name, plan, 300, formula, 300, 10, 30, 70, 150)
    name = "CosineAnnealingWarmRestarts"
    yield from case(27, "paddle", name, plan, 300, formula, 300, 10, 30, 70, 150)
    plan = "repeat(cosine(to=0x, over=10), length=2)"
    formula = restarts(10, 2, 1)
    yield from case(27, "fastai", "fit_sgdr", plan, 70, formula, 69, 10, 30)

    def mmengine_restarts(t, b):
        for start, length, weight in [(0, 10, mpf(1)), (10, 20, half), (30, 5, tenth)]:
            if t < start + length:
                return weight * b * half_cosine((t - start) / length)
        return mpf(0)

    plan = "cosine(to=0x, over=10) -> cosine(from=0.5x, to=0x, over=20) -> cosine(from=0.1x, to=0x, over=5)"
    name = "CosineRestartLR, periods and restart_weights"
    yield from case(27, "mmengine", name, plan, 35, mmengine_restarts, 34, 10, 30)

    def stages(t, b):
        if t < 10:
            return b * t / 10
        if t < 40:
            return b / 2 + (b / 2) * half_cosine((t - 10) / 30)
        return b / 2 * (1 - min(t - 40, 20) / mpf(20))

    plan = "linear(from=0x, over=10) -> cosine(to=0.5x, over=30) -> linear(to=0x, over=20)"
    yield from case(28, "olmo-core", "ComposableScheduler", plan, 60, stages, 70, 10, 40, 60)


def tests_and_ramps():
    low, rate = number(1e-3), number(0.5)
    formula = lambda t, b: low * (1 + rate * (t + 1) / 20)
    first, last = (float(formula(mpf(t), 0)) for t in (0, 200))
    plan = f"linear(from={first!r}, to={last!r})"
    yield from case(29, "deepspeed", "LRRangeTest", plan, 200, formula, 200)
    formula = lambda t, b: low * (1 + rate * (int(t + 1) // 20))
    levels = [float(low * (1 + rate * i)) for i in range(5)]
    plan = f"hold(from={levels[0]!r}, over=19) -> " + " -> ".join(f"hold(from={level!r}, over=20)" for level in levels[1:])
    yield from case(29, "deepspeed", "LRRangeTest, staircase", plan, 99, formula, 98, 19, 39, 59)
    start, end = number(1e-7), mpf(10)
    formula = lambda t, b: start * (end / start) ** (t / 100)
    yield from case(29, "fastai", "LRFinder", "geometric(from=1e-7, to=10)", 100, formula, 100, ulp=12)
    low, high = number(1e-5), number(1e-3)
    formula = lambda t, b: low + (high - low) * mp.log(min(t, 999) + 1) / mp.log(1000)
    plan = "logarithmic(from=1e-5, to=1e-3, over=1000, inclusive=true) -> hold"
    yield from case(32, "deepspeed", "WarmupLR, log", plan, 2000, formula, 3000, 999, 1000)
    formula = lambda t, b: b * (1 - mp.exp(-(t + 1) / 20))
    first = math.exp(-1 / 20)
    plan = f"product(hold, sum(hold, scale(decay(from={first!r}, factor={math.exp(-1)!r}, every=20), by=-1)))"
    # 1 - exp cancels while it is small.
    yield from case(33, "pytorch_warmup", "ExponentialWarmup", plan, 400, formula, 400, 20, ulp=12)
    formula = lambda t, b: b * min(1, (t + 1) / 20)
    plan = "linear(from=0.05x, over=19) -> hold"
    yield from case(33, "pytorch_warmup", "LinearWarmup", plan, 100, formula, 200, 19, 20)
    start, end = number(0.01), number(0.1)
    ramps = [("constant", lambda p: mpf(0), "hold(from=0.01, over=50)"), ("linear", lambda p: p, None), ("cosine", None, None)]
    for name, weight, plan in ramps:
        weight = weight or (lambda p: half_cosine(1 - p))
        formula = lambda t, b: start + (end - start) * weight(min(t, 50) / mpf(50))
        plan = plan or f"{name}(from=0.01, to=0.1, over=50)"
        yield from case(35, "megatron", f"weight decay, {name}", f"{plan} -> hold", 100, formula, 110, 50)

    def proportion(t, b):
        low, high = number(1e-5), number(1e-3)
        lr = low + (high - low) * half_cosine(t / 50)
        return number(0.5) + (number(2.0) - number(0.5)) * (lr - low) / (high - low)

    name = "ProportionScheduler, of a cosine"
    yield from case(36, "pytorch_optimizer", name, "cosine(from=2, to=0.5)", 50, proportion, 60, 50)
    formula = lambda t, b: mpf(32) * 2 ** min(int(t) // 20, 3)
    plan = "hold(from=32, over=20) -> hold(from=64, over=20) -> hold(from=128, over=20) -> hold(from=256)"
    yield from case(37, "ignite", "BatchSizeScheduler", plan, 100, formula, 110, 20, 40, 60)
    yield from case(37, "olmo-core", "BatchSizeSchedulerCallback, batch size", plan, 100, formula, 110, 20, 40, 60)
    formula = lambda t, b: b * mp.sqrt(2 ** min(int(t) // 20, 3))
    roots = [f"hold(from={math.sqrt(2**i)!r}x, over=20)" for i in (1, 2)]
    plan = f"hold(over=20) -> {' -> '.join(roots)} -> hold(from={math.sqrt(8)!r}x)"
    yield from case(37, "olmo-core", "BatchSizeSchedulerCallback, lr", plan, 100, formula, 110, 20, 40, 60)


def rows():
    for family in (
        constants_and_lines,
        steps,
        exponentials,
        polynomials,
        cosines,
        roots_and_powers,
        rex_and_wsd,
        cycles,
        tests_and_ramps,
    ):
        yield from family()
