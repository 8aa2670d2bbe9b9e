"""What every trainer's test shares: the digits, a small network, an optimizer that records what it is used with.

The run is always the same: 45 batches in an epoch, gradients accumulated over 4 of them, so that the last window of an
epoch is short (45 = 11 * 4 + 1) and an epoch has 12 updates.
"""

from __future__ import annotations

import functools
import math

import lehr
import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

BATCH, ACCUMULATE, EPOCHS = 32, 4, 8
BATCHES = 45
UPDATES_PER_EPOCH = math.ceil(BATCHES / ACCUMULATE)
UPDATES = EPOCHS * UPDATES_PER_EPOCH

# (lr, weight decay) of each group when the scheduler is built.
BASES = ((2e-2, 0.05), (1e-2, 0.0))
WARMUP = 10
LR = f"linear(from=0.01x, over={WARMUP}) -> cosine(to=1e-6)"
WEIGHT_DECAY = "cosine(from=0.01, to=0.2)"


@functools.cache
def data() -> TensorDataset:
    """1,440 of scikit-learn's digits, shuffled once: 45 batches of 32."""
    x, y = load_digits(return_X_y=True)
    order = torch.randperm(len(x), generator=torch.Generator().manual_seed(0))[: BATCHES * BATCH]
    return TensorDataset(torch.tensor(x, dtype=torch.float32)[order] / 16, torch.tensor(y)[order])


def loader(batch: int = BATCH) -> DataLoader:
    return DataLoader(data(), batch_size=batch, num_workers=0)


def network() -> nn.Module:
    torch.manual_seed(1)
    return nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10))


def accuracy(model: nn.Module) -> float:
    x, y = data().tensors
    with torch.no_grad():
        return (model(x).argmax(1) == y).double().mean().item()


class Recording:
    """Mixed into an optimizer: `used` has, for each update, (lr, weight decay) of each group at that moment."""

    def step(self, closure=None):
        # Lightning's closure runs the backward pass: nothing reads the values before the optimizer's own step.
        rows = self.__dict__.setdefault("used", [])
        rows.append(tuple((float(g["lr"]), float(g["weight_decay"])) for g in self.param_groups))
        return super().step(closure)


class RecordingAdamW(Recording, torch.optim.AdamW):
    pass


class RecordingSGD(Recording, torch.optim.SGD):
    pass


def optimizer_for(model: nn.Module, kind: type = RecordingAdamW, **settings) -> torch.optim.Optimizer:
    weights = [p for p in model.parameters() if p.ndim > 1]
    others = [p for p in model.parameters() if p.ndim <= 1]
    groups = [
        {"params": parameters, "name": name, "lr": lr, "weight_decay": decay}
        for name, parameters, (lr, decay) in zip(("decay", "no_decay"), (weights, others), BASES)
    ]
    return kind(groups, **settings)


def scheduler_for(optimizer, updates: int = UPDATES, **settings) -> lehr.Scheduler:
    """Two fields: the learning rate of both groups, the weight decay of the first."""
    plan = {"lr": LR, "weight_decay": WEIGHT_DECAY}
    return lehr.Scheduler(optimizer, plan, updates=updates, groups={"weight_decay": "decay"}, **settings)


def planned(n: int, updates: int = UPDATES) -> tuple[tuple[float, float], ...]:
    """What update n must use, from the plans without any optimizer."""
    lr = lehr.Plan.parse(LR, updates=updates)
    decay = lehr.Plan.parse(WEIGHT_DECAY, updates=updates)
    (lr_0, decay_0), (lr_1, decay_1) = BASES
    return (lr.value_at(n, lr_0), decay.value_at(n, decay_0)), (lr.value_at(n, lr_1), decay_1)


def by_hand(n: int, updates: int = UPDATES) -> tuple[tuple[float, float], ...]:
    """The same from the formulas, without lehr."""

    def cosine(first: float, last: float, t: float) -> float:
        return last + (first - last) * (1 + math.cos(math.pi * t)) / 2

    rows = []
    for lr, decay in BASES:
        if n < WARMUP:
            now = lr * (0.01 + 0.99 * n / WARMUP)
        else:
            now = cosine(lr, 1e-6, min(1.0, (n - WARMUP) / (updates - WARMUP)))
        rows.append((now, cosine(0.01, 0.2, min(1.0, n / updates)) if decay else 0.0))
    return tuple(rows)


def check(used: list, first: int = 0, last: int = UPDATES, updates: int = UPDATES) -> None:
    """Asserts that the updates `first` to `last` used exactly what the plans say, and as many of them."""
    assert len(used) == last - first, f"{len(used)} updates were made, not {last - first}"
    for n, row in zip(range(first, last), used):
        assert row == planned(n, updates), f"update {n} used {row}, but the plans say {planned(n, updates)}"
        for (lr, decay), (lr_by_hand, decay_by_hand) in zip(row, by_hand(n, updates)):
            assert math.isclose(lr, lr_by_hand, rel_tol=1e-12)
            assert math.isclose(decay, decay_by_hand, rel_tol=1e-12)


def at(groups, n: int, updates: int = UPDATES) -> None:
    """Asserts that the groups hold the values for update n."""
    assert tuple((float(g["lr"]), float(g["weight_decay"])) for g in groups) == planned(n, updates)


def train(model, optimizer, after_update, epochs: int = EPOCHS, stop: int | None = None) -> int:
    """A plain loop; returns how many updates it made, at most `stop`."""
    done = 0
    for _ in range(epochs):
        for index, (x, y) in enumerate(loader(), start=1):
            (nn.functional.cross_entropy(model(x), y) / ACCUMULATE).backward()
            if index % ACCUMULATE and index != BATCHES:
                continue
            optimizer.step()
            done += 1
            after_update(done)
            optimizer.zero_grad()
            if done == stop:
                return done
    return done
