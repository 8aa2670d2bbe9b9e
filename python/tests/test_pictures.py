"""SVG pictures: well-formed, the same each time, all that is scheduled in them."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

import lehr

SVG = "{http://www.w3.org/2000/svg}"


def test_a_plan():
    plan = lehr.Plan.parse("linear(from=0x, over=10%) -> cosine(to=0)", updates=1000)
    picture = plan._repr_svg_()
    assert picture == lehr.Plan.parse(str(plan))._repr_svg_() == plan.svg()
    root = ElementTree.fromstring(picture)
    assert root.tag == f"{SVG}svg" and root.find(f"{SVG}title").text == str(plan)
    assert plan.svg(3e-4, label="lr") != picture and ">lr<" in plan.svg(label="lr")


def test_a_scheduler(make_optimizer):
    schedule = lehr.Scheduler(make_optimizer(), {"lr": "linear(to=0)", "weight_decay": "cosine(to=2x)"}, updates=9)
    picture = schedule._repr_svg_()
    assert picture == schedule.svg() and ElementTree.fromstring(picture).tag == f"{SVG}svg"
    for text in (">lr<", ">weight_decay<", ">group 0<", ">group 1<"):
        assert text in picture
    schedule.step()
    assert "after 1 updates" in schedule.svg()


def test_a_rule_has_no_picture(make_optimizer):
    assert "no traces" in lehr.Scheduler(make_optimizer(), lambda n, current: 1.0).svg()
