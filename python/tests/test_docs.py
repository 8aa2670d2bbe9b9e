"""Every Python block of the README and of the pages is run, page by page and from top to bottom, and prints what is shown.

A block that a `text` or `lehr` block follows prints that; one that raises is followed by the error. What a page needs
beside what it shows (an optimizer, two schedules compared) stands in comments, `<!-- run ... -->`, and is run in its place,
with the helpers below as `docs`.
"""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path
from types import SimpleNamespace

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted([ROOT / "README.md", ROOT / "python/README.md", *ROOT.glob("docs/*.md"), *ROOT.glob("docs/coming-from/*.md")])
BLOCK = re.compile(
    r"^(?P<indent> *)```python\n(?P<code>.*?)^(?P=indent)```\n(?:\s*```(?:text|lehr)\n(?P<shown>.*?)^```\n)?"
    r"|^<!-- run\n(?P<hidden>.*?)^-->\n",
    re.DOTALL | re.MULTILINE,
)


def blocks(page):
    """(code, what it prints or None, line) of each block, hidden ones too."""
    text = page.read_text(encoding="utf-8")
    for found in BLOCK.finditer(text):
        hidden = found["hidden"] is not None
        yield found["hidden"] if hidden else found["code"], found["shown"], text.count("\n", 0, found.start()) + 2


def fresh(lrs=(0.1, 0.01), **fields):
    """An optimizer of torch's with a group for each learning rate."""
    torch = pytest.importorskip("torch")
    groups = [{"params": [torch.nn.Parameter(torch.ones(2))], "lr": lr, **fields} for lr in lrs]
    return torch.optim.AdamW(groups)


def used(scheduler, updates, field="lr", step=None):
    """What each group used in each update of a training loop."""
    optimizer = scheduler.optimizer
    values = []
    for n in range(1, updates + 1):
        optimizer.step()
        values.append([float(group[field]) for group in optimizer.param_groups])
        step(n) if step else scheduler.step()
    return values


def same(old, new, relative=0.0):
    """Both used the same values; `relative` is what the original's own rounding may be off by, as a share of the largest."""
    assert len(old) == len(new) > 0 and len(old[0]) == len(new[0])
    largest = [max(abs(value) for value in group) for group in zip(*old)]
    assert all(largest) and old[0] != old[len(old) // 2]
    for n, (one, other) in enumerate(zip(old, new)):
        for group, scale in enumerate(largest):
            assert abs(one[group] - other[group]) <= relative * scale, (n, group, one[group], other[group])


def run(code, line, page, namespace):
    """What a block prints, or the error that it ends with."""
    out = io.StringIO()
    program = compile("\n" * (line - 1) + code, str(page), "exec")
    with contextlib.redirect_stdout(out):
        try:
            exec(program, namespace)
        except Exception as error:
            return out.getvalue(), error
    return out.getvalue(), None


@pytest.mark.parametrize("page", [page for page in PAGES if any(blocks(page))], ids=lambda page: str(page.relative_to(ROOT)))
def test_page(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    namespace = {"__name__": "__main__", "docs": SimpleNamespace(fresh=fresh, used=used, same=same)}
    for code, shown, line in blocks(page):
        printed, error = run(code, line, page, namespace)
        if error is not None:
            if shown is None:
                raise error
            printed += f"{type(error).__name__}: {error}"
        if shown is not None:
            assert printed.rstrip() == shown.rstrip(), f"{page.name}:{line}"


def test_every_block_of_python_is_one_of_those():
    """None is on a page, or written in a way, that is not looked at; a tab's program is a file, which the next test runs."""
    pages = {ROOT / "README.md", ROOT / "python/README.md", *ROOT.glob("docs/**/*.md")}
    found = 0
    for page in pages:
        text = page.read_text(encoding="utf-8")
        visible = sum(1 for block in BLOCK.finditer(text) if block["hidden"] is None)
        assert len(re.findall(r"^ *```python(?!.*\n *--8<-- \"docs/same/)", text, re.MULTILINE)) == visible, page
        assert page in PAGES or not visible, page
        found += visible
    assert found >= 100


@pytest.mark.parametrize("tab", sorted(ROOT.glob("docs/same/*.py")), ids=lambda tab: tab.stem)
def test_the_tabs_train_with_the_same_schedule(tab, tmp_path, monkeypatch):
    """Each of the tabs' programs, of twelve lines at the most, leaves its run with what the plan says."""
    monkeypatch.chdir(tmp_path)
    import lehr

    code = tab.read_text(encoding="utf-8")
    assert len(code.splitlines()) <= 12
    namespace = {"__name__": "__main__"}
    exec(compile((ROOT / "docs/same" / f"{tab.stem}.setup").read_text(encoding="utf-8") + code, str(tab), "exec"), namespace)
    plan = lehr.Plan.parse("linear(from=0.01x, over=5%) -> cosine(to=0.1x)", updates=1000)
    assert namespace["optimizer"].param_groups[0]["lr"] == plan.value_at(1000, base=3e-4)
    assert namespace["schedule"].num_updates == 1000
