"""What can go wrong: every error says which value, which rule, and the way out."""

from __future__ import annotations

__all__ = ["LehrError", "LehrValueError", "MissingFieldError"]


class LehrError(Exception):
    """Any error of lehr. Whenever one is raised, nothing has been written to the optimizer."""


class LehrValueError(LehrError, ValueError):
    """A value that cannot be used."""


class MissingFieldError(LehrError, KeyError):
    """A parameter group lacks the field that is to be scheduled."""

    # KeyError shows the repr of its argument, which makes a sentence unreadable.
    __str__ = Exception.__str__
