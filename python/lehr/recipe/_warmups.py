"""A warm-up, then one shape or two."""

from __future__ import annotations

from lehr import _core

TYPE_CHECKING = False
if TYPE_CHECKING:
    from lehr.recipe import Level, Span


def warmup_cosine(
    *, warmup: Span = 0, warmup_from: Level = 1e-6, to: Level = 1e-6, cooldown: Span = 0, k_decay: float = 1.0
) -> str:
    """Warm-up in a straight line, cosine decay, cool-down (arXiv 1608.03983 without restarts; k-decay, arXiv 2004.05909).

    Args:
        warmup: length of the warm-up, which ends at the base.
        warmup_from: level at update 0.
        to: level at the end of the cosine.
        cooldown: length at the end over which `to` is held.
        k_decay: exponent of the cosine's progress; above 1 the value stays high for longer.

    Returns:
        The plan's text.

    Raises:
        LehrValueError: for what cannot be read; what breaks a rule of the run is one where the plan is resolved.

    Examples:
        >>> warmup_cosine(warmup="5%", warmup_from="0x", to="0.1x")
        'linear(from=0x, over=5%) -> cosine(to=0.1x, over=rest)'
    """
    return _core.recipe(
        "warmup_cosine", warmup=warmup, warmup_from=warmup_from, to=to, cooldown=cooldown, k_decay=k_decay
    )


def linear_with_warmup(*, warmup: Span = 0, warmup_from: Level = "0x", to: Level = "0x", cooldown: Span = 0) -> str:
    """Warm-up, then a straight line to the end.

    Args:
        warmup: length of the warm-up, which ends at the base.
        warmup_from: level at update 0.
        to: level at the end.
        cooldown: length at the end over which `to` is held.

    Returns:
        The plan's text.

    Raises:
        LehrValueError: for what cannot be read; what breaks a rule of the run is one where the plan is resolved.

    Examples:
        >>> linear_with_warmup(warmup=100)
        'linear(from=0x, over=100) -> linear(to=0x, over=rest)'
    """
    return _core.recipe("linear_with_warmup", warmup=warmup, warmup_from=warmup_from, to=to, cooldown=cooldown)


def polynomial_with_warmup(
    power: float, *, warmup: Span = 0, warmup_from: Level = "0x", to: Level = 1e-7, cooldown: Span = 0
) -> str:
    """Warm-up, then a polynomial, `(1 - p) ** power`.

    Args:
        power: exponent; above 0.
        warmup: length of the warm-up, which ends at the base.
        warmup_from: level at update 0.
        to: level at the end.
        cooldown: length at the end over which `to` is held.

    Returns:
        The plan's text.

    Raises:
        LehrValueError: for what cannot be read; what breaks a rule of the run is one where the plan is resolved.

    Examples:
        >>> polynomial_with_warmup(2.0, warmup=10)
        'linear(from=0x, over=10) -> polynomial(power=2, to=1e-7, over=rest)'
    """
    return _core.recipe(
        "polynomial_with_warmup", power=power, warmup=warmup, warmup_from=warmup_from, to=to, cooldown=cooldown
    )


def tanh_with_warmup(*, warmup: Span = 0, warmup_from: Level = "0x", to: Level = "0x", cooldown: Span = 0) -> str:
    """Warm-up, then a hyperbolic tangent (timm's).

    Args:
        warmup: length of the warm-up, which ends at the base.
        warmup_from: level at update 0.
        to: level at the end.
        cooldown: length at the end over which `to` is held.

    Returns:
        The plan's text.

    Raises:
        LehrValueError: for what cannot be read; what breaks a rule of the run is one where the plan is resolved.

    Examples:
        >>> tanh_with_warmup()
        'tanh(to=0x, over=rest)'
    """
    return _core.recipe("tanh_with_warmup", warmup=warmup, warmup_from=warmup_from, to=to, cooldown=cooldown)


def rex(*, warmup: Span = 0, warmup_from: Level = "0x", to: Level = "0x", cooldown: Span = 0) -> str:
    """Warm-up, then REX, `(1 - p) / (1 - p / 2)` (arXiv 2107.04197).

    Args:
        warmup: length of the warm-up, which ends at the base.
        warmup_from: level at update 0.
        to: level at the end.
        cooldown: length at the end over which `to` is held.

    Returns:
        The plan's text.

    Raises:
        LehrValueError: for what cannot be read; what breaks a rule of the run is one where the plan is resolved.

    Examples:
        >>> rex(warmup="5%")
        'linear(from=0x, over=5%) -> rex(to=0x, over=rest)'
    """
    return _core.recipe("rex", warmup=warmup, warmup_from=warmup_from, to=to, cooldown=cooldown)


def constant_with_warmup(*, warmup: Span = 0, warmup_from: Level = "0x") -> str:
    """Warm-up, then the base for ever.

    Args:
        warmup: length of the warm-up, which ends at the base.
        warmup_from: level at update 0.

    Returns:
        The plan's text.

    Raises:
        LehrValueError: for what cannot be read; what breaks a rule of the run is one where the plan is resolved.

    Examples:
        >>> constant_with_warmup(warmup=10)
        'linear(from=0x, over=10) -> hold'
    """
    return _core.recipe("constant_with_warmup", warmup=warmup, warmup_from=warmup_from)


def trapezoid(*, warmup: Span = 0, warmup_from: Level = "0x", decay: Span = "20%", to: Level = "0x") -> str:
    """Warm-up, plateau, decay, all in straight lines (arXiv 2405.18392).

    Args:
        warmup: length of the warm-up, which ends at the base.
        warmup_from: level at update 0.
        decay: length of the decay at the end.
        to: level at the end.

    Returns:
        The plan's text.

    Raises:
        LehrValueError: for what cannot be read; what breaks a rule of the run is one where the plan is resolved.

    Examples:
        >>> trapezoid(warmup="10%")
        'linear(from=0x, over=10%) -> hold(over=rest) -> linear(to=0x, over=20%)'
    """
    return _core.recipe("trapezoid", warmup=warmup, warmup_from=warmup_from, decay=decay, to=to)


def tri_stage(
    *, warmup: Span = 4000, warmup_from: Level = "0.01x", hold: Span = 20_000, decay: Span = 60_000,
    to: Level = "0.01x"
) -> str:
    """Warm-up, hold, exponential decay, and the last level for ever (fairseq's tri-stage).

    Args:
        warmup: length of the warm-up.
        warmup_from: level at update 0.
        hold: length of the plateau.
        decay: length of the decay.
        to: level after the decay; absolute, or a multiple of the base, above 0.

    Returns:
        The plan's text.

    Raises:
        LehrValueError: for what cannot be read; what breaks a rule of the run is one where the plan is resolved.

    Examples:
        >>> tri_stage()
        'linear(from=0.01x, over=4000) -> hold(over=20000) -> geometric(to=0.01x, over=60000) -> hold'
    """
    return _core.recipe("tri_stage", warmup=warmup, warmup_from=warmup_from, hold=hold, decay=decay, to=to)


def inverse_sqrt(
    *, warmup: Span = 0, warmup_from: Level = "0x", timescale: Span | None = None, floor: Level | None = None
) -> str:
    """Warm-up, then the inverse square root of the updates since.

    Args:
        warmup: length of the warm-up, which ends at the base.
        warmup_from: level at update 0.
        timescale: updates after which the value is `1 / sqrt(2)`; the warm-up's length, or 10000 without one.
        floor: what the value does not fall below.

    Returns:
        The plan's text.

    Raises:
        LehrValueError: for what cannot be read; what breaks a rule of the run is one where the plan is resolved.

    Examples:
        >>> inverse_sqrt(warmup=100)
        'linear(from=0x, over=100) -> power_law(scale=100)'
    """
    return _core.recipe("inverse_sqrt", warmup=warmup, warmup_from=warmup_from, timescale=timescale, floor=floor)


def noam(d_model: int, warmup: int, *, times_base: bool = False) -> str:
    """Attention is all you need: `d_model ** -0.5 * min(n ** -0.5, n * warmup ** -1.5)` (arXiv 1706.03762).

    Args:
        d_model: width of the model.
        warmup: updates of warm-up.
        times_base: whether it is a multiple of the base, not absolute.

    Returns:
        The plan's text.

    Raises:
        LehrValueError: for what cannot be read; what breaks a rule of the run is one where the plan is resolved.

    Examples:
        >>> noam(256, 100)
        'linear(from=0, to=0.00625, over=100) -> power_law(scale=100)'
    """
    return _core.recipe("noam", d_model=d_model, warmup=warmup, times_base=times_base)


def noam_hold(
    *, warmup: Span = 0, warmup_from: Level = "0x", hold: Span = 0, exponent: float = 0.5,
    floor: Level | None = None
) -> str:
    """Warm-up, hold, then a power of the time (NeMo's NoamHoldAnnealing).

    Args:
        warmup: length of the warm-up, which ends at the base.
        warmup_from: level at update 0.
        hold: length of the plateau.
        exponent: of the decay.
        floor: what the value does not fall below.

    Returns:
        The plan's text.

    Raises:
        LehrValueError: for what cannot be read; what breaks a rule of the run is one where the plan is resolved.

    Examples:
        >>> noam_hold(warmup="2ep", hold="3ep")
        'linear(from=0x, over=2ep) -> hold(over=3ep) -> power_law(scale=2ep)'
    """
    return _core.recipe("noam_hold", warmup=warmup, warmup_from=warmup_from, hold=hold, exponent=exponent, floor=floor)


def power_with_tail(
    *, warmup: Span = 0, warmup_from: Level = "0x", exponent: float = 0.51, tail: Span = "10%", to: Level = "0x"
) -> str:
    """Warm-up, a power law, and a straight line at the end (arXiv 2408.13359).

    Args:
        warmup: length of the warm-up, which ends at the base.
        warmup_from: level at update 0.
        exponent: of the power law.
        tail: length of the line at the end.
        to: level at the end.

    Returns:
        The plan's text.

    Raises:
        LehrValueError: for what cannot be read; what breaks a rule of the run is one where the plan is resolved.

    Examples:
        >>> power_with_tail(warmup=100)
        'linear(from=0x, over=100) -> power_law(exponent=0.51, scale=100, over=rest) -> linear(to=0x, over=10%)'
    """
    return _core.recipe("power_with_tail", warmup=warmup, warmup_from=warmup_from, exponent=exponent, tail=tail, to=to)
