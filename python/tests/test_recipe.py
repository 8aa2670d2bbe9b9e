"""Recipes: the text that the core prints for them; WSD with its checkpoints, phases and branches."""

from __future__ import annotations

import doctest
import inspect
import pickle

import pytest

import lehr
from lehr import recipe


def test_texts():
    # As Rust's own examples print them, and as composed by hand.
    assert recipe.warmup_cosine(warmup=10, warmup_from="0x", cooldown="5%") == (
        "linear(from=0x, over=10) -> cosine(to=1e-6, over=rest) -> hold(over=5%)"
    )
    assert recipe.linear_with_warmup(warmup="1ep") == "linear(from=0x, over=1ep) -> linear(to=0x, over=rest)"
    assert recipe.step(30, 0.1) == "repeat(hold(over=30), height=0.1)"
    assert lehr.Plan.parse(recipe.multi_step([3, 6], factor=[0.5, 0.1]), updates=9).values().tolist() == (
        [1.0] * 3 + [0.5] * 3 + [0.05] * 3
    )
    assert lehr.Plan.parse(recipe.piecewise([(0, "0x"), (4, "1x"), (8, 0.5)]), updates=9).values().tolist() == (
        [0.0, 0.25, 0.5, 0.75, 1.0, 0.875, 0.75, 0.625, 0.5]
    )
    assert lehr.Plan.parse(recipe.piecewise_constant("1x", [(2, 0.25)])).values(4).tolist() == [1.0, 1.0, 0.25, 0.25]
    assert lehr.Plan.parse(recipe.triangular("0x", 2, triangular2=True)).values(9).tolist() == (
        [0.0, 0.5, 1.0, 0.5, 0.0, 0.25, 0.5, 0.25, 0.0]
    )
    assert lehr.Plan.parse(recipe.triangular_momentum(0.8, 0.9, "0x", 2)).values(3, 1.0).tolist()[::2] == [0.9, 0.8]
    assert lehr.Plan.parse(recipe.one_cycle_momentum(0.85, 0.95), updates=10).value_at(3) == 0.85
    noam = lehr.Plan.parse(recipe.noam(512, 4000))
    assert noam.value_at(4000) == pytest.approx(512**-0.5 * 4000**-0.5, rel=1e-15)
    assert noam.value_at(100) == pytest.approx(512**-0.5 * 100 * 4000**-1.5, rel=1e-14)


@pytest.mark.parametrize("name", sorted(set(recipe.__all__) - {"WsdPlan", "wsd"}))
def test_every_recipe_is_a_plan(name):
    function = getattr(recipe, name)
    given = {
        "power": 2.0, "d_model": 512, "warmup": 10, "low": "0.1x", "high": "1x", "up": 5, "low_momentum": 0.8,
        "high_momentum": 0.9, "period": 20, "cycles": [(20, "1x"), (80, "0.5x")], "every": 10, "factor": 0.5,
        "milestones": [10, 50], "first": "1x", "boundaries": [(10, "0.5x")], "points": [(0, "0x"), (50, "1x")], "to": "0.1x",
    }
    parameters = inspect.signature(function).parameters
    needed = {key: given[key] for key, it in parameters.items() if it.default is inspect.Parameter.empty}
    if name == "tri_stage":
        needed = {"warmup": 10, "hold": 40, "decay": 50}
    if name in ("swa", "sgdr_list"):
        needed["over" if name == "swa" else "to"] = 10 if name == "swa" else "0x"
    text = function(**needed)
    plan = lehr.Plan.parse(text, updates=100, **({} if name != "swa" else {}))
    assert pickle.loads(pickle.dumps(plan)) == plan
    for key, it in parameters.items():
        if it.kind is inspect.Parameter.KEYWORD_ONLY:
            with pytest.raises(lehr.LehrValueError if key not in ("linear", "times_base", "triangular2") else TypeError):
                function(**{**needed, key: object()} if key not in ("linear", "times_base", "triangular2") else {"no": 1})


def test_docstrings():
    for module in ("_warmups", "_cycles", "_tables", "_wsd"):
        tested = doctest.testmod(__import__(f"lehr.recipe.{module}", fromlist=[module]))
        assert tested.failed == 0
    with pytest.raises(lehr.LehrValueError, match="no recipe"):
        lehr._core.recipe("cosin")


def test_wsd():
    run = recipe.wsd(updates=200, warmup=10, to="0.01x", checkpoints=2)
    assert run.checkpoints == [100, 200] and run.decays == [(90, 100), (190, 200)]
    assert [run.plan.value_at(n, 2.0) for n in (0, 5, 10, 90)] == [0.0, 1.0, 2.0, 2.0]
    assert [run.plan.value_at(n, 2.0) for n in (99, 100, 199, 9999)] == [0.02, 2.0, 0.02, 0.02]
    assert run.phase_at(95) == {"kind": "decay", "start": 90, "end": 100, "index": 0}
    assert [phase["kind"] for phase in run.phases] == ["warm-up", "stable", "decay", "stable", "decay", "after"]
    assert run.last_update_before_decay(3) == 89
    branch = run.branch(50, 10, "0x")
    assert [branch.value_at(n) for n in (49, 50, 59, 60)] == [1.0, 1.0, 0.0, 0.0]
    assert run.continue_before(1, 400).checkpoints == [100, 400]
    assert run.continue_after(0, 300).checkpoints == [100, 300]
    assert recipe.wsd(epochs=2, updates_per_epoch=50, checkpoints=["1ep", "2ep"]).checkpoints == [50, 100]
    for wrong in ({"checkpoints": 0}, {"warmup": 150, "checkpoints": 2}, {"decay_share": 2}, {"stable": "cosine"}, {}):
        with pytest.raises(lehr.LehrValueError):
            recipe.wsd(**({"updates": 200} if wrong else {}), **wrong)
