"""`CosineLrScheduler`: warm-up, cosine, cool-down, with pytorch-accelerated's signature and the curve that it describes."""

from __future__ import annotations

from lehr import _core, _placeholders
from lehr._core import Plan
from lehr._seed import StatefulSchedulerBase
from lehr.errors import LehrValueError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

__all__ = ["CosineLrScheduler"]


class CosineLrScheduler(StatefulSchedulerBase):
    """Cosine decay of the learning rate with warm-up, cool-down and k-decay.

    The warm-up rises in a straight line and meets the base, the cosine spans what lies between and meets the minimum,
    the cool-down holds it, and so does everything after the end.

    Args:
        optimizer: a torch optimizer.
        total_num_epochs: epochs of the run, warm-up and cool-down included.
        num_update_steps_per_epoch: optimizer updates in an epoch, per process.
        k_decay: exponent of the cosine's progress; above 1 the rate stays high for longer (arXiv 2004.05909).
        lr_min: the minimum, absolute.
        min_lr_ratio: the minimum as a share of each group's base, instead of `lr_min`.
        num_warmup_epochs: epochs of warm-up.
        warmup_starting_lr: where the warm-up starts, absolute.
        warmup_starting_lr_ratio: the same as a share of each group's base, instead of `warmup_starting_lr`.
        num_cooldown_epochs: epochs at the end over which the minimum is held.

    Raises:
        LehrValueError: for lengths that do not fit, and levels above a group's base.

    Examples:
        >>> import lehr
        >>> import torch
        >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
        >>> schedule = lehr.CosineLrScheduler(optimizer, total_num_epochs=1, num_update_steps_per_epoch=4, lr_min=0.0)
        >>> [schedule.step() or round(optimizer.param_groups[0]["lr"], 4) for _ in range(4)]
        [0.8536, 0.5, 0.1464, 0.0]
    """

    def __init__(
        self,
        optimizer: Any,
        total_num_epochs: int,
        num_update_steps_per_epoch: int,
        k_decay: float = 1.0,
        lr_min: float = 1e-6,
        min_lr_ratio: float | None = None,
        num_warmup_epochs: float = 0,
        warmup_starting_lr: float = 1e-6,
        warmup_starting_lr_ratio: float | None = None,
        num_cooldown_epochs: float = 0,
    ) -> None:
        super().__init__(optimizer)
        to = level("lr_min", lr_min, min_lr_ratio, self.base_lr_values)
        start: float | str = 0.0
        if num_warmup_epochs:
            start = level("warmup_starting_lr", warmup_starting_lr, warmup_starting_lr_ratio, self.base_lr_values)
        text = _core.recipe(
            "warmup_cosine",
            warmup=_placeholders.epochs("num_warmup_epochs", num_warmup_epochs),
            warmup_from=start,
            to=to,
            cooldown=_placeholders.epochs("num_cooldown_epochs", num_cooldown_epochs),
            k_decay=k_decay,
        )
        self.plan = Plan.parse(
            text,
            epochs=_placeholders.count("total_num_epochs", total_num_epochs),
            updates_per_epoch=_placeholders.count("num_update_steps_per_epoch", num_update_steps_per_epoch),
        )

    def get_updated_values(self, num_updates: int) -> Any:
        """The plan's values for update `num_updates`, one for each group.

        Args:
            num_updates: completed updates.

        Examples:
            >>> import lehr
            >>> import torch
            >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
            >>> schedule = lehr.CosineLrScheduler(optimizer, total_num_epochs=1, num_update_steps_per_epoch=4, lr_min=0.0)
            >>> schedule.get_updated_values(2)
            [0.5]
        """
        return [self.plan.value_at(num_updates, base) for base in self.base_lr_values]

    def _lehr_source(self) -> Any:
        # A subclass that says something else is asked; the plan itself needs no asking.
        same = type(self).get_updated_values is CosineLrScheduler.get_updated_values
        return self.plan if same else None

    @classmethod
    def create_scheduler_fn(
        cls,
        total_num_epochs: Any = None,
        num_update_steps_per_epoch: Any = None,
        k_decay: float = 1.0,
        lr_min: float = 1e-6,
        min_lr_ratio: float | None = None,
        num_warmup_epochs: float = 0,
        warmup_starting_lr: float = 1e-6,
        warmup_starting_lr_ratio: float | None = None,
        num_cooldown_epochs: float = 0,
    ) -> Callable[..., CosineLrScheduler]:
        """A function of the optimizer that makes the scheduler, for pytorch-accelerated's `Trainer.train`.

        The epochs and the updates in an epoch, where they are not given, are placeholders that the Trainer replaces:
        the updates per process, since that is how often it steps the scheduler.

        Args:
            total_num_epochs: epochs of the run; the Trainer's, unless given.
            num_update_steps_per_epoch: updates in an epoch, per process; the Trainer's, unless given.
            k_decay: exponent of the cosine's progress.
            lr_min: the minimum, absolute.
            min_lr_ratio: the minimum as a share of each group's base, instead of `lr_min`.
            num_warmup_epochs: epochs of warm-up.
            warmup_starting_lr: where the warm-up starts, absolute.
            warmup_starting_lr_ratio: the same as a share of each group's base.
            num_cooldown_epochs: epochs at the end over which the minimum is held.

        Examples:
            >>> import lehr
            >>> import torch
            >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
            >>> make = lehr.CosineLrScheduler.create_scheduler_fn(total_num_epochs=2, num_update_steps_per_epoch=10)
            >>> make(optimizer).plan.end
            20
        """
        import functools

        return functools.partial(
            cls,
            total_num_epochs=_placeholders.num_epochs(total_num_epochs),
            num_update_steps_per_epoch=_placeholders.updates_per_epoch(num_update_steps_per_epoch),
            k_decay=k_decay,
            lr_min=lr_min,
            min_lr_ratio=min_lr_ratio,
            num_warmup_epochs=num_warmup_epochs,
            warmup_starting_lr=warmup_starting_lr,
            warmup_starting_lr_ratio=warmup_starting_lr_ratio,
            num_cooldown_epochs=num_cooldown_epochs,
        )


def level(name: str, absolute: float, ratio: float | None, bases: list[float]) -> float | str:
    """The level of a minimum or a start; above a group's base it would turn the schedule upside down."""
    if ratio is not None:
        if not 0 <= ratio <= 1:
            raise LehrValueError(f"`{name}` as a share of the base is {ratio!r}, but it must be from 0 to 1")
        return f"{float(ratio)!r}x"
    if not absolute >= 0:
        raise LehrValueError(f"`{name}` is {absolute!r}, but a learning rate must not be negative")
    for group, base in enumerate(bases):
        if 0 < base < absolute:
            raise LehrValueError(
                f"`{name}` is {absolute!r}, but group {group} starts from {base!r}: give a smaller one, or a share of "
                "the base"
            )
    return float(absolute)
