"""Specs: the fixtures that the command and Rust read as well, dicts of the same tree, diagnostics, fields of a scheduler."""

from __future__ import annotations

import csv
import json
import pathlib

import pytest
from conftest import field

import lehr

SPECS = pathlib.Path(__file__).parents[2] / "fixtures" / "specs"
FILES = sorted(path for path in SPECS.iterdir() if path.suffix in (".toml", ".yaml", ".json"))
SPEC = {
    "version": 1,
    "horizon": {"updates": 8},
    "lr": {"phases": [{"shape": "linear", "from": "0x", "over": 4}, {"shape": "hold"}]},
    "weight_decay": [
        {"groups": ["part0"], "phases": "cosine(to=0)"},
        {"groups": [1], "phases": "linear(to=2x)"},
    ],
}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_same_bits_as_rust_and_the_command(path):
    with path.with_suffix(".csv").open() as table:
        rows = list(csv.DictReader(table))
    assert len(rows) >= 500
    text = path.read_text()
    for name in list(rows[0])[1:]:
        plan = lehr.Plan.parse(path, field=name)
        assert plan == lehr.Plan.parse(str(path), field=name)
        values = plan.values(len(rows), base_of(text, name.partition("/")[0], path.suffix))
        assert [float(row[name]).hex() for row in rows] == [value.hex() for value in values.tolist()], name


def base_of(text, name, suffix):
    """The base that the fixture gives the field, read by another reader."""
    if suffix == ".json":
        return json.loads(text)[name]["base"]
    lines = [line.strip() for line in text.splitlines()]
    heads = (f"[{name}]", f"[[{name}]]", f"{name}:", f'"{name}":')
    table = next(at for at, line in enumerate(lines) if line in heads)
    line = next(line for line in lines[table:] if line.startswith("base"))
    return float(line.replace("=", ":").split(":")[1])


def test_a_dict_of_the_same_tree(make_optimizer):
    assert len(FILES) == 3
    optimizer = make_optimizer(weight_decay=0.5)
    schedule = lehr.Scheduler(optimizer, SPEC)
    for _ in range(4):
        schedule.step()
    assert field(optimizer) == [1.0, 0.1]
    assert field(optimizer, "weight_decay") == [0.25, 0.75]
    with pytest.raises(lehr.LehrValueError, match="which groups"):
        lehr.Scheduler(make_optimizer(), SPEC, groups=0)


def test_a_file_with_a_controller_and_another_length(make_optimizer, tmp_path):
    path = tmp_path / "schedule.toml"
    path.write_text(
        'version = 1\n[horizon]\nupdates = 4\n[lr]\nphases = "linear(to=0)"\nplateau = { patience = 0, factor = 0.5 }\n'
    )
    optimizer = make_optimizer()
    schedule = lehr.Scheduler(optimizer, path, updates=8)
    schedule.observe(1.0)
    schedule.observe(1.0)
    schedule.step()
    assert field(optimizer)[0] == 0.5 * 7 / 8
    assert lehr.Plan.parse(path).end == 4 and lehr.Plan.parse(str(path), updates=8).end == 8


def test_a_place_in_a_larger_config(make_optimizer, tmp_path):
    config = {"model": "vit", "optim": {"schedule": {**SPEC, "lr": "linear(to=0)"}, "lr": "linear(to=0.5x)"}}
    optimizer = make_optimizer(weight_decay=0.5)
    lehr.Scheduler(optimizer, config, at="optim.schedule").step()
    assert field(optimizer)[0] == 7 / 8
    assert lehr.Plan.parse(config, at="optim.lr", updates=10).value_at(10) == 0.5
    path = tmp_path / "train.yaml"
    path.write_text("model: vit\nlr_schedule: linear(over=5%) -> cosine\n")
    assert lehr.Plan.parse(path, at="lr_schedule", updates=100).end == 100
    with pytest.raises(lehr.LehrValueError, match="schedules"):
        lehr.Plan.parse(config, at="optim.schedules")


def test_diagnostics_have_a_place(tmp_path):
    path = tmp_path / "schedule.toml"
    path.write_text('version = 1\n[horizon]\nupdates = 100\n[lr]\nphases = "linear(from=0x, ovr=5) -> cosine"\n')
    with pytest.raises(lehr.LehrValueError, match=r"did you mean `over`(.|\n)*schedule\.toml:5:27"):
        lehr.Plan.parse(path)
    with pytest.raises(lehr.LehrValueError, match=r'`horizn`(.|\n)*<dict>:3:3'):
        lehr.Plan.parse({"version": 1, "horizn": {"updates": 8}, "lr": "hold"} | {"horizon": {"updates": 8}})
    with pytest.raises(lehr.LehrValueError, match="several plans, lr, weight_decay/part0, weight_decay/1: say which"):
        lehr.Plan.parse(SPEC)
    assert lehr.Plan.parse(SPEC, field="weight_decay/1").value_at(8) == 2.0
    with pytest.raises(lehr.LehrValueError, match="the spec has lr"):
        lehr.Plan.parse(SPEC, field="momentum")
    with pytest.raises(lehr.LehrValueError, match="several fields"):
        lehr.Plan.parse("linear(to=0)", updates=3, field="lr")
    with pytest.raises(FileNotFoundError, match=r"missing\.toml"):
        lehr.Plan.parse("missing.toml")
    with pytest.raises(IsADirectoryError):
        lehr.Plan.parse(tmp_path)
    (tmp_path / "bytes.json").write_bytes(b"\xff\xfe1")
    with pytest.raises(lehr.LehrValueError, match="UTF-16"):
        lehr.Plan.parse(tmp_path / "bytes.json")
    with pytest.raises(lehr.LehrValueError, match="`updates` is 0"):
        lehr.Plan.parse(SPEC, updates=0, field="lr")


def test_functions_as_rules(make_optimizer):
    optimizer, seen = make_optimizer(), []

    def halve(num_updates, current):
        seen.append((num_updates, list(current)))
        return [value * 0.5 for value in current] if num_updates % 2 else None

    schedule = lehr.Scheduler(
        optimizer,
        {"lr": lehr.rule(lambda n, _: 1 / (n + 1), pure=True), "weight_decay": halve},
        groups={"weight_decay": lambda group: group["lr"] < 0.5},
    )
    for _ in range(3):
        schedule.step()
    assert field(optimizer) == [0.25, 0.25] and field(optimizer, "weight_decay") == [0.01, 0.0025]
    assert seen == [(0, [0.01]), (1, [0.01]), (2, [0.005]), (3, [0.005])]
    with pytest.raises(lehr.LehrValueError, match="pure"):
        schedule.seek(1)
    state = schedule.state_dict()
    other = make_optimizer()
    again = lehr.Scheduler(other, {"lr": lehr.rule(lambda n, _: 9.0, pure=True, name="x"), "weight_decay": halve}, groups={"weight_decay": [1]})
    with pytest.raises(lehr.LehrValueError, match="rule"):
        again.load_state_dict(state)
    alone = lehr.Scheduler(make_optimizer(), lehr.rule(lambda n, _: float(n), pure=True))
    alone.seek(7)
    assert field(alone.optimizer) == [7.0, 7.0]
    for wrong in ([1.0], (1.0, 2.0, 3.0), float("nan"), "x", object()):
        optimizer = make_optimizer()
        with pytest.raises(lehr.LehrValueError):
            lehr.Scheduler(optimizer, lambda n, current, wrong=wrong: wrong)
        assert field(optimizer) == [1.0, 0.1]
    with pytest.raises(ZeroDivisionError):
        lehr.Scheduler(make_optimizer(), lambda n, current: 1 / 0)
    with pytest.raises(lehr.LehrValueError, match="function"):
        lehr.rule(3)


def test_a_function_that_knows_its_scheduler_is_no_leak(make_optimizer):
    import gc
    import weakref

    box = []
    schedule = lehr.Scheduler(make_optimizer(), lambda n, current: box[0].num_updates if box else 1.0)
    box.append(schedule)
    gone = weakref.ref(schedule)
    del schedule, box
    gc.collect()
    assert gone() is None


def test_selections(make_optimizer):
    for groups, expected in (
        ("all", [0.5, 0.05]),
        (lambda group: group["name"] == "part1", [1.0, 0.05]),
        ([0], [0.5, 0.1]),
        ("part1", [1.0, 0.05]),
    ):
        optimizer = make_optimizer()
        lehr.Scheduler(optimizer, "linear(to=0)", updates=2, groups=groups).step()
        assert field(optimizer) == expected
    with pytest.raises(lehr.LehrValueError, match="no group"):
        lehr.Scheduler(make_optimizer(), "linear(to=0)", updates=2, groups=lambda group: False)
    with pytest.raises(lehr.LehrValueError, match="adopt"):
        lehr.Scheduler(make_optimizer(), "linear(to=0)", updates=2, groups=lambda group: True, new_groups="adopt")
