"""pytorch-accelerated's schedulers as plan texts, from the attributes that they keep: of an original, or of its replica here."""

from __future__ import annotations

from lehr.compat._replica import replica

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

WSD = (
    *("total_steps", "num_warmup_steps", "decay_phase_ratio", "lr_min", "warmup_starting_lr", "use_inverse_sqrt_decay"),
    *("num_checkpoints", "is_continuation_from_checkpoint"),
)


def cosine_text(scheduler: Any) -> str:
    """The plan text of a `CosineLrScheduler` from what it has kept: lengths in updates."""
    lengths = {
        "total_num_epochs": scheduler.total_iterations,
        "num_warmup_epochs": scheduler.warmup_iterations,
        "num_cooldown_epochs": scheduler.num_cooldown_iterations,
    }
    return replica(
        "pytorch_accelerated.CosineLrScheduler",
        num_update_steps_per_epoch=1,
        k_decay=scheduler.k_decay,
        lr_min=scheduler.lr_min,
        min_lr_ratio=scheduler.lr_min_ratio,
        warmup_starting_lr=scheduler.warmup_lr_init,
        warmup_starting_lr_ratio=scheduler.warmup_lr_ratio,
        **lengths,
    )


def wsd_text(scheduler: Any) -> str:
    """The plan text of a `WSDLrScheduler` from what it has kept."""
    return replica("pytorch_accelerated.WSDLrScheduler", **{key: getattr(scheduler, key) for key in WSD})
