"""Named plans, as in Rust's `lehr::recipe`: each answers with the plan text, for `lehr.Plan.parse` or a scheduler."""

from __future__ import annotations

from lehr import _core

__all__ = ["warmup_cosine"]


def warmup_cosine(
    *,
    warmup: int | str = 0,
    warmup_from: float | str = 1e-6,
    to: float | str = 1e-6,
    cooldown: int | str = 0,
    k_decay: float = 1.0,
) -> str:
    """Warm-up in a straight line, cosine decay, cool-down (arXiv 1608.03983 without restarts; k-decay, arXiv 2004.05909).

    Args:
        warmup: length of the warm-up: updates, or `"3ep"`, or `"5%"` of the run.
        warmup_from: level at update 0: absolute, or `"0.1x"` of the base. The warm-up ends at the base.
        to: level at the end of the cosine.
        cooldown: length at the end over which `to` is held.
        k_decay: exponent of the cosine's progress; above 1 the value stays high for longer.

    Returns:
        The plan text.

    Raises:
        LehrValueError: for a length or level that cannot be read.

    >>> warmup_cosine(warmup="5%", warmup_from="0x", to="0.1x")
    'linear(from=0x, over=5%) -> cosine(to=0.1x, over=rest)'
    """
    return _core.warmup_cosine(warmup=warmup, warmup_from=warmup_from, to=to, cooldown=cooldown, k_decay=k_decay)
