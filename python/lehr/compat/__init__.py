"""Exact replicas of the schedulers of torch, timm, transformers and pytorch-accelerated, as drop-in classes.

    from lehr.compat.torch import OneCycleLR      # instead of torch.optim.lr_scheduler

They have the originals' constructors, methods, values and state keys, quirks included, and exist to move a run or a
configuration over; what is wrong in an original is wrong here. The values are the core's replicas (`lehr::compat` in
Rust, whose pages list the quirks and the exactness), the same bits as the originals' where those compute a closed form.

What differs on purpose: a step that fails changes no group and no count; a learning rate in a tensor is filled in place;
loading a state that has a count writes the learning rates; where an original multiplies what it finds in a group, the
replica does not look at what someone else has written there; past the end of `OneCycleLR` the last value is held.

A module is imported on demand; none imports the library that it replaces.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType

    from lehr.compat import pytorch_accelerated, timm, torch, transformers

__all__ = ["pytorch_accelerated", "timm", "torch", "transformers"]


def __getattr__(name: str) -> ModuleType:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    return importlib.import_module(f"lehr.compat.{name}")
