"""How the package's schedulers are made: they attach once the constructor has finished, and are torch's where torch is.

torch is not imported for it. Where torch's schedulers are loaded already (an optimizer of torch's brings them along),
an instance belongs to a variant of its class that derives from torch's `LRScheduler` as well, after our own classes in
the method order, and never runs its constructor, which would patch `optimizer.step`.
"""

from __future__ import annotations

import abc
import sys

from lehr._core import SchedulerCore, SteppingCore
from lehr.errors import LehrValueError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


class SchedulerMeta(abc.ABCMeta):
    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        # `type.__call__` runs __new__ and __init__: after it, a subclass's own attributes exist.
        scheduler: Any = type.__call__(variant(cls), *args, **kwargs)
        scheduler._lehr_wake()
        return scheduler

    @property
    def __signature__(cls) -> Any:
        """The constructor's, for `inspect` and for help: not that of the call above."""
        import inspect

        own = inspect.signature(cls.__init__)  # type: ignore[misc]
        return own.replace(parameters=list(own.parameters.values())[1:])


def variant(cls: Any) -> Any:
    """The class itself, or its variant under torch's LRScheduler."""
    torch = sys.modules.get("torch.optim.lr_scheduler")
    base = getattr(torch, "LRScheduler", None)
    if base is None or not issubclass(cls, SteppingCore) or issubclass(cls, base):
        return cls
    made = cls.__dict__.get("_lehr_variant")
    if made is None:
        names = {
            "__module__": cls.__module__,
            "__qualname__": cls.__qualname__,
            "__doc__": cls.__doc__,
            "_lehr_class": cls,
        }
        made = type(cls)(cls.__name__, (cls, base), names)
        type.__setattr__(cls, "_lehr_variant", made)
    return made


def blank(cls: Any) -> Any:
    """An instance whose constructor has not run: what pickle and copy fill."""
    return variant(cls).__new__(variant(cls))


class Reading:
    """An attribute that is computed when read, and that a subclass may take for itself."""

    def __init__(self, read: Callable[[Any], Any]) -> None:
        self.read = read
        self.__doc__ = read.__doc__

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        return self if instance is None else self.read(instance)


class Attached(SchedulerCore, metaclass=SchedulerMeta):
    """What all schedulers have: an optimizer, a count, copies that are attached to a copy of the optimizer."""

    #: How `_lehr_bind` is called; set by each class's constructor.
    _lehr_config: dict[str, Any]

    @property
    def optimizer(self) -> Any:
        """The optimizer that is written to.

        Examples:
            >>> import torch
            >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
            >>> import lehr
            >>> schedule = lehr.Scheduler(optimizer, "linear(to=0)", updates=4)
            >>> schedule.optimizer is optimizer
            True
        """
        return vars(self).get("_lehr_optimizer")

    @optimizer.setter
    def optimizer(self, optimizer: Any) -> None:
        vars(self)["_lehr_optimizer"] = optimizer
        if optimizer is not None:
            self._lehr_rebind(optimizer)

    num_updates = Reading(lambda self: self._lehr_num_updates())

    def _lehr_wake(self) -> None:
        raise NotImplementedError

    def _lehr_needs_optimizer(self) -> Any:
        optimizer = self.optimizer
        if optimizer is None:
            raise LehrValueError(
                f"{type(self).__name__} has no optimizer: its __init__ must call super().__init__(optimizer, ...)"
            )
        return optimizer

    def detach(self) -> None:
        """Stop scheduling: the values stay as they are, the state can still be read, and stepping is an error.

        Examples:
            >>> import torch
            >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
            >>> import lehr
            >>> schedule = lehr.Scheduler(optimizer, "linear(to=0)", updates=4)
            >>> schedule.detach()
            >>> schedule.num_updates
            0
            >>> lehr.Scheduler(optimizer, "hold").current  # the optimizer is free
            {'lr': [1.0]}
        """
        from lehr import _registry

        if self.optimizer is not None:
            _registry.remove(self, self.optimizer)
        self._lehr_detach("this scheduler is detached: make a new one to go on scheduling")

    def __reduce_ex__(self, protocol: Any) -> Any:
        return blank, (getattr(type(self), "_lehr_class", type(self)),), self.__getstate__()

    def __getstate__(self) -> Any:
        bound = self._lehr_is_bound()
        return {
            "attributes": dict(vars(self)),
            "bases": self._lehr_bases(),
            # The core's own state, whatever a subclass has made of `state_dict`.
            "state": SchedulerCore.state_dict(self) if bound else None,
        }

    def __setstate__(self, saved: Any) -> None:
        from lehr import _registry

        vars(self).update(saved["attributes"])
        if saved["state"] is None:
            return
        config, optimizer = self._lehr_config, self.optimizer
        # Attached as at first, and then brought to where the original was. A user's rule is asked by neither.
        for field, groups, bases in saved["bases"]:
            for group, base in zip(groups, bases):
                optimizer.param_groups[group].setdefault(f"initial_{field}", base)
        self._lehr_bind(optimizer, config["tracks"], **{**config["how"], "base": "initial"}, asleep=True)
        SchedulerCore.load_state_dict(self, saved["state"], on_mismatch="use_saved")
        _registry.add(self, optimizer)


class Stepping(SteppingCore, Attached):
    """What trainers ask a torch scheduler for."""

    def get_last_lr(self) -> list[float]:
        """The learning rate of each group: what the next update uses.

        Examples:
            >>> import torch
            >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
            >>> import lehr
            >>> schedule = lehr.Scheduler(optimizer, "linear(to=0)", updates=4)
            >>> schedule.step()
            >>> schedule.get_last_lr()
            [0.75]
        """
        return [float(group["lr"]) for group in self.optimizer.param_groups]

    def get_lr(self) -> list[float]:
        """As `get_last_lr`: the values are written already.

        Examples:
            >>> import torch
            >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
            >>> import lehr
            >>> schedule = lehr.Scheduler(optimizer, "linear(to=0)", updates=4)
            >>> schedule.get_lr()
            [1.0]
        """
        return self.get_last_lr()

    def _lehr_base_lrs(self) -> list[float]:
        """The learning rate of each group that its schedule starts from; its present one where it is not scheduled."""
        lrs = [float(group.get("lr", float("nan"))) for group in self.optimizer.param_groups]
        for field, groups, bases in self._lehr_bases():
            if field == "lr":
                for group, base in zip(groups, bases):
                    lrs[group] = base
        return lrs

    base_lrs = Reading(_lehr_base_lrs)
    _last_lr = Reading(get_last_lr)

    @property
    def last_epoch(self) -> int:
        """torch's name for the count of completed updates. Setting it goes to that update (`seek`).

        Examples:
            >>> import torch
            >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
            >>> import lehr
            >>> schedule = lehr.Scheduler(optimizer, "linear(to=0)", updates=4)
            >>> schedule.step()
            >>> schedule.last_epoch
            1
        """
        return self._lehr_num_updates()

    @last_epoch.setter
    def last_epoch(self, num_updates: int) -> None:
        self._lehr_seek(num_updates)

    @property
    def _step_count(self) -> int:
        """torch's count of calls of `step`, the one in its constructor included."""
        return self._lehr_num_updates() + 1

    @_step_count.setter
    def _step_count(self, count: int) -> None:
        """Accelerate raises it while gradients accumulate; here it only mirrors the count of updates."""

    def _lehr_accelerate_is_preparing(self) -> bool:
        from lehr import _once

        return _once.accelerate_is_preparing(self)

    #: What Accelerate's `prepare` asks before it wraps a scheduler: the moment to see to it that the clock stays right.
    _is_accelerate_prepared = Reading(_lehr_accelerate_is_preparing)
