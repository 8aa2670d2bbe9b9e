"""torch's schedulers (2.15): `torch.optim.lr_scheduler`, and `SWALR` of `torch.optim.swa_utils`.

    from lehr.compat.torch import CosineAnnealingLR, LinearLR, SequentialLR

Each is a torch `LRScheduler`, has the original's arguments and attributes, and the two read each other's states. Values are
the same bits for `CosineAnnealingWarmRestarts`, `OneCycleLR` and `CyclicLR`, and the same but for torch's own rounding where
torch multiplies what it finds in the group. What is not here is no function of the count: `LambdaLR`, `MultiplicativeLR`,
`ChainedScheduler`, and `ReduceLROnPlateau` (`lehr.Scheduler(..., control=lehr.Plateau(...))`).
"""

from __future__ import annotations

from collections import Counter

from lehr.compat._replica import Track, per_group
from lehr.compat._torch_base import Replica
from lehr.compat._torch_text import swa_base, text
from lehr.errors import LehrValueError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

__all__ = [
    "ConstantLR",
    "CosineAnnealingLR",
    "CosineAnnealingWarmRestarts",
    "CyclicLR",
    "ExponentialLR",
    "LinearLR",
    "MultiStepLR",
    "OneCycleLR",
    "PolynomialLR",
    "SWALR",
    "SequentialLR",
    "StepLR",
]


class StepLR(Replica):
    """Multiplies by `gamma` at every multiple of `step_size`.

    Source: `torch.optim.lr_scheduler.StepLR`, torch 2.15.

    Args:
        optimizer: a torch optimizer.
        step_size: steps from one multiplication to the next.
        gamma: what each multiplication multiplies by.
        last_epoch: the count to go on from, as in torch; -1 begins anew.

    Raises:
        LehrValueError: for arguments that the original refuses, or that divide by zero in it.

    Examples:
        >>> from lehr.compat.torch import StepLR
        >>> import torch
        >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
        >>> schedule = StepLR(optimizer, step_size=2, gamma=0.5)
        >>> [schedule.step() or round(schedule.get_last_lr()[0], 4) for _ in range(4)]
        [1.0, 0.5, 0.5, 0.25]
    """

    def __init__(self, optimizer: Any, step_size: int, gamma: float = 0.1, last_epoch: int = -1) -> None:
        self._lehr_keep(step_size=step_size, gamma=gamma)
        self._lehr_begin(optimizer, last_epoch)


class MultiStepLR(Replica):
    """Multiplies by `gamma` at each milestone, repeated ones included.

    Source: `torch.optim.lr_scheduler.MultiStepLR`, torch 2.15.

    Args:
        optimizer: a torch optimizer.
        milestones: counts at which it multiplies.
        gamma: what each multiplication multiplies by.
        last_epoch: the count to go on from, as in torch; -1 begins anew.

    Raises:
        LehrValueError: for arguments that the original refuses, or that divide by zero in it.

    Examples:
        >>> from lehr.compat.torch import MultiStepLR
        >>> import torch
        >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
        >>> schedule = MultiStepLR(optimizer, milestones=[1, 3], gamma=0.5)
        >>> [schedule.step() or round(schedule.get_last_lr()[0], 4) for _ in range(4)]
        [0.5, 0.5, 0.25, 0.25]
    """

    milestones: Counter[int]

    def __init__(self, optimizer: Any, milestones: Iterable[int], gamma: float = 0.1, last_epoch: int = -1) -> None:
        self._lehr_keep(milestones=Counter(milestones), gamma=gamma)
        self._lehr_begin(optimizer, last_epoch)


class ConstantLR(Replica):
    """The base times `factor` for `total_iters` steps, then the base.

    Source: `torch.optim.lr_scheduler.ConstantLR`, torch 2.15.

    Args:
        optimizer: a torch optimizer.
        factor: share of the base until `total_iters`.
        total_iters: steps that it takes.
        last_epoch: the count to go on from, as in torch; -1 begins anew.

    Raises:
        LehrValueError: for arguments that the original refuses, or that divide by zero in it.

    Examples:
        >>> from lehr.compat.torch import ConstantLR
        >>> import torch
        >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
        >>> schedule = ConstantLR(optimizer, factor=0.5, total_iters=2)
        >>> [schedule.step() or round(schedule.get_last_lr()[0], 4) for _ in range(4)]
        [0.5, 1.0, 1.0, 1.0]
    """

    def __init__(self, optimizer: Any, factor: float = 1.0 / 3, total_iters: int = 5, last_epoch: int = -1) -> None:
        self._lehr_keep(factor=factor, total_iters=total_iters)
        self._lehr_begin(optimizer, last_epoch)


class LinearLR(Replica):
    """The base times a factor that goes from `start_factor` to `end_factor` over `total_iters` steps.

    Source: `torch.optim.lr_scheduler.LinearLR`, torch 2.15.

    Args:
        optimizer: a torch optimizer.
        start_factor: share of the base at the start; above 0.
        end_factor: share of the base from `total_iters` on.
        total_iters: steps that it takes.
        last_epoch: the count to go on from, as in torch; -1 begins anew.

    Raises:
        LehrValueError: for arguments that the original refuses, or that divide by zero in it.

    Examples:
        >>> from lehr.compat.torch import LinearLR
        >>> import torch
        >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
        >>> schedule = LinearLR(optimizer, start_factor=0.5, total_iters=2)
        >>> [schedule.step() or round(schedule.get_last_lr()[0], 4) for _ in range(4)]
        [0.75, 1.0, 1.0, 1.0]
    """

    def __init__(
        self,
        optimizer: Any,
        start_factor: float = 1.0 / 3,
        end_factor: float = 1.0,
        total_iters: int = 5,
        last_epoch: int = -1,
    ) -> None:
        self._lehr_keep(start_factor=start_factor, end_factor=end_factor, total_iters=total_iters)
        self._lehr_begin(optimizer, last_epoch)


class ExponentialLR(Replica):
    """Multiplies by `gamma` at every step.

    Source: `torch.optim.lr_scheduler.ExponentialLR`, torch 2.15.

    Args:
        optimizer: a torch optimizer.
        gamma: what each multiplication multiplies by.
        last_epoch: the count to go on from, as in torch; -1 begins anew.

    Raises:
        LehrValueError: for arguments that the original refuses, or that divide by zero in it.

    Examples:
        >>> from lehr.compat.torch import ExponentialLR
        >>> import torch
        >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
        >>> schedule = ExponentialLR(optimizer, gamma=0.5)
        >>> [schedule.step() or round(schedule.get_last_lr()[0], 4) for _ in range(4)]
        [0.5, 0.25, 0.125, 0.0625]
    """

    def __init__(self, optimizer: Any, gamma: float, last_epoch: int = -1) -> None:
        self._lehr_keep(gamma=gamma)
        self._lehr_begin(optimizer, last_epoch)


class PolynomialLR(Replica):
    """The base times `(1 - n / total_iters) ** power`, then 0.

    Source: `torch.optim.lr_scheduler.PolynomialLR`, torch 2.15.

    Args:
        optimizer: a torch optimizer.
        total_iters: steps that it takes.
        power: exponent.
        last_epoch: the count to go on from, as in torch; -1 begins anew.

    Raises:
        LehrValueError: for arguments that the original refuses, or that divide by zero in it.

    Examples:
        >>> from lehr.compat.torch import PolynomialLR
        >>> import torch
        >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
        >>> schedule = PolynomialLR(optimizer, total_iters=4)
        >>> [schedule.step() or round(schedule.get_last_lr()[0], 4) for _ in range(4)]
        [0.75, 0.5, 0.25, 0.0]
    """

    def __init__(self, optimizer: Any, total_iters: int = 5, power: float = 1.0, last_epoch: int = -1) -> None:
        self._lehr_keep(total_iters=total_iters, power=power)
        self._lehr_begin(optimizer, last_epoch)


class CosineAnnealingLR(Replica):
    """Half a cosine wave to `eta_min` over `T_max` steps, then up again, and so on.

    Source: `torch.optim.lr_scheduler.CosineAnnealingLR`, torch 2.15.

    Args:
        optimizer: a torch optimizer.
        T_max: steps of half a wave.
        eta_min: the minimum, absolute.
        last_epoch: the count to go on from, as in torch; -1 begins anew.

    Raises:
        LehrValueError: for arguments that the original refuses, or that divide by zero in it.

    Examples:
        >>> from lehr.compat.torch import CosineAnnealingLR
        >>> import torch
        >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
        >>> schedule = CosineAnnealingLR(optimizer, T_max=2)
        >>> [schedule.step() or round(schedule.get_last_lr()[0], 4) for _ in range(4)]
        [0.5, 0.0, 0.5, 1.0]
    """

    def __init__(self, optimizer: Any, T_max: int, eta_min: float = 0.0, last_epoch: int = -1) -> None:
        self._lehr_keep(T_max=T_max, eta_min=eta_min)
        self._lehr_begin(optimizer, last_epoch)


class CosineAnnealingWarmRestarts(Replica):
    """Cosines to `eta_min`, the first over `T_0` steps, each `T_mult` times as long as the one before.

    Source: `torch.optim.lr_scheduler.CosineAnnealingWarmRestarts`, torch 2.15.

    Args:
        optimizer: a torch optimizer.
        T_0: steps of the first cycle.
        T_mult: factor from each cycle's length to the next; a whole number.
        eta_min: the minimum, absolute.
        last_epoch: the count to go on from, as in torch; -1 begins anew.

    Raises:
        LehrValueError: for arguments that the original refuses, or that divide by zero in it.

    Examples:
        >>> from lehr.compat.torch import CosineAnnealingWarmRestarts
        >>> import torch
        >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
        >>> schedule = CosineAnnealingWarmRestarts(optimizer, T_0=2)
        >>> [schedule.step() or round(schedule.get_last_lr()[0], 4) for _ in range(4)]
        [0.5, 1.0, 0.5, 1.0]
    """

    T_0: int
    T_mult: int

    def __init__(self, optimizer: Any, T_0: int, T_mult: int = 1, eta_min: float = 0.0, last_epoch: int = -1) -> None:
        self._lehr_keep(T_0=T_0, T_mult=T_mult, eta_min=eta_min)
        self._lehr_begin(optimizer, last_epoch)

    def _lehr_progress(self) -> dict[str, Any]:
        """The length of the present cycle, and the steps in it."""
        current, length = self._lehr_num_updates(), self.T_0
        while self.T_mult > 1 and current >= length:
            current, length = current - length, length * self.T_mult
        # It does not count its steps.
        return {"T_i": length, "T_cur": current % length, "_step_count": 0}


class OneCycleLR(Replica):
    """Up to `max_lr` over `pct_start` of the run, then down to `max_lr / div_factor / final_div_factor`.

    The momentum, or the first of the betas, goes the other way, unless `cycle_momentum` is false. `max_lr` and the two
    momenta may be lists, one value for each group.

    Source: `torch.optim.lr_scheduler.OneCycleLR`, torch 2.15.

    Args:
        optimizer: a torch optimizer.
        max_lr: the peak, absolute; a number, or one for each group.
        total_steps: steps of the run; or give `epochs` and `steps_per_epoch`.
        epochs: epochs of the run, in place of its whole length.
        steps_per_epoch: steps in an epoch.
        pct_start: share of the run that the rise takes.
        anneal_strategy: `"cos"` or `"linear"`.
        cycle_momentum: whether the momentum, or the first beta, goes the other way.
        base_momentum: the lowest momentum; a number, or one for each group.
        max_momentum: the highest momentum; a number, or one for each group.
        div_factor: the peak divided by this is the start.
        final_div_factor: the start divided by this is the end.
        three_phase: whether it falls back to the start before the last phase.
        last_epoch: the count to go on from, as in torch; -1 begins anew.

    Raises:
        LehrValueError: for arguments that the original refuses, or that divide by zero in it.

    Examples:
        >>> from lehr.compat.torch import OneCycleLR
        >>> import torch
        >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
        >>> schedule = OneCycleLR(optimizer, max_lr=1.0, total_steps=5, pct_start=0.4, cycle_momentum=False)
        >>> [schedule.step() or round(schedule.get_last_lr()[0], 4) for _ in range(4)]
        [1.0, 0.75, 0.25, 0.0]
    """

    cycle_momentum: bool

    def __init__(
        self,
        optimizer: Any,
        max_lr: float | Sequence[float],
        total_steps: int | None = None,
        epochs: int | None = None,
        steps_per_epoch: int | None = None,
        pct_start: float = 0.3,
        anneal_strategy: str = "cos",
        cycle_momentum: bool = True,
        base_momentum: float | Sequence[float] = 0.85,
        max_momentum: float | Sequence[float] = 0.95,
        div_factor: float = 25.0,
        final_div_factor: float = 1e4,
        three_phase: bool = False,
        last_epoch: int = -1,
    ) -> None:
        if total_steps is None:
            if epochs is None or steps_per_epoch is None:
                raise LehrValueError("give `total_steps`, or `epochs` and `steps_per_epoch`")
            total_steps = epochs * steps_per_epoch
        if isinstance(pct_start, bool) or not 0 <= pct_start <= 1:
            raise LehrValueError(f"`pct_start` is {pct_start!r}, but it must be between 0 and 1")
        if not div_factor or not final_div_factor:
            raise LehrValueError("`div_factor` and `final_div_factor` must not be 0: the original divides by them")
        self._lehr_keep(total_steps=total_steps, _schedule_phases=_phases(total_steps, pct_start, three_phase))
        self._lehr_keep(_anneal_func_type=anneal_strategy, cycle_momentum=cycle_momentum)
        groups = optimizer.param_groups
        if cycle_momentum:
            self.use_beta1 = _has_betas(optimizer)
        if last_epoch == -1:
            with self._lehr_or_as_before(optimizer):
                for group, peak in zip(groups, per_group("max_lr", max_lr, len(groups))):
                    group["initial_lr"] = peak / div_factor
                    group["max_lr"] = peak
                    group["min_lr"] = group["initial_lr"] / final_div_factor
                if cycle_momentum:
                    _keep_momenta(groups, base_momentum, max_momentum)
                self._lehr_begin(optimizer, last_epoch)
        else:
            self._lehr_begin(optimizer, last_epoch)

    def _lehr_momentum_field(self) -> str | None:
        if not self.cycle_momentum:
            return None
        return "betas[0]" if self.use_beta1 else "momentum"


class CyclicLR(Replica):
    """Up from `base_lr` to `max_lr` and down again, for ever.

    The momentum, or the first of the betas, goes the other way, unless `cycle_momentum` is false. `base_lr`, `max_lr` and
    the two momenta may be lists, one value for each group. A `scale_fn` is refused.

    Source: `torch.optim.lr_scheduler.CyclicLR`, torch 2.15.

    Args:
        optimizer: a torch optimizer.
        base_lr: the lowest rate, absolute; a number, or one for each group.
        max_lr: the peak, absolute; a number, or one for each group.
        step_size_up: steps of a rise.
        step_size_down: steps of a fall; as many as of a rise, unless given.
        mode: `"triangular"`, `"triangular2"` or `"exp_range"`.
        gamma: factor of the height at each step, for `"exp_range"`.
        scale_fn: refused unless None.
        scale_mode: of no meaning without `scale_fn`.
        cycle_momentum: whether the momentum, or the first beta, goes the other way.
        base_momentum: the lowest momentum; a number, or one for each group.
        max_momentum: the highest momentum; a number, or one for each group.
        last_epoch: the count to go on from, as in torch; -1 begins anew.

    Raises:
        LehrValueError: for arguments that the original refuses, or that divide by zero in it.

    Examples:
        >>> from lehr.compat.torch import CyclicLR
        >>> import torch
        >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
        >>> schedule = CyclicLR(optimizer, base_lr=0.0, max_lr=1.0, step_size_up=2, cycle_momentum=False)
        >>> [schedule.step() or round(schedule.get_last_lr()[0], 4) for _ in range(4)]
        [0.5, 1.0, 0.5, 0.0]
    """

    cycle_momentum: bool

    def __init__(
        self,
        optimizer: Any,
        base_lr: float | Sequence[float],
        max_lr: float | Sequence[float],
        step_size_up: float = 2000,
        step_size_down: float | None = None,
        mode: str = "triangular",
        gamma: float = 1.0,
        scale_fn: Any = None,
        scale_mode: str = "cycle",
        cycle_momentum: bool = True,
        base_momentum: float | Sequence[float] = 0.8,
        max_momentum: float | Sequence[float] = 0.9,
        last_epoch: int = -1,
    ) -> None:
        if scale_fn is not None:
            raise LehrValueError("`scale_fn` is a function: subclass lehr.StatefulSchedulerBase (one method) in its place")
        groups = optimizer.param_groups
        up = float(step_size_up)
        down = up if step_size_down is None else float(step_size_down)
        if not up > 0 or not down >= 0:
            raise LehrValueError(f"`step_size_up` is {step_size_up!r}, but it must be above 0, and `step_size_down` at least 0")
        self._lehr_keep(max_lrs=per_group("max_lr", max_lr, len(groups)), total_size=up + down, step_ratio=up / (up + down))
        scale_mode = "iterations" if mode == "exp_range" else "cycle"
        self._lehr_keep(mode=mode, gamma=gamma, _scale_fn_custom=None, scale_mode=scale_mode, cycle_momentum=cycle_momentum)
        lows = per_group("base_lr", base_lr, len(groups))
        with self._lehr_or_as_before(optimizer):
            if cycle_momentum:
                self.use_beta1 = _has_betas(optimizer)
                self.base_momentums = per_group("base_momentum", base_momentum, len(groups))
                self.max_momentums = per_group("max_momentum", max_momentum, len(groups))
                if last_epoch == -1:
                    _keep_momenta(groups, base_momentum, max_momentum)
            self._lehr_begin(optimizer, last_epoch, bases=lows)

    def _lehr_momentum_field(self) -> str | None:
        if not self.cycle_momentum:
            return None
        return "betas[0]" if self.use_beta1 else "momentum"


class SWALR(Replica):
    """From what the groups have to `swa_lr`, over `anneal_epochs` steps. `swa_lr` may be a list, one value for each group.

    Source: `torch.optim.swa_utils.SWALR`, torch 2.15.

    Args:
        optimizer: a torch optimizer.
        swa_lr: where it leads, absolute; a number, or one for each group.
        anneal_epochs: steps that it takes.
        anneal_strategy: `"cos"` or `"linear"`.
        last_epoch: the count to go on from, as in torch; -1 begins anew.

    Raises:
        LehrValueError: for arguments that the original refuses, or that divide by zero in it.

    Examples:
        >>> from lehr.compat.torch import SWALR
        >>> import torch
        >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
        >>> schedule = SWALR(optimizer, swa_lr=0.5, anneal_epochs=2, anneal_strategy="linear")
        >>> [schedule.step() or round(schedule.get_last_lr()[0], 4) for _ in range(4)]
        [0.75, 0.5, 0.5, 0.5]
    """

    anneal_epochs: int

    def __init__(
        self,
        optimizer: Any,
        swa_lr: float | Sequence[float],
        anneal_epochs: int = 10,
        anneal_strategy: str = "cos",
        last_epoch: int = -1,
    ) -> None:
        self._lehr_keep(anneal_epochs=anneal_epochs, _anneal_strategy=anneal_strategy)
        groups = optimizer.param_groups
        with self._lehr_or_as_before(optimizer):
            for group, level in zip(groups, per_group("swa_lr", swa_lr, len(groups))):
                group["swa_lr"] = level
            self._lehr_begin(optimizer, last_epoch)

    def _lehr_tracks(self) -> list[Track]:
        # It starts from what stands in the groups, usually in the middle of a run, and not from `initial_lr`.
        tracks, starts = super()._lehr_tracks(), vars(self).get("_lehr_starts")
        if starts is None:
            starts = self._lehr_starts = [float(group["lr"]) for group in self.optimizer.param_groups]
        return [Track(track.field, track.group, track.text, start) for track, start in zip(tracks, starts)]

    def _lehr_take(self, state: dict[str, Any]) -> list[float]:
        bases = super()._lehr_take(state)
        last = [float(value) for value in state["_last_lr"]]
        texts = [text(self, index) for index in range(len(last))]
        self._lehr_starts = [swa_base(said, state["last_epoch"], value) for said, value in zip(texts, last)]
        return bases


class SequentialLR(Replica):
    """One schedule after the other, each on a clock of its own, from the base.

    Source: `torch.optim.lr_scheduler.SequentialLR`, torch 2.15.

    Args:
        optimizer: a torch optimizer.
        schedulers: replicas of this module, or of `lehr.compat.transformers`, on the same optimizer; they are stepped by
            this one from here on. `OneCycleLR`, `CyclicLR` and `SWALR` change what the others start from, and are refused.
        milestones: the count at which each but the first takes over, ascending.
        last_epoch: as in the original, where it is one less than the count to start from.

    Raises:
        LehrValueError: for arguments that the original refuses, or that divide by zero in it.

    Examples:
        >>> from lehr.compat.torch import LinearLR, SequentialLR, StepLR
        >>> import torch
        >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
        >>> schedule = SequentialLR(optimizer, [LinearLR(optimizer, 0.5, 1.0, 2), StepLR(optimizer, 1, 0.5)], milestones=[2])
        >>> [schedule.step() or round(schedule.get_last_lr()[0], 4) for _ in range(4)]
        [0.75, 1.0, 0.5, 0.25]
    """

    _milestones: list[int]
    _schedulers: list[Any]

    def __init__(self, optimizer: Any, schedulers: Sequence[Any], milestones: Sequence[int], last_epoch: int = -1) -> None:
        if len(milestones) != len(schedulers) - 1:
            raise LehrValueError(
                f"`milestones` has {len(milestones)} values, but for {len(schedulers)} schedulers there must be one fewer"
            )
        for part in schedulers:
            if not isinstance(part, Replica) or part.optimizer is not optimizer:
                raise LehrValueError(f"`schedulers` has {part!r}, but each must be a replica of lehr.compat on this optimizer")
        self._lehr_keep(_milestones=list(milestones), _schedulers=list(schedulers))
        self._lehr_begin(optimizer, last_epoch)
        for part in schedulers:
            part.detach()

    def _lehr_own_state(self) -> dict[str, Any]:
        n = self._lehr_num_updates()
        starts, ends = [0, *self._milestones], [*self._milestones, n + 1]
        parts = []
        for start, end, part in zip(starts, ends, self._schedulers):
            # One that has not begun stands before its first step.
            local = min(n, end - 1) - start if n >= start else -1
            parts.append({**part._lehr_own_state(), "last_epoch": local, "_step_count": local + 1})
        state = super()._lehr_own_state()
        kept = {key: state[key] for key in ("_milestones", "last_epoch", "_last_lr")}
        return {**kept, "_schedulers": parts}

    def _lehr_take(self, state: dict[str, Any]) -> list[float]:
        for key in ("_milestones", "_schedulers"):
            if key not in state:
                raise LehrValueError(f"this is no state of a SequentialLR: it lacks {key}")
        self._milestones = list(state["_milestones"])
        if len(state["_schedulers"]) != len(self._schedulers):
            raise LehrValueError(f"the state has {len(state['_schedulers'])} schedulers, this one {len(self._schedulers)}")
        bases: list[list[float]] = [
            part._lehr_take(saved) for part, saved in zip(self._schedulers, state["_schedulers"])
        ]
        return bases[0]


def _phases(total: int, pct_start: float, three_phase: bool) -> list[dict[str, Any]]:
    """The phases as torch's `OneCycleLR` has them in its state."""

    def phase(end: float, lr: tuple[str, str], momentum: tuple[str, str]) -> dict[str, Any]:
        return {
            "end_step": end,
            "start_lr": lr[0],
            "end_lr": lr[1],
            "start_momentum": momentum[0],
            "end_momentum": momentum[1],
        }

    fall, rise = ("max_momentum", "base_momentum"), ("base_momentum", "max_momentum")
    up = phase(float(pct_start * total) - 1, ("initial_lr", "max_lr"), fall)
    if not three_phase:
        return [up, phase(total - 1, ("max_lr", "min_lr"), rise)]
    down = phase(float(2 * pct_start * total) - 2, ("max_lr", "initial_lr"), rise)
    return [up, down, phase(total - 1, ("initial_lr", "min_lr"), ("max_momentum", "max_momentum"))]


def _has_betas(optimizer: Any) -> bool:
    if "momentum" not in optimizer.defaults and "betas" not in optimizer.defaults:
        raise LehrValueError("`cycle_momentum` is true, but the optimizer has neither `momentum` nor `betas`: say false")
    return "betas" in optimizer.defaults


def _keep_momenta(groups: Any, low: Any, high: Any) -> None:
    """The momenta between which a cycle goes, where torch keeps them."""
    lows, highs = (per_group(name, value, len(groups)) for name, value in (("base_momentum", low), ("max_momentum", high)))
    for group, base, peak in zip(groups, lows, highs):
        group["base_momentum"], group["max_momentum"] = base, peak
