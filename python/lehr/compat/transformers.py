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

    Args:
        optimizer: a torch optimizer.
        name: a name of `SchedulerType`.
        arguments: those of the original.
        last_epoch: as in torch.
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
    """The base for ever."""
    return LambdaLR(optimizer, "constant", {}, last_epoch)


def get_constant_schedule_with_warmup(optimizer: Any, num_warmup_steps: int, last_epoch: int = -1) -> LambdaLR:
    """Warm-up from 0, then the base."""
    return LambdaLR(optimizer, "constant_with_warmup", {"num_warmup_steps": num_warmup_steps}, last_epoch)


def get_linear_schedule_with_warmup(
    optimizer: Any, num_warmup_steps: int, num_training_steps: int, last_epoch: int = -1
) -> LambdaLR:
    """Warm-up from 0, then a straight line to 0."""
    return LambdaLR(optimizer, "linear", _run(num_warmup_steps, num_training_steps), last_epoch)


def get_cosine_schedule_with_warmup(
    optimizer: Any, num_warmup_steps: int, num_training_steps: int, num_cycles: float = 0.5, last_epoch: int = -1
) -> LambdaLR:
    """Warm-up from 0, then a cosine, which rises again past its end."""
    arguments = {**_run(num_warmup_steps, num_training_steps), "num_cycles": num_cycles}
    return LambdaLR(optimizer, "cosine", arguments, last_epoch)


def get_cosine_with_hard_restarts_schedule_with_warmup(
    optimizer: Any, num_warmup_steps: int, num_training_steps: int, num_cycles: int = 1, last_epoch: int = -1
) -> LambdaLR:
    """Warm-up from 0, then so many equal cosines."""
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
    """Warm-up from 0, then a polynomial to `lr_end`, which is measured by the optimizer's default learning rate."""
    arguments = {**_run(num_warmup_steps, num_training_steps), "lr_end": lr_end, "power": power}
    return LambdaLR(optimizer, "polynomial", arguments, last_epoch)


def get_inverse_sqrt_schedule(
    optimizer: Any, num_warmup_steps: int, timescale: int | None = None, last_epoch: int = -1
) -> LambdaLR:
    """Warm-up from 0, then the inverse square root."""
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
    """Warm-up from 0, then a cosine to `min_lr` (of the optimizer's default learning rate) or `min_lr_rate`."""
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
    """Warm-up from `warmup_lr_rate`, then a cosine to `min_lr` or `min_lr_rate`; one step earlier than the others."""
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
    """Warm-up, stable, decay."""
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

    Raises:
        LehrValueError: for a name that is not here, a length that it needs, and arguments that it does not take.
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
