"""`Scheduler`: any fields of any groups behind one `step()`."""

from __future__ import annotations

from lehr import _registry
from lehr._core import Plan, SchedulerCore, is_spec, read_spec
from lehr._meta import Stepping
from lehr.control import Plateau, Rule, Tie
from lehr.errors import LehrValueError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__all__ = ["Scheduler"]


class Scheduler(Stepping):
    """Schedules any number of fields, each by its own plan, one `step()` after every optimizer update.

        schedule = lehr.Scheduler(optimizer, {
            "lr": "linear(from=0.01x, over=5%) -> cosine(to=1e-6)",
            "weight_decay": "cosine(from=0.04, to=0.4)",
        }, updates=10_000)
        for batch in batches:
            ...
            optimizer.step()
            schedule.step()

    After k calls of `step()` the groups hold the values for update k, counted from 0. It is a torch `LRScheduler`.

    Args:
        optimizer: a torch optimizer, or anything with a list `param_groups` of dicts.
        plan: the plan for `lr`, or a dict of a plan for each field, or a list of tuples (field, plan, groups). A plan is
            a text, a `lehr.Plan`, a dict or list of phases, a number (held), `lehr.tied_to(...)`, or a function of the
            number of updates and the present values (`lehr.rule`). A field is a key of the groups, or an element of a
            tuple: `"betas[0]"`. Or else a spec: the path of a TOML, YAML or JSON file, or a dict of the same tree (it has
            a `version`), with its own fields, groups and controllers.
        updates: optimizer updates of the run, per process; or give `epochs` and `updates_per_epoch`.
        epochs: epochs of the run, in place of its whole length.
        updates_per_epoch: updates in an epoch. They win over what a spec says.
        at: where in the file or dict the spec stands, such as `"model.lr_schedule"`.
        groups: which groups: an index, a name (the group's `"name"`), a list of either, `"all"`, a function that says of a
            group whether it is meant (asked once, here), or a dict of that for each field. All, unless given; a plan with
            absolute levels then leaves groups alone whose value is 0.
        base: which value the plans start from where a group has `initial_<field>` and it is not the field's value:
            `"initial"` or `"current"`. An error, unless given.
        new_groups: what to do about groups that are added later: `"error"` or `"adopt"`.
        control: a `lehr.Plateau` or `lehr.Greedy` whose factor multiplies `lr` (or the only field), or a dict of them
            for each field. `observe(metric)` tells them a metric.

    Raises:
        MissingFieldError: (a `KeyError`) if a selected group lacks a field.
        LehrValueError: for any other argument that cannot be used. Nothing is then written.

    Examples:
        >>> import torch
        >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
        >>> import lehr
        >>> schedule = lehr.Scheduler(optimizer, "linear(to=0)", updates=4)
        >>> schedule.step()
        >>> optimizer.param_groups[0]["lr"]
        0.75
    """

    def __init__(
        self,
        optimizer: Any,
        plan: Any,
        *,
        updates: int | None = None,
        epochs: int | None = None,
        updates_per_epoch: int | None = None,
        at: str | None = None,
        groups: Any = None,
        base: str | None = None,
        new_groups: str = "error",
        control: Any = None,
    ) -> None:
        horizon = {"updates": updates, "epochs": epochs, "updates_per_epoch": updates_per_epoch}
        controls: dict[str, Any] = {}
        if at is not None or is_spec(plan):
            if groups is not None:
                raise LehrValueError("`groups` is given, but a spec says by itself which groups it means")
            found = read_spec(plan, at=at, **horizon)
            tracks = [(field, where, source) for field, where, source, _ in found]
            controls = {field: Plateau(**settings) for field, _, _, settings in found if settings is not None}
        else:
            tracks = [
                (field, _groups(where, optimizer, new_groups), _source(source, horizon))
                for field, source, where in _tracks(plan, groups)
            ]
        how = {"control": {**controls, **_control(control, tracks)}, "new_groups": new_groups, "base": base}
        self.optimizer = optimizer
        self._lehr_config = {"tracks": tracks, "how": how}
        self._lehr_wake()

    def _lehr_wake(self) -> None:
        if self._lehr_is_bound():
            return
        optimizer = self._lehr_needs_optimizer()
        config = self._lehr_config
        _registry.refuse(self, optimizer, _claims(optimizer, config["tracks"]))
        self._lehr_bind(optimizer, config["tracks"], **config["how"], asleep=False)
        _registry.add(self, optimizer)

    def _lehr_ask(self, track: int, num_updates: int, current: list[float]) -> Any:
        """What the function of a track says."""
        return self._lehr_config["tracks"][track][2].function(num_updates, current)

    @property
    def current(self) -> dict[str, list[float | None]]:
        """For each field what the next update uses, by group; None where it is not scheduled.

        Examples:
            >>> import torch
            >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
            >>> import lehr
            >>> schedule = lehr.Scheduler(optimizer, "linear(to=0)", updates=4)
            >>> schedule.step()
            >>> schedule.current
            {'lr': [0.75]}
        """
        return dict(self._lehr_values(False))

    @property
    def last_used(self) -> dict[str, list[float | None]]:
        """For each field what the finished update used, by group; None before the first step.

        Of a tensor the value that was written, before it was rounded to the tensor's type.

        Examples:
            >>> import torch
            >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
            >>> import lehr
            >>> schedule = lehr.Scheduler(optimizer, "linear(to=0)", updates=4)
            >>> schedule.step()
            >>> schedule.last_used
            {'lr': [1.0]}
        """
        return dict(self._lehr_values(True))

    @property
    def plans(self) -> dict[str, str | None]:
        """For each field the text of its plan now; None where a tie decides.

        Examples:
            >>> import torch
            >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
            >>> import lehr
            >>> schedule = lehr.Scheduler(optimizer, "linear(to=0)", updates=4)
            >>> schedule.plans
            {'lr': 'linear(from=1x, to=0, over=4)'}
        """
        return {field["field"]: field["plan"] for field in SchedulerCore.state_dict(self)["fields"]}

    def observe(self, metric: float) -> None:
        """Tell the controllers a metric, which must be the same in every process; the values change at once.

        Args:
            metric: a loss, or an accuracy, as the controllers' `mode` says.

        Raises:
            LehrError: for a metric that is not finite, unless a controller's `non_finite` says otherwise; nothing has
                then changed.

        Examples:
            >>> import torch
            >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
            >>> import lehr
            >>> plateau = lehr.Plateau(factor=0.5, patience=0)
            >>> schedule = lehr.Scheduler(optimizer, "hold", control=plateau)
            >>> for loss in (0.9, 0.9):
            ...     schedule.observe(loss)
            >>> optimizer.param_groups[0]["lr"]
            0.5
        """
        self._lehr_observe(metric)

    def seek(self, n: int) -> None:
        """Go to update n: the count becomes n and its values are written.

        Args:
            n: completed updates.

        Raises:
            LehrError: for a function that is not said to be pure; nothing has then changed.

        Examples:
            >>> import torch
            >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
            >>> import lehr
            >>> schedule = lehr.Scheduler(optimizer, "linear(to=0)", updates=4)
            >>> schedule.seek(3)
            >>> schedule.num_updates, optimizer.param_groups[0]["lr"]
            (3, 0.25)
        """
        self._lehr_seek(n)

    def retarget(self, total: int, how: str = "stretch") -> None:
        """Give the run another length in updates; continuous here, and recorded in the state.

        Args:
            total: updates of the whole run, those completed included.
            how: `"stretch"` what remains, or `"keep_shape"`: hold for as long as the run got longer, then go on.

        Raises:
            LehrValueError: for a plan without an end, a total that is past, and a shorter run that is to keep its shape.

        Examples:
            >>> import torch
            >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
            >>> import lehr
            >>> schedule = lehr.Scheduler(optimizer, "linear(to=0)", updates=4)
            >>> schedule.seek(2)
            >>> schedule.retarget(6)
            >>> schedule.seek(4)
            >>> optimizer.param_groups[0]["lr"]
            0.25
        """
        self._lehr_retarget(total, how)

    def anneal_from_here(
        self, curve: str, over: int, to: float | str, *, field: str | None = None
    ) -> None:
        """Leave a field's plan and go from its present value to `to`, which is then held; recorded in the state.

        Args:
            curve: a shape, such as `"linear"` or `"cosine"`.
            over: updates that it takes.
            to: level at the end: absolute, or `"0.1x"` of the base.
            field: which field; `lr`, or the only one, unless given.

        Raises:
            LehrValueError: for a field without a plan, and a level or a length that breaks a rule.

        Examples:
            >>> import torch
            >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
            >>> import lehr
            >>> schedule = lehr.Scheduler(optimizer, "linear(to=0)", updates=4)
            >>> schedule.anneal_from_here("linear", over=2, to=0.5)
            >>> schedule.step()
            >>> optimizer.param_groups[0]["lr"]
            0.75
        """
        self._lehr_anneal(field or _main_field(list(self.plans)), curve, over, to)

    def explain(self, n: int | None = None) -> str:
        """What update n (the next one, unless given) uses in each planned field and group, and why.

        Args:
            n: the update.

        Examples:
            >>> import torch
            >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
            >>> import lehr
            >>> schedule = lehr.Scheduler(optimizer, "linear(to=0)", updates=4)
            >>> print(schedule.explain(1))
            update 1 of 4 (25.0 %): lr of group 0 is 0.75, in phase `linear` from 0 to 4 (25.0 % of it done); the plan ends there
        """
        return "\n".join(self._lehr_explain(self._lehr_num_updates() if n is None else n))

    def picture(self, width: int = 80, height: int = 24) -> str:
        """The plans as a picture of text, each field in its first group.

        Args:
            width: columns.
            height: lines.

        Examples:
            >>> import torch
            >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
            >>> import lehr
            >>> schedule = lehr.Scheduler(optimizer, "linear(to=0)", updates=4)
            >>> print(schedule.picture(width=40, height=10).splitlines()[0])
            lr  min 0.25  max 1  last 0.25
        """
        return self._lehr_picture(width, height)

    def svg(self) -> str:
        """The plans as an SVG picture: a panel for each field, a curve for each base that it has.

        Examples:
            >>> import torch
            >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
            >>> import lehr
            >>> schedule = lehr.Scheduler(optimizer, "linear(to=0)", updates=4)
            >>> schedule.svg()[:4]
            '<svg'
        """
        return self._lehr_svg(f"after {self._lehr_num_updates()} updates")

    def _repr_svg_(self) -> str:
        return self.svg()

    def state_digest(self) -> str:
        """A short text that is the same where the state is: for ranks to compare.

        Examples:
            >>> import torch
            >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
            >>> import lehr
            >>> schedule = lehr.Scheduler(optimizer, "linear(to=0)", updates=4)
            >>> before = schedule.state_digest()
            >>> schedule.step()
            >>> before == schedule.state_digest()
            False
        """
        import hashlib
        import json

        return hashlib.sha256(json.dumps(self.state_dict(), sort_keys=True).encode()).hexdigest()[:16]

    def __repr__(self) -> str:
        if not self._lehr_is_bound():
            return f"<{type(self).__name__}, not attached>"
        lines = [f"{type(self).__name__}(after {self._lehr_num_updates()} updates"]
        values = self.current
        for saved in self.state_dict()["fields"]:
            field, groups = saved["field"], saved["groups"]
            line = self._lehr_sparkline(field, groups[0], 24)
            now = sorted({values[field][group] for group in groups})
            shown = f"{now[0]:.4g}" if len(now) == 1 else f"{now[0]:.4g} to {now[-1]:.4g}"
            lines.append(f"  {field}: {shown}  {line or ''}  {saved['plan'] or saved['rule']}")
        return "\n".join(lines) + ")"


def _tracks(plan: Any, groups: Any) -> list[tuple[str, Any, Any]]:
    """(field, plan, groups) for each field."""
    if isinstance(plan, list) and plan and all(isinstance(track, tuple) for track in plan):
        if groups is not None:
            raise LehrValueError("`groups` is given twice: the tuples (field, plan, groups) have their own")
        tracks = []
        for track in plan:
            if len(track) not in (2, 3) or not isinstance(track[0], str):
                raise LehrValueError(f"`plan` has {track!r}, but a tuple is (field, plan) or (field, plan, groups)")
            tracks.append((track[0], track[1], track[2] if len(track) == 3 else None))
        return tracks
    if isinstance(plan, dict) and "shape" not in plan and "combine" not in plan:
        if not plan:
            raise LehrValueError("`plan` is empty, but at least one field must be scheduled: {\"lr\": \"cosine(to=0)\"}")
        for field in plan:
            if not isinstance(field, str):
                raise LehrValueError(f"`plan` has the field {field!r}, but a field is a text such as \"lr\"")
        if isinstance(groups, dict):
            unknown = [field for field in groups if field not in plan]
            if unknown:
                raise LehrValueError(f"`groups` has `{unknown[0]}`, but there is no plan for it")
            return [(field, source, groups.get(field)) for field, source in plan.items()]
        return [(field, source, groups) for field, source in plan.items()]
    if isinstance(groups, dict):
        groups = groups.get("lr")
    return [("lr", plan, groups)]


def _source(source: Any, horizon: dict[str, Any]) -> Any:
    """A plan of whatever stands for one, a tie, or a rule."""
    if isinstance(source, (Plan, Tie, Rule)):
        return source
    if callable(source):
        return Rule(source)
    if type(source) in (int, float):
        source = f"hold(from={float(source)!r})"
    return Plan.parse(source, **horizon)


def _groups(where: Any, optimizer: Any, new_groups: str) -> Any:
    """A selection as the core has it: None for all, an index, a name, or a list of either."""
    if where == "all" and all(group.get("name") != "all" for group in optimizer.param_groups):
        return None
    if not callable(where):
        return where
    if new_groups == "adopt":
        raise LehrValueError(
            "`groups` is a function, which is asked once, but new_groups=\"adopt\" wants to know about later groups, too: "
            "select by name, or leave `new_groups` at \"error\""
        )
    chosen = [index for index, group in enumerate(optimizer.param_groups) if where(group)]
    if not chosen:
        raise LehrValueError(f"no group is selected by the function in `groups`; there are {len(optimizer.param_groups)}")
    return chosen


def _main_field(fields: list[str]) -> str:
    if "lr" in fields or len(fields) == 1:
        return "lr" if "lr" in fields else fields[0]
    raise LehrValueError(f"which field is meant? There are {', '.join(fields)}")


def _control(control: Any, tracks: list[tuple[str, Any, Any]]) -> dict[str, Any]:
    if control is None:
        return {}
    if isinstance(control, dict):
        return dict(control)
    return {_main_field([field for field, _, _ in tracks]): control}


def _claims(optimizer: Any, tracks: list[tuple[str, Any, Any]]) -> list[tuple[str, list[int], None]]:
    """The groups that each field is wanted in, as far as they can be told; the core checks them."""
    claims = []
    names = [group.get("name") for group in optimizer.param_groups]
    for field, where, _ in tracks:
        wanted = where if isinstance(where, (list, tuple)) else [where]
        groups = [
            index for index, name in enumerate(names) if where is None or index in wanted or (name and name in wanted)
        ]
        claims.append((field, groups, None))
    return claims
