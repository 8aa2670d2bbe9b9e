"""`SchedulerBase` and `StatefulSchedulerBase`: a schedule of your own is one method (pytorch-accelerated's interface)."""

from __future__ import annotations

from lehr import _registry
from lehr._meta import Attached, Reading, Stepping
from lehr.errors import LehrValueError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__all__ = ["SchedulerBase", "StatefulSchedulerBase"]


class SchedulerBase(Attached):
    """Schedules one field of every group; the training loop counts the updates.

    A subclass has one method, `get_updated_values(num_updates)`. It is asked for the values of update 0 once the
    subclass's own `__init__` has finished.

        scheduler = MyScheduler(optimizer)
        num_updates = 0
        for batch in batches:
            ...
            optimizer.step()
            num_updates += 1
            scheduler.step_update(num_updates)

    The base of each group is `initial_<field>` where the group has one, the field's value otherwise, and is written to
    the group before update 0. Groups that are added later are scheduled, too, from the value that they come with.

    Args:
        optimizer: anything with a list `param_groups` of dicts.
        param_group_field: the field to schedule, such as `"lr"`, `"weight_decay"` or `"betas[0]"`.

    Raises:
        MissingFieldError: (a `KeyError`) if a group lacks the field.
        LehrValueError: for any other value that cannot be used.

    Examples:
        >>> import lehr
        >>> import torch
        >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
        >>> class Halves(lehr.SchedulerBase):
        ...     def get_updated_values(self, num_updates):
        ...         return [base / 2**num_updates for base in self.base_lr_values]
        >>> schedule = Halves(optimizer)
        >>> schedule.step_update(2)
        >>> optimizer.param_groups[0]["lr"]
        0.25
    """

    param_group_field: str

    def __init__(self, optimizer: Any, param_group_field: str = "lr") -> None:
        self.optimizer = optimizer
        self.param_group_field = param_group_field
        self._lehr_prepared = self._lehr_bases_of(optimizer, param_group_field)

    def get_updated_values(self, num_updates: int) -> Any:
        """The values for update `num_updates`, counted from 0; for a subclass to write.

        Args:
            num_updates: completed updates.

        Returns:
            None (leave the groups alone), a number for all groups, or one number for each group: a list, a tuple, a
            generator, a NumPy array or a tensor of shape (groups,).

        Raises:
            LehrValueError: if the subclass has none.

        Examples:
            >>> import lehr
            >>> import torch
            >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
            >>> class Halves(lehr.SchedulerBase):
            ...     def get_updated_values(self, num_updates):
            ...         return [base / 2**num_updates for base in self.base_lr_values]
            >>> schedule = Halves(optimizer)
            >>> schedule.get_updated_values(3)
            [0.125]
        """
        raise LehrValueError(
            f"{type(self).__name__} has no get_updated_values(num_updates): a scheduler of your own is that one method"
        )

    def _lehr_base_values(self) -> list[float]:
        """The base of each group: what it had when it was first scheduled."""
        if self._lehr_is_attached:
            return [base for _, _, bases in self._lehr_bases() for base in bases]
        return list(self._lehr_prepared)

    base_lr_values = Reading(_lehr_base_values)
    _lehr_is_attached = False

    def _lehr_source(self) -> Any:
        """What decides the values: a plan, or None for `get_updated_values`."""
        return None

    def _lehr_wake(self) -> None:
        if self._lehr_is_attached:
            return
        optimizer = self._lehr_needs_optimizer()
        tracks = [(self.param_group_field, None, self._lehr_source())]
        how: dict[str, Any] = {"control": {}, "new_groups": "adopt", "base": "initial"}
        claims = [(self.param_group_field, range(len(optimizer.param_groups)), None)]
        rivals = _registry.rivals(self, optimizer, claims)
        if any(not isinstance(rival, SchedulerBase) for rival, _, _ in rivals):
            _registry.refuse(self, optimizer, claims)
        self._lehr_config = {"tracks": tracks, "how": how}
        self._lehr_bind(optimizer, tracks, **how, asleep=False)
        self._lehr_is_attached = True
        # A trainer makes its scheduler anew while it still holds the old one: the new one takes over.
        for rival, field, _ in rivals:
            _registry.remove(rival, optimizer)
            rival._lehr_detach(f"another {type(self).__name__} schedules `{field}` of this optimizer since: step that one")
        _registry.add(self, optimizer)


class StatefulSchedulerBase(Stepping, SchedulerBase):
    """A `SchedulerBase` with a count of its own: `step()` after every optimizer update.

    Halving the learning rate at the end of epochs 2, 4 and 5:

        class MilestoneLrScheduler(lehr.StatefulSchedulerBase):
            def __init__(self, optimizer, gamma=0.5, epoch_milestones=(2, 4, 5), num_steps_per_epoch=100):
                super().__init__(optimizer, param_group_field="lr")
                self.milestones = {epoch * num_steps_per_epoch for epoch in epoch_milestones}
                self.gamma = gamma

            def get_updated_values(self, num_updates):
                if num_updates in self.milestones:
                    return [g[self.param_group_field] * self.gamma for g in self.optimizer.param_groups]

    After k calls of `step()` the count is k, and the groups hold the values for update k. `step_update(n)` says that n
    updates are completed. `step(updated=False)` leaves everything as it is, for an update that was skipped.

    Examples:
        >>> import lehr
        >>> import torch
        >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
        >>> class Halves(lehr.StatefulSchedulerBase):
        ...     def get_updated_values(self, num_updates):
        ...         return [base / 2**num_updates for base in self.base_lr_values]
        >>> schedule = Halves(optimizer)
        >>> schedule.step()
        >>> schedule.num_updates, optimizer.param_groups[0]["lr"]
        (1, 0.5)
    """
