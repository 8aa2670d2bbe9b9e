"""pytorch-accelerated's schedulers with their own numbers (0.1.61): `pytorch_accelerated.schedulers`.

The count starts at -1, so that the first `step()` asks for the values of 0 updates and everything comes one update late;
the cosine is cut short by the length of the warm-up; a WSD's state lacks its count. `lehr.SchedulerBase`,
`lehr.StatefulSchedulerBase`, `lehr.CosineLrScheduler` and `lehr.WSDLrScheduler` have the same signatures and none of this.
"""

from __future__ import annotations

import functools
from abc import abstractmethod

from lehr import _placeholders
from lehr._core import Plan, accelerated_wsd_periods
from lehr._meta import Attached
from lehr.compat._accelerated_text import cosine_text, wsd_text
from lehr.errors import LehrValueError, MissingFieldError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

__all__ = ["CosineLrScheduler", "SchedulerBase", "StatefulSchedulerBase", "WSDLrScheduler"]


class SchedulerBase(Attached):
    """Schedules one field of every group; the training loop counts the updates and calls `step_update(num_updates)`.

    A subclass has one method, `get_updated_values(num_updates)`: None, one number, or one for each group. Building one
    writes each group's base, which is `initial_<field>` where the group has one.

    Args:
        optimizer: anything with a list `param_groups` of dicts.
        param_group_field: the field to schedule.

    Raises:
        MissingFieldError: (a `KeyError`) if a group lacks the field.

    Examples:
        >>> from lehr.compat import pytorch_accelerated as originals
        >>> import torch
        >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
        >>> class Halves(originals.SchedulerBase):
        ...     def get_updated_values(self, num_updates):
        ...         return [base / 2**num_updates for base in self.base_lr_values]
        >>> Halves(optimizer).step_update(2)
        >>> optimizer.param_groups[0]["lr"]
        0.25
    """

    param_group_field: str
    base_lr_values: list[float]

    def __init__(self, optimizer: Any, param_group_field: str = "lr") -> None:
        for index, group in enumerate(optimizer.param_groups):
            if param_group_field not in group:
                raise MissingFieldError(f"{param_group_field} missing from param_groups[{index}]")
        self.optimizer = optimizer
        self.param_group_field = param_group_field
        self._initial_param_group_field = f"initial_{param_group_field}"
        how: dict[str, Any] = {"control": {}, "new_groups": "adopt", "base": "initial"}
        self._lehr_config = {"tracks": [(param_group_field, None, None)], "how": how}
        # Asleep: nobody is asked for values yet, and the bases are written.
        self._lehr_bind(optimizer, self._lehr_config["tracks"], **how, asleep=True)
        self.base_lr_values = [base for _, _, bases in self._lehr_bases() for base in bases]

    def _lehr_wake(self) -> None:
        self._lehr_needs_optimizer()

    @abstractmethod
    def get_updated_values(self, num_updates: int) -> Any:
        """The values after `num_updates` updates; for a subclass to write.

        Args:
            num_updates: the count.

        Raises:
            NotImplementedError: if there is none.

        Examples:
            >>> from lehr.compat import pytorch_accelerated as originals
            >>> import torch
            >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
            >>> class Twice(originals.SchedulerBase):
            ...     def get_updated_values(self, num_updates):
            ...         return 2.0
            >>> Twice(optimizer).step_update(1)
            >>> optimizer.param_groups[0]["lr"]
            2.0
        """
        raise NotImplementedError(f"{type(self).__name__} has no get_updated_values(num_updates)")

    def _update_param_groups(self, values: Any) -> None:
        """Write one value to all groups, or one to each."""
        groups = self.optimizer.param_groups
        each = values if isinstance(values, (list, tuple)) else [values] * len(groups)
        if len(each) != len(groups):
            raise LehrValueError(f"there are {len(each)} values for {len(groups)} groups: give one for each")
        for group, value in zip(groups, each):
            held = group[self.param_group_field]
            if hasattr(held, "fill_"):
                held.fill_(value)
            else:
                group[self.param_group_field] = value

    def state_dict(self) -> dict[str, Any]:
        """All attributes but the optimizer.

        Examples:
            >>> from lehr.compat import pytorch_accelerated as originals
            >>> import torch
            >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
            >>> schedule = originals.CosineLrScheduler(optimizer, 1, 4, lr_min=0.0)
            >>> sorted(originals.SchedulerBase.state_dict(schedule))[:2]
            ['_initial_param_group_field', '_num_updates']
        """
        return {key: value for key, value in vars(self).items() if not key.startswith("_lehr")}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:  # type: ignore[override]
        """Take over all attributes.

        Args:
            state_dict: what `state_dict` gave.

        Examples:
            >>> from lehr.compat import pytorch_accelerated as originals
            >>> import torch
            >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
            >>> schedule = originals.CosineLrScheduler(optimizer, 1, 4, lr_min=0.0)
            >>> originals.SchedulerBase.load_state_dict(schedule, {"_num_updates": 7})
            >>> schedule._num_updates
            7
        """
        vars(self).update({key: value for key, value in state_dict.items() if not key.startswith("_lehr")})

    def __setstate__(self, saved: Any) -> None:
        optimizer = saved["attributes"]["_lehr_optimizer"]
        values = [group[saved["attributes"]["param_group_field"]] for group in optimizer.param_groups]
        kept = [float(value) if hasattr(value, "fill_") else value for value in values]
        super().__setstate__(saved)
        # Not what was asked for last: what a constructor wrote may have come after it.
        self._update_param_groups(kept)


class StatefulSchedulerBase(SchedulerBase):
    """A `SchedulerBase` with a count of its own, which starts at -1: `step()` after every update.

    Args:
        optimizer: a torch optimizer.
        param_group_field: the field to schedule.

    Examples:
        >>> from lehr.compat import pytorch_accelerated as originals
        >>> import torch
        >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
        >>> class Tenth(originals.StatefulSchedulerBase):
        ...     def get_updated_values(self, num_updates):
        ...         return [base * 0.1**num_updates for base in self.base_lr_values]
        ...
        ...     def state_dict(self):
        ...         return {"count": self._num_updates}
        ...
        ...     def load_state_dict(self, state_dict):
        ...         self._num_updates = state_dict["count"]
        >>> schedule = Tenth(optimizer)
        >>> [schedule.step() or optimizer.param_groups[0]["lr"] for _ in range(2)]
        [1.0, 0.1]
    """

    def __init__(self, optimizer: Any, param_group_field: str = "lr") -> None:
        super().__init__(optimizer=optimizer, param_group_field=param_group_field)
        self._num_updates = -1

    def step(self) -> None:
        """Raise the count, and write the values for it.

        Examples:
            >>> from lehr.compat import pytorch_accelerated as originals
            >>> import torch
            >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
            >>> class Tenth(originals.StatefulSchedulerBase):
            ...     def get_updated_values(self, num_updates):
            ...         return [base * 0.1**num_updates for base in self.base_lr_values]
            ...
            ...     def state_dict(self):
            ...         return {"count": self._num_updates}
            ...
            ...     def load_state_dict(self, state_dict):
            ...         self._num_updates = state_dict["count"]
            >>> schedule = Tenth(optimizer)
            >>> schedule.step()
            >>> schedule._num_updates
            0
        """
        self.step_update(self._num_updates + 1)
        self._num_updates += 1

    @abstractmethod
    def state_dict(self) -> dict[str, Any]:
        """For a subclass to write.

        Raises:
            NotImplementedError: if there is none.

        Examples:
            >>> from lehr.compat import pytorch_accelerated as originals
            >>> import torch
            >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
            >>> class Tenth(originals.StatefulSchedulerBase):
            ...     def get_updated_values(self, num_updates):
            ...         return [base * 0.1**num_updates for base in self.base_lr_values]
            ...
            ...     def state_dict(self):
            ...         return {"count": self._num_updates}
            ...
            ...     def load_state_dict(self, state_dict):
            ...         self._num_updates = state_dict["count"]
            >>> schedule = Tenth(optimizer)
            >>> schedule.state_dict()
            {'count': -1}
        """
        raise NotImplementedError

    @abstractmethod
    def load_state_dict(self, state_dict: dict[str, Any]) -> None:  # type: ignore[override]
        """For a subclass to write.

        Args:
            state_dict: what `state_dict` gave.

        Raises:
            NotImplementedError: if there is none.

        Examples:
            >>> from lehr.compat import pytorch_accelerated as originals
            >>> import torch
            >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
            >>> class Tenth(originals.StatefulSchedulerBase):
            ...     def get_updated_values(self, num_updates):
            ...         return [base * 0.1**num_updates for base in self.base_lr_values]
            ...
            ...     def state_dict(self):
            ...         return {"count": self._num_updates}
            ...
            ...     def load_state_dict(self, state_dict):
            ...         self._num_updates = state_dict["count"]
            >>> schedule = Tenth(optimizer)
            >>> schedule.load_state_dict({"count": 5})
            >>> schedule._num_updates
            5
        """
        raise NotImplementedError


class _Refused(LehrValueError, AssertionError):
    """What the originals assert."""


class _Planned(StatefulSchedulerBase):
    """One whose values are a replica of the core's."""

    _lehr_text = ""

    def _lehr_says(self) -> str:
        raise NotImplementedError

    def _lehr_plan(self) -> Plan:
        # From the attributes as they are now: a loaded state has replaced them.
        text = self._lehr_says()
        if text != self._lehr_text:
            self._lehr_parsed, self._lehr_text = Plan.parse(text), text
        return self._lehr_parsed

    def _lehr_check(self) -> None:
        try:
            self._lehr_plan()
        except LehrValueError as error:
            raise _Refused(str(error)) from None

    def get_updated_values(self, num_updates: int) -> list[float]:
        """The values after `num_updates` updates, one for each group."""
        # The replica's clock begins with what the constructor leaves.
        return [self._lehr_plan().value_at(num_updates + 1, base) for base in self.base_lr_values]


class CosineLrScheduler(_Planned):
    """Cosine with warm-up, cool-down and k-decay; see `lehr::compat::pytorch_accelerated::CosineLrScheduler` for its quirks.

    Source: `pytorch_accelerated.schedulers.CosineLrScheduler`, pytorch-accelerated 0.1.61.

    Args:
        optimizer: a torch optimizer.
        total_num_epochs: epochs of the run.
        num_update_steps_per_epoch: updates in an epoch.
        k_decay: exponent of the cosine's progress.
        lr_min: the minimum, absolute.
        min_lr_ratio: the minimum as a share of each group's base; wins over `lr_min`.
        num_warmup_epochs: epochs of warm-up.
        warmup_starting_lr: where the warm-up starts, absolute.
        warmup_starting_lr_ratio: the same as a share of each base; the slope stays that of `warmup_starting_lr`, so
            that it overshoots.
        num_cooldown_epochs: epochs at the end over which the minimum is held.

    Raises:
        LehrValueError: for what the original asserts, and for lengths that are not whole updates.

    Examples:
        >>> from lehr.compat import pytorch_accelerated as originals
        >>> import torch
        >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
        >>> schedule = originals.CosineLrScheduler(optimizer, 1, 4, lr_min=0.0)
        >>> [schedule.step() or round(optimizer.param_groups[0]["lr"], 4) for _ in range(4)]
        [1.0, 0.8536, 0.5, 0.1464]
    """

    def __init__(
        self,
        optimizer: Any,
        total_num_epochs: int,
        num_update_steps_per_epoch: int,
        k_decay: float = 1.0,
        lr_min: float = 1e-6,
        min_lr_ratio: float | None = None,
        num_warmup_epochs: int = 0,
        warmup_starting_lr: float = 1e-6,
        warmup_starting_lr_ratio: float | None = None,
        num_cooldown_epochs: int = 0,
    ) -> None:
        super().__init__(optimizer)
        self.total_iterations = total_num_epochs * num_update_steps_per_epoch
        self.lr_min_ratio = min_lr_ratio
        self.lr_min = lr_min
        self.warmup_iterations = num_warmup_epochs * num_update_steps_per_epoch
        self.warmup_lr_init = warmup_starting_lr
        self.warmup_lr_ratio = warmup_starting_lr_ratio
        self.k_decay = k_decay
        self.num_cooldown_iterations = num_cooldown_epochs * num_update_steps_per_epoch
        self._lehr_check()
        start = [self._lehr_plan().value_at(0, base) for base in self.base_lr_values]
        if self.warmup_iterations:
            self._update_param_groups(start)

    def _lehr_says(self) -> str:
        return cosine_text(self)

    def state_dict(self) -> dict[str, Any]:
        """The settings and the count; not the bases.

        Examples:
            >>> from lehr.compat import pytorch_accelerated as originals
            >>> import torch
            >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
            >>> schedule = originals.CosineLrScheduler(optimizer, 1, 4, lr_min=0.0)
            >>> schedule.step()
            >>> schedule.state_dict()["num_updates"]
            0
        """
        keys = ("total_iterations", "lr_min_ratio", "lr_min", "warmup_iterations", "warmup_lr_init", "warmup_lr_ratio")
        more = ("k_decay", "num_cooldown_iterations")
        return {**{key: getattr(self, key) for key in (*keys, *more)}, "num_updates": self._num_updates}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:  # type: ignore[override]
        """Take over settings and count, and write the values for that count.

        Args:
            state_dict: what `state_dict` gave.

        Examples:
            >>> from lehr.compat import pytorch_accelerated as originals
            >>> import torch
            >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
            >>> schedule = originals.CosineLrScheduler(optimizer, 1, 4, lr_min=0.0)
            >>> schedule.load_state_dict({**schedule.state_dict(), "num_updates": 2})
            >>> round(optimizer.param_groups[0]["lr"], 4)
            0.5
        """
        before = dict(vars(self))
        try:
            for key in self.state_dict():
                setattr(self, "_num_updates" if key == "num_updates" else key, state_dict[key])
            self._lehr_plan()
            if self._num_updates >= 0:
                self.step_update(self._num_updates)
        except Exception:
            vars(self).update(before)
            raise

    @classmethod
    def create_scheduler_fn(
        cls,
        total_num_epochs: Any = None,
        num_update_steps_per_epoch: Any = None,
        k_decay: float = 1.0,
        lr_min: float = 1e-6,
        min_lr_ratio: float | None = None,
        num_warmup_epochs: int = 0,
        warmup_starting_lr: float = 1e-6,
        warmup_starting_lr_ratio: float | None = None,
        num_cooldown_epochs: int = 0,
    ) -> Callable[..., CosineLrScheduler]:
        """A function of the optimizer; what is not given is the original's placeholder, summed over the processes.

        Args:
            total_num_epochs: epochs of the run.
            num_update_steps_per_epoch: updates in an epoch.
            k_decay: exponent of the cosine's progress.
            lr_min: the minimum.
            min_lr_ratio: the minimum as a share of each base; wins over `lr_min`.
            num_warmup_epochs: epochs of warm-up.
            warmup_starting_lr: where the warm-up starts, absolute.
            warmup_starting_lr_ratio: the same as a share of each base; the slope stays that of `warmup_starting_lr`, so
                that it overshoots.
            num_cooldown_epochs: epochs at the end over which the minimum is held.

        Examples:
            >>> from lehr.compat import pytorch_accelerated as originals
            >>> import torch
            >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
            >>> make = originals.CosineLrScheduler.create_scheduler_fn(total_num_epochs=2, num_update_steps_per_epoch=10)
            >>> make(optimizer).total_iterations
            20
        """
        per_epoch = num_update_steps_per_epoch
        if per_epoch is None:
            per_epoch = _placeholders._placeholder("NUM_UPDATE_STEPS_PER_EPOCH", "num_update_steps_per_epoch")
        return functools.partial(
            cls,
            total_num_epochs=_placeholders.num_epochs(total_num_epochs),
            num_update_steps_per_epoch=per_epoch,
            lr_min=lr_min,
            min_lr_ratio=min_lr_ratio,
            k_decay=k_decay,
            num_warmup_epochs=num_warmup_epochs,
            warmup_starting_lr=warmup_starting_lr,
            warmup_starting_lr_ratio=warmup_starting_lr_ratio,
            num_cooldown_epochs=num_cooldown_epochs,
        )


class WSDLrScheduler(_Planned):
    """Warm-up, stable, decay; see `lehr::compat::pytorch_accelerated::WSDLrScheduler` for its quirks.

    Source: `pytorch_accelerated.schedulers.WSDLrScheduler`, pytorch-accelerated 0.1.61.

    Args:
        optimizer: a torch optimizer.
        num_epochs: epochs of the run, in place of its whole length.
        num_update_steps_per_epoch: updates in an epoch; or give `total_steps`.
        total_steps: the same in updates.
        num_warmup_steps: updates of warm-up; None is a hundredth of the run.
        decay_phase_ratio: share of each period that decays.
        lr_min: the minimum as a share of each group's base.
        warmup_starting_lr: where the warm-up starts, absolute.
        use_inverse_sqrt_decay: `1 - sqrt(t)` if true, else inversely proportional.
        num_checkpoints: how many checkpoints, at a quarter, a half, and the whole of the run.
        is_continuation_from_checkpoint: no warm-up, and a loaded state keeps this run's length.

    Raises:
        LehrValueError: for what the original asserts or refuses, and where it would divide by zero.

    Examples:
        >>> from lehr.compat import pytorch_accelerated as originals
        >>> import torch
        >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
        >>> schedule = originals.WSDLrScheduler(optimizer, total_steps=400, num_checkpoints=3)
        >>> schedule.get_checkpoint_steps()
        [100, 200, 400]
    """

    total_steps: int

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
        if num_epochs is not None and num_update_steps_per_epoch is not None:
            if total_steps is not None:
                raise LehrValueError("give `total_steps`, or `num_epochs` and `num_update_steps_per_epoch`, not both")
            total_steps = num_epochs * num_update_steps_per_epoch
        if total_steps is None:
            raise LehrValueError("give the run's length: `total_steps`, or `num_epochs` and `num_update_steps_per_epoch`")
        self.total_steps = total_steps
        self.num_warmup_steps = int(0.01 * total_steps) if num_warmup_steps is None else num_warmup_steps
        self.decay_phase_ratio = decay_phase_ratio
        self.lr_min = lr_min
        self.warmup_starting_lr = warmup_starting_lr
        self.use_inverse_sqrt_decay = use_inverse_sqrt_decay
        self.num_checkpoints = num_checkpoints
        self.is_continuation_from_checkpoint = is_continuation_from_checkpoint
        self.previous_checkpoint_step: int | None = None
        self._lehr_check()
        if warmup_starting_lr > max(self.base_lr_values):
            raise LehrValueError(f"`warmup_starting_lr` is {warmup_starting_lr!r}, which is above every base learning rate")
        self._lay_out()

    def _lehr_says(self) -> str:
        return wsd_text(self)

    def _periods(self) -> list[tuple[int, int, int]]:
        return accelerated_wsd_periods(self.total_steps, self.num_checkpoints, self.decay_phase_ratio)

    def _lay_out(self) -> None:
        periods = self._periods()
        self.checkpoint_steps = [end for _, end, _ in periods]
        self.checkpoint_decay_info = [
            {"period_start": start, "period_end": end, "decay_steps": decay, "pre_decay_step": end - decay}
            for start, end, decay in periods
        ]

    def get_checkpoint_steps(self) -> list[int]:
        """The updates at which there are checkpoints.

        Examples:
            >>> from lehr.compat import pytorch_accelerated as originals
            >>> import torch
            >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
            >>> schedule = originals.WSDLrScheduler(optimizer, total_steps=400, num_checkpoints=3)
            >>> schedule.get_checkpoint_steps()[0]
            100
        """
        return self.checkpoint_steps

    def get_decay_info(self) -> list[dict[str, int]]:
        """For each period its `period_start`, `period_end`, `decay_steps` and `pre_decay_step`, in updates.

        Examples:
            >>> from lehr.compat import pytorch_accelerated as originals
            >>> import torch
            >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
            >>> schedule = originals.WSDLrScheduler(optimizer, total_steps=400, num_checkpoints=3)
            >>> schedule.get_decay_info()[0]
            {'period_start': 0, 'period_end': 100, 'decay_steps': 10, 'pre_decay_step': 90}
        """
        return self.checkpoint_decay_info

    def get_phase_info(self, num_updates: int) -> dict[str, int]:
        """The period that leads to the next checkpoint at or after `num_updates`; past the end, the last one.

        Args:
            num_updates: the count.

        Examples:
            >>> from lehr.compat import pytorch_accelerated as originals
            >>> import torch
            >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
            >>> schedule = originals.WSDLrScheduler(optimizer, total_steps=400, num_checkpoints=3)
            >>> schedule.get_phase_info(150)["period_end"]
            200
        """
        info = self.checkpoint_decay_info
        return next((period for period in info if period["period_end"] >= num_updates), info[-1])

    def get_current_step(self) -> int:
        """The count, which starts at -1.

        Examples:
            >>> from lehr.compat import pytorch_accelerated as originals
            >>> import torch
            >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
            >>> schedule = originals.WSDLrScheduler(optimizer, total_steps=400, num_checkpoints=3)
            >>> schedule.get_current_step()
            -1
        """
        return self._num_updates

    def get_current_phase_info(self) -> dict[str, int]:
        """The period of the present count.

        Examples:
            >>> from lehr.compat import pytorch_accelerated as originals
            >>> import torch
            >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
            >>> schedule = originals.WSDLrScheduler(optimizer, total_steps=400, num_checkpoints=3)
            >>> schedule.get_current_phase_info()["period_end"]
            100
        """
        return self.get_phase_info(self._num_updates)

    @property
    def _get_checkpoint_info(self) -> _CheckpointInfo:
        return _CheckpointInfo(self._periods())

    def get_updated_values(self, num_updates: int) -> list[float]:
        """The values after `num_updates` updates, one for each group. It notes the last update before a decay.

        Args:
            num_updates: the count.

        Examples:
            >>> from lehr.compat import pytorch_accelerated as originals
            >>> import torch
            >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
            >>> schedule = originals.WSDLrScheduler(optimizer, total_steps=400, num_checkpoints=3)
            >>> schedule.get_updated_values(50)
            [1.0]
        """
        values = super().get_updated_values(num_updates)
        length, into = self._get_checkpoint_info(num_updates)
        warming = num_updates < self.num_warmup_steps and not self.is_continuation_from_checkpoint
        stable = length - int(length * self.decay_phase_ratio)
        if not warming and not self.is_continuation_from_checkpoint and into == stable - 1:
            self.previous_checkpoint_step = num_updates
        return values

    def state_dict(self) -> dict[str, Any]:
        """The settings, the bases and the checkpoints; not the count, as in the original.

        Examples:
            >>> from lehr.compat import pytorch_accelerated as originals
            >>> import torch
            >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
            >>> schedule = originals.WSDLrScheduler(optimizer, total_steps=400, num_checkpoints=3)
            >>> schedule.state_dict()["checkpoint_steps"]
            [100, 200, 400]
        """
        return {key: value for key, value in vars(self).items() if not key.startswith("_")}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:  # type: ignore[override]
        """Take over settings and bases. A continuation keeps its own length, and lays its checkpoints out anew.

        Args:
            state_dict: what `state_dict` gave.

        Raises:
            LehrValueError: for checkpoints that are not those of the other settings; nothing has then changed.

        Examples:
            >>> from lehr.compat import pytorch_accelerated as originals
            >>> import torch
            >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
            >>> schedule = originals.WSDLrScheduler(optimizer, total_steps=400, num_checkpoints=3)
            >>> schedule.load_state_dict({**schedule.state_dict(), "lr_min": 0.5})
            >>> schedule.lr_min
            0.5
        """
        before = dict(vars(self))
        try:
            continues, total = self.is_continuation_from_checkpoint, self.total_steps
            vars(self).update({key: value for key, value in state_dict.items() if not key.startswith("_")})
            if continues:
                self.total_steps, self.previous_checkpoint_step = total, None
                self._lay_out()
            ends = [end for _, end, _ in self._periods()]
            if list(self.checkpoint_steps) != ends:
                raise LehrValueError(f"`checkpoint_steps` is {self.checkpoint_steps}, but its other settings give {ends}")
            self._lehr_plan()
        except Exception:
            vars(self).clear()
            vars(self).update(before)
            raise

    @classmethod
    def create_scheduler_fn(
        cls,
        total_num_epochs: Any = None,
        num_update_steps_per_epoch: Any = None,
        num_warmup_epochs: int | None = None,
        decay_phase_ratio: float = 0.1,
        lr_min: float = 1e-6,
        warmup_starting_lr: float = 1e-6,
        use_inverse_sqrt_decay: bool = True,
        num_checkpoints: int = 1,
        is_continuation_from_checkpoint: bool = False,
    ) -> Callable[..., WSDLrScheduler]:
        """A function of the optimizer; what is not given is the original's placeholder, per process.

        Args:
            total_num_epochs: epochs of the run.
            num_update_steps_per_epoch: updates in an epoch.
            num_warmup_epochs: epochs of warm-up.
            decay_phase_ratio: share of each period that decays.
            lr_min: the minimum.
            warmup_starting_lr: where the warm-up starts, absolute.
            use_inverse_sqrt_decay: `1 - sqrt(t)` if true, else inversely proportional.
            num_checkpoints: how many checkpoints.
            is_continuation_from_checkpoint: no warm-up, and a loaded state keeps this run's length.

        Examples:
            >>> from lehr.compat import pytorch_accelerated as originals
            >>> import torch
            >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
            >>> make = originals.WSDLrScheduler.create_scheduler_fn(2, 50)
            >>> make(optimizer).total_steps
            100
        """
        # The placeholder, even where the number is given: as in the original.
        warmup = None if num_warmup_epochs is None else _placeholders.updates_per_epoch(None) * num_warmup_epochs
        return functools.partial(
            cls,
            num_epochs=_placeholders.num_epochs(total_num_epochs),
            num_update_steps_per_epoch=_placeholders.updates_per_epoch(num_update_steps_per_epoch),
            num_warmup_steps=warmup,
            decay_phase_ratio=decay_phase_ratio,
            lr_min=lr_min,
            warmup_starting_lr=warmup_starting_lr,
            use_inverse_sqrt_decay=use_inverse_sqrt_decay,
            num_checkpoints=num_checkpoints,
            is_continuation_from_checkpoint=is_continuation_from_checkpoint,
        )


class _CheckpointInfo:
    """The length of the period that an update is in, and how far into it the update is. Nothing is cached."""

    def __init__(self, periods: list[tuple[int, int, int]]) -> None:
        self.periods = periods

    def __call__(self, num_updates: int) -> tuple[int, int]:
        # Past the last checkpoint it is the first period again, as in the original.
        found = next((period for period in self.periods if num_updates < period[1]), self.periods[0])
        return found[1] - found[0], num_updates - found[0]

    def cache_clear(self) -> None:
        """As of the original's cache."""
