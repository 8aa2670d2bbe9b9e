"""Run by torchrun in each process: `-m trainers.two_trainers SCENARIO FOLDER`. A fault is an exit code."""

from __future__ import annotations

import sys
from pathlib import Path

import lehr
import torch
import torch.distributed as dist
from torch import nn
from torch.utils.data import DataLoader, DistributedSampler

from .harness import ACCUMULATE, BATCH, EPOCHS, at, check, data, loader, network, optimizer_for, scheduler_for
from .two_processes import BATCHES, MIDDLE, PROCESSES, UPDATES, same_everywhere


def transformers(folder: Path) -> None:
    """Hugging Face's Trainer, stopped in the middle and resumed from its checkpoint."""
    from . import test_transformers

    test_transformers.scheduler_for = lambda optimizer: scheduler_for(optimizer, updates=UPDATES)
    trainer, optimizer, schedule = test_transformers.trainer_for(folder, test_transformers.StopAt(MIDDLE))
    assert trainer.accelerator.num_processes == PROCESSES
    trainer.train()
    check(optimizer.used, last=MIDDLE, updates=UPDATES)
    dist.barrier()

    trainer, optimizer, schedule = test_transformers.trainer_for(folder)
    trainer.train(resume_from_checkpoint=str(folder / f"checkpoint-{MIDDLE}"))
    assert trainer.state.global_step == schedule.num_updates == UPDATES
    check(optimizer.used, first=MIDDLE, last=UPDATES, updates=UPDATES)
    same_everywhere(schedule, optimizer.used)


def lightning(folder: Path) -> None:
    """Lightning with DDP, stopped in the middle and resumed from its checkpoint."""
    from . import test_lightning

    path = folder / "middle.ckpt"
    for first, last, resumed in ((0, MIDDLE, None), (MIDDLE, UPDATES, path)):
        module = test_lightning.Digits()
        callbacks = [] if resumed else [test_lightning.StopAt(MIDDLE, path)]
        trainer = test_lightning.trainer_for(folder, callbacks, devices=PROCESSES, strategy="ddp")
        trainer.fit(module, loader(), ckpt_path=resumed)
        assert trainer.world_size == PROCESSES and trainer.estimated_stepping_batches == UPDATES
        check(module.optimizer.used[: last - first], first=first, last=last, updates=UPDATES)
        same_everywhere(module.schedule, module.optimizer.used)
    at(module.optimizer.param_groups, UPDATES, updates=UPDATES)


def ignite(folder: Path) -> None:
    """ignite's distributed loop; its windows go on through the epochs."""
    import ignite.distributed as idist
    from ignite.engine import create_supervised_trainer

    idist.initialize("gloo")
    assert idist.get_world_size() == PROCESSES
    updates = EPOCHS * BATCHES // ACCUMULATE
    batches = DataLoader(data(), batch_size=BATCH, sampler=DistributedSampler(data(), shuffle=False), num_workers=0)
    assert len(batches) == BATCHES
    model = idist.auto_model(network())
    optimizer = optimizer_for(model)
    schedule = scheduler_for(optimizer, updates=updates)
    engine = create_supervised_trainer(
        model, optimizer, nn.functional.cross_entropy, gradient_accumulation_steps=ACCUMULATE
    )
    lehr.attach_ignite(engine, schedule, accumulate=ACCUMULATE)
    engine.run(batches, max_epochs=EPOCHS)
    assert schedule.num_updates == updates
    check(optimizer.used, last=updates, updates=updates)
    same_everywhere(schedule, optimizer.used)
    del folder


SCENARIOS = {
    "transformers": transformers,
    "lightning": lightning,
    "ignite": ignite,
}

if __name__ == "__main__":
    torch.set_num_threads(1)
    SCENARIOS[sys.argv[1]](Path(sys.argv[2]))
    if dist.is_initialized():
        dist.barrier()
        # Every process is past its checks.
        (Path(sys.argv[2]) / "passed").touch()
        dist.destroy_process_group()
