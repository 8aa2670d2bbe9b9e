"""Controllers, whose factor follows a metric, ties, which follow another field, and functions as rules.

Settings only: Rust does the rest.
"""

from __future__ import annotations

from lehr import _core
from lehr.errors import LehrValueError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

__all__ = ["Greedy", "Plateau", "Rule", "Tie", "rule", "tied_to"]


class _Settings:
    """Immutable named values, comparable and picklable."""

    _kind: str

    def _set(self, **values: Any) -> None:
        for name, value in values.items():
            object.__setattr__(self, name, value)
        _core.check_settings(self)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"settings cannot be changed: make another {type(self).__name__}")

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and vars(other) == vars(self)

    def __hash__(self) -> int:
        return hash((type(self), tuple(vars(self).items())))

    def __repr__(self) -> str:
        values = ", ".join(f"{name}={value!r}" for name, value in vars(self).items())
        return f"{type(self).__name__}({values})"

    def __setstate__(self, state: dict[str, Any]) -> None:
        self._set(**state)


class Plateau(_Settings):
    """Multiplies by `factor` when a metric has stopped improving (torch's ReduceLROnPlateau, as a factor).

    Args:
        mode: `"min"` (a loss) or `"max"` (an accuracy).
        factor: what each reduction multiplies by; above 0 and below 1.
        patience: observations in a row without improvement that are borne; the next one reduces.
        threshold: by how much a metric must be better; relative to the best, or in the metric's unit.
        threshold_mode: `"rel"` or `"abs"`.
        cooldown: observations after a reduction that do not count as bad.
        min_factor: what the factor does not fall below, a multiple of what the plan says; from 0 to 1.
        non_finite: what to do with NaN: `"error"`, `"ignore"`, or `"bad"` (count it, as torch does).
        smoothing: how many of the last metrics are averaged.

    Raises:
        LehrValueError: for a setting outside its range.

    Examples:
        >>> import lehr
        >>> lehr.Plateau(factor=0.5, patience=2).patience
        2
    """

    _kind = "plateau"

    mode: str
    factor: float
    patience: int
    threshold: float
    threshold_mode: str
    cooldown: int
    min_factor: float
    non_finite: str
    smoothing: int

    def __init__(
        self,
        *,
        mode: str = "min",
        factor: float = 0.1,
        patience: int = 10,
        threshold: float = 1e-4,
        threshold_mode: str = "rel",
        cooldown: int = 0,
        min_factor: float = 0.0,
        non_finite: str = "error",
        smoothing: int = 1,
    ) -> None:
        self._set(
            mode=mode,
            factor=factor,
            patience=patience,
            threshold=threshold,
            threshold_mode=threshold_mode,
            cooldown=cooldown,
            min_factor=min_factor,
            non_finite=non_finite,
            smoothing=smoothing,
        )


class Greedy(_Settings):
    """Rises while a metric keeps improving, falls when it stops (GreedyLR, arXiv 2512.14527), as a factor.

    Args:
        mode: `"min"` (a loss) or `"max"` (an accuracy).
        factor: what a reduction multiplies by and an increase divides by; above 0 and below 1.
        increase_patience: better observations in a row that are let pass; the next one increases.
        decrease_patience: worse observations in a row that are borne; the next one reduces.
        threshold: by how much a metric must be better; in the metric's unit, or relative to the best.
        threshold_mode: `"abs"` or `"rel"`.
        cooldown: observations after a reduction that are let pass.
        warmup: observations after an increase that are let pass.
        min_factor: what the factor does not fall below, a multiple of what the plan says.
        max_factor: what it does not rise above.
        reset_start: start over at this many reductions at the minimum; None never does.
        non_finite: what to do with NaN: `"error"`, `"ignore"`, or `"bad"` (count it).
        smoothing: how many of the last metrics are averaged.

    Raises:
        LehrValueError: for a setting outside its range.

    Examples:
        >>> import lehr
        >>> lehr.Greedy(factor=0.5).max_factor
        10.0
    """

    _kind = "greedy"

    mode: str
    factor: float
    increase_patience: int
    decrease_patience: int
    threshold: float
    threshold_mode: str
    cooldown: int
    warmup: int
    min_factor: float
    max_factor: float
    reset_start: int | None
    non_finite: str
    smoothing: int

    def __init__(
        self,
        *,
        mode: str = "min",
        factor: float = 0.95,
        increase_patience: int = 10,
        decrease_patience: int = 10,
        threshold: float = 1e-6,
        threshold_mode: str = "abs",
        cooldown: int = 0,
        warmup: int = 0,
        min_factor: float = 0.01,
        max_factor: float = 10.0,
        reset_start: int | None = 500,
        non_finite: str = "error",
        smoothing: int = 1,
    ) -> None:
        self._set(
            mode=mode,
            factor=factor,
            increase_patience=increase_patience,
            decrease_patience=decrease_patience,
            threshold=threshold,
            threshold_mode=threshold_mode,
            cooldown=cooldown,
            warmup=warmup,
            min_factor=min_factor,
            max_factor=max_factor,
            reset_start=reset_start,
            non_finite=non_finite,
            smoothing=smoothing,
        )


class Tie(_Settings):
    """A field that follows another one of its group. Made by `tied_to`.

    Args:
        source: the field that it follows.
        exponent: of the source's share of its base.
        offset: where given, the value is `offset + scale * source`.
        scale: see `offset`.

    Raises:
        LehrValueError: for a number that is not finite, and what is no field.

    Examples:
        >>> import lehr
        >>> lehr.tied_to("lr").source
        'lr'
    """

    _kind = "tie"

    source: str
    exponent: float
    offset: float | None
    scale: float

    def __init__(
        self, source: str, *, exponent: float = 1.0, offset: float | None = None, scale: float = 1.0
    ) -> None:
        self._set(source=source, exponent=exponent, offset=offset, scale=scale)

    def power(self, exponent: float) -> Tie:
        """`base * (source / source's base) ** exponent`: 0.5 is the square-root rule.

        Args:
            exponent: a number.

        Examples:
            >>> import lehr
            >>> lehr.tied_to("lr").power(2.0).exponent
            2.0
        """
        return Tie(self.source, exponent=exponent)

    def linear(self, offset: float, scale: float) -> Tie:
        """`offset + scale * source`, whatever the bases: `linear(1.0, -1.0)` is one minus the source.

        Args:
            offset: in the field's unit.
            scale: the field's unit for one of the source's.

        Examples:
            >>> import lehr
            >>> tie = lehr.tied_to("lr").linear(1.0, -1.0)
            >>> tie.offset, tie.scale
            (1.0, -1.0)
        """
        return Tie(self.source, offset=offset, scale=scale)


def tied_to(field: str) -> Tie:
    """A value in proportion to another scheduled field of the same group: `base * source / (the source's base)`.

    Args:
        field: the field that it follows, such as `"lr"`.

    Raises:
        LehrValueError: for what is no field.

    Examples:
        >>> tied_to("lr").power(0.5)
        Tie(source='lr', exponent=0.5, offset=None, scale=1.0)
    """
    return Tie(field)


class Rule:
    """A function that decides a field's values in a `lehr.Scheduler`. Made by `rule`.

    Args:
        function: of the number of completed updates and the present values.
        name: what stands for it in a saved state.
        pure: whether the answer is a function of the number alone.

    Raises:
        LehrValueError: if it is no function.

    Examples:
        >>> import lehr
        >>> lehr.rule(lambda num_updates, current: 0.1, name="constant")
        rule(constant)
    """

    _kind = "rule"

    def __init__(self, function: Callable[[int, list[float]], Any], *, name: str | None = None, pure: bool = False) -> None:
        if not callable(function):
            raise LehrValueError(f"`function` is {function!r}, but a rule is a function of (num_updates, current)")
        self.function = function
        self.name = name or getattr(function, "__qualname__", type(function).__qualname__)
        self.pure = bool(pure)

    def __repr__(self) -> str:
        return f"rule({self.name}{', pure=True' if self.pure else ''})"


def rule(function: Callable[[int, list[float]], Any], *, name: str | None = None, pure: bool = False) -> Rule:
    """A function as the rule of a field: `lehr.Scheduler(optimizer, {"weight_decay": lehr.rule(halve_at_100)})`.

    Args:
        function: called with the number of completed updates and the list of the field's values, one for each scheduled
            group, in the field's unit and without any controller's factor. It answers None (leave the groups alone), a
            number for all of them, or one number for each: a list, a tuple, a generator, a NumPy array or a tensor of
            shape (groups,).
        name: what stands for it in a saved state, which a scheduler with another rule refuses; the function's own name.
        pure: whether the answer is a function of the number alone, so that `seek` may ask for any update.

    Raises:
        LehrValueError: if it is no function.

    Examples:
        >>> import torch
        >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
        >>> import lehr
        >>> halve = lehr.rule(lambda num_updates, current: [value / 2 for value in current])
        >>> schedule = lehr.Scheduler(optimizer, {"lr": halve})
        >>> schedule.step()
        >>> optimizer.param_groups[0]["lr"]
        0.25
    """
    return Rule(function, name=name, pure=pure)
