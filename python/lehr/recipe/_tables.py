"""Steps, tables, and tools."""

from __future__ import annotations

from lehr import _core

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from lehr.recipe import Level, Span


def step(every: Span, factor: float) -> str:
    """Multiplied by `factor` at every multiple of `every`.

    Args:
        every: length of a step.
        factor: of each step.

    Returns:
        The plan's text.

    Raises:
        LehrValueError: for what cannot be read; what breaks a rule of the run is one where the plan is resolved.

    Examples:
        >>> step(30, 0.1)
        'repeat(hold(over=30), height=0.1)'
    """
    return _core.recipe("step", every=every, factor=factor)


def multi_step(milestones: Iterable[Span], *, factor: float | Sequence[float] = 0.1) -> str:
    """Multiplied at milestones.

    Args:
        milestones: positions, ascending.
        factor: of each milestone, or one for each.

    Returns:
        The plan's text.

    Raises:
        LehrValueError: for what cannot be read; what breaks a rule of the run is one where the plan is resolved.

    Examples:
        >>> multi_step([30, 80], factor=[0.5, 0.5])
        'hold(from=1x, over=30) -> hold(from=0.5x, over=50) -> hold(from=0.25x)'
    """
    return _core.recipe("multi_step", milestones=milestones, factor=factor)


def piecewise_constant(first: Level, boundaries: Iterable[tuple[Span, Level]]) -> str:
    """Levels from given positions on.

    Args:
        first: until the first position.
        boundaries: positions with the level that begins there.

    Returns:
        The plan's text.

    Raises:
        LehrValueError: for what cannot be read; what breaks a rule of the run is one where the plan is resolved.

    Examples:
        >>> piecewise_constant(0.1, [(10, 0.02)])
        'hold(from=0.1, over=10) -> hold(from=0.02)'
    """
    return _core.recipe("piecewise_constant", first=first, boundaries=boundaries)


def piecewise(points: Iterable[tuple[Span, Level]], *, curve: str = "linear") -> str:
    """Lines (or another curve) through points.

    Args:
        points: positions with their levels.
        curve: between two points.

    Returns:
        The plan's text.

    Raises:
        LehrValueError: for what cannot be read; what breaks a rule of the run is one where the plan is resolved.

    Examples:
        >>> piecewise([(0, "0x"), (10, "1x")])
        'linear(from=0x, to=1x, over=10) -> hold(from=1x)'
    """
    return _core.recipe("piecewise", points=points, curve=curve)


def range_test(*, from_: Level = 1e-7, to: Level = 10.0, over: Span | None = None, linear: bool = False) -> str:
    """The learning rate range test (arXiv 1506.01186): up from tiny to too large.

    Args:
        from_: level at update 0.
        to: level at the end.
        over: length; the whole run.
        linear: a straight line instead of a geometric one.

    Returns:
        The plan's text.

    Raises:
        LehrValueError: for what cannot be read; what breaks a rule of the run is one where the plan is resolved.

    Examples:
        >>> range_test()
        'geometric(from=1e-7, to=10, over=rest)'
    """
    return _core.recipe("range_test", from_=from_, to=to, over=over, linear=linear)


def swa(to: Level, *, over: Span = "10ep", curve: str = "cosine") -> str:
    """From where the plan is to a constant, for stochastic weight averaging (arXiv 1803.05407).

    Args:
        to: the constant.
        over: length of the way to it.
        curve: its shape.

    Returns:
        The plan's text.

    Raises:
        LehrValueError: for what cannot be read; what breaks a rule of the run is one where the plan is resolved.

    Examples:
        >>> swa(0.05)
        'cosine(to=0.05, over=10ep) -> hold'
    """
    return _core.recipe("swa", to=to, over=over, curve=curve)
