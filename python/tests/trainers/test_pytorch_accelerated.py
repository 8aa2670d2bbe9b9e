"""pytorch-accelerated's Trainer: schedulers made by `create_scheduler_fn`, `scheduler_step` overridden, checkpoints."""

from __future__ import annotations

import functools

import lehr
import pytest
import torch

from .harness import (
    ACCUMULATE,
    BASES,
    BATCH,
    EPOCHS,
    LR,
    UPDATES,
    UPDATES_PER_EPOCH,
    WEIGHT_DECAY,
    accuracy,
    at,
    check,
    data,
    network,
    optimizer_for,
    scheduler_for,
)

pytest.importorskip("pytorch_accelerated", reason="pytorch-accelerated is not installed")
from pytorch_accelerated import Trainer, TrainerPlaceholderValues  # noqa: E402
from pytorch_accelerated.callbacks import TrainerCallback, WSDCheckpointCallback  # noqa: E402


def trainer_for(kind=Trainer, callbacks=()):
    model = network()
    return kind(model, torch.nn.functional.cross_entropy, optimizer_for(model), callbacks=list(callbacks))


def fit(trainer, create_scheduler_fn, epochs=EPOCHS, **settings):
    trainer.train(
        data(),
        num_epochs=epochs,
        per_device_batch_size=BATCH,
        gradient_accumulation_steps=ACCUMULATE,
        train_dataloader_kwargs={"num_workers": 0, "shuffle": False},
        create_scheduler_fn=create_scheduler_fn,
        **settings,
    )
    return used(trainer)


def used(trainer):
    return trainer.optimizer.optimizer.used


def two_fields(optimizer, epochs, updates_per_epoch):
    return scheduler_for(optimizer, updates=epochs * updates_per_epoch)


TWO_FIELDS = functools.partial(
    two_fields,
    epochs=TrainerPlaceholderValues.NUM_EPOCHS,
    updates_per_epoch=TrainerPlaceholderValues.PER_PROCESS_NUM_UPDATE_STEPS_PER_EPOCH,
)


def test_two_fields():
    trainer = trainer_for()
    check(fit(trainer, TWO_FIELDS))
    assert trainer.scheduler.num_updates == UPDATES
    assert accuracy(trainer.get_model()) > 0.95


def test_a_second_run_starts_anew():
    trainer = trainer_for()
    fit(trainer, lehr.CosineLrScheduler.create_scheduler_fn(lr_min=0.0))
    first = trainer.scheduler
    rows = fit(trainer, lehr.CosineLrScheduler.create_scheduler_fn(lr_min=0.0))
    assert len(rows) == 2 * UPDATES and rows[:UPDATES] == rows[UPDATES:]
    with pytest.raises(lehr.LehrValueError, match="another CosineLrScheduler"):
        first.step()


def test_cosine_with_placeholders():
    create = lehr.CosineLrScheduler.create_scheduler_fn(num_warmup_epochs=2, warmup_starting_lr=1e-4, lr_min=1e-5)
    assert create.keywords["total_num_epochs"] is TrainerPlaceholderValues.NUM_EPOCHS
    trainer = trainer_for()
    rows = fit(trainer, create)
    plan = lehr.Plan.parse(f"linear(from=1e-4, over={2 * UPDATES_PER_EPOCH}) -> cosine(to=1e-5)", updates=UPDATES)
    assert [[lr for lr, _ in row] for row in rows] == [
        [plan.value_at(n, lr) for lr, _ in BASES] for n in range(UPDATES)
    ]
    assert trainer.scheduler.get_last_lr() == [1e-5, 1e-5]
    # The weight decay was nobody's business.
    assert {tuple(decay for _, decay in row) for row in rows} == {tuple(decay for _, decay in BASES)}


class MilestoneLrScheduler(lehr.StatefulSchedulerBase):
    """Halves the learning rate at the end of some epochs: a rule that multiplies what it finds in the groups."""

    def __init__(self, optimizer, gamma=0.5, epoch_milestones=(2, 4, 5), num_steps_per_epoch=100):
        super().__init__(optimizer, param_group_field="lr")
        self.milestones = {epoch * num_steps_per_epoch for epoch in epoch_milestones}
        self.gamma = gamma

    def get_updated_values(self, num_updates):
        if num_updates in self.milestones:
            return [g[self.param_group_field] * self.gamma for g in self.optimizer.param_groups]
        return None


@pytest.mark.parametrize("stop", [3, 4])
def test_a_scheduler_of_ones_own(stop, tmp_path):
    path = tmp_path / "middle.pt"
    create = functools.partial(
        MilestoneLrScheduler,
        num_steps_per_epoch=TrainerPlaceholderValues.PER_PROCESS_NUM_UPDATE_STEPS_PER_EPOCH,
    )
    trainer = trainer_for(callbacks=[SaveAndStop(stop, lambda trainer: trainer.save_checkpoint(path))])
    with pytest.raises(StopIteration):
        fit(trainer, create)
    rows = used(trainer)
    trainer = trainer_for(callbacks=[LoadFirst(path, look=None)])
    rows = [*rows, *fit(trainer, create, epochs=EPOCHS - stop)]
    halvings = [0, 0, 1, 1, 2, 3, 3, 3]
    want = [[lr * 0.5**halved for lr, _ in BASES] for halved in halvings for _ in range(UPDATES_PER_EPOCH)]
    assert [[lr for lr, _ in row] for row in rows] == want


class Counting(Trainer):
    """Counts the updates itself, for schedulers without a count of their own."""

    def training_run_start(self):
        self.num_updates = 0

    def scheduler_step(self):
        self.num_updates += 1
        for schedule in self.scheduler:
            schedule.step_update(self.num_updates)


class PlanScheduler(lehr.SchedulerBase):
    def __init__(self, optimizer, field, text, updates):
        super().__init__(optimizer, field)
        self.plan = lehr.Plan.parse(text, updates=updates)

    def get_updated_values(self, num_updates):
        return [self.plan.value_at(num_updates, base) if base else base for base in self.base_lr_values]


def test_stateless():
    trainer = trainer_for(Counting)

    def create(optimizer):
        texts = {"lr": LR, "weight_decay": WEIGHT_DECAY}
        return [PlanScheduler(optimizer, field, text, UPDATES) for field, text in texts.items()]

    check(fit(trainer, create))
    assert trainer.num_updates == UPDATES


class SaveAndStop(TrainerCallback):
    """Writes a checkpoint after an epoch, and ends the run."""

    def __init__(self, epoch, save):
        self.epoch, self.save = epoch, save

    def on_train_epoch_end(self, trainer, **kwargs):
        if trainer.run_history.current_epoch == self.epoch:
            self.save(trainer)
            raise StopIteration


class LoadFirst(TrainerCallback):
    def __init__(self, path, look):
        self.path, self.look = path, look

    def on_training_run_start(self, trainer, **kwargs):
        trainer.load_checkpoint(self.path)
        if self.look:
            self.look(trainer.optimizer.param_groups)


def test_checkpoint(tmp_path):
    path = tmp_path / "middle.pt"
    trainer = trainer_for(callbacks=[SaveAndStop(3, lambda trainer: trainer.save_checkpoint(path))])
    with pytest.raises(StopIteration):
        fit(trainer, TWO_FIELDS)
    check(used(trainer), last=3 * UPDATES_PER_EPOCH)

    # pytorch-accelerated does not go on where it was: the epochs that remain are for the caller to say.
    create = functools.partial(two_fields, epochs=EPOCHS, updates_per_epoch=UPDATES_PER_EPOCH)
    look = functools.partial(at, n=3 * UPDATES_PER_EPOCH)
    trainer = trainer_for(callbacks=[LoadFirst(path, look)])
    check(fit(trainer, create, epochs=EPOCHS - 3), first=3 * UPDATES_PER_EPOCH)
    assert trainer.scheduler.num_updates == UPDATES


def test_training_state(tmp_path):
    trainer = trainer_for(callbacks=[SaveAndStop(3, lambda trainer: trainer.save_training_state(tmp_path))])
    with pytest.raises(StopIteration):
        fit(trainer, TWO_FIELDS)
    create = functools.partial(two_fields, epochs=EPOCHS, updates_per_epoch=UPDATES_PER_EPOCH)
    trainer = trainer_for()
    # pytorch-accelerated does the saved epoch again, and one update more: the clock goes on, the end is held.
    last = UPDATES + UPDATES_PER_EPOCH + 1
    check(fit(trainer, create, resume_from=tmp_path), first=3 * UPDATES_PER_EPOCH, last=last)
    assert trainer.scheduler.num_updates == last


WSD = {"num_warmup_epochs": 1, "decay_phase_ratio": 0.25, "lr_min": 0.01, "warmup_starting_lr": 1e-4}


def test_wsd_checkpoints(tmp_path):
    trainer = trainer_for(callbacks=[WSDCheckpointCallback(save_dir=tmp_path)])
    rows = fit(trainer, lehr.WSDLrScheduler.create_scheduler_fn(num_checkpoints=2, **WSD))
    schedule = trainer.scheduler
    half = UPDATES // 2
    assert schedule.get_checkpoint_steps() == [half, UPDATES]
    lrs = [row[0][0] for row in rows]
    base = BASES[0][0]
    assert lrs == [schedule.plan.value_at(n, base) for n in range(UPDATES)]
    # The last update before a checkpoint uses the minimum, the next one the base again.
    assert lrs[half - 1] == lrs[-1] == 0.01 * base and lrs[half] == base
    decay = [info["pre_decay_step"] for info in schedule.get_decay_info()]
    written = {f"checkpoint_{n}_wsd_pre_decay" for n in decay} | {
        f"checkpoint_{n}_wsd_post_decay.pt" for n in (half, UPDATES)
    }
    assert {path.name for path in tmp_path.iterdir()} == written
    # A checkpoint has the state after exactly as many updates as its name says.
    for n in (half, UPDATES):
        saved = torch.load(tmp_path / f"checkpoint_{n}_wsd_post_decay.pt", weights_only=True)
        assert saved["step"] == saved["scheduler_state_dict"]["num_updates"] == n


def test_wsd_goes_on_from_before_the_decay(tmp_path):
    create = lehr.WSDLrScheduler.create_scheduler_fn(**WSD)
    trainer = trainer_for(callbacks=[WSDCheckpointCallback(save_dir=tmp_path)])
    fit(trainer, create)
    before = UPDATES - int(UPDATES * 0.25)
    assert trainer.scheduler.get_decay_info()[0]["pre_decay_step"] == before == 72

    # Twice as long a run, without a second warm-up, from the weights before the decay.
    longer = lehr.WSDLrScheduler.create_scheduler_fn(is_continuation_from_checkpoint=True, **WSD)
    callback = WSDCheckpointCallback(
        save_dir=tmp_path / "then", initial_checkpoint=tmp_path / f"checkpoint_{before}_wsd_pre_decay"
    )
    trainer = trainer_for(callbacks=[callback])
    rows = fit(trainer, longer, epochs=2 * EPOCHS)
    lrs = [row[0][0] for row in rows]
    assert len(lrs) == 2 * UPDATES
    assert set(lrs[: 2 * before]) == {BASES[0][0]} and lrs[-1] == 0.01 * BASES[0][0]
    assert trainer.scheduler.num_updates == 2 * UPDATES
