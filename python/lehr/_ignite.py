"""ignite: a handler that steps a scheduler after every optimizer update."""

from __future__ import annotations

from lehr.errors import LehrValueError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def attach_ignite(engine: Any, scheduler: Any, *, accumulate: int = 1) -> Any:
    """Step a scheduler whenever an ignite engine has made an optimizer update.

        trainer = create_supervised_trainer(model, optimizer, loss, gradient_accumulation_steps=4)
        lehr.attach_ignite(trainer, schedule, accumulate=4)

    ignite's own wrapper of torch schedulers writes `lr` only. For a checkpoint, save the scheduler itself:
    `Checkpoint({"model": model, "optimizer": optimizer, "scheduler": schedule, "trainer": trainer}, ...)`.

    Args:
        engine: the `ignite.engine.Engine` that trains.
        scheduler: a `lehr.Scheduler` or a `lehr.StatefulSchedulerBase`.
        accumulate: iterations in an update, as in `gradient_accumulation_steps`. ignite counts iterations through the
            epochs: its windows do not start anew with an epoch.

    Returns:
        ignite's handle, whose `remove()` ends it.

    Raises:
        LehrValueError: if `accumulate` is no whole number from 1.

    Examples:
        >>> import torch
        >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
        >>> import lehr
        >>> schedule = lehr.Scheduler(optimizer, "linear(to=0)", updates=4)
        >>> from ignite.engine import Engine
        >>> trainer = Engine(lambda engine, batch: optimizer.step())
        >>> handle = lehr.attach_ignite(trainer, schedule)
        >>> state = trainer.run([0, 1, 2])
        >>> schedule.num_updates, optimizer.param_groups[0]["lr"]
        (3, 0.25)
    """
    from ignite.engine import Events

    if isinstance(accumulate, bool) or not isinstance(accumulate, int) or accumulate < 1:
        raise LehrValueError(f"`accumulate` is {accumulate!r}, but it must be a whole number from 1")
    event = Events.ITERATION_COMPLETED if accumulate == 1 else Events.ITERATION_COMPLETED(every=accumulate)
    return engine.add_event_handler(event, lambda: scheduler.step())
