"""Plans: the same bits as in Rust, forms, errors, copies."""

from __future__ import annotations

import copy
import csv
import math
import pathlib
import pickle
import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import lehr

TEXT = "linear(from=0.01x, over=5%) -> hold(over=75%) -> cosine(to=1e-6)"


def bits(value: float) -> str:
    return struct.pack(">d", value).hex()


def test_the_same_bits_as_rust():
    with (pathlib.Path(__file__).parent / "bits.csv").open() as table:
        rows = list(csv.DictReader(table))
    assert len(rows) > 1000
    plans: dict = {}
    for row in rows:
        key = (row["plan"], int(row["updates"]))
        if key not in plans:
            plans[key] = lehr.Plan.parse(key[0], updates=key[1])
        plan, n, base = plans[key], int(row["n"]), float(row["base"])
        assert bits(plan.value_at(n, base)) == row["bits"], row
        assert bits(plan.values(range(n, n + 1), base)[0]) == row["bits"], row


@settings(deadline=None)
@given(
    start=st.integers(0, 2**63),
    length=st.integers(0, 300),
    step=st.integers(-5, 5).filter(bool),
    base=st.floats(-1e3, 1e3),
)
def test_many_values_are_the_single_ones(start, length, step, base):
    plan = lehr.Plan.parse(TEXT, updates=400)
    updates = range(start, start + length * step, step)
    if len(updates) and updates[-1] < 0:
        with pytest.raises(lehr.LehrValueError):
            plan.values(updates, base)
        return
    values = plan.values(updates, base)
    assert values.dtype == np.float64 and values.shape == (len(updates),) and values.flags.writeable
    assert [bits(value) for value in values] == [bits(plan.value_at(n, base)) for n in updates]


def test_which_updates():
    plan = lehr.Plan.parse("linear(to=0)", updates=4)
    whole = [1.0, 0.75, 0.5, 0.25]
    assert plan.values().tolist() == whole
    assert plan.values(6).tolist() == [*whole, 0.0, 0.0]
    assert plan.values(slice(None)).tolist() == whole
    assert plan.values(slice(1, None, 2)).tolist() == [0.75, 0.25]
    assert plan.values(slice(3, 6)).tolist() == [0.25, 0.0, 0.0]
    assert plan.values(range(3, -1, -1)).tolist() == whole[::-1]
    assert plan.values(range(0)).tolist() == []
    for wrong in (-1, 2.5, "all", range(-2, 2), [1, 2], slice(-3, None)):
        with pytest.raises(lehr.LehrValueError):
            plan.values(wrong)
    with pytest.raises(lehr.LehrValueError, match="no end"):
        lehr.Plan.parse("hold").values()


def test_values_into_an_array():
    plan = lehr.Plan.parse(TEXT, updates=1000)
    place = np.full(1002, np.nan)
    inner = place[1:-1]
    assert plan.values(out=inner) is inner
    assert inner.tolist() == plan.values().tolist() and np.isnan(place[[0, -1]]).all()
    assert plan.values(range(999, -1, -1), out=inner).tolist() == plan.values().tolist()[::-1]
    locked = np.empty(1000)
    locked.flags.writeable = False
    for wrong in (np.empty(999), np.empty(1000, "f4"), np.empty((10, 100)), np.empty(2000)[::2], locked, [0.0] * 1000):
        with pytest.raises(lehr.LehrValueError, match="out"):
            plan.values(out=wrong)
    many = 10_000_001
    long = lehr.Plan.parse("linear(from=0x, over=5%) -> cosine(to=0)", updates=many)
    values = long.values()
    for n in (0, 1, many // 20, many // 2, many - 1):
        assert bits(values[n]) == bits(long.value_at(n))


def test_text_tree_and_plan_are_the_same():
    tree = [
        {"shape": "linear", "from": "0.01x", "over": "5%"},
        {"shape": "hold", "over": "75%"},
        {"shape": "cosine", "to": "1e-6"},
    ]
    plan = lehr.Plan.parse(TEXT, updates=1000)
    assert lehr.Plan.parse(tree, updates=1000) == plan
    assert lehr.Plan.parse(plan.to_list()) == plan
    assert lehr.Plan.parse(str(plan)) == plan
    assert lehr.Plan.parse(plan) == plan
    assert lehr.Plan.parse({"shape": "cosine", "to": 0}, updates=10) == lehr.Plan.parse("cosine(to=0)", updates=10)
    assert lehr.Plan.parse(TEXT, epochs=10, updates_per_epoch=100) == plan
    assert lehr.Plan.parse(TEXT, updates=1000, updates_per_epoch=100) == plan
    assert plan.end == 1000 and lehr.Plan.parse("hold").end is None
    assert [phase["shape"] for phase in plan.phases] == ["linear", "hold", "cosine"]
    assert plan.section_at(900) == {"path": ["cosine"], "start": 800.0, "end": 1000.0, "progress": 0.5}
    assert "in phase `hold` from 50 to 800" in plan.explain(60)


def test_equal_hashed_copied():
    plan = lehr.Plan.parse(TEXT, updates=1000)
    other = lehr.Plan.parse(TEXT, updates=1001)
    again = lehr.Plan.parse(TEXT, updates=1000)
    assert plan == again and hash(plan) == hash(again) and len({plan, again, other}) == 2
    assert plan != other and plan != TEXT and (plan == None) is False  # noqa: E711
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        assert pickle.loads(pickle.dumps(plan, protocol)) == plan
    assert copy.deepcopy(plan) == plan and copy.copy(plan) == plan
    assert lehr.Plan.parse("hold(from=0)") == lehr.Plan.parse("hold(from=-0.0)")
    assert hash(lehr.Plan.parse("hold(from=0)")) == hash(lehr.Plan.parse("hold(from=-0.0)"))


def test_shown():
    plan = lehr.Plan.parse("linear(from=0x, over=25%) -> cosine(to=0)", updates=1000)
    assert plan.sparkline(16) == "▁▃▅▇██▇▇▆▅▄▃▂▂▁▁"
    assert "1000 updates" in repr(plan) and plan.sparkline(24) in repr(plan)
    assert "cosine" in plan.picture(0.1) and plan.picture(0.1, label="lr").startswith("lr")


@pytest.mark.parametrize(
    "call",
    [
        lambda: lehr.Plan.parse("linaer(to=0)", updates=10),
        lambda: lehr.Plan.parse("cosine(to=0)", updates=0),
        lambda: lehr.Plan.parse("cosine(to=0)", updates=-5),
        lambda: lehr.Plan.parse("cosine(to=0)", updates=2.5),
        lambda: lehr.Plan.parse("cosine(to=0)", updates=True),
        lambda: lehr.Plan.parse("cosine(to=0)", epochs=3),
        lambda: lehr.Plan.parse("cosine(to=0)", updates=9, epochs=3, updates_per_epoch=3),
        lambda: lehr.Plan.parse("cosine(to=0, over=3ep)", updates=10),
        lambda: lehr.Plan.parse({"shape": "cosine", "to": math.nan}, updates=10),
        lambda: lehr.Plan.parse({"shape": "cosine", "too": 0}, updates=10),
        lambda: lehr.Plan.parse({3: 4}, updates=10),
        lambda: lehr.Plan.parse({"shape": object()}, updates=10),
        lambda: lehr.Plan.parse(7, updates=10),
        lambda: lehr.Plan.parse(None),
        lambda: lehr.Plan.parse("hold").value_at(-1),
        lambda: lehr.Plan.parse("hold").value_at(0.5),
        lambda: lehr.Plan.parse("hold").value_at(0, base="1"),
        lambda: lehr.recipe.warmup_cosine(warmup=-1),
        lambda: lehr.recipe.warmup_cosine(to="x"),
    ],
)
def test_errors_teach(call):
    with pytest.raises(lehr.LehrError) as error:
        call()
    assert isinstance(error.value, ValueError) and len(str(error.value)) > 20


def test_a_tree_that_contains_itself():
    tree: list = []
    tree.append(tree)
    with pytest.raises(lehr.LehrValueError, match="contains itself"):
        lehr.Plan.parse(tree)


def test_recipe():
    text = lehr.recipe.warmup_cosine(warmup="5%", warmup_from="0x", to="0.1x", cooldown=10, k_decay=1.5)
    assert lehr.Plan.parse(text, updates=100).value_at(95, 2.0) == 0.1 * 2.0
