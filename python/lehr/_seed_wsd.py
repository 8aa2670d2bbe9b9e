"""`WSDLrScheduler`: warm-up, stable, decay before each checkpoint, with pytorch-accelerated's signature."""

from __future__ import annotations

from lehr import _core, _placeholders
from lehr._seed import StatefulSchedulerBase
from lehr._seed_cosine import level
from lehr.errors import LehrValueError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

__all__ = ["WSDLrScheduler"]


class WSDLrScheduler(StatefulSchedulerBase):
    """Warm-up, stable, decay: the rate is held at its base and decays before each checkpoint (arXiv 2410.05192).

    The checkpoints double: `total`, `total // 2`, `total // 4`, ... Before each, the decay takes `decay_phase_ratio` of
    the updates since the one before. The last update before a checkpoint uses the minimum, the next one the base again;
    after the last checkpoint the minimum holds.

    Args:
        optimizer: a torch optimizer.
        num_epochs: epochs of the run, in place of its whole length.
        num_update_steps_per_epoch: updates in an epoch, per process; or give `total_steps`.
        total_steps: the run's length in optimizer updates, per process.
        num_warmup_steps: updates of warm-up; None is 1 % of the run.
        decay_phase_ratio: share of each period that its decay takes; from 0 to 1, to 1/3 with several checkpoints.
        lr_min: the minimum as a share of each group's base.
        warmup_starting_lr: where the warm-up starts, absolute.
        use_inverse_sqrt_decay: `1 - sqrt(t)` if true, else inversely proportional to the time (needs `lr_min` above 0).
        num_checkpoints: how many checkpoints.
        is_continuation_from_checkpoint: a new run from a checkpoint of an earlier one: no warm-up, and a loaded state
            gives the bases only.

    Raises:
        LehrValueError: for lengths that do not fit and settings out of range.

    Examples:
        >>> import lehr
        >>> import torch
        >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
        >>> schedule = lehr.WSDLrScheduler(optimizer, total_steps=400, num_checkpoints=3)
        >>> schedule.get_checkpoint_steps()
        [100, 200, 400]
    """

    def __init__(
        self,
        optimizer: Any,
        num_epochs: int | None = None,
        num_update_steps_per_epoch: int | None = None,
        total_steps: int | None = None,
        num_warmup_steps: int | None = 0,
        decay_phase_ratio: float = 0.1,
        lr_min: float = 1e-6,
        warmup_starting_lr: float = 1e-6,
        use_inverse_sqrt_decay: bool = True,
        num_checkpoints: int = 1,
        is_continuation_from_checkpoint: bool = False,
    ) -> None:
        super().__init__(optimizer)
        self._wsd_total = _total(num_epochs, num_update_steps_per_epoch, total_steps)
        if num_warmup_steps is None:
            num_warmup_steps = self._wsd_total // 100
        warmup = _placeholders.count("num_warmup_steps", num_warmup_steps)
        self.is_continuation_from_checkpoint = bool(is_continuation_from_checkpoint)
        self.num_warmup_steps = 0 if self.is_continuation_from_checkpoint else warmup
        self.num_checkpoints = _placeholders.count("num_checkpoints", num_checkpoints)
        self.decay_phase_ratio = _share("decay_phase_ratio", decay_phase_ratio)
        self.lr_min = _share("lr_min", lr_min)
        self.use_inverse_sqrt_decay = bool(use_inverse_sqrt_decay)
        if self.num_checkpoints > 1 and self.decay_phase_ratio > 1 / 3:
            raise LehrValueError(
                f"`decay_phase_ratio` is {decay_phase_ratio!r}, but with {num_checkpoints} checkpoints it must be at most 1/3"
            )
        if not self.use_inverse_sqrt_decay and self.lr_min == 0:
            raise LehrValueError("`lr_min` is 0, but an inversely proportional decay never gets there: give one above 0")
        start: float | str = 0.0
        if self.num_warmup_steps:
            start = level("warmup_starting_lr", warmup_starting_lr, None, self.base_lr_values)
        self._wsd_run = _core.wsd(
            updates=self._wsd_total,
            epochs=None,
            updates_per_epoch=None,
            warmup=self.num_warmup_steps,
            warmup_from=start,
            decay_share=self.decay_phase_ratio,
            decay_curve="power" if self.use_inverse_sqrt_decay else "harmonic",
            to=f"{self.lr_min!r}x",
            checkpoints=self.num_checkpoints,
        )
        self.plan = self._wsd_run.plan

    def get_updated_values(self, num_updates: int) -> Any:
        """The plan's values for update `num_updates`, one for each group.

        Args:
            num_updates: completed updates.

        Examples:
            >>> import lehr
            >>> import torch
            >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
            >>> schedule = lehr.WSDLrScheduler(optimizer, total_steps=400, num_checkpoints=3)
            >>> schedule.get_updated_values(50)
            [1.0]
        """
        return [self.plan.value_at(num_updates, base) for base in self.base_lr_values]

    def _lehr_source(self) -> Any:
        same = type(self).get_updated_values is WSDLrScheduler.get_updated_values
        return self.plan if same else None

    def get_checkpoint_steps(self) -> list[int]:
        """The updates after which there is a checkpoint, ascending; the last one is the end of the run.

        Examples:
            >>> import lehr
            >>> import torch
            >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
            >>> schedule = lehr.WSDLrScheduler(optimizer, total_steps=400, num_checkpoints=3)
            >>> schedule.get_checkpoint_steps()[-1]
            400
        """
        return self._wsd_run.checkpoints

    def get_decay_info(self) -> list[dict[str, int]]:
        """For each period its `period_start`, `period_end`, `decay_steps` and `pre_decay_step`, in updates.

        Examples:
            >>> import lehr
            >>> import torch
            >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
            >>> schedule = lehr.WSDLrScheduler(optimizer, total_steps=400, num_checkpoints=3)
            >>> schedule.get_decay_info()[0]
            {'period_start': 0, 'period_end': 100, 'decay_steps': 10, 'pre_decay_step': 90}
        """
        decays = {end: start for start, end in self._wsd_run.decays}
        ends = self._wsd_run.checkpoints
        return [
            {"period_start": start, "period_end": end, "decay_steps": end - decays.get(end, end),
             "pre_decay_step": decays.get(end, end)}
            for start, end in zip([0, *ends], ends)
        ]

    def get_phase_info(self, num_updates: int) -> dict[str, int]:
        """The period that leads to the next checkpoint at or after `num_updates`; past the end, the last one.

        Args:
            num_updates: completed updates.

        Examples:
            >>> import lehr
            >>> import torch
            >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
            >>> schedule = lehr.WSDLrScheduler(optimizer, total_steps=400, num_checkpoints=3)
            >>> schedule.get_phase_info(150)["period_end"]
            200
        """
        periods = self.get_decay_info()
        return next((period for period in periods if num_updates <= period["period_end"]), periods[-1])

    def get_current_step(self) -> int:
        """The update that was completed last, counted from 0; -1 before the first one.

        As in pytorch-accelerated, whose `WSDCheckpointCallback` adds one. `num_updates` is how many are completed.

        Examples:
            >>> import lehr
            >>> import torch
            >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
            >>> schedule = lehr.WSDLrScheduler(optimizer, total_steps=400, num_checkpoints=3)
            >>> schedule.step()
            >>> schedule.get_current_step(), schedule.num_updates
            (0, 1)
        """
        return self._lehr_num_updates() - 1

    def get_current_phase_info(self) -> dict[str, int]:
        """The period of the present update.

        Examples:
            >>> import lehr
            >>> import torch
            >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
            >>> schedule = lehr.WSDLrScheduler(optimizer, total_steps=400, num_checkpoints=3)
            >>> schedule.get_current_phase_info()["period_end"]
            100
        """
        return self.get_phase_info(self._lehr_num_updates())

    def load_state_dict(self, state_dict: dict[str, Any], *, on_mismatch: str = "error") -> None:
        """Take over a saved progress; a continuation takes the bases, and starts its own count from 0.

        Args:
            state_dict: what `state_dict` gave.
            on_mismatch: where the plan differs: `"error"`, `"use_new"` or `"use_saved"`.

        Raises:
            LehrValueError: with a list of what differs; nothing has then changed.

        Examples:
            >>> import lehr
            >>> import torch
            >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
            >>> schedule = lehr.WSDLrScheduler(optimizer, total_steps=400, num_checkpoints=3)
            >>> state = {**schedule.state_dict(), "num_updates": 99}
            >>> schedule.load_state_dict(state)
            >>> schedule.num_updates, round(optimizer.param_groups[0]["lr"], 9)
            (99, 1e-06)
        """
        if self.is_continuation_from_checkpoint and state_dict.get("fields"):
            own = self.state_dict()
            same = [field.get("plan") for field in own["fields"]] == [f.get("plan") for f in state_dict["fields"]]
            if not same:
                fields = [{**mine, "bases": saved["bases"]} for mine, saved in zip(own["fields"], state_dict["fields"])]
                state_dict = {**own, "num_updates": 0, "fields": fields}
        super().load_state_dict(state_dict, on_mismatch=on_mismatch)

    @classmethod
    def create_scheduler_fn(
        cls,
        total_num_epochs: Any = None,
        num_update_steps_per_epoch: Any = None,
        num_warmup_epochs: float | None = None,
        decay_phase_ratio: float = 0.1,
        lr_min: float = 1e-6,
        warmup_starting_lr: float = 1e-6,
        use_inverse_sqrt_decay: bool = True,
        num_checkpoints: int = 1,
        is_continuation_from_checkpoint: bool = False,
    ) -> Callable[..., WSDLrScheduler]:
        """A function of the optimizer that makes the scheduler, for pytorch-accelerated's `Trainer.train`.

        The epochs and the updates in an epoch (per process), where they are not given, are placeholders that the
        Trainer replaces. Without `num_warmup_epochs` the warm-up is 1 % of the run.

        Args:
            total_num_epochs: epochs of the run; the Trainer's, unless given.
            num_update_steps_per_epoch: updates in an epoch, per process; the Trainer's, unless given.
            num_warmup_epochs: epochs of warm-up; 1 % of the run, unless given.
            decay_phase_ratio: share of each period that its decay takes.
            lr_min: the minimum, absolute.
            warmup_starting_lr: where the warm-up starts, absolute.
            use_inverse_sqrt_decay: `1 - sqrt(t)` if true, else inversely proportional to the time.
            num_checkpoints: how many checkpoints.
            is_continuation_from_checkpoint: whether it is a new run from a checkpoint of an earlier one.

        Examples:
            >>> import lehr
            >>> import torch
            >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
            >>> make = lehr.WSDLrScheduler.create_scheduler_fn(2, 50)
            >>> make(optimizer).get_checkpoint_steps()
            [100]
        """
        import functools

        return functools.partial(
            _from_epochs,
            scheduler_class=cls,
            num_epochs=_placeholders.num_epochs(total_num_epochs),
            num_update_steps_per_epoch=_placeholders.updates_per_epoch(num_update_steps_per_epoch),
            num_warmup_epochs=num_warmup_epochs,
            decay_phase_ratio=decay_phase_ratio,
            lr_min=lr_min,
            warmup_starting_lr=warmup_starting_lr,
            use_inverse_sqrt_decay=use_inverse_sqrt_decay,
            num_checkpoints=num_checkpoints,
            is_continuation_from_checkpoint=is_continuation_from_checkpoint,
        )


def _from_epochs(
    optimizer: Any,
    *,
    scheduler_class: Any,
    num_update_steps_per_epoch: Any,
    num_warmup_epochs: float | None,
    **arguments: Any,
) -> Any:
    per_epoch = _placeholders.count("num_update_steps_per_epoch", num_update_steps_per_epoch)
    warmup = None if num_warmup_epochs is None else round(num_warmup_epochs * per_epoch)
    return scheduler_class(
        optimizer, num_update_steps_per_epoch=per_epoch, num_warmup_steps=warmup, **arguments
    )


def _total(num_epochs: Any, per_epoch: Any, total: Any) -> int:
    if total is not None and (num_epochs is not None or per_epoch is not None):
        raise LehrValueError("give `total_steps`, or `num_epochs` and `num_update_steps_per_epoch`, not both")
    if total is None:
        if num_epochs is None or per_epoch is None:
            raise LehrValueError("give the run's length: `total_steps`, or `num_epochs` and `num_update_steps_per_epoch`")
        counts = _placeholders.count("num_epochs", num_epochs), _placeholders.count("num_update_steps_per_epoch", per_epoch)
        total = counts[0] * counts[1]
    total = _placeholders.count("total_steps", total)
    if total < 1:
        raise LehrValueError(f"the run has {total} updates, but it must have at least 1")
    return int(total)


def _share(name: str, value: Any) -> float:
    if isinstance(value, bool) or not 0 <= value <= 1:
        raise LehrValueError(f"`{name}` is {value!r}, but it must be from 0 to 1")
    return float(value)
