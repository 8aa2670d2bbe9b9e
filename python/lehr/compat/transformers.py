"""transformers' schedules (5.23): the functions of `transformers.optimization`, and `get_scheduler`.

    from lehr.compat.transformers import get_cosine_schedule_with_warmup

Each answers with a torch scheduler of the same values to the last bit, whose state the original's `LambdaLR` reads, and
the other way round. As there, the settings are no part of the state. What follows a metric (`reduce_lr_on_plateau`,
`greedy`) is `control=lehr.Plateau(...)` or `lehr.Greedy(...)` on a plan.
"""

from __future__ import annotations

from lehr.compat._replica import replica
from lehr.compat._torch_base import Replica
from lehr.compat._transformers_names import OF_DEFAULT, known
from lehr.errors import LehrValueError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

__all__ = [
    "LambdaLR",
    "get_constant_schedule",
    "get_constant_schedule_with_warmup",
    "get_cosine_schedule_with_warmup",
    "get_cosine_with_hard_restarts_schedule_with_warmup",
    "get_cosine_with_min_lr_schedule_with_warmup",
    "get_cosine_with_min_lr_schedule_with_warmup_lr_rate",
    "get_inverse_sqrt_schedule",
    "get_linear_schedule_with_warmup",
    "get_polynomial_decay_schedule_with_warmup",
    "get_scheduler",
    "get_wsd_schedule",
]


class LambdaLR(Replica):
    """A schedule of transformers, by its name there. Made by the functions of this module.

    Source: `transformers.get_scheduler`, transformers 5.23.

    Args:
        optimizer: a torch optimizer.
        name: a name of `SchedulerType`.
        arguments: those of the original.
        last_epoch: as in torch.

    Raises:
        LehrValueError: for arguments that the original refuses, or that divide by zero in it.

    Examples:
        >>> from lehr.compat.transformers import LambdaLR
        >>> import torch
        >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
        >>> schedule = LambdaLR(optimizer, "linear", {"num_warmup_steps": 0, "num_training_steps": 4})
        >>> [schedule.step() or round(schedule.get_last_lr()[0], 4) for _ in range(4)]
        [0.75, 0.5, 0.25, 0.0]
    """

    def __init__(self, optimizer: Any, name: str, arguments: dict[str, Any], last_epoch: int = -1) -> None:
        if name in OF_DEFAULT:
            arguments = {**arguments, "lr_init": optimizer.defaults["lr"]}
        self._lehr_said = replica(f"transformers.{name}", **arguments)
        self._lehr_begin(optimizer, last_epoch)

    def _lehr_text(self, index: int) -> str:
        return self._lehr_said

    def _lehr_progress(self) -> dict[str, Any]:
        # What torch saves of functions: the attributes of partial ones, which have none, and nothing of others.
        saved: dict[str, Any] | None = None if self._lehr_said.startswith("transformers.constant()") else {}
        return {"lr_lambdas": [saved for _ in self.base_lrs]}


def get_constant_schedule(optimizer: Any, last_epoch: int = -1) -> LambdaLR:
    """The base for ever.

    Source: `transformers.get_constant_schedule`, transformers 5.23.

    Args:
        optimizer: a torch optimizer.
        last_epoch: the count to go on from, as in torch; -1 begins anew.

    Returns:
        A torch scheduler.

    Raises:
        LehrValueError: for arguments that the original refuses, or that divide by zero in it.

    Examples:
        >>> from lehr.compat.transformers import get_constant_schedule
        >>> import torch
        >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
        >>> schedule = get_constant_schedule(optimizer)
        >>> [schedule.step() or round(schedule.get_last_lr()[0], 4) for _ in range(4)]
        [1.0, 1.0, 1.0, 1.0]
    """
    return LambdaLR(optimizer, "constant", {}, last_epoch)


def get_constant_schedule_with_warmup(optimizer: Any, num_warmup_steps: int, last_epoch: int = -1) -> LambdaLR:
    """Warm-up from 0, then the base.

    Source: `transformers.get_constant_schedule_with_warmup`, transformers 5.23.

    Args:
        optimizer: a torch optimizer.
        num_warmup_steps: updates of warm-up.
        last_epoch: the count to go on from, as in torch; -1 begins anew.

    Returns:
        A torch scheduler.

    Raises:
        LehrValueError: for arguments that the original refuses, or that divide by zero in it.

    Examples:
        >>> from lehr.compat.transformers import get_constant_schedule_with_warmup
        >>> import torch
        >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
        >>> schedule = get_constant_schedule_with_warmup(optimizer, 2)
        >>> [schedule.step() or round(schedule.get_last_lr()[0], 4) for _ in range(4)]
        [0.5, 1.0, 1.0, 1.0]
    """
    return LambdaLR(optimizer, "constant_with_warmup", {"num_warmup_steps": num_warmup_steps}, last_epoch)


def get_linear_schedule_with_warmup(
    optimizer: Any, num_warmup_steps: int, num_training_steps: int, last_epoch: int = -1
) -> LambdaLR:
    """Warm-up from 0, then a straight line to 0.

    Source: `transformers.get_linear_schedule_with_warmup`, transformers 5.23.

    Args:
        optimizer: a torch optimizer.
        num_warmup_steps: updates of warm-up.
        num_training_steps: updates of the run.
        last_epoch: the count to go on from, as in torch; -1 begins anew.

    Returns:
        A torch scheduler.

    Raises:
        LehrValueError: for arguments that the original refuses, or that divide by zero in it.

    Examples:
        >>> from lehr.compat.transformers import get_linear_schedule_with_warmup
        >>> import torch
        >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
        >>> schedule = get_linear_schedule_with_warmup(optimizer, 0, 4)
        >>> [schedule.step() or round(schedule.get_last_lr()[0], 4) for _ in range(4)]
        [0.75, 0.5, 0.25, 0.0]
    """
    return LambdaLR(optimizer, "linear", _run(num_warmup_steps, num_training_steps), last_epoch)


def get_cosine_schedule_with_warmup(
    optimizer: Any, num_warmup_steps: int, num_training_steps: int, num_cycles: float = 0.5, last_epoch: int = -1
) -> LambdaLR:
    """Warm-up from 0, then a cosine, which rises again past its end.

    Source: `transformers.get_cosine_schedule_with_warmup`, transformers 5.23.

    Args:
        optimizer: a torch optimizer.
        num_warmup_steps: updates of warm-up.
        num_training_steps: updates of the run.
        num_cycles: waves of the cosine; a half is a fall.
        last_epoch: the count to go on from, as in torch; -1 begins anew.

    Returns:
        A torch scheduler.

    Raises:
        LehrValueError: for arguments that the original refuses, or that divide by zero in it.

    Examples:
        >>> from lehr.compat.transformers import get_cosine_schedule_with_warmup
        >>> import torch
        >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
        >>> schedule = get_cosine_schedule_with_warmup(optimizer, 0, 2)
        >>> [schedule.step() or round(schedule.get_last_lr()[0], 4) for _ in range(4)]
        [0.5, 0.0, 0.5, 1.0]
    """
    arguments = {**_run(num_warmup_steps, num_training_steps), "num_cycles": num_cycles}
    return LambdaLR(optimizer, "cosine", arguments, last_epoch)


def get_cosine_with_hard_restarts_schedule_with_warmup(
    optimizer: Any, num_warmup_steps: int, num_training_steps: int, num_cycles: int = 1, last_epoch: int = -1
) -> LambdaLR:
    """Warm-up from 0, then so many equal cosines.

    Source: `transformers.get_cosine_with_hard_restarts_schedule_with_warmup`, transformers 5.23.

    Args:
        optimizer: a torch optimizer.
        num_warmup_steps: updates of warm-up.
        num_training_steps: updates of the run.
        num_cycles: how many cosines.
        last_epoch: the count to go on from, as in torch; -1 begins anew.

    Returns:
        A torch scheduler.

    Raises:
        LehrValueError: for arguments that the original refuses, or that divide by zero in it.

    Examples:
        >>> from lehr.compat.transformers import get_cosine_with_hard_restarts_schedule_with_warmup
        >>> import torch
        >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
        >>> schedule = get_cosine_with_hard_restarts_schedule_with_warmup(optimizer, 0, 4, num_cycles=2)
        >>> [schedule.step() or round(schedule.get_last_lr()[0], 4) for _ in range(4)]
        [0.5, 1.0, 0.5, 0.0]
    """
    arguments = {**_run(num_warmup_steps, num_training_steps), "num_cycles": num_cycles}
    return LambdaLR(optimizer, "cosine_with_restarts", arguments, last_epoch)


def get_polynomial_decay_schedule_with_warmup(
    optimizer: Any,
    num_warmup_steps: int,
    num_training_steps: int,
    lr_end: float = 1e-7,
    power: float = 1.0,
    last_epoch: int = -1,
) -> LambdaLR:
    """Warm-up from 0, then a polynomial to `lr_end`, which is measured by the optimizer's default learning rate.

    Source: `transformers.get_polynomial_decay_schedule_with_warmup`, transformers 5.23.

    Args:
        optimizer: a torch optimizer.
        num_warmup_steps: updates of warm-up.
        num_training_steps: updates of the run.
        lr_end: the minimum, absolute for a group with the optimizer's default learning rate.
        power: exponent.
        last_epoch: the count to go on from, as in torch; -1 begins anew.

    Returns:
        A torch scheduler.

    Raises:
        LehrValueError: for arguments that the original refuses, or that divide by zero in it.

    Examples:
        >>> from lehr.compat.transformers import get_polynomial_decay_schedule_with_warmup
        >>> import torch
        >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
        >>> schedule = get_polynomial_decay_schedule_with_warmup(optimizer, 0, 4)
        >>> [schedule.step() or round(schedule.get_last_lr()[0], 4) for _ in range(4)]
        [0.75, 0.5, 0.25, 0.0]
    """
    arguments = {**_run(num_warmup_steps, num_training_steps), "lr_end": lr_end, "power": power}
    return LambdaLR(optimizer, "polynomial", arguments, last_epoch)


def get_inverse_sqrt_schedule(
    optimizer: Any, num_warmup_steps: int, timescale: int | None = None, last_epoch: int = -1
) -> LambdaLR:
    """Warm-up from 0, then the inverse square root.

    Source: `transformers.get_inverse_sqrt_schedule`, transformers 5.23.

    Args:
        optimizer: a torch optimizer.
        num_warmup_steps: updates of warm-up.
        timescale: updates; the warm-up, or 10,000 without one, unless given.
        last_epoch: the count to go on from, as in torch; -1 begins anew.

    Returns:
        A torch scheduler.

    Raises:
        LehrValueError: for arguments that the original refuses, or that divide by zero in it.

    Examples:
        >>> from lehr.compat.transformers import get_inverse_sqrt_schedule
        >>> import torch
        >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
        >>> schedule = get_inverse_sqrt_schedule(optimizer, 1)
        >>> [schedule.step() or round(schedule.get_last_lr()[0], 4) for _ in range(4)]
        [1.0, 0.7071, 0.5774, 0.5]
    """
    arguments = {"num_warmup_steps": num_warmup_steps, "timescale": timescale}
    return LambdaLR(optimizer, "inverse_sqrt", arguments, last_epoch)


def get_cosine_with_min_lr_schedule_with_warmup(
    optimizer: Any,
    num_warmup_steps: int,
    num_training_steps: int,
    num_cycles: float = 0.5,
    last_epoch: int = -1,
    min_lr: float | None = None,
    min_lr_rate: float | None = None,
) -> LambdaLR:
    """Warm-up from 0, then a cosine to `min_lr` (of the optimizer's default learning rate) or `min_lr_rate`.

    Source: `transformers.get_cosine_with_min_lr_schedule_with_warmup`, transformers 5.23.

    Args:
        optimizer: a torch optimizer.
        num_warmup_steps: updates of warm-up.
        num_training_steps: updates of the run.
        num_cycles: waves of the cosine; a half is a fall.
        last_epoch: the count to go on from, as in torch; -1 begins anew.
        min_lr: the minimum, absolute for a group with the optimizer's default learning rate; or give `min_lr_rate`.
        min_lr_rate: the minimum as a share of the base.

    Returns:
        A torch scheduler.

    Raises:
        LehrValueError: for arguments that the original refuses, or that divide by zero in it.

    Examples:
        >>> from lehr.compat.transformers import get_cosine_with_min_lr_schedule_with_warmup
        >>> import torch
        >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
        >>> schedule = get_cosine_with_min_lr_schedule_with_warmup(optimizer, 0, 2, min_lr_rate=0.5)
        >>> [schedule.step() or round(schedule.get_last_lr()[0], 4) for _ in range(2)]
        [0.75, 0.5]
    """
    arguments = {**_run(num_warmup_steps, num_training_steps), "num_cycles": num_cycles}
    return LambdaLR(
        optimizer, "cosine_with_min_lr", {**arguments, "min_lr": min_lr, "min_lr_rate": min_lr_rate}, last_epoch
    )


def get_cosine_with_min_lr_schedule_with_warmup_lr_rate(
    optimizer: Any,
    num_warmup_steps: int,
    num_training_steps: int,
    num_cycles: float = 0.5,
    last_epoch: int = -1,
    min_lr: float | None = None,
    min_lr_rate: float | None = None,
    warmup_lr_rate: float | None = None,
) -> LambdaLR:
    """Warm-up from `warmup_lr_rate`, then a cosine to `min_lr` or `min_lr_rate`; one step earlier than the others.

    Source: `transformers.get_cosine_with_min_lr_schedule_with_warmup_lr_rate`, transformers 5.23.

    Args:
        optimizer: a torch optimizer.
        num_warmup_steps: updates of warm-up.
        num_training_steps: updates of the run.
        num_cycles: waves of the cosine; a half is a fall.
        last_epoch: the count to go on from, as in torch; -1 begins anew.
        min_lr: the minimum, absolute for a group with the optimizer's default learning rate; or give `min_lr_rate`.
        min_lr_rate: the minimum as a share of the base.
        warmup_lr_rate: where the warm-up starts, as a share of the base.

    Returns:
        A torch scheduler.

    Raises:
        LehrValueError: for arguments that the original refuses, or that divide by zero in it.

    Examples:
        >>> from lehr.compat.transformers import get_cosine_with_min_lr_schedule_with_warmup_lr_rate
        >>> import torch
        >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
        >>> schedule = get_cosine_with_min_lr_schedule_with_warmup_lr_rate(optimizer, 0, 4, min_lr_rate=0.5)
        >>> [schedule.step() or round(schedule.get_last_lr()[0], 4) for _ in range(3)]
        [0.75, 0.5732, 0.5]
    """
    arguments = {**_run(num_warmup_steps, num_training_steps), "num_cycles": num_cycles, "min_lr": min_lr}
    more = {"min_lr_rate": min_lr_rate, "warmup_lr_rate": warmup_lr_rate}
    return LambdaLR(optimizer, "cosine_warmup_with_min_lr", {**arguments, **more}, last_epoch)


def get_wsd_schedule(
    optimizer: Any,
    num_warmup_steps: int,
    num_decay_steps: int,
    num_training_steps: int | None = None,
    num_stable_steps: int | None = None,
    warmup_type: str = "linear",
    decay_type: str = "cosine",
    min_lr_ratio: float = 0,
    num_cycles: float = 0.5,
    last_epoch: int = -1,
) -> LambdaLR:
    """Warm-up, stable, decay.

    Source: `transformers.get_wsd_schedule`, transformers 5.23.

    Args:
        optimizer: a torch optimizer.
        num_warmup_steps: updates of warm-up.
        num_decay_steps: updates of the decay.
        num_training_steps: updates of the run; or give `num_stable_steps`.
        num_stable_steps: updates between warm-up and decay; the rest of the run, unless given.
        warmup_type: `"linear"`, `"cosine"` or `"1-sqrt"`.
        decay_type: `"linear"`, `"cosine"` or `"1-sqrt"`.
        min_lr_ratio: the minimum as a share of the base.
        num_cycles: waves of a cosine decay; a half is a fall.
        last_epoch: the count to go on from, as in torch; -1 begins anew.

    Returns:
        A torch scheduler.

    Raises:
        LehrValueError: for arguments that the original refuses, or that divide by zero in it.

    Examples:
        >>> from lehr.compat.transformers import get_wsd_schedule
        >>> import torch
        >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
        >>> schedule = get_wsd_schedule(optimizer, 0, 2, num_training_steps=4, decay_type="linear")
        >>> [schedule.step() or round(schedule.get_last_lr()[0], 4) for _ in range(4)]
        [1.0, 1.0, 0.5, 0.0]
    """
    arguments = {"num_warmup_steps": num_warmup_steps, "num_decay_steps": num_decay_steps}
    arguments |= {"num_training_steps": num_training_steps, "num_stable_steps": num_stable_steps}  # type: ignore[dict-item]
    shapes = {"warmup_type": warmup_type, "decay_type": decay_type, "min_lr_ratio": min_lr_ratio, "num_cycles": num_cycles}
    return LambdaLR(optimizer, "warmup_stable_decay", {**arguments, **shapes}, last_epoch)


_FUNCTIONS: dict[str, Callable[..., LambdaLR]] = {
    "constant": get_constant_schedule,
    "constant_with_warmup": get_constant_schedule_with_warmup,
    "linear": get_linear_schedule_with_warmup,
    "cosine": get_cosine_schedule_with_warmup,
    "cosine_with_restarts": get_cosine_with_hard_restarts_schedule_with_warmup,
    "polynomial": get_polynomial_decay_schedule_with_warmup,
    "inverse_sqrt": get_inverse_sqrt_schedule,
    "cosine_with_min_lr": get_cosine_with_min_lr_schedule_with_warmup,
    "cosine_warmup_with_min_lr": get_cosine_with_min_lr_schedule_with_warmup_lr_rate,
    "warmup_stable_decay": get_wsd_schedule,
}


def get_scheduler(
    name: Any,
    optimizer: Any,
    num_warmup_steps: int | None = None,
    num_training_steps: int | None = None,
    scheduler_specific_kwargs: dict[str, Any] | None = None,
) -> LambdaLR:
    """A schedule by its name, as `TrainingArguments(lr_scheduler_type=...)` has it.

    Source: `transformers.get_scheduler`, transformers 5.23.

    Args:
        name: a name of `SchedulerType`.
        optimizer: a torch optimizer.
        num_warmup_steps: updates of warm-up.
        num_training_steps: updates of the run.
        scheduler_specific_kwargs: what else the schedule of that name takes.

    Returns:
        A torch scheduler.

    Raises:
        LehrValueError: for a name that is not here, a length that it needs, and arguments that it does not take.

    Examples:
        >>> from lehr.compat.transformers import get_scheduler
        >>> import torch
        >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
        >>> schedule = get_scheduler("linear", optimizer, num_warmup_steps=0, num_training_steps=4)
        >>> [schedule.step() or round(schedule.get_last_lr()[0], 4) for _ in range(4)]
        [0.75, 0.5, 0.25, 0.0]
    """
    name = known(name)
    given: dict[str, Any] = {}
    if name != "constant":
        given["num_warmup_steps"] = num_warmup_steps
    if name not in ("constant", "constant_with_warmup", "inverse_sqrt"):
        given["num_training_steps"] = num_training_steps
    missing = [key for key, value in given.items() if value is None and name != "warmup_stable_decay"]
    if missing:
        raise LehrValueError(f"{name} needs `{missing[0]}`: give it")
    if name not in ("constant", "constant_with_warmup"):
        given |= scheduler_specific_kwargs or {}
    try:
        return _FUNCTIONS[name](optimizer, **given)
    except TypeError as error:
        raise LehrValueError(f"{name} does not take these arguments: {error}") from None


def _run(num_warmup_steps: int, num_training_steps: int) -> dict[str, Any]:
    return {"num_warmup_steps": num_warmup_steps, "num_training_steps": num_training_steps}
