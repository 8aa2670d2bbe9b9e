"""The seed API: one method, in both loops, whatever it answers."""

from __future__ import annotations

import decimal
import math

import numpy as np
import pytest
import torch
from conftest import field, snapshot

import lehr


class MilestoneLrScheduler(lehr.StatefulSchedulerBase):
    def __init__(self, optimizer, gamma=0.5, epoch_milestones=(2, 4, 5), num_steps_per_epoch=100):
        super().__init__(optimizer, param_group_field="lr")
        self.milestones = set(np.array(epoch_milestones) * num_steps_per_epoch)
        self.gamma = gamma

    def get_updated_values(self, num_updates):
        if num_updates in self.milestones:
            return [g[self.param_group_field] * self.gamma for g in self.optimizer.param_groups]


class StepWdScheduler(lehr.StatefulSchedulerBase):
    def __init__(self, optimizer, n=1000, gamma=1.1):
        super().__init__(optimizer, param_group_field="weight_decay")
        self.n = n
        self.gamma = gamma

    def get_updated_values(self, num_updates):
        if num_updates % self.n == 0 and num_updates > 0:
            return [g[self.param_group_field] * self.gamma for g in self.optimizer.param_groups]


@pytest.mark.parametrize("explicit", [False, True])
def test_milestones_in_both_loops(make_optimizer, explicit):
    optimizer = make_optimizer()
    scheduler = MilestoneLrScheduler(optimizer, num_steps_per_epoch=10)
    used = []
    for num_updates in range(1, 61):
        used.append(field(optimizer))
        optimizer.step()
        if explicit:
            scheduler.step_update(num_updates)
        else:
            scheduler.step()
    factors = [1.0] * 20 + [0.5] * 20 + [0.25] * 10 + [0.125] * 10
    assert used == [[factor, 0.1 * factor] for factor in factors]
    assert scheduler.num_updates == 60
    assert isinstance(scheduler, MilestoneLrScheduler)
    assert isinstance(scheduler, torch.optim.lr_scheduler.LRScheduler)


@pytest.mark.parametrize("explicit", [False, True])
def test_weight_decay_in_both_loops(make_optimizer, explicit):
    optimizer = make_optimizer()
    scheduler = StepWdScheduler(optimizer, n=7)
    expected = 0.01
    for num_updates in range(1, 30):
        if explicit:
            scheduler.step_update(num_updates)
        else:
            scheduler.step()
        if num_updates % 7 == 0:
            expected *= 1.1
        assert field(optimizer, "weight_decay") == [expected, expected]
    assert field(optimizer) == [1.0, 0.1]


class Answers(lehr.StatefulSchedulerBase):
    """Answers what it is given, from update 1 on."""

    def __init__(self, optimizer, answer, param_group_field="lr"):
        super().__init__(optimizer, param_group_field)
        self.answer = answer

    def get_updated_values(self, num_updates):
        return self.answer() if num_updates else None


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (lambda: None, [1.0, 0.1]),
        (lambda: 0.5, [0.5, 0.5]),
        (lambda: 2, [2.0, 2.0]),
        (lambda: np.float32(0.5), [0.5, 0.5]),
        (lambda: np.float64(0.5), [0.5, 0.5]),
        (lambda: np.array(0.5), [0.5, 0.5]),
        (lambda: torch.tensor(0.5), [0.5, 0.5]),
        (lambda: torch.tensor(0.5, requires_grad=True), [0.5, 0.5]),
        (lambda: decimal.Decimal("0.5"), [0.5, 0.5]),
        (lambda: [0.5, 0.25], [0.5, 0.25]),
        (lambda: (0.5, 0.25), [0.5, 0.25]),
        (lambda: (x for x in (0.5, 0.25)), [0.5, 0.25]),
        (lambda: map(float, ("0.5", "0.25")), [0.5, 0.25]),
        (lambda: np.array([0.5, 0.25]), [0.5, 0.25]),
        (lambda: torch.tensor([0.5, 0.25]), [0.5, 0.25]),
        (lambda: [np.float32(0.5), torch.tensor(0.25)], [0.5, 0.25]),
    ],
)
def test_every_kind_of_answer(make_optimizer, answer, expected):
    optimizer = make_optimizer()
    Answers(optimizer, answer).step()
    assert field(optimizer) == expected
    assert all(type(value) is float for value in field(optimizer))


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (lambda: [0.5], "gave 1 values for 2 groups"),
        (lambda: [], "gave 0 values"),
        (lambda: (x for x in (1.0, 2.0, 3.0)), "gave 3 values for 2 groups"),
        (lambda: np.array([0.5]), "gave 1 values"),
        (lambda: torch.zeros(3), "gave 3 values"),
        (lambda: iter(float, 1.0), "values for 2 groups"),
        (lambda: math.nan, "NaN"),
        (lambda: [0.5, math.nan], "group 1"),
        (lambda: [math.inf, 0.5], "inf"),
        (lambda: 10**400, "inf"),
        (lambda: "0.5", "a str"),
        (lambda: b"ab", "a bytes"),
        (lambda: {0: 0.5, 1: 0.25}, "a dict"),
        (lambda: {0.5, 0.25}, "a set"),
        (lambda: True, "True"),
        (lambda: [0.5, None], "None"),
        (lambda: [0.5, "x"], "'x'"),
        (lambda: [[0.5, 0.25], [0.5, 0.25]], "one number"),
        (lambda: np.zeros((2, 2)), "one number"),
        (lambda: object(), "a object"),
    ],
)
def test_wrong_answers_write_nothing(make_optimizer, answer, says):
    optimizer = make_optimizer()
    scheduler = Answers(optimizer, answer)
    before = snapshot(optimizer)
    for _ in range(2):
        with pytest.raises(lehr.LehrError) as error:
            scheduler.step()
        assert isinstance(error.value, ValueError) and says.lower() in str(error.value).lower()
        assert snapshot(optimizer) == before and scheduler.num_updates == 0


def test_a_missing_field(make_optimizer):
    optimizer = make_optimizer()
    before = snapshot(optimizer)
    with pytest.raises(KeyError) as error:
        Answers(optimizer, lambda: 1.0, "momentum")
    assert isinstance(error.value, lehr.LehrError)
    assert str(error.value).startswith("group 0 has no field `momentum`; it has lr")
    assert snapshot(optimizer) == before

    scheduler = Answers(optimizer, lambda: 0.5)
    lr = optimizer.param_groups[1].pop("lr")
    with pytest.raises(KeyError):
        scheduler.step()
    assert optimizer.param_groups[0]["lr"] == 1.0 and scheduler.num_updates == 0
    optimizer.param_groups[1]["lr"] = lr
    scheduler.step()
    assert field(optimizer) == [0.5, 0.5]


def test_what_a_rule_raises_is_raised_as_it_is(make_optimizer):
    class OwnError(RuntimeError):
        pass

    def answer():
        raise OwnError("mine")

    optimizer = make_optimizer()
    scheduler = Answers(optimizer, answer)
    with pytest.raises(OwnError, match="mine"):
        scheduler.step()
    assert field(optimizer) == [1.0, 0.1] and scheduler.num_updates == 0


def test_value_0_is_asked_once_after_the_constructor(make_optimizer):
    asked = []

    class Late(lehr.StatefulSchedulerBase):
        def __init__(self, optimizer):
            super().__init__(optimizer)
            assert asked == []
            self.start = 0.25

        def get_updated_values(self, num_updates):
            asked.append(num_updates)
            return [base * self.start for base in self.base_lr_values]

    class Later(Late):
        def __init__(self, optimizer):
            super().__init__(optimizer)
            self.start = 0.5

    optimizer = make_optimizer()
    scheduler = Later(optimizer)
    assert asked == [0] and field(optimizer) == [0.5, 0.05]
    scheduler.step()
    assert asked == [0, 1] and scheduler.base_lr_values == [1.0, 0.1]


def test_a_constructor_that_fails_writes_nothing(make_optimizer):
    class Fails(lehr.StatefulSchedulerBase):
        def get_updated_values(self, num_updates):
            return [0.5]

    optimizer = make_optimizer()
    before = snapshot(optimizer)
    with pytest.raises(lehr.LehrValueError):
        Fails(optimizer)
    assert snapshot(optimizer) == before


def test_attributes_that_subclasses_take(make_optimizer):
    class Taken(lehr.StatefulSchedulerBase):
        def __init__(self, optimizer):
            self.optimizer = optimizer
            super().__init__(optimizer)
            self.n, self.gamma, self.milestones, self.plan, self.base = 1, 2, 3, 4, 5
            self.num_updates = self.base_lrs = self.base_lr_values = self.current = self.groups = "mine"

        def get_updated_values(self, num_updates):
            return 0.5 ** (num_updates * self.n)

    optimizer = make_optimizer()
    scheduler = Taken(optimizer)
    scheduler.step()
    assert field(optimizer) == [0.5, 0.5] and scheduler.base_lr_values == "mine" and scheduler.last_epoch == 1


def test_stateless(make_optimizer):
    class Half(lehr.SchedulerBase):
        def get_updated_values(self, num_updates):
            return [base * 0.5**num_updates for base in self.base_lr_values]

    optimizer = make_optimizer()
    scheduler = Half(optimizer)
    for n in (3, 1, 1, 0):
        scheduler.step_update(n)
        assert field(optimizer) == [0.5**n, 0.1 * 0.5**n]
    assert not hasattr(scheduler, "step") and not isinstance(scheduler, torch.optim.lr_scheduler.LRScheduler)
    with pytest.raises(lehr.LehrValueError):
        scheduler.step_update(-1)
    with pytest.raises(lehr.LehrValueError, match="get_updated_values"):
        lehr.SchedulerBase(make_optimizer())


def test_a_rule_cannot_step_its_own_scheduler(make_optimizer):
    class Loops(lehr.StatefulSchedulerBase):
        def get_updated_values(self, num_updates):
            if num_updates:
                self.step()

    scheduler = Loops(make_optimizer())
    with pytest.raises(lehr.LehrValueError, match="in the middle of a call"):
        scheduler.step()


def test_skipped_updates(make_optimizer):
    scheduler = lehr.CosineLrScheduler(make_optimizer(), 10, 10)
    scheduler.step(updated=False)
    assert scheduler.num_updates == 0
    scheduler.step(updated=np.bool_(True))
    assert scheduler.num_updates == 1


def test_cosine(make_optimizer):
    optimizer = make_optimizer()
    scheduler = lehr.CosineLrScheduler(
        optimizer, 10, 10, 1.0, 1e-3, None, num_warmup_epochs=2, warmup_starting_lr_ratio=0.5, num_cooldown_epochs=1
    )
    assert field(optimizer) == [0.5, 0.05]
    used = []
    for _ in range(100):
        used.append(optimizer.param_groups[0]["lr"])
        scheduler.step()
    assert used[20] == 1.0 and max(used) == 1.0 and used == sorted(used[:21]) + sorted(used[21:], reverse=True)
    assert used[90:] == [1e-3] * 10 and field(optimizer) == [1e-3, 1e-3]
    middle = 1e-3 + (1.0 - 1e-3) * 0.5 * (1 + math.cos(math.pi * 35 / 70))
    assert used[55] == pytest.approx(middle, rel=1e-14)


def test_a_subclass_of_the_cosine_is_asked(make_optimizer):
    class Doubled(lehr.CosineLrScheduler):
        def get_updated_values(self, num_updates):
            return [2 * value for value in super().get_updated_values(num_updates)]

    one, two = make_optimizer(), make_optimizer()
    plain, doubled = lehr.CosineLrScheduler(one, 2, 5), Doubled(two, 2, 5)
    for _ in range(12):
        plain.step()
        doubled.step()
        assert field(two) == [2 * value for value in field(one)]


@pytest.mark.parametrize(
    "arguments",
    [
        {"num_warmup_epochs": 20},
        {"num_warmup_epochs": -1},
        {"lr_min": 5.0},
        {"lr_min": -1.0},
        {"k_decay": 0},
        {"min_lr_ratio": 2},
        {"num_update_steps_per_epoch": 0},
        {"num_update_steps_per_epoch": object()},
        {"total_num_epochs": 2.5},
        {"warmup_starting_lr": 2.0, "num_warmup_epochs": 1},
    ],
)
def test_cosine_refuses(make_optimizer, arguments):
    optimizer = make_optimizer()
    before = snapshot(optimizer)
    with pytest.raises(lehr.LehrValueError):
        lehr.CosineLrScheduler(optimizer, **{"total_num_epochs": 10, "num_update_steps_per_epoch": 10, **arguments})
    assert snapshot(optimizer) == before


def test_wsd(make_optimizer):
    optimizer = make_optimizer()
    scheduler = lehr.WSDLrScheduler(optimizer, total_steps=400, num_checkpoints=3, num_warmup_steps=10, lr_min=0.01)
    assert scheduler.get_checkpoint_steps() == [100, 200, 400]
    assert scheduler.decay_phase_ratio == 0.1
    assert scheduler.get_decay_info()[2] == {
        "period_start": 200, "period_end": 400, "decay_steps": 20, "pre_decay_step": 380,
    }  # fmt: skip
    assert scheduler.get_phase_info(100)["period_end"] == 100 and scheduler.get_phase_info(101)["period_end"] == 200
    assert scheduler.get_phase_info(9999)["period_end"] == 400
    used = []
    for _ in range(400):
        used.append(optimizer.param_groups[0]["lr"])
        scheduler.step()
    assert scheduler.get_current_step() == 399 and scheduler.get_current_phase_info()["period_end"] == 400
    # The last update before a checkpoint uses the minimum, the next one the base.
    assert [used[99], used[100], used[199], used[200], used[399]] == [0.01, 1.0, 0.01, 1.0, 0.01]
    assert used[0] == 1e-6 and used[10] == 1.0 and field(optimizer) == [0.01, 0.001]
    assert used[385] == pytest.approx(1 - 0.99 * math.sqrt(5 / 19), rel=1e-14)
    assert not hasattr(scheduler, "total_steps")


def test_wsd_inverse_proportional_and_lengths(make_optimizer):
    optimizer = make_optimizer()
    scheduler = lehr.WSDLrScheduler(
        optimizer, 10, 10, decay_phase_ratio=0.5, lr_min=0.25, use_inverse_sqrt_decay=False
    )
    values = scheduler.plan.values(base=1.0)
    t = np.arange(50) / 49
    assert np.allclose(values[50:], 1 / (t / 0.25 + (1 - t)), rtol=1e-14) and (values[:50] == 1).all()
    assert lehr.WSDLrScheduler(make_optimizer(), total_steps=5).plan.values().tolist() == [1.0] * 5
    assert lehr.WSDLrScheduler(make_optimizer(), total_steps=1000, num_warmup_steps=None).num_warmup_steps == 10


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"num_epochs": 3},
        {"num_epochs": 3, "num_update_steps_per_epoch": 3, "total_steps": 9},
        {"total_steps": 0},
        {"total_steps": 100, "num_warmup_steps": 95},
        {"total_steps": 100, "decay_phase_ratio": 1.5},
        {"total_steps": 100, "decay_phase_ratio": 0.5, "num_checkpoints": 2},
        {"total_steps": 100, "lr_min": -1},
        {"total_steps": 100, "lr_min": 0, "use_inverse_sqrt_decay": False},
        {"total_steps": 3, "num_checkpoints": 3},
        {"total_steps": 100, "num_checkpoints": 0},
        {"total_steps": 100, "num_warmup_steps": 5, "warmup_starting_lr": 2.0},
    ],
)
def test_wsd_refuses(make_optimizer, arguments):
    with pytest.raises(lehr.LehrValueError):
        lehr.WSDLrScheduler(make_optimizer(), **arguments)


def test_wsd_continuation_takes_the_bases_only(make_optimizer):
    first = lehr.WSDLrScheduler(make_optimizer(), total_steps=100, num_warmup_steps=10, lr_min=0.1)
    for _ in range(90):
        first.step()
    optimizer = make_optimizer(lrs=(5.0, 5.0))
    then = lehr.WSDLrScheduler(
        optimizer, total_steps=50, num_warmup_steps=10, decay_phase_ratio=0.2, lr_min=0.2,
        is_continuation_from_checkpoint=True,
    )  # fmt: skip
    then.load_state_dict(first.state_dict())
    assert field(optimizer) == [1.0, 0.1] and then.get_current_step() == -1
    for _ in range(50):
        then.step()
    assert field(optimizer) == [0.2, 0.2 * 0.1]


def test_create_scheduler_fn(make_optimizer, monkeypatch):
    make = lehr.CosineLrScheduler.create_scheduler_fn(3, 10, num_warmup_epochs=1)
    optimizer = make_optimizer()
    assert make(optimizer).plan.end == 30
    wsd = lehr.WSDLrScheduler.create_scheduler_fn(3, 10, num_warmup_epochs=1)(make_optimizer())
    assert wsd.num_warmup_steps == 10 and wsd.plan.end == 30
    placeholders = pytest.importorskip("pytorch_accelerated.trainer").TrainerPlaceholderValues
    for cls in (lehr.CosineLrScheduler, lehr.WSDLrScheduler):
        keywords = cls.create_scheduler_fn().keywords
        assert placeholders.NUM_EPOCHS in keywords.values()
        assert keywords["num_update_steps_per_epoch"] is placeholders.PER_PROCESS_NUM_UPDATE_STEPS_PER_EPOCH
        with pytest.raises(lehr.LehrValueError, match="placeholder"):
            cls.create_scheduler_fn()(make_optimizer())
    monkeypatch.setitem(__import__("sys").modules, "pytorch_accelerated.trainer", None)
    with pytest.raises(lehr.LehrValueError, match="say how many"):
        lehr.CosineLrScheduler.create_scheduler_fn()


def test_a_new_seed_scheduler_takes_over(make_optimizer):
    optimizer = make_optimizer()
    old = lehr.CosineLrScheduler(optimizer, 2, 5)
    old.step()
    state = old.state_dict()
    new = lehr.CosineLrScheduler(optimizer, 2, 5)
    assert field(optimizer) == [1.0, 0.1], "it starts from the initial values"
    with pytest.raises(lehr.LehrValueError, match="since"):
        old.step()
    assert old.state_dict() == state
    new.step()
    StepWdScheduler(optimizer)
    new.step()
