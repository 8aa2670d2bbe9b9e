"""What the replicas of torch's and transformers' schedulers share: attributes, clock and state as torch has them."""

from __future__ import annotations

import contextlib

from lehr import _registry
from lehr._meta import Stepping
from lehr.compat._replica import Track, lay, put_back, snapshot
from lehr.compat._torch_text import text
from lehr.errors import LehrValueError, MissingFieldError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from lehr._core import Plan


class Replica(Stepping):
    """A torch scheduler whose values are a replica of the core's.

    Its public attributes are the original's settings; they are read when it is built and when a state is loaded.

    Raises:
        MissingFieldError: (a `KeyError`) if `last_epoch` is given, but a group has no `initial_lr`.
        LehrValueError: for arguments that the original refuses, or cannot run with.
    """

    def _lehr_keep(self, **settings: Any) -> None:
        vars(self).update(settings)

    def _lehr_begin(self, optimizer: Any, last_epoch: int, bases: Sequence[float] | None = None) -> None:
        """Attach at the step after `last_epoch`, from `initial_lr`, which is what the group has if it is not there."""
        self.optimizer = optimizer
        for index, group in enumerate(optimizer.param_groups):
            if last_epoch != -1 and "initial_lr" not in group:
                raise MissingFieldError(
                    f"`initial_lr` is not in group {index}: load the optimizer's state first, or leave `last_epoch` at -1"
                )
        found = [group.get("initial_lr", group["lr"]) for group in optimizer.param_groups]
        self.base_lrs = [float(base) for base in (found if bases is None else bases)]
        self._lehr_lay(last_epoch + 1)
        _registry.add(self, optimizer)

    def _lehr_lay(self, count: int) -> None:
        """Attach the plans that the attributes say, and go to that count."""
        initial = [group.get("initial_lr") for group in self.optimizer.param_groups]

        def start(plans: list[tuple[str, list[int], Plan]]) -> None:
            tracks = [(field, groups, plan) for field, groups, plan in plans]
            how: dict[str, Any] = {"control": {}, "new_groups": "error", "base": "initial"}
            self._lehr_bind(self.optimizer, tracks, **how, asleep=False)
            self._lehr_config = {"tracks": tracks, "how": how}
            self._lehr_seek(count)

        lay(self.optimizer, self._lehr_tracks(), start)
        for group, kept, base in zip(self.optimizer.param_groups, initial, self.base_lrs):
            group["initial_lr"] = base if kept is None else kept

    def _lehr_tracks(self) -> list[Track]:
        tracks, field = [], self._lehr_momentum_field()
        for index, base in enumerate(self.base_lrs):
            said = self._lehr_text(index)
            tracks.append(Track("lr", index, said, base))
            if field is not None:
                # Its values do not depend on the base.
                group = self.optimizer.param_groups[index]
                momentum = group["betas"][0] if field == "betas[0]" else group["momentum"]
                tracks.append(Track(field, index, said[:-1] + ", field=momentum)", float(momentum)))
        return tracks

    def _lehr_text(self, index: int) -> str:
        return text(self, index)

    def _lehr_momentum_field(self) -> str | None:
        """The second field that is scheduled, if there is one."""
        return None

    def _lehr_wake(self) -> None:
        self._lehr_needs_optimizer()

    @contextlib.contextmanager
    def _lehr_or_as_before(self, optimizer: Any) -> Iterator[None]:
        """On an error the groups are as they were."""
        before = snapshot(optimizer)
        try:
            yield
        except Exception:
            put_back(optimizer, before)
            raise

    def step(self, epoch: int | None = None, *, updated: bool | None = None) -> None:
        """Count a step and write the values for the next one; or go to `epoch`.

        Args:
            epoch: the count to go to, as in torch.
            updated: False for an update that was skipped: nothing happens.

        Examples:
            >>> from lehr.compat.torch import ExponentialLR
            >>> import torch
            >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
            >>> schedule = ExponentialLR(optimizer, gamma=0.5)
            >>> schedule.step()
            >>> optimizer.param_groups[0]["lr"]
            0.5
        """
        if epoch is None:
            super().step(updated=updated)
        else:
            self.step_update(epoch)

    def _lehr_progress(self) -> dict[str, Any]:
        """What else the original's state has."""
        return {}

    def _lehr_own_state(self) -> dict[str, Any]:
        settings = {key: value for key, value in vars(self).items() if not key.startswith("_lehr") and key != "step"}
        n = self._lehr_num_updates()
        progress = {"last_epoch": n, "_step_count": n + 1, "_last_lr": self.get_last_lr()}
        progress |= {"_is_initial": False, "_get_lr_called_within_step": False}
        return {**settings, **progress, **self._lehr_progress()}

    def state_dict(self) -> dict[str, Any]:
        """The settings, the bases and the count, under the original's names.

        Examples:
            >>> from lehr.compat.torch import ExponentialLR
            >>> import torch
            >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
            >>> schedule = ExponentialLR(optimizer, gamma=0.5)
            >>> state = schedule.state_dict()
            >>> state["gamma"], state["last_epoch"], state["base_lrs"]
            (0.5, 0, [1.0])
        """
        return self._lehr_own_state()

    def _lehr_take(self, state: dict[str, Any]) -> list[float]:
        """Take over the settings; answers with the bases."""
        own = [key for key in vars(self) if not key.startswith("_lehr") and key not in ("base_lrs", "step")]
        missing = [key for key in (*own, "base_lrs") if key not in state]
        if missing:
            raise LehrValueError(f"this is no state of a {type(self).__name__}: it lacks {', '.join(missing)}")
        vars(self).update({key: state[key] for key in own})
        return [float(base) for base in state["base_lrs"]]

    def load_state_dict(self, state_dict: dict[str, Any], *, on_mismatch: str = "error") -> None:
        """Take over settings, bases and count, of this class or of the original, and write the learning rates.

        Args:
            state_dict: what `state_dict` gave, here or in the original.
            on_mismatch: of no meaning here: the settings are the state's.

        Raises:
            LehrValueError: for a state of another class or another number of groups; nothing has then changed.

        Examples:
            >>> from lehr.compat.torch import ExponentialLR
            >>> import torch
            >>> optimizer = torch.optim.SGD([torch.ones(1)], lr=1.0)
            >>> schedule = ExponentialLR(optimizer, gamma=0.5)
            >>> schedule.load_state_dict({**schedule.state_dict(), "last_epoch": 2})
            >>> optimizer.param_groups[0]["lr"]
            0.25
        """
        before = dict(vars(self))
        parts = [(part, dict(vars(part))) for part in before.get("_schedulers", ())]
        try:
            if not isinstance(state_dict, dict) or "last_epoch" not in state_dict:
                raise LehrValueError(f"this is no state of a {type(self).__name__}: it has no last_epoch")
            bases = self._lehr_take(state_dict)
            if len(bases) != len(self.base_lrs):
                raise LehrValueError(f"the state is of {len(bases)} groups, but the optimizer has {len(self.base_lrs)}")
            self.base_lrs = bases
            self._lehr_lay(state_dict["last_epoch"])
        except Exception:
            for part, attributes in [(self, before), *parts]:
                vars(part).clear()
                vars(part).update(attributes)
            raise

