"""Real training on scikit-learn's handwritten digits, learning rate and weight decay scheduled by lehr.

The schedule is printed as a picture first. Training stops in the middle, goes on from a checkpoint in a new process's
place (new model, new optimizer, new scheduler), and every value that the resumed run uses is compared with the plan.

Run it with `python examples/torch_digits.py`.
"""

from __future__ import annotations

import io

import numpy as np
import torch
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch import nn

import lehr

EPOCHS = 20
BATCH = 32
SEED = 7

FIELDS = {
    "lr": "linear(from=0.01x, over=5%) -> cosine(to=1e-6)",
    "weight_decay": "cosine(from=0.01, to=0.1)",
}


def data() -> tuple[torch.Tensor, ...]:
    images, labels = load_digits(return_X_y=True)
    split = train_test_split(images / 16.0, labels, test_size=397, random_state=SEED, stratify=labels)
    train_x, test_x = (torch.tensor(part, dtype=torch.float32) for part in split[:2])
    train_y, test_y = (torch.tensor(part) for part in split[2:])
    return train_x, train_y, test_x, test_y


class Run:
    """A model with its optimizer and its schedule: what a training script builds at its start."""

    def __init__(self, updates: int, base: str | None = None, optimizer_state: dict | None = None) -> None:
        torch.manual_seed(SEED)
        self.model = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10))
        weights = [p for p in self.model.parameters() if p.ndim > 1]
        biases = [p for p in self.model.parameters() if p.ndim == 1]
        self.optimizer = torch.optim.AdamW(
            [{"params": weights, "name": "weights"}, {"params": biases, "name": "biases", "weight_decay": 0.0}], lr=3e-3
        )
        if optimizer_state is not None:
            self.optimizer.load_state_dict(optimizer_state)
        # The plan of the weight decay has absolute levels, so the biases, which have none, are left alone.
        self.schedule = lehr.Scheduler(self.optimizer, FIELDS, updates=updates, base=base)
        self.used: list[tuple[float, float, float]] = []

    def train(self, x: torch.Tensor, y: torch.Tensor, first: int, last: int, per_epoch: int) -> None:
        """Updates `first` up to `last`, counted from 0."""
        for update in range(first, last):
            epoch, index = divmod(update, per_epoch)
            order = np.random.default_rng(SEED + epoch).permutation(len(x))
            rows = torch.from_numpy(order[index * BATCH : (index + 1) * BATCH])
            loss = nn.functional.cross_entropy(self.model(x[rows]), y[rows])
            self.optimizer.zero_grad()
            loss.backward()
            weights, biases = self.optimizer.param_groups
            self.used.append((weights["lr"], weights["weight_decay"], biases["weight_decay"]))
            self.optimizer.step()
            self.schedule.step()

    def accuracy(self, x: torch.Tensor, y: torch.Tensor) -> float:
        with torch.no_grad():
            return (self.model(x).argmax(1) == y).float().mean().item()


def main() -> None:
    train_x, train_y, test_x, test_y = data()
    per_epoch = len(train_x) // BATCH
    updates = EPOCHS * per_epoch
    middle = updates // 2 + 5  # in the middle of an epoch

    whole = Run(updates)
    print(whole.schedule.picture(height=24))
    print(whole.schedule)
    whole.train(train_x, train_y, 0, updates, per_epoch)

    stopped = Run(updates)
    stopped.train(train_x, train_y, 0, middle, per_epoch)
    checkpoint = io.BytesIO()
    parts = {"model": stopped.model, "optimizer": stopped.optimizer, "schedule": stopped.schedule}
    torch.save({name: part.state_dict() for name, part in parts.items()}, checkpoint)

    checkpoint.seek(0)
    saved = torch.load(checkpoint, weights_only=True)
    resumed = Run(updates, base="initial", optimizer_state=saved["optimizer"])
    resumed.model.load_state_dict(saved["model"])
    resumed.schedule.load_state_dict(saved["schedule"])
    resumed.train(train_x, train_y, middle, updates, per_epoch)

    assert stopped.used + resumed.used == whole.used, "the resumed run used other values"
    lr = lehr.Plan.parse(FIELDS["lr"], updates=updates).values(base=3e-3)
    weight_decay = lehr.Plan.parse(FIELDS["weight_decay"], updates=updates).values(base=0.01)
    assert whole.used == list(zip(lr, weight_decay, [0.0] * updates)), "the optimizer used other values than the plan's"
    same = all(torch.equal(a, b) for a, b in zip(whole.model.parameters(), resumed.model.parameters()))
    assert same, "the resumed run has other weights"

    accuracy = resumed.accuracy(test_x, test_y)
    print(
        f"digits: {updates} updates, stopped at {middle} and resumed, lr and weight decay as planned at every update, "
        f"same weights as without the stop, test accuracy {accuracy:.3f}"
    )
    assert accuracy > 0.95


if __name__ == "__main__":
    main()
