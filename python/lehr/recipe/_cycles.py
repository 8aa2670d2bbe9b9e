"""Cycles and restarts."""

from __future__ import annotations

from lehr import _core

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from lehr.recipe import Level, Span


def one_cycle(
    *, up: Span = "30%", three_phase: Span | None = None, from_: Level = "0.04x", to: Level = "4e-6x",
    linear: bool = False
) -> str:
    """Up to the base and down to far below (arXiv 1708.07120).

    Args:
        up: length of the rise.
        three_phase: length of the fall back to `from_`, if there is to be one before the last phase.
        from_: level at update 0.
        to: level at the end.
        linear: straight lines instead of cosines.

    Returns:
        The plan's text.

    Raises:
        LehrValueError: for what cannot be read; what breaks a rule of the run is one where the plan is resolved.

    Examples:
        >>> one_cycle()
        'cosine(from=0.04x, to=1x, over=30%) -> cosine(to=4e-6x, over=rest)'
    """
    return _core.recipe("one_cycle", up=up, three_phase=three_phase, from_=from_, to=to, linear=linear)


def one_cycle_momentum(
    low: Level, high: Level, *, up: Span = "30%", three_phase: Span | None = None, linear: bool = False
) -> str:
    """The momentum beside `one_cycle`: down from `high` to `low`, and up again.

    Args:
        low: level at the peak of the cycle.
        high: level at both ends.
        up: length of the rise.
        three_phase: length of the fall back to `from_`, if there is to be one before the last phase.
        linear: straight lines instead of cosines.

    Returns:
        The plan's text.

    Raises:
        LehrValueError: for what cannot be read; what breaks a rule of the run is one where the plan is resolved.

    Examples:
        >>> one_cycle_momentum(0.85, 0.95)
        'cosine(from=0.95, to=0.85, over=30%) -> cosine(to=0.95, over=rest)'
    """
    return _core.recipe("one_cycle_momentum", low=low, high=high, up=up, three_phase=three_phase, linear=linear)


def triangular(
    low: Level,
    up: Span,
    *,
    to: Level = "1x",
    down: Span | None = None,
    triangular2: bool = False,
    gamma: float | None = None,
) -> str:
    """Triangular cycles (CLR, arXiv 1506.01186).

    Args:
        low: level between cycles.
        up: length of a rise.
        to: level at the top.
        down: length of a fall; as long as the rise.
        triangular2: whether each cycle is half as high as the one before.
        gamma: factor of the height at each update, instead.

    Returns:
        The plan's text.

    Raises:
        LehrValueError: for what cannot be read; what breaks a rule of the run is one where the plan is resolved.

    Examples:
        >>> triangular("0.5x", 10)
        'repeat(linear(from=0.5x, to=1x, over=10) -> linear(to=0.5x, over=10))'
    """
    return _core.recipe("triangular", low=low, up=up, to=to, down=down, triangular2=triangular2, gamma=gamma)


def triangular_momentum(
    low_momentum: Level,
    high_momentum: Level,
    low: Level,
    up: Span,
    *,
    to: Level = "1x",
    down: Span | None = None,
    triangular2: bool = False,
    gamma: float | None = None,
) -> str:
    """The momentum beside `triangular`.

    Args:
        low_momentum: level at the top of a cycle.
        high_momentum: level between cycles.
        low: level between cycles.
        up: length of a rise.
        to: level at the top.
        down: length of a fall; as long as the rise.
        triangular2: whether each cycle is half as high as the one before.
        gamma: factor of the height at each update, instead.

    Returns:
        The plan's text.

    Raises:
        LehrValueError: for what cannot be read; what breaks a rule of the run is one where the plan is resolved.

    Examples:
        >>> triangular_momentum(0.8, 0.9, "0.5x", 10)
        'repeat(linear(from=0.9, to=0.8, over=10) -> linear(to=0.9, over=10))'
    """
    return _core.recipe(
        "triangular_momentum", low_momentum=low_momentum, high_momentum=high_momentum, low=low, up=up, to=to,
        down=down, triangular2=triangular2, gamma=gamma
    )


def sgdr(
    period: Span,
    *,
    warmup: Span = 0,
    warmup_from: Level = "0x",
    length: float = 1.0,
    height: float = 1.0,
    to: Level = "0x",
    cycles: int | None = None,
) -> str:
    """Warm restarts (SGDR, arXiv 1608.03983).

    Args:
        period: length of the first cycle.
        warmup: length of the warm-up, which ends at the base.
        warmup_from: level at update 0.
        length: factor of the length from cycle to cycle.
        height: factor of the height from cycle to cycle.
        to: level at the end of each cycle.
        cycles: how many; without end unless given.

    Returns:
        The plan's text.

    Raises:
        LehrValueError: for what cannot be read; what breaks a rule of the run is one where the plan is resolved.

    Examples:
        >>> sgdr("10ep", length=2.0)
        'repeat(cosine(to=0x, over=10ep), length=2, anchor=0x)'
    """
    return _core.recipe(
        "sgdr", period=period, warmup=warmup, warmup_from=warmup_from, length=length, height=height, to=to,
        cycles=cycles
    )


def sgdr_list(cycles: Iterable[tuple[Span, Level]], *, to: Level = "0x") -> str:
    """One cosine after another.

    Args:
        cycles: length and peak of each.
        to: level at the end of each.

    Returns:
        The plan's text.

    Raises:
        LehrValueError: for what cannot be read; what breaks a rule of the run is one where the plan is resolved.

    Examples:
        >>> sgdr_list([(10, "1x"), ("rest", "0.5x")])
        'cosine(from=1x, to=0x, over=10) -> cosine(from=0.5x, to=0x, over=rest)'
    """
    return _core.recipe("sgdr_list", cycles=cycles, to=to)


def cosine_with_restarts(*, warmup: Span = 0, warmup_from: Level = "0x", cycles: int = 1, to: Level = "0x") -> str:
    """Warm-up, then so many equal cosines (transformers' hard restarts).

    Args:
        warmup: length of the warm-up, which ends at the base.
        warmup_from: level at update 0.
        cycles: how many.
        to: level at the end of each.

    Returns:
        The plan's text.

    Raises:
        LehrValueError: for what cannot be read; what breaks a rule of the run is one where the plan is resolved.

    Examples:
        >>> cosine_with_restarts(cycles=3)
        'repeat(cosine(to=0x), times=3)'
    """
    return _core.recipe("cosine_with_restarts", warmup=warmup, warmup_from=warmup_from, cycles=cycles, to=to)
