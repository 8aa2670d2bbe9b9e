"""Values that are tensors: filled in place, read without waiting, and not shared against the plan."""

from __future__ import annotations

import pytest
import torch
from conftest import field
from torch._dynamo.testing import CompileCounter

import lehr

PLAN = "linear(to=0.5x, over=4) -> cosine(to=0)"


def expected(n, base):
    return lehr.Plan.parse(PLAN, updates=10).value_at(n, base)


def test_the_same_tensors_hold_every_value(make_optimizer):
    optimizer = make_optimizer((1.0, 0.1), tensor=True)
    before = field(optimizer)
    schedule = lehr.Scheduler(optimizer, PLAN, updates=10)
    for n in range(1, 12):
        schedule.step()
        assert all(now is then for now, then in zip(field(optimizer), before))
        assert [float(lr) for lr in field(optimizer)] == [expected(n, 1.0), expected(n, 0.1)]
        assert schedule.last_used["lr"] == [expected(n - 1, 1.0), expected(n - 1, 0.1)]


def test_what_others_write_into_a_tensor_is_what_the_update_used(make_optimizer):
    optimizer = make_optimizer((1.0, 0.1), tensor=True)
    schedule = lehr.Scheduler(optimizer, PLAN, updates=10)
    schedule.step()
    optimizer.param_groups[0]["lr"].mul_(0.5)
    optimizer.param_groups[1]["lr"] = torch.tensor(7.0)
    schedule.step()
    assert schedule.last_used["lr"] == [0.5 * expected(1, 1.0), 7.0]
    # The new tensor is filled from now on, in its own type.
    assert [float(lr) for lr in field(optimizer)] == [expected(2, 1.0), pytest.approx(expected(2, 0.1), rel=1e-7)]


def test_a_tensor_is_read_once_and_then_known(make_optimizer, monkeypatch):
    optimizer = make_optimizer((1.0, 0.1), tensor=True)
    schedule = lehr.Scheduler(optimizer, PLAN, updates=10)
    schedule.step()
    reads = []
    item = torch.Tensor.item
    monkeypatch.setattr(torch.Tensor, "item", lambda self: reads.append(self) or item(self))
    for _ in range(5):
        schedule.step()
    assert reads == []
    optimizer.param_groups[0]["lr"].add_(1)
    schedule.step()
    assert [read is optimizer.param_groups[0]["lr"] for read in reads] == [True]


def test_a_tensor_of_inference_mode_has_no_version_and_is_read(make_optimizer):
    with torch.inference_mode():
        optimizer = make_optimizer((1.0, 0.1), tensor=True)
        schedule = lehr.Scheduler(optimizer, PLAN, updates=10)
        schedule.step()
        optimizer.param_groups[0]["lr"].fill_(9.0)
        schedule.step()
    assert schedule.last_used["lr"] == [9.0, expected(1, 0.1)]
    assert [float(lr) for lr in field(optimizer)] == [expected(2, 1.0), expected(2, 0.1)]


def test_floats_and_tensors_side_by_side(make_optimizer):
    optimizer = make_optimizer((1.0, 0.1, 0.01), tensor=True)
    optimizer.param_groups[0]["lr"] = 1.0
    schedule = lehr.Scheduler(optimizer, [("lr", PLAN, [1, 2]), ("lr", PLAN, [0])], updates=10)
    tensor = optimizer.param_groups[1]["lr"]
    for n in range(1, 5):
        schedule.step()
        assert optimizer.param_groups[1]["lr"] is tensor
        assert [float(lr) for lr in field(optimizer)] == [expected(n, base) for base in (1.0, 0.1, 0.01)]
    assert type(optimizer.param_groups[0]["lr"]) is float
    # And the other way round, whenever somebody changes it.
    optimizer.param_groups[1]["lr"] = 5.0
    optimizer.param_groups[0]["lr"] = tensor
    schedule.step()
    assert optimizer.param_groups[0]["lr"] is tensor and float(tensor) == expected(5, 1.0)
    assert optimizer.param_groups[1]["lr"] == expected(5, 0.1)


def one_tensor(groups=3):
    """As torch does it, when the tensor is the optimizer's default."""
    parameters = [torch.nn.Parameter(torch.zeros(2)) for _ in range(groups)]
    lr = torch.tensor(1.0, dtype=torch.float64)
    return torch.optim.AdamW([{"params": [parameter]} for parameter in parameters], lr=lr), lr


def test_a_shared_tensor_with_one_plan_is_filled_once():
    optimizer, lr = one_tensor()
    schedule = lehr.Scheduler(optimizer, PLAN, updates=10)
    for n in range(1, 12):
        version = lr._version
        schedule.step()
        assert float(lr) == expected(n, 1.0)
        assert lr._version == version + 1
        assert schedule.last_used["lr"] == [expected(n - 1, 1.0)] * 3


@pytest.mark.parametrize("order", [(0, 2), (2, 0)])
def test_a_shared_tensor_with_two_plans_is_an_error_that_names_both_groups(order):
    optimizer, lr = one_tensor()
    optimizer.param_groups[1]["lr"] = torch.tensor(1.0, dtype=torch.float64)
    one, other = order
    plans = [("lr", "linear(to=0)", [one]), ("lr", "linear(to=0.5x)", [other]), ("lr", "cosine(to=0)", [1])]
    # Both start from the base, so that the first step is where they part.
    schedule = lehr.Scheduler(optimizer, plans, updates=10)
    with pytest.raises(lehr.LehrValueError, match=rf"`lr` of group {other}: .* 0\.95.* group {one},.* 0\.9\b.*clone\(\)"):
        schedule.step()
    assert [float(lr) for lr in field(optimizer)] == [1.0, 1.0, 1.0]
    assert schedule.num_updates == 0
    # The way out.
    optimizer.param_groups[2]["lr"] = optimizer.param_groups[2]["lr"].clone()
    schedule.step()
    for field_, plan, (group,) in plans:
        assert float(optimizer.param_groups[group][field_]) == lehr.Plan.parse(plan, updates=10).value_at(1)


def test_a_shared_tensor_whose_plans_differ_at_once_is_refused_when_it_is_attached():
    optimizer, lr = one_tensor(2)
    with pytest.raises(lehr.LehrValueError, match="same tensor"):
        lehr.Scheduler(optimizer, [("lr", "hold(from=0.1x)", [0]), ("lr", "hold(from=0.2x)", [1])], updates=10)
    assert float(lr) == 1.0
    # Nothing is left behind.
    lehr.Scheduler(optimizer, "hold(from=0.1x)", updates=10)
    assert float(lr) == 0.1


def compilations(optimizer, steps=6):
    """How often the optimizer's compiled step is compiled while its learning rate is scheduled."""
    torch._dynamo.reset()
    counter = CompileCounter()
    schedule = lehr.Scheduler(optimizer, PLAN, updates=10)

    @torch.compile(backend=counter)
    def update():
        optimizer.step()

    counts = []
    for _ in range(steps):
        for group in optimizer.param_groups:
            for parameter in group["params"]:
                parameter.grad = torch.ones_like(parameter)
        update()
        schedule.step()
        counts.append(counter.frame_count)
    torch._dynamo.reset()
    return counts


@pytest.mark.parametrize("cls", [torch.optim.SGD, torch.optim.AdamW])
def test_a_compiled_step_is_compiled_once_with_tensors(make_optimizer, cls):
    assert compilations(make_optimizer((1.0, 0.1), tensor=True, cls=cls)) == [1] * 6
    # With floats, torch makes the step anew once the value is another.
    assert compilations(make_optimizer((1.0, 0.1), tensor=False, cls=cls))[-1] > 1
