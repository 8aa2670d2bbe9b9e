"""Two processes under torchrun (gloo, CPU): the same values in each, a curve that ends where the run does."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

TESTS = Path(__file__).parent.parent
needs_gloo = pytest.mark.skipif(not torch.distributed.is_gloo_available(), reason="this torch has no gloo")


def torchrun(scenario: str, folder: Path, processes: int = 2, module: str = "trainers.two_processes") -> None:
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc_per_node", str(processes)]
    command += ["-m", module, scenario, str(folder)]
    environment = {**os.environ, "ACCELERATE_USE_CPU": "true", "OMP_NUM_THREADS": "1", "PYTHONPATH": str(TESTS)}
    passed = folder / "passed"
    passed.unlink(missing_ok=True)
    run = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=240, check=False)
    said = run.stdout[-4000:] + run.stderr[-8000:]
    # torch 2.15 with gloo now and then aborts a process that has done all and ends: 2 of some 60 runs on a busy machine.
    assert passed.exists() and (run.returncode == 0 or "terminate called without an active exception" in said), said


@needs_gloo
@pytest.mark.parametrize(
    ("scenario", "package"),
    [("plain", "torch"), ("accelerate", "accelerate"), ("pytorch-accelerated", "pytorch_accelerated")],
)
def test_two_processes(scenario, package, tmp_path):
    if importlib.util.find_spec(package) is None:
        pytest.skip(f"{package} is not installed")
    torchrun(scenario, tmp_path)


@needs_gloo
@pytest.mark.parametrize(
    ("scenario", "package"),
    [("transformers", "transformers"), ("lightning", "lightning"), ("ignite", "ignite")],
)
def test_two_processes_of_a_trainer(scenario, package, tmp_path):
    if importlib.util.find_spec(package) is None:
        pytest.skip(f"{package} is not installed")
    torchrun(scenario, tmp_path, module="trainers.two_trainers")


@needs_gloo
@pytest.mark.parametrize("then", [1, 2])
def test_sharded_checkpoint(then, tmp_path):
    pytest.importorskip("torch.distributed.fsdp", reason="this torch has no FSDP")
    torchrun("sharded", tmp_path, processes=3 - then)
    torchrun("sharded", tmp_path, processes=then)
