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
        """Write the values for an epoch, where `t_in_epochs` is true."""
        self.metric = metric
        if self.t_in_epochs:
            super().step_update(epoch)

    def step_update(self, num_updates: int, metric: float | None = None) -> None:
        """Write the values for an update, where `t_in_epochs` is false."""
        self.metric = metric
        if not self.t_in_epochs:
            super().step_update(num_updates)

    def _get_lr(self, t: int) -> list[float]:
        plan = Plan.parse(self._lehr_plan())
        return [plan.value_at(t, base) for base in self.base_values]

    def get_cycle_length(self, cycles: int = 0) -> int:
        """How long so many cycles are, or all of them; with the warm-up where that comes first."""
        cycles = max(1, cycles or getattr(self, "cycle_limit"))
        first, ratio = getattr(self, "t_initial"), getattr(self, "cycle_mul")
        length = first * cycles if ratio == 1.0 else int(-first * (ratio**cycles - 1) // (1 - ratio))
        return length + getattr(self, "warmup_t") if getattr(self, "warmup_prefix") else length

    def state_dict(self) -> dict[str, Any]:
        """All settings and the bases; no count, as timm keeps none."""
        return {key: value for key, value in vars(self).items() if not key.startswith("_lehr")}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:  # type: ignore[override]
        """Take over settings and bases. The learning rates stay as they are until the next step, as in timm.

        Raises:
            LehrValueError: for the state of another class or another number of groups; nothing has then changed.
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
    """Cosine cycles with warm-up, restarts and k-decay."""

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
    """Cycles of a hyperbolic tangent with warm-up and restarts."""

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
    """Polynomial cycles with warm-up, restarts and k-decay."""

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
    """Multiplies by `decay_rate` at every multiple of `decay_t`."""

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
    """Multiplies by `decay_rate` at each of `decay_t`, one step early."""

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
    """Warm-up, stable (or slowly falling), decay."""

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
        """The length of the whole schedule, warm-up included."""
        return int(getattr(self, "warmup_t") + getattr(self, "t_initial"))
