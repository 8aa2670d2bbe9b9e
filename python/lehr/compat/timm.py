"""timm's schedulers (1.0.31): `timm.scheduler`.

    from lehr.compat.timm import CosineLRScheduler

They keep no count: `step(epoch)` tells it where `t_in_epochs` is true, `step_update(num_updates)` where it is false, and the
other of the two does nothing. A group's `lr_scale` multiplies its values. The values are the same bits as timm's; states are
timm's. Noise needs torch's generator and is refused (`noise(...)` in a plan has its own), and so is a `decay_fn` of your own.
"""

from __future__ import annotations

from lehr import _registry
from lehr._core import Plan
from lehr._meta import Attached
from lehr.compat._replica import Track, lay, put_back, replica, snapshot
from lehr.compat._timm_arguments import ARGUMENTS
from lehr.errors import LehrValueError, MissingFieldError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__all__ = [
    "CosineLRScheduler",
    "MultiStepLRScheduler",
    "PolyLRScheduler",
    "StepLRScheduler",
    "TanhLRScheduler",
    "WSDLRScheduler",
]


class Scheduler(Attached):
    """What timm's schedulers share.

    Raises:
        MissingFieldError: (a `KeyError`) if a group has no `lr`, or no `initial_lr` where `initialize` is false.
        LehrValueError: for noise, and for arguments that the original refuses or cannot run with.
    """

    base_values: list[float]
    t_in_epochs: bool

    def _lehr_begin(self, optimizer: Any, settings: dict[str, Any]) -> None:
        """Attach at 0, with the constructor's arguments."""
        given = {key: value for key, value in settings.items() if key not in ("self", "optimizer", "__class__")}
        initialize = given.pop("initialize")
        if given["noise_range_t"] is not None:
            raise LehrValueError("`noise_range_t` is given, but timm's noise needs torch's generator: wrap a plan in noise(...)")
        if callable(given.get("decay_fn")):
            raise LehrValueError("`decay_fn` is a function: subclass lehr.SchedulerBase (one method) in its place")
        needed = "lr" if initialize else "initial_lr"
        for index, group in enumerate(optimizer.param_groups):
            if needed not in group:
                raise MissingFieldError(f"`{needed}` is not in group {index}")
        self.optimizer = optimizer
        self.param_group_field = "lr"
        self._initial_param_group_field = "initial_lr"
        self.base_values = [float(group.get("initial_lr", group.get("lr"))) for group in optimizer.param_groups]
        self.metric: float | None = None
        vars(self).update({"noise_type": "normal", **given})
        if given.get("stable_fn", "constant") != "constant" and given["stable_timescale"] is None:
            self.stable_timescale = given["warmup_t"]
        self._lehr_lay()
        self.warmup_steps = self._lehr_warmup_steps()
        _registry.add(self, optimizer)

    def _lehr_plan(self) -> str:
        name = type(self).__name__
        return replica(f"timm.{name}", **{key: getattr(self, key) for key in ARGUMENTS[name]})

    def _lehr_lay(self) -> None:
        """Attach the plans that the attributes say."""
        said, tracks = self._lehr_plan(), []
        for index, (group, base) in enumerate(zip(self.optimizer.param_groups, self.base_values)):
            scale = group.get("lr_scale")
            tracks.append(Track("lr", index, said if scale is None else f"scale({said}, by={float(scale)!r})", base))

        def start(plans: list[tuple[str, list[int], Plan]]) -> None:
            how: dict[str, Any] = {"control": {}, "new_groups": "error", "base": "initial"}
            self._lehr_bind(self.optimizer, plans, **how, asleep=False)
            self._lehr_config = {"tracks": plans, "how": how}

        lay(self.optimizer, tracks, start)

    def _lehr_warmup_steps(self) -> list[float]:
        """What timm adds at each step of the warm-up."""
        length, start = getattr(self, "warmup_t"), getattr(self, "warmup_lr_init")
        if not length:
            return [1 for _ in self.base_values]
        return [(top - start) / length for top in self._lehr_tops()]

    def _lehr_tops(self) -> list[float]:
        return self.base_values

    def _lehr_wake(self) -> None:
        self._lehr_needs_optimizer()

    def step(self, epoch: int, metric: float | None = None) -> None:
        """Write the values for an epoch, where `t_in_epochs` is true.

        Args:
            epoch: epochs that are completed.
            metric: kept as an attribute, and of no effect.

        Raises:
            LehrError: with nothing written.

        Examples:
            >>> from lehr.compat.timm import PolyLRScheduler
            >>> import torch
            >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
            >>> schedule = PolyLRScheduler(optimizer, t_initial=4, power=1.0)
            >>> schedule.step(1)
            >>> optimizer.param_groups[0]["lr"]
            0.75
        """
        self.metric = metric
        if self.t_in_epochs:
            super().step_update(epoch)

    def step_update(self, num_updates: int, metric: float | None = None) -> None:
        """Write the values for an update, where `t_in_epochs` is false.

        Args:
            num_updates: completed updates.
            metric: kept as an attribute, and of no effect.

        Raises:
            LehrError: with nothing written.

        Examples:
            >>> from lehr.compat.timm import PolyLRScheduler
            >>> import torch
            >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
            >>> schedule = PolyLRScheduler(optimizer, t_initial=4, power=1.0, t_in_epochs=False)
            >>> schedule.step_update(3)
            >>> optimizer.param_groups[0]["lr"]
            0.25
        """
        self.metric = metric
        if not self.t_in_epochs:
            super().step_update(num_updates)

    def _get_lr(self, t: int) -> list[float]:
        plan = Plan.parse(self._lehr_plan())
        return [plan.value_at(t, base) for base in self.base_values]

    def get_cycle_length(self, cycles: int = 0) -> int:
        """How long so many cycles are, or all of them; with the warm-up where that comes first.

        Args:
            cycles: how many; all of them, unless given.

        Examples:
            >>> from lehr.compat.timm import PolyLRScheduler
            >>> import torch
            >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
            >>> schedule = PolyLRScheduler(optimizer, t_initial=4, power=1.0)
            >>> schedule.get_cycle_length()
            4
        """
        cycles = max(1, cycles or getattr(self, "cycle_limit"))
        first, ratio = getattr(self, "t_initial"), getattr(self, "cycle_mul")
        length = first * cycles if ratio == 1.0 else int(-first * (ratio**cycles - 1) // (1 - ratio))
        return length + getattr(self, "warmup_t") if getattr(self, "warmup_prefix") else length

    def state_dict(self) -> dict[str, Any]:
        """All settings and the bases; no count, as timm keeps none.

        Examples:
            >>> from lehr.compat.timm import PolyLRScheduler
            >>> import torch
            >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
            >>> schedule = PolyLRScheduler(optimizer, t_initial=4, power=1.0)
            >>> schedule.state_dict()["base_values"]
            [1.0]
        """
        return {key: value for key, value in vars(self).items() if not key.startswith("_lehr")}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:  # type: ignore[override]
        """Take over settings and bases. The learning rates stay as they are until the next step, as in timm.

        Args:
            state_dict: what `state_dict` gave, here or in the original.

        Raises:
            LehrValueError: for the state of another class or another number of groups; nothing has then changed.

        Examples:
            >>> from lehr.compat.timm import PolyLRScheduler
            >>> import torch
            >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
            >>> schedule = PolyLRScheduler(optimizer, t_initial=4, power=1.0)
            >>> schedule.load_state_dict({**schedule.state_dict(), "t_initial": 8})
            >>> schedule.step(4)
            >>> optimizer.param_groups[0]["lr"]
            0.5
        """
        before, groups = dict(vars(self)), snapshot(self.optimizer)
        try:
            missing = [key for key in self.state_dict() if key not in state_dict]
            if missing:
                raise LehrValueError(f"this is no state of a {type(self).__name__}: it lacks {', '.join(missing)}")
            if len(state_dict["base_values"]) != len(self.base_values):
                count = len(state_dict["base_values"])
                raise LehrValueError(f"the state is of {count} groups, but the optimizer has {len(self.base_values)}")
            if state_dict["noise_range_t"] is not None:
                raise LehrValueError("the state has noise, which needs torch's generator: wrap a plan in noise(...)")
            vars(self).update({key: state_dict[key] for key in self.state_dict()})
            self._lehr_lay()
        except Exception:
            vars(self).clear()
            vars(self).update(before)
            raise
        finally:
            put_back(self.optimizer, groups)


class CosineLRScheduler(Scheduler):
    """Cosine cycles with warm-up, restarts and k-decay.

    Source: `timm.scheduler.CosineLRScheduler`, timm 1.0.31.

    Args:
        optimizer: a torch optimizer.
        t_initial: epochs (or updates) of the first cycle.
        lr_min: the minimum, absolute.
        cycle_mul: factor from each cycle's length to the next.
        cycle_decay: factor from each cycle's height to the next.
        cycle_limit: how many cycles; the minimum holds after them.
        warmup_t: epochs (or updates) of warm-up.
        warmup_lr_init: where the warm-up starts, absolute.
        warmup_prefix: whether the warm-up comes before the first cycle, not over its beginning.
        t_in_epochs: whether `step(epoch)` counts, not `step_update(num_updates)`.
        noise_range_t: refused unless None: timm's noise needs torch's generator.
        noise_pct: of no meaning without noise.
        noise_std: of no meaning without noise.
        noise_seed: of no meaning without noise.
        k_decay: exponent of the cycle's progress.
        initialize: whether `initial_lr` is written to groups that have none.

    Raises:
        LehrValueError: for arguments that the original refuses, and for noise.

    Examples:
        >>> from lehr.compat.timm import CosineLRScheduler
        >>> import torch
        >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
        >>> schedule = CosineLRScheduler(optimizer, t_initial=4)
        >>> [schedule.step(epoch) or round(optimizer.param_groups[0]["lr"], 4) for epoch in range(1, 5)]
        [0.8536, 0.5, 0.1464, 0.0]
    """

    def __init__(
        self,
        optimizer: Any,
        t_initial: int,
        lr_min: float = 0.0,
        cycle_mul: float = 1.0,
        cycle_decay: float = 1.0,
        cycle_limit: int = 1,
        warmup_t: int = 0,
        warmup_lr_init: float = 0.0,
        warmup_prefix: bool = False,
        t_in_epochs: bool = True,
        noise_range_t: Any = None,
        noise_pct: float = 0.67,
        noise_std: float = 1.0,
        noise_seed: int = 42,
        k_decay: float = 1.0,
        initialize: bool = True,
    ) -> None:
        self._lehr_begin(optimizer, locals())


class TanhLRScheduler(Scheduler):
    """Cycles of a hyperbolic tangent with warm-up and restarts.

    Source: `timm.scheduler.TanhLRScheduler`, timm 1.0.31.

    Args:
        optimizer: a torch optimizer.
        t_initial: epochs (or updates) of the first cycle.
        lb: where the tangent's piece begins.
        ub: where it ends.
        lr_min: the minimum, absolute.
        cycle_mul: factor from each cycle's length to the next.
        cycle_decay: factor from each cycle's height to the next.
        cycle_limit: how many cycles; the minimum holds after them.
        warmup_t: epochs (or updates) of warm-up.
        warmup_lr_init: where the warm-up starts, absolute.
        warmup_prefix: whether the warm-up comes before the first cycle, not over its beginning.
        t_in_epochs: whether `step(epoch)` counts, not `step_update(num_updates)`.
        noise_range_t: refused unless None: timm's noise needs torch's generator.
        noise_pct: of no meaning without noise.
        noise_std: of no meaning without noise.
        noise_seed: of no meaning without noise.
        initialize: whether `initial_lr` is written to groups that have none.

    Raises:
        LehrValueError: for arguments that the original refuses, and for noise.

    Examples:
        >>> from lehr.compat.timm import TanhLRScheduler
        >>> import torch
        >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
        >>> schedule = TanhLRScheduler(optimizer, t_initial=4)
        >>> [schedule.step(epoch) or round(optimizer.param_groups[0]["lr"], 4) for epoch in range(1, 5)]
        [0.9999, 0.982, 0.2689, 0.0]
    """

    def __init__(
        self,
        optimizer: Any,
        t_initial: int,
        lb: float = -7.0,
        ub: float = 3.0,
        lr_min: float = 0.0,
        cycle_mul: float = 1.0,
        cycle_decay: float = 1.0,
        cycle_limit: int = 1,
        warmup_t: int = 0,
        warmup_lr_init: float = 0.0,
        warmup_prefix: bool = False,
        t_in_epochs: bool = True,
        noise_range_t: Any = None,
        noise_pct: float = 0.67,
        noise_std: float = 1.0,
        noise_seed: int = 42,
        initialize: bool = True,
    ) -> None:
        self._lehr_begin(optimizer, locals())

    def _lehr_tops(self) -> list[float]:
        # Without the prefix the warm-up leads to where the tangent is by then.
        return self.base_values if getattr(self, "warmup_prefix") else self._get_lr(getattr(self, "warmup_t"))


class PolyLRScheduler(Scheduler):
    """Polynomial cycles with warm-up, restarts and k-decay.

    Source: `timm.scheduler.PolyLRScheduler`, timm 1.0.31.

    Args:
        optimizer: a torch optimizer.
        t_initial: epochs (or updates) of the first cycle.
        power: exponent.
        lr_min: the minimum, absolute.
        cycle_mul: factor from each cycle's length to the next.
        cycle_decay: factor from each cycle's height to the next.
        cycle_limit: how many cycles; the minimum holds after them.
        warmup_t: epochs (or updates) of warm-up.
        warmup_lr_init: where the warm-up starts, absolute.
        warmup_prefix: whether the warm-up comes before the first cycle, not over its beginning.
        t_in_epochs: whether `step(epoch)` counts, not `step_update(num_updates)`.
        noise_range_t: refused unless None: timm's noise needs torch's generator.
        noise_pct: of no meaning without noise.
        noise_std: of no meaning without noise.
        noise_seed: of no meaning without noise.
        k_decay: exponent of the cycle's progress.
        initialize: whether `initial_lr` is written to groups that have none.

    Raises:
        LehrValueError: for arguments that the original refuses, and for noise.

    Examples:
        >>> from lehr.compat.timm import PolyLRScheduler
        >>> import torch
        >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
        >>> schedule = PolyLRScheduler(optimizer, t_initial=4, power=1.0)
        >>> [schedule.step(epoch) or round(optimizer.param_groups[0]["lr"], 4) for epoch in range(1, 5)]
        [0.75, 0.5, 0.25, 0.0]
    """

    def __init__(
        self,
        optimizer: Any,
        t_initial: int,
        power: float = 0.5,
        lr_min: float = 0.0,
        cycle_mul: float = 1.0,
        cycle_decay: float = 1.0,
        cycle_limit: int = 1,
        warmup_t: int = 0,
        warmup_lr_init: float = 0.0,
        warmup_prefix: bool = False,
        t_in_epochs: bool = True,
        noise_range_t: Any = None,
        noise_pct: float = 0.67,
        noise_std: float = 1.0,
        noise_seed: int = 42,
        k_decay: float = 1.0,
        initialize: bool = True,
    ) -> None:
        self._lehr_begin(optimizer, locals())


class StepLRScheduler(Scheduler):
    """Multiplies by `decay_rate` at every multiple of `decay_t`.

    Source: `timm.scheduler.StepLRScheduler`, timm 1.0.31.

    Args:
        optimizer: a torch optimizer.
        decay_t: epochs (or updates) from one multiplication to the next.
        decay_rate: what each multiplication multiplies by.
        warmup_t: epochs (or updates) of warm-up.
        warmup_lr_init: where the warm-up starts, absolute.
        warmup_prefix: whether the warm-up comes before the first cycle, not over its beginning.
        t_in_epochs: whether `step(epoch)` counts, not `step_update(num_updates)`.
        noise_range_t: refused unless None: timm's noise needs torch's generator.
        noise_pct: of no meaning without noise.
        noise_std: of no meaning without noise.
        noise_seed: of no meaning without noise.
        initialize: whether `initial_lr` is written to groups that have none.

    Raises:
        LehrValueError: for arguments that the original refuses, and for noise.

    Examples:
        >>> from lehr.compat.timm import StepLRScheduler
        >>> import torch
        >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
        >>> schedule = StepLRScheduler(optimizer, decay_t=2, decay_rate=0.5)
        >>> [schedule.step(epoch) or round(optimizer.param_groups[0]["lr"], 4) for epoch in range(1, 5)]
        [1.0, 0.5, 0.5, 0.25]
    """

    def __init__(
        self,
        optimizer: Any,
        decay_t: float,
        decay_rate: float = 1.0,
        warmup_t: int = 0,
        warmup_lr_init: float = 0.0,
        warmup_prefix: bool = True,
        t_in_epochs: bool = True,
        noise_range_t: Any = None,
        noise_pct: float = 0.67,
        noise_std: float = 1.0,
        noise_seed: int = 42,
        initialize: bool = True,
    ) -> None:
        self._lehr_begin(optimizer, locals())


class MultiStepLRScheduler(Scheduler):
    """Multiplies by `decay_rate` at each of `decay_t`, one step early.

    Source: `timm.scheduler.MultiStepLRScheduler`, timm 1.0.31.

    Args:
        optimizer: a torch optimizer.
        decay_t: epochs (or updates) at which it multiplies, each taken one early.
        decay_rate: what each multiplication multiplies by.
        warmup_t: epochs (or updates) of warm-up.
        warmup_lr_init: where the warm-up starts, absolute.
        warmup_prefix: whether the warm-up comes before the first cycle, not over its beginning.
        t_in_epochs: whether `step(epoch)` counts, not `step_update(num_updates)`.
        noise_range_t: refused unless None: timm's noise needs torch's generator.
        noise_pct: of no meaning without noise.
        noise_std: of no meaning without noise.
        noise_seed: of no meaning without noise.
        initialize: whether `initial_lr` is written to groups that have none.

    Raises:
        LehrValueError: for arguments that the original refuses, and for noise.

    Examples:
        >>> from lehr.compat.timm import MultiStepLRScheduler
        >>> import torch
        >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
        >>> schedule = MultiStepLRScheduler(optimizer, decay_t=[2, 4], decay_rate=0.5)
        >>> [schedule.step(epoch) or round(optimizer.param_groups[0]["lr"], 4) for epoch in range(1, 5)]
        [0.5, 0.5, 0.25, 0.25]
    """

    def __init__(
        self,
        optimizer: Any,
        decay_t: list[int],
        decay_rate: float = 1.0,
        warmup_t: int = 0,
        warmup_lr_init: float = 0.0,
        warmup_prefix: bool = True,
        t_in_epochs: bool = True,
        noise_range_t: Any = None,
        noise_pct: float = 0.67,
        noise_std: float = 1.0,
        noise_seed: int = 42,
        initialize: bool = True,
    ) -> None:
        self._lehr_begin(optimizer, locals())


class WSDLRScheduler(Scheduler):
    """Warm-up, stable (or slowly falling), decay.

    Source: `timm.scheduler.WSDLRScheduler`, timm 1.0.31.

    Args:
        optimizer: a torch optimizer.
        t_initial: epochs (or updates) after the warm-up.
        decay_t: epochs (or updates) of the decay, at the end of `t_initial`.
        lr_min: the minimum, absolute.
        stable_fn: `"constant"`, `"rsqrt"` or `"power"`.
        stable_timescale: unit of time of a stable phase that falls; `warmup_t`, unless given.
        stable_power: exponent of such a phase.
        decay_fn: `"linear"`, `"1-sqrt"`, `"cosine"`, `"power"` or `"exp"`.
        decay_power: exponent for `"power"`.
        decay_ratio: how bent `"exp"` is.
        warmup_t: epochs (or updates) of warm-up.
        warmup_lr_init: where the warm-up starts, absolute.
        t_in_epochs: whether `step(epoch)` counts, not `step_update(num_updates)`.
        noise_range_t: refused unless None: timm's noise needs torch's generator.
        noise_pct: of no meaning without noise.
        noise_std: of no meaning without noise.
        noise_seed: of no meaning without noise.
        initialize: whether `initial_lr` is written to groups that have none.

    Raises:
        LehrValueError: for arguments that the original refuses, and for noise.

    Examples:
        >>> from lehr.compat.timm import WSDLRScheduler
        >>> import torch
        >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
        >>> schedule = WSDLRScheduler(optimizer, t_initial=4, decay_t=2, decay_fn="linear")
        >>> [schedule.step(epoch) or round(optimizer.param_groups[0]["lr"], 4) for epoch in range(1, 5)]
        [1.0, 1.0, 0.5, 0.0]
    """

    def __init__(
        self,
        optimizer: Any,
        t_initial: int,
        decay_t: int,
        lr_min: float = 0.0,
        stable_fn: str = "constant",
        stable_timescale: float | None = None,
        stable_power: float = 0.5,
        decay_fn: str = "1-sqrt",
        decay_power: float = 0.5,
        decay_ratio: float = 0.1,
        warmup_t: int = 0,
        warmup_lr_init: float = 0.0,
        t_in_epochs: bool = True,
        noise_range_t: Any = None,
        noise_pct: float = 0.67,
        noise_std: float = 1.0,
        noise_seed: int = 42,
        initialize: bool = True,
    ) -> None:
        self._lehr_begin(optimizer, locals())

    def get_cycle_length(self, cycles: int = 0) -> int:
        """The length of the whole schedule, warm-up included.

        Args:
            cycles: of no meaning here: there is one.

        Examples:
            >>> from lehr.compat.timm import WSDLRScheduler
            >>> import torch
            >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
            >>> WSDLRScheduler(optimizer, t_initial=10, decay_t=4, warmup_t=3).get_cycle_length()
            13
        """
        return int(getattr(self, "warmup_t") + getattr(self, "t_initial"))
