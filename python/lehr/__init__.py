"""Schedules for any hyperparameter of any optimizer, set once after every optimizer update.

>>> import lehr
>>> plan = lehr.Plan.parse("linear(from=0x, over=10%) -> cosine(to=0)", updates=100)
>>> plan.value_at(5, base=0.1)
0.05

With an optimizer: `lehr.Scheduler`, or a class of your own over `lehr.StatefulSchedulerBase`.
"""

from __future__ import annotations

from lehr import control, recipe
from lehr._core import Plan, __version__
from lehr._scheduler import Scheduler
from lehr._seed import SchedulerBase, StatefulSchedulerBase
from lehr._seed_cosine import CosineLrScheduler
from lehr._seed_wsd import WSDLrScheduler
from lehr.control import Greedy, Plateau, Tie, tied_to
from lehr.errors import LehrError, LehrValueError, MissingFieldError

__all__ = [
    "CosineLrScheduler",
    "Greedy",
    "LehrError",
    "LehrValueError",
    "MissingFieldError",
    "Plan",
    "Plateau",
    "Scheduler",
    "SchedulerBase",
    "StatefulSchedulerBase",
    "Tie",
    "WSDLrScheduler",
    "__version__",
    "control",
    "recipe",
    "tied_to",
]
