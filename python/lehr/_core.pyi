"""The native half: signatures and error mapping over the Rust core."""

import os
from collections.abc import Sequence
from typing import Any, final

import numpy as np
import numpy.typing as npt
from typing_extensions import disjoint_base

__all__ = [
    "Plan",
    "SchedulerCore",
    "SteppingCore",
    "WsdPlan",
    "__version__",
    "accelerated_wsd_periods",
    "check_settings",
    "is_spec",
    "read_spec",
    "recipe",
    "run_command",
    "wsd",
]

__version__: str

@final
class Plan:
    """A schedule in optimizer updates, not yet bound to a base: immutable, comparable, hashable, picklable.

    Update number n, counted from 0, uses `value_at(n, base)`, computed from n in closed form: any order of asking gives
    the same bits. After the end the last value holds. `str(plan)` is a text from which an equal plan is read.

    Examples:
        >>> import lehr
        >>> plan = lehr.Plan.parse("linear(from=0x, over=4) -> hold(over=6)", updates=10)
        >>> plan == lehr.Plan.parse(str(plan))
        True
    """

    @staticmethod
    def parse(
        plan: str | os.PathLike[str] | dict[str, Any] | list[Any] | Plan,
        *,
        updates: int | None = None,
        epochs: int | None = None,
        updates_per_epoch: int | None = None,
        field: str | None = None,
        at: str | None = None,
    ) -> Plan:
        """Read a plan and resolve it to a run.

        Args:
            plan: the one-line text, or a dict (one phase) or list of dicts (phases), or a plan (as it is); or a spec: the
                path of a TOML, YAML or JSON file, or a dict of the same tree (it has a `version`).
            updates: optimizer updates of the run, per process; or give `epochs` and `updates_per_epoch`.
            epochs: epochs of the run, in place of its whole length.
            updates_per_epoch: updates in an epoch. They win over what a spec says.
            field: whose plan, where a spec has several: `"lr"`, or `"weight_decay/group"`.
            at: where in the file or dict the spec stands, such as `"model.lr_schedule"`.

        Raises:
            LehrValueError: for what cannot be read or does not fit the run; for a spec with the place of each fault.
            OSError: if the file cannot be read.

        Examples:
            >>> import lehr
            >>> lehr.Plan.parse("linear(to=0)", epochs=2, updates_per_epoch=5).end
            10
        """

    def value_at(self, n: int, base: float = 1.0) -> float:
        """What update `n`, counted from 0, uses in a group with this base, in the field's unit.

        Args:
            n: the update, counted from 0.
            base: the base of the group, in the field's unit.

        Raises:
            LehrValueError: for an `n` that is no whole number from 0 on, and a base that is not finite.

        Examples:
            >>> import lehr
            >>> plan = lehr.Plan.parse("linear(from=0x, over=4) -> hold(over=6)", updates=10)
            >>> plan.value_at(1, base=2.0)
            0.5
        """

    def values(
        self,
        updates: range | slice | int | None = None,
        base: float = 1.0,
        *,
        out: npt.NDArray[np.float64] | None = None,
    ) -> npt.NDArray[np.float64]:
        """The values of many updates, in one go.

        Args:
            updates: a range, a slice, or a number (the first so many); the whole plan unless given.
            base: the base of the group.
            out: an array of that many float64 to write them into, in one piece; a new one unless given.

        Returns:
            float64 of shape (updates,), the same bits as `value_at`.

        Raises:
            LehrValueError: for updates that are none, and an `out` of another shape or type.

        Examples:
            >>> import lehr
            >>> plan = lehr.Plan.parse("linear(from=0x, over=4) -> hold(over=6)", updates=10)
            >>> [float(value) for value in plan.values(range(2, 6))]
            [0.5, 0.75, 1.0, 1.0]
        """

    @property
    def end(self) -> int | None:
        """The number of updates that the plan is for; None for an open one.

        Examples:
            >>> import lehr
            >>> plan = lehr.Plan.parse("linear(from=0x, over=4) -> hold(over=6)", updates=10)
            >>> plan.end
            10
        """

    @property
    def phases(self) -> list[dict[str, Any]]:
        """The phases of the plan itself: shape, from, to (as text), start, end (in updates), inclusive.

        Examples:
            >>> import lehr
            >>> plan = lehr.Plan.parse("linear(from=0x, over=4) -> hold(over=6)", updates=10)
            >>> [(phase["shape"], phase["start"], phase["end"]) for phase in plan.phases]
            [('linear', 0, 4), ('hold', 4, 10)]
        """

    def section_at(self, n: int) -> dict[str, Any]:
        """The innermost phase that update `n` is in: path, start, end (in updates), progress (0 to 1).

        Args:
            n: the update, counted from 0.

        Examples:
            >>> import lehr
            >>> plan = lehr.Plan.parse("linear(from=0x, over=4) -> hold(over=6)", updates=10)
            >>> plan.section_at(1)["progress"]
            0.25
        """

    def explain(self, n: int, base: float = 1.0) -> str:
        """What update `n` uses and why, in a sentence.

        Args:
            n: the update, counted from 0.
            base: the base of the group, in the field's unit.

        Examples:
            >>> import lehr
            >>> plan = lehr.Plan.parse("linear(from=0x, over=4) -> hold(over=6)", updates=10)
            >>> plan.explain(1).split(",")[0]
            'update 1 of 10 (10.0 %): the value is 0.25'
        """

    def to_list(self) -> list[dict[str, Any]]:
        """The phases as a list of dicts, which `parse` reads.

        Examples:
            >>> import lehr
            >>> plan = lehr.Plan.parse("linear(from=0x, over=4) -> hold(over=6)", updates=10)
            >>> plan == lehr.Plan.parse(plan.to_list())
            True
        """

    def picture(self, base: float = 1.0, *, width: int = 80, height: int = 16, label: str = "value") -> str:
        """The plan as a picture of text, `width` columns by `height` lines.

        Args:
            base: the base of the group, in the field's unit.
            width: columns.
            height: lines.
            label: what the values are called.

        Examples:
            >>> import lehr
            >>> plan = lehr.Plan.parse("linear(from=0x, over=4) -> hold(over=6)", updates=10)
            >>> print(plan.picture(width=40, height=10).splitlines()[0])
            value  min 0  max 1  last 1
        """

    def sparkline(self, width: int = 24) -> str:
        """The plan in one line of `width` blocks.

        Args:
            width: columns.

        Examples:
            >>> import lehr
            >>> plan = lehr.Plan.parse("linear(from=0x, over=4) -> hold(over=6)", updates=10)
            >>> len(plan.sparkline(width=12))
            12
        """

    def svg(self, base: float = 1.0, *, label: str = "value") -> str:
        """The plan as an SVG picture, which is the same text everywhere.

        Args:
            base: the base of the group, in the field's unit.
            label: what the values are called.

        Examples:
            >>> import lehr
            >>> plan = lehr.Plan.parse("linear(from=0x, over=4) -> hold(over=6)", updates=10)
            >>> plan.svg()[:4]
            '<svg'
        """

    def _repr_svg_(self) -> str: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __ne__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Plan: ...
    def __deepcopy__(self, memo: Any, /) -> Plan: ...

@disjoint_base
class SchedulerCore:
    """What all schedulers share. Names with `_lehr_` are the package's own."""

    def __new__(cls, *args: Any, **kwargs: Any) -> SchedulerCore: ...
    def step_update(self, num_updates: int) -> None:
        """Write the values for update `num_updates`: the number of updates that are completed.

        Args:
            num_updates: completed updates.

        Raises:
            LehrError: with nothing written.

        Examples:
            >>> import torch
            >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
            >>> import lehr
            >>> schedule = lehr.Scheduler(optimizer, "linear(to=0)", updates=4)
            >>> schedule.step_update(3)
            >>> optimizer.param_groups[0]["lr"]
            0.25
        """

    def state_dict(self) -> dict[str, Any]:
        """The progress as plain data: version, count, bases, fingerprints of the plans, controllers.

        Examples:
            >>> import torch
            >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
            >>> import lehr
            >>> schedule = lehr.Scheduler(optimizer, "linear(to=0)", updates=4)
            >>> schedule.state_dict()["num_updates"]
            0
        """

    def load_state_dict(self, state_dict: dict[str, Any], *, on_mismatch: str = "error") -> None:
        """Take over a saved progress and write its values at once.

        Args:
            state_dict: what `state_dict` gave.
            on_mismatch: where a plan differs: `"error"`, `"use_new"` (this scheduler's) or `"use_saved"`.

        Raises:
            LehrValueError: with a list of what differs; nothing has then changed.

        Examples:
            >>> import torch
            >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
            >>> import lehr
            >>> schedule = lehr.Scheduler(optimizer, "linear(to=0)", updates=4)
            >>> schedule.load_state_dict({**schedule.state_dict(), "num_updates": 2})
            >>> optimizer.param_groups[0]["lr"]
            0.5
        """

    def _lehr_bind(
        self,
        optimizer: Any,
        tracks: list[tuple[str, Any, Any]],
        *,
        control: dict[str, Any],
        new_groups: str,
        base: str | None,
        asleep: bool,
    ) -> None: ...
    @staticmethod
    def _lehr_bases_of(optimizer: Any, field: str) -> list[float]: ...
    def _lehr_bases(self) -> list[tuple[str, list[int], list[float]]]: ...
    def _lehr_num_updates(self) -> int: ...
    def _lehr_is_bound(self) -> bool: ...
    def _lehr_rebind(self, optimizer: Any) -> None: ...
    def _lehr_observe(self, metric: float) -> None: ...
    def _lehr_seek(self, n: int) -> None: ...
    def _lehr_retarget(self, total: int, how: str) -> None: ...
    def _lehr_anneal(self, field: str, curve: str, over: int, to: float | str) -> None: ...
    def _lehr_explain(self, n: int) -> list[str]: ...
    def _lehr_values(self, last_used: bool) -> list[tuple[str, list[float | None]]]: ...
    def _lehr_sparkline(self, field: str, group: int, width: int) -> str | None: ...
    def _lehr_picture(self, width: int, height: int) -> str: ...
    def _lehr_svg(self, title: str) -> str: ...
    def _lehr_detach(self, why: str) -> None: ...

class SteppingCore(SchedulerCore):
    """A scheduler that counts by itself."""

    def __new__(cls, *args: Any, **kwargs: Any) -> SteppingCore: ...
    def step(self, *, updated: bool | None = None) -> None:
        """Count a completed update and write the values for the next one.

        Args:
            updated: False for an update that was skipped (a loss scaler found an overflow): nothing happens.

        Raises:
            LehrError: with nothing written, and the count as it was.

        Examples:
            >>> import torch
            >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
            >>> import lehr
            >>> schedule = lehr.Scheduler(optimizer, "linear(to=0)", updates=4)
            >>> schedule.step()
            >>> schedule.step(updated=False)
            >>> schedule.num_updates
            1
        """

def check_settings(settings: Any) -> None:
    """Raises if the settings of a controller or a tie cannot be used."""

def accelerated_wsd_periods(
    total_steps: int, num_checkpoints: int, decay_phase_ratio: float
) -> list[tuple[int, int, int]]:
    """The periods of pytorch-accelerated's `WSDLrScheduler`: start, checkpoint, updates that decay."""

def is_spec(plan: Any) -> bool:
    """Whether this is a spec (a path, or a dict that is a whole one) and no plan."""

def read_spec(
    spec: Any, *, at: str | None, updates: int | None, epochs: int | None, updates_per_epoch: int | None
) -> list[tuple[str, list[int | str] | None, Plan, dict[str, Any] | None]]:
    """Each field of a spec: field, groups (None for all), plan, and the settings of its controller."""

def recipe(name: str, **arguments: Any) -> str:
    """The plan text of a recipe. `lehr.recipe` has them with their arguments."""

def wsd(*, updates: int | None, epochs: int | None, updates_per_epoch: int | None, **arguments: Any) -> WsdPlan:
    """A warm-up, stable, decay schedule in its run. `lehr.recipe.wsd` has its arguments."""

def run_command(args: Sequence[str]) -> int:
    """Run the command `lehr` in this process; `args` begins with its name. Answers with the exit code."""

@final
class WsdPlan:
    """A warm-up, stable, decay schedule in its run, with its checkpoints and phases. Made by `lehr.recipe.wsd`.

    A checkpoint at c is made after c updates: update c - 1 has used the minimum.

    Examples:
        >>> import lehr
        >>> run = lehr.recipe.wsd(updates=200, checkpoints=2)
        >>> run.checkpoints
        [100, 200]
    """

    @property
    def plan(self) -> Plan:
        """The values, for a scheduler.

        Examples:
            >>> import lehr
            >>> run = lehr.recipe.wsd(updates=200, checkpoints=2)
            >>> run.plan.value_at(50), run.plan.value_at(99)
            (1.0, 1e-06)
        """

    @property
    def checkpoints(self) -> list[int]:
        """The updates after which there is a checkpoint, ascending; the last one is the end of the run.

        Examples:
            >>> import lehr
            >>> run = lehr.recipe.wsd(updates=200, checkpoints=2)
            >>> run.checkpoints[-1]
            200
        """

    @property
    def decays(self) -> list[tuple[int, int]]:
        """The decays, each as its first update and the one after its last.

        Examples:
            >>> import lehr
            >>> run = lehr.recipe.wsd(updates=200, checkpoints=2)
            >>> run.decays
            [(90, 100), (190, 200)]
        """

    @property
    def phases(self) -> list[dict[str, Any]]:
        """The phases: kind (warm-up, stable, decay, after), start, end (None after the last), index of the checkpoint.

        Examples:
            >>> import lehr
            >>> run = lehr.recipe.wsd(updates=200, checkpoints=2)
            >>> [phase["kind"] for phase in run.phases]
            ['stable', 'decay', 'stable', 'decay', 'after']
        """

    def phase_at(self, n: int) -> dict[str, Any]:
        """The phase that update `n` is in.

        Args:
            n: the update, counted from 0.

        Examples:
            >>> import lehr
            >>> run = lehr.recipe.wsd(updates=200, checkpoints=2)
            >>> run.phase_at(95)["kind"]
            'decay'
        """

    def last_update_before_decay(self, n: int) -> int | None:
        """The last update before the decay that update `n` leads to; None after the last one.

        Args:
            n: the update, counted from 0.

        Examples:
            >>> import lehr
            >>> run = lehr.recipe.wsd(updates=200, checkpoints=2)
            >>> run.last_update_before_decay(0), run.last_update_before_decay(195)
            (89, None)
        """

    def branch(self, at: int, over: int | str, to: float | str, *, curve: str = "power") -> Plan:
        """As planned for `at` updates, then a decay over `over` to the level `to`.

        Args:
            at: completed updates.
            over: updates, or a share of the run.
            to: level at the end.
            curve: the shape of the decay.

        Raises:
            LehrValueError: for a decay without updates, and a curve or level that breaks a rule.

        Examples:
            >>> import lehr
            >>> run = lehr.recipe.wsd(updates=200, checkpoints=2)
            >>> run.branch(at=50, over=10, to="0x").value_at(59)
            0.0
        """

    def continue_before(self, index: int, total: int) -> WsdPlan:
        """Another total in updates, going on from before the decay of checkpoint `index`, counted from 0.

        Args:
            index: of the checkpoint.
            total: updates of the whole run.

        Raises:
            LehrValueError: for a checkpoint that is not there, and a total that is past.

        Examples:
            >>> import lehr
            >>> run = lehr.recipe.wsd(updates=200, checkpoints=2)
            >>> run.continue_before(1, 400).checkpoints
            [100, 400]
        """

    def continue_after(self, index: int, total: int) -> WsdPlan:
        """Another total in updates, going on from after checkpoint `index`, counted from 0.

        Args:
            index: of the checkpoint.
            total: updates of the whole run.

        Raises:
            LehrValueError: for a checkpoint that is not there, and a total that is past.

        Examples:
            >>> import lehr
            >>> run = lehr.recipe.wsd(updates=200, checkpoints=2)
            >>> run.continue_after(1, 400).checkpoints
            [100, 200, 400]
        """

    def __eq__(self, other: object, /) -> bool: ...
    def __ne__(self, other: object, /) -> bool: ...
