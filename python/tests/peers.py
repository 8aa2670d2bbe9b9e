"""The originals and their replicas, and how to build either: what the tests of `lehr.compat` and of moving over share."""

from __future__ import annotations

import importlib
import math
from types import SimpleNamespace

import pytest
from conftest import field
from torch.optim import lr_scheduler, swa_utils

timm = pytest.importorskip("timm.scheduler")
transformers = pytest.importorskip("transformers.optimization")
accelerated = pytest.importorskip("pytorch_accelerated.schedulers")

ORIGINALS = {
    "torch": SimpleNamespace(**vars(lr_scheduler), SWALR=swa_utils.SWALR),
    "transformers": transformers,
    "timm": timm,
    "pytorch_accelerated": accelerated,
}
REPLICAS = {name: importlib.import_module(f"lehr.compat.{name}") for name in ORIGINALS}
ULP = math.ulp(1.0)


def lambdas(m, o):
    """A sequence of torch's over schedules of transformers, of one side or of the other."""
    part = ORIGINALS["transformers"] if m is ORIGINALS["torch"] else REPLICAS["transformers"]
    return m.SequentialLR(o, [part.get_constant_schedule(o), part.get_linear_schedule_with_warmup(o, 2, 9)], [4])


def sequence(m, o):
    return m.SequentialLR(o, [m.LinearLR(o, 0.1, 1.0, 5), m.CosineAnnealingLR(o, 15, 1e-6), m.ExponentialLR(o, 0.9)], [5, 14])


#: Peer, how to build it from the original's module or ours, and by how many ulp of the base torch may round.
CASES = {
    "StepLR": ("torch", lambda m, o: m.StepLR(o, 3, 0.7), 16),
    "MultiStepLR": ("torch", lambda m, o: m.MultiStepLR(o, [6, 3, 3], 0.3), 16),
    "ConstantLR": ("torch", lambda m, o: m.ConstantLR(o, 0.3, 6), 16),
    "LinearLR": ("torch", lambda m, o: m.LinearLR(o, 0.2, 0.9, 9), 60),
    "ExponentialLR": ("torch", lambda m, o: m.ExponentialLR(o, 0.93), 60),
    "PolynomialLR": ("torch", lambda m, o: m.PolynomialLR(o, 15, 2.0), 60),
    "CosineAnnealingLR": ("torch", lambda m, o: m.CosineAnnealingLR(o, 12, 1e-3), 600),
    "CosineAnnealingWarmRestarts": ("torch", lambda m, o: m.CosineAnnealingWarmRestarts(o, 3, 2, 1e-4), 0),
    "WarmRestarts equal": ("torch", lambda m, o: m.CosineAnnealingWarmRestarts(o, 4), 0),
    "OneCycleLR": ("torch", lambda m, o: m.OneCycleLR(o, [0.5, 0.3], total_steps=21, pct_start=0.37, div_factor=7.3), 0),
    "OneCycleLR three": (
        "torch",
        lambda m, o: m.OneCycleLR(o, 0.1, epochs=3, steps_per_epoch=7, three_phase=True, anneal_strategy="linear"),
        0,
    ),
    "OneCycleLR no rise": ("torch", lambda m, o: m.OneCycleLR(o, 0.1, total_steps=21, pct_start=0.0, cycle_momentum=False), 0),
    "CyclicLR": ("torch", lambda m, o: m.CyclicLR(o, 1e-3, [0.1, 0.2], 4, 3, mode="triangular2"), 0),
    "CyclicLR exp": (
        "torch",
        lambda m, o: m.CyclicLR(o, 1e-3, 0.1, 7, mode="exp_range", gamma=0.97, cycle_momentum=False),
        0,
    ),
    "SWALR": ("torch", lambda m, o: m.SWALR(o, [0.05, 0.2], 8), 60),
    "SWALR linear": ("torch", lambda m, o: m.SWALR(o, 0.05, 3, "linear"), 60),
    "SequentialLR": ("torch", sequence, 60),
    "SequentialLR of lambdas": ("torch", lambdas, 0),
    "constant": ("transformers", lambda m, o: m.get_constant_schedule(o), 0),
    "constant_with_warmup": ("transformers", lambda m, o: m.get_constant_schedule_with_warmup(o, 5), 0),
    "linear": ("transformers", lambda m, o: m.get_linear_schedule_with_warmup(o, 5, 18), 0),
    "cosine": ("transformers", lambda m, o: m.get_cosine_schedule_with_warmup(o, 5, 18), 0),
    "restarts": ("transformers", lambda m, o: m.get_cosine_with_hard_restarts_schedule_with_warmup(o, 2, 18, 3), 0),
    "polynomial": ("transformers", lambda m, o: m.get_polynomial_decay_schedule_with_warmup(o, 2, 18, 1e-3, 2.0), 0),
    "inverse_sqrt": ("transformers", lambda m, o: m.get_inverse_sqrt_schedule(o, 4), 0),
    "min_lr": ("transformers", lambda m, o: m.get_cosine_with_min_lr_schedule_with_warmup(o, 4, 18, min_lr=0.05), 0),
    "min_lr_rate": (
        "transformers",
        lambda m, o: m.get_cosine_with_min_lr_schedule_with_warmup_lr_rate(o, 4, 18, min_lr_rate=0.1, warmup_lr_rate=0.2),
        0,
    ),
    "wsd": ("transformers", lambda m, o: m.get_wsd_schedule(o, 3, 6, 18, decay_type="1-sqrt", min_lr_ratio=0.1), 0),
    "by name": ("transformers", lambda m, o: m.get_scheduler("cosine", o, 3, 18, {"num_cycles": 0.7}), 0),
    "timm cosine": (
        "timm",
        lambda m, o: m.CosineLRScheduler(o, 7, 1e-3, cycle_limit=2, cycle_decay=0.5, warmup_t=2, warmup_lr_init=1e-4),
        0,
    ),
    "timm cycles": (
        "timm",
        lambda m, o: m.CosineLRScheduler(o, 7, cycle_mul=1.5, cycle_limit=3, k_decay=1.5, t_in_epochs=False),
        0,
    ),
    "timm tanh": ("timm", lambda m, o: m.TanhLRScheduler(o, 9, lr_min=1e-3, warmup_t=3, t_in_epochs=False), 0),
    "timm tanh prefix": ("timm", lambda m, o: m.TanhLRScheduler(o, 9, warmup_t=3, warmup_prefix=True), 0),
    "timm poly": ("timm", lambda m, o: m.PolyLRScheduler(o, 9, 2.0, warmup_t=3, warmup_prefix=True), 0),
    "timm step": ("timm", lambda m, o: m.StepLRScheduler(o, 2.5, 0.5, warmup_t=1), 0),
    "timm steps": ("timm", lambda m, o: m.MultiStepLRScheduler(o, [3, 6], 0.5), 0),
    "timm wsd": ("timm", lambda m, o: m.WSDLRScheduler(o, 9, 4, 1e-3, stable_fn="rsqrt", warmup_t=2, t_in_epochs=False), 0),
    "accelerated cosine": (
        "pytorch_accelerated",
        lambda m, o: m.CosineLrScheduler(o, 5, 4, num_warmup_epochs=1, num_cooldown_epochs=1, k_decay=1.5),
        0,
    ),
    "accelerated ratios": (
        "pytorch_accelerated",
        lambda m, o: m.CosineLrScheduler(o, 5, 4, num_warmup_epochs=1, warmup_starting_lr_ratio=0.1, min_lr_ratio=0.1),
        0,
    ),
    "accelerated wsd": (
        "pytorch_accelerated",
        lambda m, o: m.WSDLrScheduler(o, total_steps=20, num_warmup_steps=3, num_checkpoints=2, decay_phase_ratio=0.3),
        0,
    ),
    "accelerated inverse": (
        "pytorch_accelerated",
        lambda m, o: m.WSDLrScheduler(o, 5, 4, num_warmup_steps=None, use_inverse_sqrt_decay=False, lr_min=0.1),
        0,
    ),
}
STEPS = 20


def stepping(scheduler, peer):
    """How the original's loop steps it after update n - 1."""
    if peer != "timm":
        return lambda n: scheduler.step()
    return scheduler.step if scheduler.t_in_epochs else scheduler.step_update


def close(one, other, ulps):
    for left, right, base in zip(field(one), field(other), (1.0, 0.1)):
        if ulps:
            assert abs(float(left) - float(right)) <= ulps * ULP * base, (float(left), float(right))
        else:
            assert left == right
    assert field(one, "betas") == field(other, "betas")
