"""Lightning: the scheduler configuration that steps once after every optimizer update."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def lightning(scheduler: Any, *, name: str | None = None) -> dict[str, Any]:
    """A scheduler for Lightning, to be stepped after every update: left to itself, Lightning steps once an epoch.

        def configure_optimizers(self):
            optimizer = torch.optim.AdamW(self.parameters(), lr=1e-3)
            schedule = lehr.Scheduler(optimizer, "cosine(to=0)", updates=self.trainer.estimated_stepping_batches)
            return {"optimizer": optimizer, "lr_scheduler": lehr.lightning(schedule)}

    Args:
        scheduler: a `lehr.Scheduler` or a `lehr.StatefulSchedulerBase`. It steps after an update, not after every
            batch, so that its length is in updates whatever `accumulate_grad_batches` is.
        name: what `LearningRateMonitor` calls it; `lr-` and the optimizer's class, unless given.

    Returns:
        Lightning's `lr_scheduler` dictionary.

    Examples:
        >>> import torch
        >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
        >>> import lehr
        >>> schedule = lehr.Scheduler(optimizer, "linear(to=0)", updates=4)
        >>> config = lehr.lightning(schedule)
        >>> config["interval"], config["scheduler"] is schedule
        ('step', True)
    """
    config = {"scheduler": scheduler, "interval": "step", "frequency": 1}
    return config if name is None else {**config, "name": name}
