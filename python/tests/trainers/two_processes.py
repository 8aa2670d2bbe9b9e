"""Run by torchrun in each process: `-m trainers.two_processes SCENARIO FOLDER`. A fault is an exit code."""

from __future__ import annotations

import sys
from pathlib import Path

import lehr
import torch
import torch.distributed as dist
from torch import nn
from torch.utils.data import DataLoader, DistributedSampler

from .harness import (
    ACCUMULATE,
    BATCH,
    EPOCHS,
    at,
    check,
    data,
    loader,
    network,
    optimizer_for,
    scheduler_for,
    train,
)

PROCESSES = 2
# Half of the batches for each process: 23, in 6 windows.
BATCHES = 23
UPDATES_PER_EPOCH = 6
UPDATES = EPOCHS * UPDATES_PER_EPOCH
MIDDLE = 3 * UPDATES_PER_EPOCH


def same_everywhere(schedule, used) -> None:
    """Asserts that every process has the same state and has used the same values."""
    assert dist.get_world_size() == PROCESSES
    found = [None] * PROCESSES
    dist.all_gather_object(found, (schedule.state_digest(), schedule.num_updates, used))
    assert all(one == found[0] for one in found), found


def plain(folder: Path) -> None:
    """DistributedDataParallel, a metric that is reduced before the controller sees it, and a resumed run."""
    dist.init_process_group("gloo")
    sampler = DistributedSampler(data(), shuffle=False)
    batches = DataLoader(data(), batch_size=BATCH, sampler=sampler, num_workers=0)
    assert len(batches) == BATCHES
    plateau = lehr.Plateau(patience=0, factor=0.5, threshold=1.0, threshold_mode="abs")

    def build(**settings):
        model = nn.parallel.DistributedDataParallel(network())
        optimizer = optimizer_for(model)
        return model, optimizer, scheduler_for(optimizer, updates=UPDATES, **settings)

    def run(model, optimizer, schedule, epochs, observe=False):
        for _ in range(epochs):
            total = torch.zeros(())
            for index, (x, y) in enumerate(batches, start=1):
                loss = nn.functional.cross_entropy(model(x), y)
                (loss / ACCUMULATE).backward()
                total += loss.detach()
                if index % ACCUMULATE == 0 or index == BATCHES:
                    optimizer.step()
                    schedule.step()
                    optimizer.zero_grad()
            if observe:
                mine = total.item()
                dist.all_reduce(total)
                assert mine != total.item() / PROCESSES
                schedule.observe(total / PROCESSES)

    model, optimizer, schedule = build()
    run(model, optimizer, schedule, 3)
    saved = {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "scheduler": schedule.state_dict()}
    if dist.get_rank() == 0:
        torch.save(saved, folder / "ddp.pt")
    dist.barrier()
    check(optimizer.used, last=MIDDLE, updates=UPDATES)

    model, optimizer, schedule = build()
    saved = torch.load(folder / "ddp.pt", weights_only=True)
    for part, name in ((model, "model"), (optimizer, "optimizer"), (schedule, "scheduler")):
        part.load_state_dict(saved[name])
    run(model, optimizer, schedule, EPOCHS - 3)
    check(optimizer.used, first=MIDDLE, last=UPDATES, updates=UPDATES)
    same_everywhere(schedule, optimizer.used)

    model, optimizer, schedule = build(control=plateau)
    run(model, optimizer, schedule, EPOCHS, observe=True)
    same_everywhere(schedule, optimizer.used)
    # The losses fall by less than the threshold at last, so that the factor did.
    assert schedule.get_last_lr()[0] < 1e-6


def accelerate(folder: Path) -> None:
    """A prepared scheduler: detected, told, and with batches that are split."""
    accelerate_run(folder / "detected", split_batches=False, told=False)
    accelerate_run(folder / "told", split_batches=False, told=True)
    accelerate_run(folder / "split", split_batches=True, told=False)


def accelerate_run(folder: Path, split_batches: bool, told: bool) -> None:
    from accelerate import Accelerator
    from accelerate.utils import DataLoaderConfiguration

    accelerator = Accelerator(
        cpu=True,
        gradient_accumulation_steps=ACCUMULATE,
        dataloader_config=DataLoaderConfiguration(split_batches=split_batches),
    )
    assert accelerator.num_processes == PROCESSES

    def build():
        model = network()
        optimizer = optimizer_for(model)
        schedule = scheduler_for(optimizer, updates=UPDATES)
        if told:
            lehr.once_per_update(schedule)
        # A scheduler of torch's, for comparison: it is stepped once for each process.
        naive = torch.optim.lr_scheduler.LambdaLR(torch.optim.SGD([torch.zeros(1)]), lambda n: 1.0)
        # With split_batches both processes share a batch, which is then twice as large.
        batches = loader(2 * BATCH if split_batches else BATCH)
        prepared = accelerator.prepare(model, optimizer, batches, schedule, naive)
        assert len(prepared[2]) == BATCHES
        return optimizer, schedule, naive, prepared

    def run(model, optimizer, batches, schedule, naive, epochs):
        for _ in range(epochs):
            for x, y in batches:
                with accelerator.accumulate(model):
                    accelerator.backward(nn.functional.cross_entropy(model(x), y))
                    optimizer.step()
                    schedule.step()
                    naive.step()
                    optimizer.zero_grad()

    optimizer, schedule, naive, prepared = build()
    run(*prepared, epochs=3)
    check(optimizer.used, last=MIDDLE, updates=UPDATES)
    assert naive.last_epoch == MIDDLE * (1 if split_batches else PROCESSES)
    accelerator.save_state(str(folder))
    accelerator.wait_for_everyone()
    accelerator.free_memory()

    optimizer, schedule, _, prepared = build()
    accelerator.load_state(str(folder))
    run(*prepared, epochs=EPOCHS - 3)
    check(optimizer.used, first=MIDDLE, last=UPDATES, updates=UPDATES)
    assert schedule.num_updates == UPDATES
    same_everywhere(schedule, optimizer.used)
    accelerator.free_memory()


def pytorch_accelerated(folder: Path) -> None:
    from pytorch_accelerated import Trainer

    model = network()
    trainer = Trainer(model, nn.functional.cross_entropy, optimizer_for(model), callbacks=[])
    trainer.train(
        data(),
        num_epochs=EPOCHS,
        per_device_batch_size=BATCH,
        gradient_accumulation_steps=ACCUMULATE,
        train_dataloader_kwargs={"num_workers": 0, "shuffle": False},
        create_scheduler_fn=lehr.CosineLrScheduler.create_scheduler_fn(lr_min=0.0),
    )
    assert trainer.run_config.num_processes == PROCESSES
    used, schedule = trainer.optimizer.optimizer.used, trainer.scheduler
    assert len(used) == schedule.num_updates == UPDATES
    cosine = lehr.Plan.parse("cosine(to=0)", updates=UPDATES)
    base = schedule.base_lr_values[0]
    assert [row[0][0] for row in used] == [cosine.value_at(n, base) for n in range(UPDATES)]
    assert schedule.get_last_lr() == [0.0, 0.0]
    found = [None] * PROCESSES
    dist.all_gather_object(found, (schedule.state_dict(), used))
    assert found[0] == found[1]


def sharded(folder: Path) -> None:
    """Fully sharded parameters and a distributed checkpoint, half of the run in each number of processes."""
    import torch.distributed.checkpoint as checkpoint
    from torch.distributed.checkpoint.state_dict import get_state_dict, set_state_dict
    from torch.distributed.device_mesh import init_device_mesh
    from torch.distributed.fsdp import fully_shard

    dist.init_process_group("gloo")
    model = network()
    fully_shard(model, mesh=init_device_mesh("cpu", (dist.get_world_size(),)))
    optimizer = optimizer_for(model)
    schedule = scheduler_for(optimizer)
    done = 0
    path = folder / "sharded"
    if path.exists():
        weights, moments = get_state_dict(model, optimizer)
        parts = {"model": weights, "optimizer": moments, "scheduler": schedule}
        checkpoint.load(parts, checkpoint_id=path)
        set_state_dict(model, optimizer, model_state_dict=weights, optim_state_dict=moments)
        done = schedule.num_updates
        assert done == SHARDED_MIDDLE
        at(optimizer.param_groups, done)
        # To have moments to load into, the checkpoint made an update without effect.
        optimizer.used.clear()
    train(model, optimizer, lambda _: schedule.step(), stop=SHARDED_MIDDLE)
    check(optimizer.used, first=done, last=done + SHARDED_MIDDLE)
    found = [None] * dist.get_world_size()
    dist.all_gather_object(found, (schedule.state_digest(), optimizer.used))
    assert all(one == found[0] for one in found)
    if not done:
        weights, moments = get_state_dict(model, optimizer)
        checkpoint.save({"model": weights, "optimizer": moments, "scheduler": schedule}, checkpoint_id=path)


SHARDED_MIDDLE = 48
SCENARIOS = {
    "plain": plain,
    "accelerate": accelerate,
    "pytorch-accelerated": pytorch_accelerated,
    "sharded": sharded,
}

if __name__ == "__main__":
    torch.set_num_threads(1)
    SCENARIOS[sys.argv[1]](Path(sys.argv[2]))
    if dist.is_initialized():
        dist.barrier()
        # Every process is past its checks.
        (Path(sys.argv[2]) / "passed").touch()
        dist.destroy_process_group()
