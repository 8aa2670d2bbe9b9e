"""ignite: the handler of `lehr.attach_ignite`, checkpoints through ignite's own `Checkpoint`."""

from __future__ import annotations

import lehr
import pytest
from torch import nn

from .harness import (
    ACCUMULATE,
    BATCHES,
    EPOCHS,
    accuracy,
    at,
    check,
    loader,
    network,
    optimizer_for,
    scheduler_for,
)

pytest.importorskip("ignite", reason="ignite is not installed")
from ignite.engine import Events, create_supervised_trainer  # noqa: E402
from ignite.handlers import Checkpoint, DiskSaver  # noqa: E402

# ignite's windows go on through the epochs: 8 * 45 = 360 iterations are 90 updates, and no epoch ends with one.
UPDATES = EPOCHS * BATCHES // ACCUMULATE


def trainer_for():
    model = network()
    optimizer = optimizer_for(model)
    schedule = scheduler_for(optimizer, updates=UPDATES)
    engine = create_supervised_trainer(
        model, optimizer, nn.functional.cross_entropy, gradient_accumulation_steps=ACCUMULATE
    )
    lehr.attach_ignite(engine, schedule, accumulate=ACCUMULATE)
    return engine, {"model": model, "optimizer": optimizer, "scheduler": schedule, "engine": engine}


def test_values():
    engine, parts = trainer_for()
    engine.run(loader(), max_epochs=EPOCHS)
    assert parts["scheduler"].num_updates == UPDATES
    check(parts["optimizer"].used, last=UPDATES, updates=UPDATES)
    assert accuracy(parts["model"]) > 0.95


@pytest.mark.parametrize("epoch", [4, 5])
def test_resume(epoch, tmp_path):
    engine, parts = trainer_for()
    saver = Checkpoint(parts, DiskSaver(str(tmp_path), create_dir=True), n_saved=None)
    engine.add_event_handler(Events.EPOCH_COMPLETED(once=epoch), saver)
    engine.add_event_handler(Events.EPOCH_COMPLETED(once=epoch), lambda: engine.terminate())
    engine.run(loader(), max_epochs=EPOCHS)
    done = epoch * BATCHES // ACCUMULATE
    check(parts["optimizer"].used, last=done, updates=UPDATES)

    engine, parts = trainer_for()
    Checkpoint.load_objects(parts, tmp_path / saver.last_checkpoint)
    at(parts["optimizer"].param_groups, done, updates=UPDATES)
    engine.run(loader(), max_epochs=EPOCHS)
    check(parts["optimizer"].used, first=done, last=UPDATES, updates=UPDATES)


def test_the_handle_ends_it():
    engine, parts = trainer_for()
    handle = lehr.attach_ignite(engine, parts["scheduler"])
    handle.remove()
    engine.run(loader(), max_epochs=1)
    assert parts["scheduler"].num_updates == BATCHES // ACCUMULATE


@pytest.mark.parametrize("accumulate", [0, -1, 1.5, True])
def test_accumulate_is_a_count(accumulate):
    engine, parts = trainer_for()
    with pytest.raises(lehr.LehrValueError, match="accumulate"):
        lehr.attach_ignite(engine, parts["scheduler"], accumulate=accumulate)
