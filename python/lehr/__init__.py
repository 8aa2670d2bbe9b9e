"""Schedules for any hyperparameter of any optimizer, set once after every optimizer update.

>>> import lehr
>>> plan = lehr.Plan.parse("linear(from=0x, over=10%) -> cosine(to=0)", updates=100)
>>> plan.value_at(5, base=0.1)
0.05

With an optimizer: `lehr.Scheduler`, or a class of your own over `lehr.StatefulSchedulerBase`.
"""

from __future__ import annotations

from lehr import control
from lehr._core import Plan, __version__
from lehr._scheduler import Scheduler
from lehr._seed import SchedulerBase, StatefulSchedulerBase
from lehr._seed_cosine import CosineLrScheduler
from lehr._seed_wsd import WSDLrScheduler
from lehr.control import Greedy, Plateau, Rule, Tie, rule, tied_to
from lehr.errors import LehrError, LehrValueError, MissingFieldError

TYPE_CHECKING = False
if TYPE_CHECKING:
    import lehr.compat as compat
    import lehr.recipe as recipe
    from lehr._ignite import attach_ignite
    from lehr._lightning import lightning
    from lehr._moving import from_pytorch_accelerated, from_timm, from_torch, from_transformers
    from lehr._once import once_per_update

#: Names that are loaded when they are first asked for, with the module that has them: one small file for each trainer.
_ON_DEMAND = {
    "attach_ignite": "lehr._ignite",
    "compat": "lehr.compat",
    "from_pytorch_accelerated": "lehr._moving",
    "from_timm": "lehr._moving",
    "from_torch": "lehr._moving",
    "from_transformers": "lehr._moving",
    "lightning": "lehr._lightning",
    "once_per_update": "lehr._once",
    "recipe": "lehr.recipe",
}

__all__ = [
    "CosineLrScheduler",
    "Greedy",
    "LehrError",
    "LehrValueError",
    "MissingFieldError",
    "Plan",
    "Plateau",
    "Rule",
    "Scheduler",
    "SchedulerBase",
    "StatefulSchedulerBase",
    "Tie",
    "WSDLrScheduler",
    "__version__",
    "attach_ignite",
    "compat",
    "control",
    "from_pytorch_accelerated",
    "from_timm",
    "from_torch",
    "from_transformers",
    "lightning",
    "once_per_update",
    "recipe",
    "rule",
    "tied_to",
]


def __getattr__(name: str) -> object:
    module = _ON_DEMAND.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    loaded = importlib.import_module(module)
    value = loaded if module == f"lehr.{name}" else getattr(loaded, name)
    globals()[name] = value
    return value
