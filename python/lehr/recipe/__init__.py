"""Named plans, as in Rust's `lehr::recipe`.

Each answers with the plan text, for `lehr.Plan.parse` or a scheduler; `wsd` alone is resolved at once, since where its
decays begin depends on the run. The base of a group is the peak, `1x`. A length is a number of updates, `"3ep"` or `"5%"`; a
level is a number in the field's unit, or `"0.1x"` of the base. `None` stands for the recipe's own default. What cannot be
read or breaks a rule is a `LehrValueError`, here or when the plan is resolved.
"""

from __future__ import annotations

from lehr._core import WsdPlan
from lehr.recipe._cycles import (
    cosine_with_restarts,
    one_cycle,
    one_cycle_momentum,
    sgdr,
    sgdr_list,
    triangular,
    triangular_momentum,
)
from lehr.recipe._tables import multi_step, piecewise, piecewise_constant, range_test, step, swa
from lehr.recipe._warmups import (
    constant_with_warmup,
    inverse_sqrt,
    linear_with_warmup,
    noam,
    noam_hold,
    polynomial_with_warmup,
    power_with_tail,
    rex,
    tanh_with_warmup,
    trapezoid,
    tri_stage,
    warmup_cosine,
)
from lehr.recipe._wsd import wsd

#: A length, and a level.
Span = int | str
Level = float | str

__all__ = [
    "WsdPlan",
    "constant_with_warmup",
    "cosine_with_restarts",
    "inverse_sqrt",
    "linear_with_warmup",
    "multi_step",
    "noam",
    "noam_hold",
    "one_cycle",
    "one_cycle_momentum",
    "piecewise",
    "piecewise_constant",
    "polynomial_with_warmup",
    "power_with_tail",
    "range_test",
    "rex",
    "sgdr",
    "sgdr_list",
    "step",
    "swa",
    "tanh_with_warmup",
    "trapezoid",
    "tri_stage",
    "triangular",
    "triangular_momentum",
    "warmup_cosine",
    "wsd",
]
