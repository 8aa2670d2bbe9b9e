"""Every public name of the package says what its parameters are, a line for each, and has an example, which is run."""

from __future__ import annotations

import ast
import doctest
import importlib
import re
from pathlib import Path

import pytest

import lehr
import lehr.compat
import lehr.control
import lehr.errors

PACKAGE = Path(lehr.__file__).parent
MODULES = ["lehr", "lehr.control", "lehr.errors", "lehr.recipe", *(f"lehr.compat.{name}" for name in lehr.compat.__all__)]
#: The classes from which public ones have methods.
INHERITED = {"Attached", "Replica", "SchedulerCore", "Stepping", "SteppingCore"}
EXPORTED = {name for module in MODULES for name in importlib.import_module(module).__all__}
EXAMPLES = doctest.DocTestParser()


def documented():
    """(name, definition, file) of each public class, function, method and property, in the files that define them."""
    for path in sorted([*PACKAGE.rglob("*.py"), *PACKAGE.rglob("*.pyi")]):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            native = path.suffix == ".pyi"
            # Native functions are the package's own; the classes are public.
            if not isinstance(node, ast.ClassDef) and (native or not isinstance(node, ast.FunctionDef)):
                continue
            if node.name not in EXPORTED | INHERITED:
                continue
            where = f"{path.relative_to(PACKAGE).as_posix()}:{node.name}"
            # timm's base has the name of our scheduler, and is none of the public ones.
            if node.name in EXPORTED and where != "compat/timm.py:Scheduler":
                yield pytest.param(node, path, id=where)
            for method in node.body if isinstance(node, ast.ClassDef) else ():
                setter = isinstance(method, ast.FunctionDef) and any(isinstance(mark, ast.Attribute) for mark in method.decorator_list)
                if isinstance(method, ast.FunctionDef) and not method.name.startswith("_") and not setter:
                    yield pytest.param(method, path, id=f"{where}.{method.name}")


def parameters(node):
    if isinstance(node, ast.ClassDef):
        made = [method for method in node.body if isinstance(method, ast.FunctionDef) and method.name == "__init__"]
        return parameters(made[0]) if made else []
    given = node.args
    return [argument.arg for argument in given.posonlyargs + given.args + given.kwonlyargs if argument.arg not in ("self", "cls")]


def test_all_of_them_are_looked_at():
    found = {parameter.values[0].name for parameter in documented()}
    assert EXPORTED - found == {"__version__", "compat", "control", "recipe"}


def test_the_page_has_all_of_them():
    page = (Path(__file__).parents[2] / "docs/python-api.md").read_text(encoding="utf-8")
    shown = set(re.findall(r"^::: (\S+)$", page, re.MULTILINE))
    members = set(re.findall(r"\w+", page.partition("members: [")[2].partition("]")[0]))
    assert set(MODULES[1:]) | {"lehr.compat"} <= shown
    assert members == set(lehr.control.__all__)
    inside = members | set(lehr.errors.__all__) | {"__version__", "compat", "control", "recipe"}
    assert set(lehr.__all__) - inside == {name.removeprefix("lehr.") for name in shown} & set(lehr.__all__) - inside


@pytest.mark.parametrize(("node", "path"), list(documented()))
def test_documented(node, path, tmp_path, monkeypatch):
    text = ast.get_docstring(node) or ""
    arguments = re.findall(r"^    (\w+): .+", text.partition("Args:\n")[2], re.MULTILINE)
    assert [name for name in parameters(node) if name not in arguments] == []

    module = ".".join(["lehr", *path.relative_to(PACKAGE).with_suffix("").parts]).removesuffix(".__init__")
    names = {"__name__": "__main__"} if path.suffix == ".pyi" else vars(importlib.import_module(module)).copy()
    example = EXAMPLES.get_doctest(text, names, node.name, str(path), node.lineno)
    assert example.examples, "there is no example"
    for needed in re.findall(r"^>>> (?:from|import) (\w+)", text, re.MULTILINE):
        pytest.importorskip(needed)
    monkeypatch.chdir(tmp_path)
    said = []
    doctest.DocTestRunner().run(example, out=said.append)
    assert not said, "".join(said)
