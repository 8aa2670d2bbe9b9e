"""Warm-up, stable, decay."""

from __future__ import annotations

from lehr import _core
from lehr._core import WsdPlan

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from lehr.recipe import Level, Span


def wsd(
    *,
    updates: int | None = None,
    epochs: int | None = None,
    updates_per_epoch: int | None = None,
    warmup: Span = 0,
    warmup_from: Level = "0x",
    warmup_curve: str = "linear",
    stable: str = "hold",
    decay: Span | None = None,
    decay_share: float | None = None,
    decay_curve: str = "power",
    to: Level = "1e-6x",
    checkpoints: int | Sequence[Span] = 1,
) -> WsdPlan:
    """Warm-up, stable, decay before each checkpoint (arXiv 2404.06395, 2410.05192), placed in a run.

    The last update before a checkpoint uses `to`, the next one the base again; after the last checkpoint `to` holds.

    Args:
        updates: optimizer updates of the run, per process; or give `epochs` and `updates_per_epoch`.
        epochs: epochs of the run, in place of its whole length.
        updates_per_epoch: updates in an epoch.
        warmup: length of the warm-up, which ends at the base.
        warmup_from: level at update 0.
        warmup_curve: its shape.
        stable: `"hold"`, or a curve that falls by itself, such as `"power_law(scale=100)"`.
        decay: length of each decay; or give `decay_share`.
        decay_share: the same as a share of the updates since the last checkpoint; 0.1 unless one of them is given.
        decay_curve: its shape; `"power"` is `1 - sqrt(p)`.
        to: the minimum.
        checkpoints: how many, each at half of the next one; or their positions.

    Returns:
        The plan, with its checkpoints, its phases, and what branches off it.

    Raises:
        LehrValueError: for lengths that do not fit and levels that break a rule.

    Examples:
        >>> wsd(updates=200, checkpoints=2).checkpoints
        [100, 200]
    """
    return _core.wsd(
        updates=updates,
        epochs=epochs,
        updates_per_epoch=updates_per_epoch,
        warmup=warmup,
        warmup_from=warmup_from,
        warmup_curve=warmup_curve,
        stable=stable,
        decay=decay,
        decay_share=decay_share,
        decay_curve=decay_curve,
        to=to,
        checkpoints=checkpoints,
    )
