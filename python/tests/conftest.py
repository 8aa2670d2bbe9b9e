"""What the tests share: real torch optimizers with groups whose values differ."""

from __future__ import annotations

import pytest
import torch


@pytest.fixture
def make_optimizer():
    def make(lrs=(1.0, 0.1), weight_decay=0.01, tensor=False, cls=torch.optim.AdamW, **more):
        groups = [
            {
                "params": [torch.nn.Parameter(torch.zeros(2))],
                "lr": torch.tensor(lr, dtype=torch.float64) if tensor else lr,
                "name": f"part{index}",
            }
            for index, lr in enumerate(lrs)
        ]
        return cls(groups, lr=1.0, weight_decay=weight_decay, **more)

    return make


def field(optimizer, name="lr"):
    """The field of every group."""
    return [group[name] for group in optimizer.param_groups]


def snapshot(optimizer):
    """All groups without their parameters."""
    return [{key: value for key, value in group.items() if key != "params"} for group in optimizer.param_groups]
