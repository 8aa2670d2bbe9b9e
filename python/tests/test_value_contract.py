"""The value contract: what a rule may answer, in every form; anything else raises and writes nothing."""

from __future__ import annotations

import decimal
import fractions
import math

import numpy as np
import pytest
import torch
from conftest import field, snapshot
from hypothesis import given, settings
from hypothesis import strategies as st

import lehr
from lehr.compat import pytorch_accelerated

GROUPS = 3


def optimizer():
    groups = [{"params": [torch.nn.Parameter(torch.zeros(1))], "lr": 0.5**index} for index in range(GROUPS)]
    return torch.optim.SGD(groups, lr=1.0)


class Own(lehr.StatefulSchedulerBase):
    answer = staticmethod(lambda: None)

    def get_updated_values(self, num_updates):
        return self.answer()


class Explicit(lehr.SchedulerBase):
    answer = staticmethod(lambda: None)

    def get_updated_values(self, num_updates):
        return self.answer()

    def step(self):
        self.step_update(self.num_updates + 1)


class Theirs(pytorch_accelerated.SchedulerBase):
    answer = staticmethod(lambda: None)

    def get_updated_values(self, num_updates):
        return self.answer()

    def step(self):
        self.step_update(self.num_updates + 1)


class Function(lehr.Scheduler):
    def __init__(self, optimizer):
        self.answer = lambda: None
        super().__init__(optimizer, lehr.rule(lambda n, current: self.answer(), name="answer"))


FORMS = {
    "list": list,
    "tuple": tuple,
    "generator": lambda values: (value for value in values),
    "map": lambda values: map(float, values),
    "array": lambda values: np.array(values, dtype=np.float64),
    "tensor": lambda values: torch.tensor(values, dtype=torch.float64),
    "tensors": lambda values: [torch.tensor(value, dtype=torch.float64) for value in values],
    "numbers of NumPy": lambda values: [np.float64(value) for value in values],
}
SCALARS = {
    "float": float,
    "decimal": decimal.Decimal,
    "array": lambda value: np.array(value),
    "tensor": lambda value: torch.tensor(value, dtype=torch.float64),
    "number of NumPy": np.float64,
}
finite = st.floats(-1e30, 1e30)
not_finite = st.sampled_from([math.nan, math.inf, -math.inf])
KINDS = pytest.mark.parametrize("kind", [Own, Explicit, Theirs, Function])


def asked(kind, answer):
    """The groups before and after a step for which the rule gave this answer, and what it raised."""
    groups = optimizer()
    scheduler = kind(groups)
    before = snapshot(groups)
    scheduler.answer = answer
    try:
        scheduler.step()
    except Exception as error:
        assert snapshot(groups) == before and scheduler.num_updates == 0
        return field(groups), error
    assert scheduler.num_updates == 1
    return field(groups), None


@KINDS
@settings(max_examples=60, deadline=None)
@given(values=st.lists(finite, min_size=GROUPS, max_size=GROUPS), form=st.sampled_from(sorted(FORMS)))
def test_one_value_for_each_group(kind, values, form):
    found, error = asked(kind, lambda: FORMS[form](values))
    assert error is None and found == values and all(type(value) is float for value in found)


@KINDS
@settings(max_examples=40, deadline=None)
@given(value=finite, form=st.sampled_from(sorted(SCALARS)))
def test_one_value_for_all(kind, value, form):
    found, error = asked(kind, lambda: SCALARS[form](value))
    assert error is None and found == [value] * GROUPS


@KINDS
def test_nothing_and_whole_numbers(kind):
    assert asked(kind, lambda: None) == ([1.0, 0.5, 0.25], None)
    assert asked(kind, lambda: 3)[0] == [3.0] * GROUPS
    assert asked(kind, lambda: [1, 2, fractions.Fraction(1, 4)])[0] == [1.0, 2.0, 0.25]


@KINDS
@settings(max_examples=60, deadline=None)
@given(count=st.integers(0, 7).filter(lambda count: count != GROUPS), form=st.sampled_from(sorted(FORMS)))
def test_a_wrong_count_names_both_numbers(kind, count, form):
    found, error = asked(kind, lambda: FORMS[form]([1.0] * count))
    assert isinstance(error, lehr.LehrValueError) and found == [1.0, 0.5, 0.25]
    assert str(count) in str(error) and str(GROUPS) in str(error)


@KINDS
@settings(max_examples=60, deadline=None)
@given(
    place=st.integers(0, GROUPS - 1),
    wrong=st.one_of(not_finite, st.sampled_from([None, "0.1", b"1", True, [1.0], {}, object(), 1j, 10**400])),
    form=st.sampled_from(["list", "tuple", "generator"]),
)
def test_one_wrong_value(kind, place, wrong, form):
    values = [0.1] * GROUPS
    values[place] = wrong
    _, error = asked(kind, lambda: FORMS[form](values))
    assert isinstance(error, lehr.LehrValueError), error


@KINDS
@settings(max_examples=40, deadline=None)
@given(
    wrong=st.one_of(
        not_finite,
        st.text(max_size=5),
        st.booleans(),
        st.dictionaries(finite, finite, max_size=3),
        st.frozensets(finite, max_size=3),
        st.binary(max_size=3),
        st.sampled_from([object(), Own, 10**400, np.zeros((GROUPS, 2)), torch.zeros(GROUPS, 1)]),
    )
)
def test_a_wrong_answer(kind, wrong):
    _, error = asked(kind, lambda: wrong)
    assert isinstance(error, lehr.LehrError) and isinstance(error, ValueError)


@KINDS
def test_what_a_rule_raises_is_raised(kind):
    def generator():
        yield 1.0
        raise KeyError("mine")

    for answer, raised in ((lambda: 1 / 0, ZeroDivisionError), (generator, KeyError)):
        _, error = asked(kind, answer)
        assert type(error) is raised


def two_fields():
    opt = optimizer()
    for group in opt.param_groups:
        group["momentum"] = 0.9
    plans = {"momentum": "linear(from=0.8, to=0.95)", "lr": "linear(to=0)"}
    return opt, lehr.Scheduler(opt, plans, updates=10, groups="all")


@pytest.mark.parametrize("group", range(GROUPS))
@pytest.mark.parametrize("name", ["lr", "momentum"])
def test_a_field_that_went_between_two_steps_leaves_every_group_as_it_was(group, name):
    opt, schedule = two_fields()
    schedule.step()
    kept = opt.param_groups[group].pop(name)
    before, used = snapshot(opt), schedule.last_used
    with pytest.raises(KeyError, match=f"group {group}"):
        schedule.step()
    assert snapshot(opt) == before
    assert (schedule.last_epoch, schedule.last_used) == (1, used)
    opt.param_groups[group][name] = kept
    schedule.step()
    assert schedule.last_used["lr"] == [0.9 * 0.5**index for index in range(GROUPS)]
    assert field(opt, "lr") == [0.8 * 0.5**index for index in range(GROUPS)]


@pytest.mark.parametrize("group", range(GROUPS))
def test_what_others_put_in_the_place_of_a_float_is_read_and_scheduled(group):
    opt, schedule = two_fields()
    schedule.step()
    opt.param_groups[group]["lr"] = torch.tensor(0.25, dtype=torch.float64)
    opt.param_groups[(group + 1) % GROUPS]["lr"] = 1
    tensor = opt.param_groups[group]["lr"]
    schedule.step()
    used = schedule.last_used["lr"]
    assert (used[group], used[(group + 1) % GROUPS]) == (0.25, 1.0)
    assert opt.param_groups[group]["lr"] is tensor
    assert [float(value) for value in field(opt, "lr")] == [0.8 * 0.5**index for index in range(GROUPS)]
    opt.param_groups[group]["lr"] = "fast"
    before = snapshot(opt)
    with pytest.raises(ValueError, match=f"`lr` of group {group} is 'fast'"):
        schedule.step()
    assert snapshot(opt) == before
