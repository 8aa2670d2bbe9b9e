"""Moving over: another library's scheduler, in the middle of its run, as a `lehr.Scheduler` that goes on from there."""

from lehr._moving._pytorch_accelerated import from_pytorch_accelerated
from lehr._moving._timm import from_timm
from lehr._moving._torch import from_torch
from lehr._moving._transformers import from_transformers

__all__ = ["from_pytorch_accelerated", "from_timm", "from_torch", "from_transformers"]
