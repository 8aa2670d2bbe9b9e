"""The event file of lehr-train, written by the example `digits`, as PyPI's tensorboard reads it."""

from __future__ import annotations

import csv
import json
import subprocess
from pathlib import Path

import numpy as np
import pytest
from tensorboard.backend.event_processing import event_accumulator
from tensorboard.backend.event_processing import event_file_loader as loader

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("digits")
    arguments = ["--epochs", "3", "--history", str(folder / "history.csv"), "--json", str(folder / "log.jsonl")]
    command = ["cargo", "run", "--quiet", "--release", "-p", "lehr-candle", "--example", "digits", "--"]
    subprocess.run([*command, *arguments, "--tensorboard", str(folder / "tb")], cwd=ROOT, check=True)
    return folder


def test_every_scalar_is_read_back(run: Path) -> None:
    events = event_accumulator.EventAccumulator(str(run / "tb"), size_guidance={"scalars": 0})
    events.Reload()
    with (run / "history.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 138
    for column in ["loss", "lr/weights", "lr/biases", "weight_decay/weights", "weight_decay/biases"]:
        scalars = events.Scalars(column)
        assert [scalar.step for scalar in scalars] == [int(row["update"]) for row in rows]
        # TensorBoard has f32.
        assert [scalar.value for scalar in scalars] == [float(np.float32(row[column])) for row in rows]
        times = [scalar.wall_time for scalar in scalars]
        assert times == sorted(times) and times[0] > 1.7e9

    with (run / "log.jsonl").open() as file:
        metrics = [line for line in map(json.loads, file) if "metric" in line]
    for name in ["train_loss", "eval_loss", "accuracy"]:
        expected = [(m["num_updates"], float(np.float32(m["value"]))) for m in metrics if m["metric"] == name]
        assert [(scalar.step, scalar.value) for scalar in events.Scalars(name)] == expected
        assert [step for step, _ in expected] == [46, 92, 138]


def test_a_file_that_was_cut_off_is_read_to_its_last_whole_record(run: Path, tmp_path: Path) -> None:
    (file,) = (run / "tb").iterdir()
    whole = file.read_bytes()
    cut = tmp_path / file.name
    cut.write_bytes(whole[:-7])
    count = sum(1 for _ in loader.LegacyEventFileLoader(str(file)).Load())
    assert sum(1 for _ in loader.LegacyEventFileLoader(str(cut)).Load()) == count - 1
