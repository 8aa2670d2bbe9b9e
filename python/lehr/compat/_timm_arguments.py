"""The arguments of timm's schedulers that decide the values; timm keeps them under these names."""

from __future__ import annotations

_WARMUP = ("warmup_t", "warmup_lr_init")
_CYCLES = ("lr_min", "cycle_mul", "cycle_decay", "cycle_limit", *_WARMUP, "warmup_prefix")
ARGUMENTS = {
    "CosineLRScheduler": ("t_initial", *_CYCLES, "k_decay"),
    "TanhLRScheduler": ("t_initial", "lb", "ub", *_CYCLES),
    "PolyLRScheduler": ("t_initial", "power", *_CYCLES, "k_decay"),
    "StepLRScheduler": ("decay_t", "decay_rate", *_WARMUP, "warmup_prefix"),
    "MultiStepLRScheduler": ("decay_t", "decay_rate", *_WARMUP, "warmup_prefix"),
    "WSDLRScheduler": (
        *("t_initial", "decay_t", "lr_min", "stable_fn", "stable_timescale", "stable_power", "decay_fn", "decay_power"),
        *("decay_ratio", *_WARMUP),
    ),
}
