"""What can go wrong: every error says which value, which rule, and the way out."""

from __future__ import annotations

__all__ = ["LehrError", "LehrValueError", "MissingFieldError"]


class LehrError(Exception):
    """Any error of lehr. Whenever one is raised, nothing has been written to the optimizer.

    Examples:
        >>> import lehr
        >>> try:
        ...     lehr.Plan.parse("linear(to=0)", updates=0)
        ... except lehr.LehrError as error:
        ...     print(str(error).split(",")[0])
        `updates` is 0
    """


class LehrValueError(LehrError, ValueError):
    """A value that cannot be used.

    Examples:
        >>> import lehr
        >>> issubclass(lehr.LehrValueError, ValueError)
        True
    """


class MissingFieldError(LehrError, KeyError):
    """A parameter group lacks the field that is to be scheduled.

    Examples:
        >>> import torch
        >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
        >>> import lehr
        >>> try:
        ...     lehr.Scheduler(optimizer, {"betas[0]": "hold"}, updates=4)
        ... except lehr.MissingFieldError as error:
        ...     print(str(error).split(";")[0])
        group 0 has no field `betas[0]`
    """

    # KeyError shows the repr of its argument, which makes a sentence unreadable.
    __str__ = Exception.__str__
