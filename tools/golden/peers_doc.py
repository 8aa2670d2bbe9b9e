"""The page crates/lehr/docs/peers.md, from the rows of peers.csv; peers.py writes it."""

TITLES = {
    1: "Constant",
    2: "Constant factor",
    3: "Linear",
    4: "Steps",
    5: "Milestones",
    6: "Piecewise constant",
    7: "Equal steps",
    8: "Exponential",
    9: "Geometric between two levels",
    10: "Natural exponential",
    11: "Inverse time",
    12: "Polynomial",
    13: "Square and square-root annealing",
    14: "Cosine",
    15: "Half cosine",
    16: "Tanh",
    17: "Inverse square root",
    18: "Noam",
    19: "Noam with a hold",
    20: "Power law",
    21: "REX",
    22: "Warm-up, stable, decay",
    23: "Warm-up, stable, decay with checkpoints",
    24: "Tri-stage",
    25: "One cycle",
    26: "Triangular cycles",
    27: "Warm restarts",
    28: "Interpolation through points",
    29: "Range test",
    30: "Functions",
    31: "Annealing to a constant",
    32: "Logarithmic warm-up",
    33: "Warm-up as a factor",
    34: "Plateau",
    35: "Weight-decay ramp",
    36: "Tied values",
    37: "Batch size",
    0: "Plans made of plans",
}
# Beyond what the schedule's name says in brackets.
NOTES = {
    2: "torch and MMEngine divide by the factor to come back, so 0 is an error there. MMEngine's length is `end - begin - 1`.",
    3: "torch, Paddle and MMEngine cannot start from 0. fvcore has no value at the end of the run; a plan has one.",
    4: "torch multiplies at each step, so its last digits differ.",
    5: "timm drops one update before each milestone; everybody else, and a plan, at it.",
    6: "Keras keeps the old value at the boundary itself.",
    7: "fvcore raises where the run ends; a plan holds.",
    8: "Burn's count starts with the first call. A factor above 1 needs an end: `geometric`.",
    11: "pytorch-accelerated divides by a minimum of 0; `harmonic` refuses it. In stairs, inverse time is a list of holds.",
    12: "transformers takes `lr_end` as a share of the optimizer's default learning rate; an absolute level is one in every "
    "group. timm's `k_decay` for polynomials is its replica's only.",
    13: "NeMo's SquareRootAnnealing ignores the warm-up; a phase has its own clock.",
    14: "Past its end a plan holds. Keras, optax, timm, Composer, OLMo-core, Megatron and NeMo do so too; torch, "
    "transformers, Paddle, MMEngine and Burn rise again.",
    16: "timm's never reaches its minimum: the plan starts and ends at the levels that timm has. `tanh(to=0)` by itself "
    "reaches both.",
    17: "OLMo-core divides by 0 without a warm-up; `power_law` starts at the base.",
    18: "Update 0: Paddle 0, NeMo the value of update 1, Burn starts there.",
    21: "pytorch_optimizer sets one value in all groups; a plan keeps each group's base.",
    22: "torchtitan goes on falling past its end, below 0. pytorch_optimizer applies its floor to the cosine only. Where "
    "warm-up and decay are longer than the run, a plan is an error.",
    23: "pytorch-accelerated and OLMo-core reach the minimum at the checkpoint itself, where the next period starts: no "
    "update uses it. With `inclusive=true` the last update before does.",
    25: "torch's momentum is a plan for a field of its own, `momentum` or `betas[0]`. torch raises after `total_steps`.",
    27: "timm and Keras find the cycle by a logarithm; a plan counts in whole numbers. Composer cuts `t_mult` to a whole "
    "number in each cycle; a plan rounds each boundary once.",
    30: "In Rust a closure, `lehr::rule`; in Python a method, `get_updated_values`.",
    31: "torch mixes the current value anew at each step, so a value set by hand is carried along; a plan is a function of n.",
    33: "The body can be any plan; here it is `hold`.",
    34: "`lehr::control::Plateau`; the plan is what it does when the metric stays as it is.",
    35: "Megatron's cannot fall; a plan can.",
    36: "In a scheduler a tie, `tied_to`; the plan is what it does to a cosine.",
    37: "Any field of a group is scheduled in the same way.",
    0: "torch's chains overwrite closed forms; products of plans multiply.",
}
# The replica of each schedule that has one, by peer and the beginning of its name.
REPLICAS = {
    ("transformers", "constant_with_warmup"): "transformers.constant_with_warmup",
    ("transformers", "constant"): "transformers.constant",
    ("transformers", "cosine_with_min_lr"): "transformers.cosine_with_min_lr",
    ("transformers", "cosine_with_restarts"): "transformers.cosine_with_restarts",
    ("transformers", "cosine_warmup_with_min_lr"): "transformers.cosine_warmup_with_min_lr",
    ("transformers", "cosine"): "transformers.cosine",
    ("transformers", "linear"): "transformers.linear",
    ("transformers", "polynomial"): "transformers.polynomial",
    ("transformers", "inverse_sqrt"): "transformers.inverse_sqrt",
    ("transformers", "warmup_stable_decay"): "transformers.warmup_stable_decay",
    ("pytorch-accelerated", "CosineLrScheduler"): "pytorch_accelerated.CosineLrScheduler",
    ("pytorch-accelerated", "WSDLrScheduler"): "pytorch_accelerated.WSDLrScheduler",
}
for name in (
    "ConstantLR, LinearLR, StepLR, MultiStepLR, ExponentialLR, PolynomialLR, CosineAnnealingLR, OneCycleLR, CyclicLR, "
    "CosineAnnealingWarmRestarts, SWALR"
).split(", "):
    REPLICAS["torch", name] = f"torch.{name}"
for name in ("StepLR", "MultiStepLR", "PolyLR", "CosineLR", "TanhLR", "WSDLR"):
    REPLICAS["timm", f"{name}Scheduler"] = f"timm.{name}Scheduler"
OPENING = """# The schedules of other libraries as plans

For each schedule of each library the plan that has its values, with the settings of one example; `1x` is the group's
base. Every plan here is tested against the library's values (`tests/peers.rs`): *run* where the installed library gave
them, *formula* where its formula was worked in 60 digits. What stands in brackets after a name is where the library's
own values end or go wrong.

A replica, where there is one, has the library's numbers with their quirks, for moving a run over.

`tools/golden/peers.py` writes this page.
"""


def replica(peer, schedule):
    names = [name for (of, start), name in REPLICAS.items() if of == peer and schedule.startswith(start)]
    return f"`{max(names, key=len)}`" if names else ""


def page(rows):
    sections = {}
    for row, peer, schedule, plan, *_ in rows:
        sections.setdefault(row, {}).setdefault((peer, schedule), plan)
    lines = [OPENING]
    for row, title in TITLES.items():
        lines += [f"## {title}", ""]
        if row in NOTES:
            lines += [NOTES[row], ""]
        lines += ["| library | schedule | plan | replica | values |", "|---|---|---|---|---|"]
        for (peer, schedule), plan in sections[row].items():
            library = peer.removesuffix(" (formula)")
            source = "run" if library == peer else "formula"
            lines.append(f"| {library} | {schedule} | `{plan}` | {replica(peer, schedule)} | {source} |")
        lines.append("")
    return "\n".join(lines)
