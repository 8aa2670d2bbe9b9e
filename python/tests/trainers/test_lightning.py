"""Lightning: `lehr.lightning(scheduler)`, `accumulate_grad_batches`, resuming, LearningRateMonitor."""

from __future__ import annotations

import csv

import lehr
import pytest
from torch import nn

from .harness import (
    ACCUMULATE,
    BATCHES,
    EPOCHS,
    UPDATES,
    UPDATES_PER_EPOCH,
    accuracy,
    check,
    loader,
    network,
    optimizer_for,
    planned,
    scheduler_for,
)

lightning = pytest.importorskip("lightning.pytorch", reason="Lightning is not installed")


class Digits(lightning.LightningModule):
    def __init__(self):
        super().__init__()
        self.net = network()

    def training_step(self, batch, index):
        x, y = batch
        return nn.functional.cross_entropy(self.net(x), y)

    def configure_optimizers(self):
        self.optimizer = optimizer_for(self.net)
        self.schedule = scheduler_for(self.optimizer, updates=self.trainer.estimated_stepping_batches)
        return {"optimizer": self.optimizer, "lr_scheduler": lehr.lightning(self.schedule)}


def trainer_for(folder, callbacks=(), epochs=EPOCHS, **settings):
    settings = {"devices": 1, "logger": False, "enable_checkpointing": False, **settings}
    return lightning.Trainer(
        accelerator="cpu",
        max_epochs=epochs,
        accumulate_grad_batches=ACCUMULATE,
        default_root_dir=folder,
        enable_progress_bar=False,
        enable_model_summary=False,
        callbacks=list(callbacks),
        **settings,
    )


def test_the_configuration():
    schedule = scheduler_for(optimizer_for(network()))
    assert lehr.lightning(schedule) == {"scheduler": schedule, "interval": "step", "frequency": 1}
    assert lehr.lightning(schedule, name="main")["name"] == "main"


def test_values_and_monitor(tmp_path):
    logger = lightning.loggers.CSVLogger(tmp_path, name="", version="")
    monitor = lightning.callbacks.LearningRateMonitor(logging_interval="step", log_weight_decay=True)
    module = Digits()
    trainer = trainer_for(tmp_path, [monitor], logger=logger, log_every_n_steps=1)
    trainer.fit(module, loader())
    assert trainer.global_step == module.schedule.num_updates == UPDATES
    check(module.optimizer.used)
    assert accuracy(module.net) > 0.95
    # The monitor writes a row for each batch: the values that the update of its window uses.
    with open(tmp_path / "metrics.csv") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == EPOCHS * BATCHES
    names = [[f"lr-RecordingAdamW/{group}{end}" for end in ("", "-weight_decay")] for group in ("decay", "no_decay")]
    for row in rows:
        assert tuple(tuple(float(row[name]) for name in pair) for pair in names) == planned(int(row["step"]))


class StopAt(lightning.Callback):
    def __init__(self, update, path):
        self.update, self.path = update, path

    def on_train_batch_end(self, trainer, module, *_):
        if trainer.global_step == self.update and not self.path.exists():
            trainer.save_checkpoint(self.path)
            trainer.should_stop = True


@pytest.mark.parametrize("stop", [2 * UPDATES_PER_EPOCH + 7, 4 * UPDATES_PER_EPOCH])
def test_resume_from_checkpoint(stop, tmp_path):
    path = tmp_path / "middle.ckpt"
    module = Digits()
    trainer_for(tmp_path, [StopAt(stop, path)]).fit(module, loader())
    check(module.optimizer.used[:stop], last=stop)
    module = Digits()
    trainer = trainer_for(tmp_path)
    trainer.fit(module, loader(), ckpt_path=path)
    assert trainer.global_step == UPDATES
    check(module.optimizer.used, first=stop)
