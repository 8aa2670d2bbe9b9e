"""transformers' schedules by their names and arguments."""

from __future__ import annotations

from lehr._core import Plan
from lehr._moving._attach import attach
from lehr.compat._replica import Track, replica
from lehr.compat._transformers_names import OF_DEFAULT, known
from lehr.errors import LehrValueError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from lehr._scheduler import Scheduler


def from_transformers(
    name: Any,
    kwargs: dict[str, Any] | None = None,
    *,
    optimizer: Any = None,
    state: dict[str, Any] | None = None,
    num_updates: int | None = None,
) -> Plan | Scheduler:
    """A schedule of transformers by its name, as `TrainingArguments(lr_scheduler_type=...)` and `get_scheduler` have it.

        plan = lehr.from_transformers("cosine", {"num_warmup_steps": 500, "num_training_steps": 10_000})
        schedule = lehr.from_transformers("cosine", {...}, optimizer=optimizer, state=torch.load("scheduler.pt"))

    The values are transformers' to the last bit, quirks included: the first update with a warm-up has a learning rate of
    0, a cosine rises again past its end. A scheduler that exists already goes through `lehr.from_torch`.

    Args:
        name: `"linear"`, `"cosine"`, ...: the names of `SchedulerType`.
        kwargs: `num_warmup_steps`, `num_training_steps` (updates), and those of `lr_scheduler_kwargs`.
        optimizer: where it is to be attached. The minimum of some is a share of its default learning rate, as in
            transformers; without an optimizer, of each group's base.
        state: the state of the original, whose count and bases are taken.
        num_updates: completed updates, where there is no state; 0 unless given.

    Returns:
        A `lehr.Plan` without an optimizer, a `lehr.Scheduler` at that count with one.

    Raises:
        LehrValueError: for a name that is no function of the count (`"reduce_lr_on_plateau"`, `"greedy"`: they are
            `control=lehr.Plateau(...)` and `lehr.Greedy(...)` on a plan), and arguments that the original refuses.

    Examples:
        >>> import lehr
        >>> plan = lehr.from_transformers("linear", {"num_warmup_steps": 0, "num_training_steps": 4})
        >>> plan.value_at(1, base=1.0)
        0.75
    """
    name = known(name)
    arguments = dict(kwargs or {})
    if optimizer is None:
        if state is not None or num_updates is not None:
            raise LehrValueError("`state` and `num_updates` are for a scheduler: give the optimizer, too")
        return Plan.parse(replica(f"transformers.{name}", **arguments))
    if name in OF_DEFAULT:
        arguments.setdefault("lr_init", optimizer.defaults["lr"])
    text = replica(f"transformers.{name}", **arguments)
    groups = optimizer.param_groups
    bases = [float(group.get("initial_lr", group["lr"])) for group in groups]
    count = 0 if num_updates is None else num_updates
    if state is not None:
        count, bases = state["last_epoch"], [float(base) for base in state["base_lrs"]]
        if len(bases) != len(groups):
            raise LehrValueError(f"`state` is of {len(bases)} groups, but the optimizer has {len(groups)}")
        if num_updates not in (None, count):
            raise LehrValueError(f"`num_updates` is {num_updates}, but the state has {count}: leave it out")
    return attach(optimizer, [Track("lr", index, text, base) for index, base in enumerate(bases)], count)
