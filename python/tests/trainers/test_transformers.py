"""Hugging Face's Trainer: `optimizers=(optimizer, scheduler)`, the logged rate, `resume_from_checkpoint`."""

from __future__ import annotations

import pytest
from torch import nn

from .harness import (
    ACCUMULATE,
    BATCH,
    EPOCHS,
    UPDATES,
    UPDATES_PER_EPOCH,
    accuracy,
    at,
    check,
    data,
    network,
    optimizer_for,
    scheduler_for,
)

transformers = pytest.importorskip("transformers", reason="transformers is not installed")
pytest.importorskip("accelerate", reason="transformers' Trainer needs Accelerate")


class Digits(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = network()

    def forward(self, x, labels=None):
        logits = self.net(x)
        return {"loss": nn.functional.cross_entropy(logits, labels), "logits": logits}


class StopAt(transformers.TrainerCallback):
    def __init__(self, update):
        self.update = update

    def on_step_end(self, args, state, control, **kwargs):
        if state.global_step == self.update:
            control.should_training_stop = control.should_save = True


def trainer_for(folder, *callbacks):
    model = Digits()
    optimizer = optimizer_for(model)
    schedule = scheduler_for(optimizer)
    arguments = transformers.TrainingArguments(
        output_dir=str(folder),
        num_train_epochs=EPOCHS,
        per_device_train_batch_size=BATCH,
        gradient_accumulation_steps=ACCUMULATE,
        logging_steps=1,
        save_strategy="no",
        report_to=[],
        use_cpu=True,
        disable_tqdm=True,
        dataloader_num_workers=0,
        max_grad_norm=0.0,
    )
    rows = [{"x": x, "labels": y} for x, y in data()]
    trainer = transformers.Trainer(
        model=model, args=arguments, train_dataset=rows, optimizers=(optimizer, schedule), callbacks=list(callbacks)
    )
    return trainer, optimizer, schedule


def test_values_and_logs(tmp_path):
    trainer, optimizer, schedule = trainer_for(tmp_path)
    trainer.train()
    assert trainer.state.global_step == schedule.num_updates == UPDATES
    check(optimizer.used)
    logged = [entry["learning_rate"] for entry in trainer.state.log_history if "learning_rate" in entry]
    assert logged == [row[0][0] for row in optimizer.used]
    assert accuracy(trainer.model.net) > 0.95


@pytest.mark.parametrize("stop", [2 * UPDATES_PER_EPOCH + 7, 4 * UPDATES_PER_EPOCH])
def test_resume_from_checkpoint(stop, tmp_path):
    trainer, optimizer, _ = trainer_for(tmp_path, StopAt(stop))
    trainer.train()
    check(optimizer.used, last=stop)
    trainer, optimizer, schedule = trainer_for(tmp_path)
    trainer.train(resume_from_checkpoint=str(tmp_path / f"checkpoint-{stop}"))
    check(optimizer.used, first=stop)
    at(optimizer.param_groups, UPDATES)
