"""The README's table of peers: each row is found out from the installed libraries, and compared with the cells."""

from __future__ import annotations

import copy
import importlib.metadata
import inspect
import json
import math
import re
import subprocess
import sys
import warnings
from pathlib import Path

import pytest

import lehr

torch = pytest.importorskip("torch")
timm = pytest.importorskip("timm.scheduler")
transformers = pytest.importorskip("transformers")
optax = pytest.importorskip("optax")
accelerated = pytest.importorskip("pytorch_accelerated.schedulers")
ignite = pytest.importorskip("ignite.handlers.param_scheduler")
jax = pytest.importorskip("jax")
jnp = pytest.importorskip("jax.numpy")

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
SECTION = README.split("\n## Beside others\n")[1].split("\n## ")[0]
#: Without what is for the eye: code, bold, links.
PLAIN = re.sub(r"[`*]", "", re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", SECTION))
ROWS = [[cell.strip() for cell in row.strip("|").split("|")] for row in re.findall(r"^\|.*\|$", PLAIN, re.M)]
PEERS = ROWS[0][1:]
TABLE = {row[0]: dict(zip(PEERS, row[1:])) for row in ROWS[2:]}
SEEN = set()


def row(name):
    """The cells of a row, by peer."""
    SEEN.add(name)
    return TABLE[name]


def fresh(lr=1.0, **more):
    return torch.optim.AdamW([torch.nn.Parameter(torch.ones(1))], lr=lr, **more)


def of_lehr(optimizer, updates=10):
    return lehr.Scheduler(optimizer, "cosine(to=0)", updates=updates)


def of_torch(optimizer, updates=10):
    return torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, updates)


def of_timm(optimizer, updates=10):
    return timm.CosineLRScheduler(optimizer, updates, t_in_epochs=False)


def of_transformers(optimizer, updates=10):
    return transformers.get_scheduler("cosine", optimizer, num_warmup_steps=0, num_training_steps=updates)


def of_accelerated(optimizer, updates=10):
    return accelerated.CosineLrScheduler(optimizer, 1, updates, lr_min=0)


def of_ignite(optimizer, updates=10):
    return ignite.CosineAnnealingScheduler(optimizer, "lr", 1.0, 0.0, updates)


#: A cosine of `updates` that each library makes on a torch optimizer.
COSINES = {
    "lehr": of_lehr,
    "torch": of_torch,
    "timm": of_timm,
    "transformers": of_transformers,
    "pytorch-accelerated": of_accelerated,
    "ignite": of_ignite,
}


def step(peer, schedule, n):
    """Update n is completed."""
    if peer == "timm":
        schedule.step_update(n)
    elif peer == "ignite":
        schedule(None)
    else:
        schedule.step()


def lrs(peer, updates):
    """The learning rate after each completed update, of a cosine over ten."""
    optimizer = fresh()
    schedule = COSINES[peer](optimizer)
    found = []
    for n in range(1, updates + 1):
        optimizer.step()
        step(peer, schedule, n)
        found.append(float(optimizer.param_groups[0]["lr"]))
    return found


def test_the_versions_are_the_installed_ones():
    for peer in PEERS[1:]:
        version = importlib.metadata.version({"ignite": "pytorch-ignite"}.get(peer, peer))
        assert f"{peer} {version.removesuffix('.0')}" in SECTION


def test_fields():
    found = {"lehr": "any, betas[0] too"}
    optimizer = fresh(betas=(0.9, 0.99))
    lehr.Scheduler(optimizer, {"weight_decay": "hold(from=0.5)", "betas[0]": "hold(from=0.5)"}, updates=10)
    assert optimizer.param_groups[0]["weight_decay"] == 0.5 and optimizer.param_groups[0]["betas"] == (0.5, 0.99)

    # What each of torch's schedulers changes in a group, of all that a group has.
    def changed(make):
        optimizer = fresh(lr=0.1)
        before = dict(optimizer.param_groups[0])
        schedule = make(optimizer)
        for _ in range(3):
            optimizer.step()
            schedule.step()
        now = optimizer.param_groups[0]
        return {key for key in before if key != "params" and now[key] != before[key]}

    schedulers = torch.optim.lr_scheduler
    both = [
        lambda o: schedulers.OneCycleLR(o, 0.5, total_steps=10),
        lambda o: schedulers.CyclicLR(o, 0.1, 0.5, step_size_up=5),
    ]
    alone = [
        lambda o: schedulers.CosineAnnealingLR(o, 10),
        lambda o: schedulers.LambdaLR(o, lambda n: 1 / (n + 1)),
        lambda o: schedulers.ExponentialLR(o, 0.5),
        lambda o: schedulers.PolynomialLR(o, 10),
        lambda o: schedulers.LinearLR(o, 0.5),
        lambda o: transformers.get_scheduler("linear", o, num_warmup_steps=0, num_training_steps=10),
    ]
    assert [changed(make) for make in both] == [{"lr", "betas"}] * 2
    assert [changed(make) for make in alone] == [{"lr"}] * len(alone)
    found |= {"torch": "lr; momentum in two", "transformers": "lr"}

    class Timm(timm.scheduler.Scheduler):
        def _get_lr(self, t):
            return [0.5]

    class Accelerated(accelerated.SchedulerBase):
        def get_updated_values(self, num_updates):
            return 0.5

    for peer, base in (("timm", Timm), ("pytorch-accelerated", Accelerated)):
        optimizer = fresh()
        schedule = base(optimizer, "weight_decay", **({"t_in_epochs": False} if peer == "timm" else {}))
        schedule.step_update(1)
        assert optimizer.param_groups[0]["weight_decay"] == 0.5
        found[peer] = "any, by a subclass"
    # The shapes that they come with are for the learning rate alone.
    assert not [name for shape in (timm.CosineLRScheduler, timm.PolyLRScheduler) for name in arguments(shape) if "field" in name]
    assert "param_group_field" not in arguments(accelerated.CosineLrScheduler) + arguments(accelerated.WSDLrScheduler)

    optimizer = fresh()
    ignite.LinearCyclicalScheduler(optimizer, "weight_decay", 0.5, 0.0, 10)(None)
    assert optimizer.param_groups[0]["weight_decay"] == 0.5
    found["ignite"] = "any"

    several(1e-3, 0.5)
    found["optax"] = "any number, inject_hyperparams"
    assert row("fields") == found


def arguments(callable_):
    return list(inspect.signature(callable_).parameters)


def several(*values):
    """What optax has after an update with a schedule of the learning rate and one of the weight decay."""
    lr, decay = (optax.linear_schedule(value, 0.0, 10) for value in values)
    optimizer = optax.inject_hyperparams(optax.adamw)(learning_rate=lr, weight_decay=decay)
    weights = jnp.ones(2)
    state = optimizer.init(weights)
    _, state = optimizer.update(jnp.ones(2), state, weights)
    _, state = optimizer.update(jnp.ones(2), state, weights)
    hyperparams = state.hyperparams
    assert all(
        math.isclose(hyperparams[name], 0.9 * value, rel_tol=1e-6)
        for name, value in zip(("learning_rate", "weight_decay"), values)
    )
    return state


def test_several_fields_in_one_scheduler():
    optimizer = fresh()
    schedule = lehr.Scheduler(optimizer, {"lr": "linear(to=0)", "weight_decay": "linear(from=0.1, to=0)"}, updates=10)
    schedule.seek(5)
    assert (optimizer.param_groups[0]["lr"], optimizer.param_groups[0]["weight_decay"]) == (0.5, 0.05)
    several(1e-3, 0.5)

    optimizer = fresh()
    of = [ignite.LinearCyclicalScheduler(optimizer, field, 0.5, 0.0, 10) for field in ("lr", "weight_decay")]
    ignite.ParamGroupScheduler(of)(None)
    assert (optimizer.param_groups[0]["lr"], optimizer.param_groups[0]["weight_decay"]) == (0.5, 0.5)
    # `param_group_field`, or no choice at all, is of one field; `test_fields` has torch's two with momentum.
    assert row("several fields in one scheduler") == {
        "lehr": "yes",
        "torch": "momentum in two",
        "timm": "no",
        "transformers": "no",
        "optax": "yes",
        "pytorch-accelerated": "no",
        "ignite": "ParamGroupScheduler",
    }


def test_value_at_n_without_an_optimizer():
    found = {"lehr": "yes", "optax": "yes", "ignite": "a list from the start"}
    assert lehr.Plan.parse("linear(to=0)", updates=10).value_at(5, base=1.0) == 0.5
    assert float(optax.linear_schedule(1.0, 0.0, 10)(5)) == 0.5
    line = {"param_name": "lr", "start_value": 1.0, "end_value": 0.0, "cycle_size": 20}
    listed = ignite.LinearCyclicalScheduler.simulate_values(6, **line)
    assert [n for n, _ in listed] == list(range(6)) and listed[5][1] == 0.5
    for peer in ("torch", "timm", "transformers", "pytorch-accelerated"):
        with pytest.raises((TypeError, AttributeError)):
            COSINES[peer](None)
        found[peer] = "no"
    assert row("value at n without an optimizer") == found

    many = {"lehr": "yes", "optax": "yes", "ignite": "a list from the start"}
    assert list(lehr.Plan.parse("linear(to=0)", updates=10).values(3)) == [1.0, 0.9, 0.8]
    assert optax.cosine_decay_schedule(1.0, 10)(jnp.arange(4)).shape == (4,)
    assert row("many values at once") == many | {peer: "no" for peer in PEERS if peer not in many}


def test_plans_made_of_plans():
    listed = subprocess.run([sys.executable, "-m", "lehr", "list", "--json"], capture_output=True, check=True)
    combinators = json.loads(listed.stdout)["combinators"]
    schedulers = torch.optim.lr_scheduler
    optimizer = fresh()
    plateau = schedulers.ReduceLROnPlateau(optimizer)
    for combine in (lambda parts: schedulers.SequentialLR(optimizer, parts, [5]), schedulers.ChainedScheduler):
        with pytest.raises((ValueError, TypeError, KeyError)):
            combine([plateau, schedulers.CosineAnnealingLR(optimizer, 10)])
        combine([schedulers.LinearLR(optimizer), schedulers.CosineAnnealingLR(optimizer, 10)])
    assert "warmup_t" in arguments(timm.CosineLRScheduler)
    joined = optax.join_schedules([optax.constant_schedule(1.0), optax.linear_schedule(0.5, 0.0, 10)], [5])
    assert float(joined(4)) == 1.0 and float(joined(5)) == 0.5
    optimizer = fresh()
    rise = ignite.LinearCyclicalScheduler(optimizer, "lr", 1.0, 0.0, 10)
    ignite.ConcatScheduler([rise, of_ignite(optimizer)], [5])
    assert row("plans made of plans") == {
        "lehr": f"sequence and {len(combinators)} more",
        "torch": "two, with restrictions",
        "timm": "warm-up",
        "transformers": "no",
        "optax": "join_schedules",
        "pytorch-accelerated": "no",
        "ignite": "ConcatScheduler, warm-up",
    }


def test_reacts_to_a_metric():
    # lehr: a factor on a plan.
    optimizer = fresh()
    plateau = lehr.control.Plateau(factor=0.5, patience=0)
    schedule = lehr.Scheduler(optimizer, "hold(from=0.5x)", updates=10, control=plateau)
    for _ in range(2):
        schedule.observe(1.0)
    assert optimizer.param_groups[0]["lr"] == 0.25
    # torch and transformers: a scheduler by itself, which no other is combined with (`test_plans_made_of_plans`).
    optimizer = fresh()
    alone = transformers.get_scheduler("reduce_lr_on_plateau", optimizer)
    assert isinstance(alone, torch.optim.lr_scheduler.ReduceLROnPlateau)
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        timm.PlateauLRScheduler(fresh())
    assert any("deprecated" in str(warning.message) for warning in said)
    # optax: the updates are scaled by a factor in its state.
    from optax.contrib import reduce_on_plateau

    transform = reduce_on_plateau(factor=0.5, patience=1)
    state = transform.init(jnp.ones(1))
    for _ in range(3):
        updates, state = transform.update(jnp.ones(1), state, value=1.0)
    assert float(state.scale) == float(updates[0]) == 0.25
    assert not [name for name in dir(accelerated) if "plateau" in name.lower() or "metric" in name.lower()]
    assert issubclass(ignite.ReduceLROnPlateauScheduler, ignite.ParamScheduler)
    optimizer = fresh()
    with pytest.raises((ValueError, TypeError, AttributeError)):
        # It asks the engine for its metric.
        ignite.ConcatScheduler([ignite.ReduceLROnPlateauScheduler(optimizer, "loss"), of_ignite(optimizer)], [5])(None)
    assert row("reacts to a metric") == {
        "lehr": "a factor on any plan",
        "torch": "alone",
        "timm": "deprecated",
        "transformers": "alone",
        "optax": "a factor",
        "pytorch-accelerated": "no",
        "ignite": "alone",
    }


def test_a_loaded_state():
    writes, other = {}, {}
    for peer, make in COSINES.items():
        saved_in = fresh()
        schedule = make(saved_in)
        for n in range(1, 6):
            saved_in.step()
            step(peer, schedule, n)
        state = copy.deepcopy(schedule.state_dict())

        optimizer = fresh()
        schedule = make(optimizer)
        schedule.load_state_dict(copy.deepcopy(state))
        now = optimizer.param_groups[0]["lr"]
        writes[peer] = "yes" if now == saved_in.param_groups[0]["lr"] else "no"

        # The state of a run of 10 in a schedule of 20.
        optimizer = fresh()
        schedule = make(optimizer, 20)
        if peer == "lehr":
            with pytest.raises(lehr.LehrValueError) as raised:
                schedule.load_state_dict(copy.deepcopy(state))
            assert "over=10" in str(raised.value) and "over=20" in str(raised.value)
            other[peer] = "an error with both"
            continue
        schedule.load_state_dict(copy.deepcopy(state))
        for n in range(6, 11):
            optimizer.step()
            step(peer, schedule, n)
        # At the end of ten updates a schedule of ten is at its minimum; one of twenty is half-way.
        taken_over = optimizer.param_groups[0]["lr"] < 0.1
        other[peer] = "taken over, silently" if taken_over else "ignored, silently"
    state = several(1e-3, 0.5)
    assert {"learning_rate", "weight_decay"} <= set(state.hyperparams)
    assert optax.scale_by_schedule(optax.linear_schedule(1.0, 0.0, 10)).init(jnp.ones(1))._fields == ("count",)
    assert row("loading a state writes the values") == writes | {"optax": "the state is the values' source"}
    assert row("a state of another schedule") == other | {"optax": "not stored"}


def test_after_the_end():
    found = {"optax": "holds" if float(optax.cosine_decay_schedule(1.0, 10)(15)) == 0.0 else "rises"}
    for peer in COSINES:
        values = lrs(peer, 16)
        assert min(values) < 0.03
        after = values[values.index(min(values)) + 1 :]
        held = all(value == min(values) for value in after)
        found[peer] = "holds" if held else "starts anew" if after[0] > 0.9 else "cosine rises again"
    assert row("after the end") == found


def test_one_line_of_text_and_rust():
    line = "linear(from=0.01x, over=5%) -> cosine(to=0)"
    assert str(lehr.Plan.parse(line, updates=100)).startswith("linear(from=0.01x")
    assert "cosine" in {kind.value for kind in transformers.SchedulerType}
    for make in (optax.join_schedules, timm.CosineLRScheduler, torch.optim.lr_scheduler.SequentialLR):
        with pytest.raises((TypeError, AttributeError)):
            make(line)
    yes_and_names = {"lehr": "yes", "transformers": "names"}
    no = dict.fromkeys(PEERS, "no")
    assert row("one line of text, files, lints, pictures") == no | yes_and_names
    assert row("Rust") == no | {"lehr": "yes"}


def test_traced_by_a_compiler():
    schedule = optax.cosine_decay_schedule(1.0, 10)
    assert float(jax.jit(schedule)(10)) == 0.0
    plan = lehr.Plan.parse("cosine(to=0)", updates=10)
    with pytest.raises((TypeError, ValueError)):
        jax.jit(plan.value_at)(5)
    assert row("traced by a compiler") == dict.fromkeys(PEERS, "no") | {"optax": "yes"}


def test_learning_rates_that_are_tensors():
    found = {}
    for peer, make in COSINES.items():
        lr = torch.tensor(1.0)
        optimizer = torch.optim.AdamW([torch.nn.Parameter(torch.ones(1))], lr=lr)
        schedule = make(optimizer)
        optimizer.step()
        for n in range(1, 4):
            step(peer, schedule, n)
        now = optimizer.param_groups[0]["lr"]
        assert float(now) < 1.0
        found[peer] = "filled in place" if now is lr else "replaced"
    assert isinstance(several(1e-3, 0.5).hyperparams["learning_rate"], jax.Array)
    assert row("learning rates that are tensors") == found | {"optax": "arrays"}


def test_batch_sizes_and_a_finder():
    from torch.utils.data import DataLoader

    loader = DataLoader(list(range(8)), batch_size=2)
    sizes = ignite.BatchSizeScheduler.simulate_values(3, scheduler_fn=lambda n: 2 + n, dataloader=loader)
    assert [int(size) for _, size in sizes] == [2, 3, 4] or [int(size) for _, size in sizes] == [3, 4, 5]
    from ignite.handlers import FastaiLRFinder

    assert hasattr(FastaiLRFinder, "lr_suggestion")
    others = (lehr, torch.optim, torch.optim.lr_scheduler, timm, transformers, optax, accelerated)
    names = [name for module in others for name in dir(module)]
    assert not [name for name in names if re.search("lr_?finder|batch_?size_?sched", name, re.I)]
    no = dict.fromkeys(PEERS, "no")
    assert row("batch sizes") == no | {"ignite": "BatchSizeScheduler"}
    assert row("a learning rate finder's advice") == no | {"lehr": "in Rust", "ignite": "FastaiLRFinder"}


def test_every_other_row_is_looked_at():
    """Runs last. Who is released and used is no matter of code."""
    if len(SEEN) > 1:
        assert set(TABLE) - SEEN == {"released, and used by many"}
