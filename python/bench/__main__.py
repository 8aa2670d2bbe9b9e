"""`make bench-python`: what a step costs beside the others', in one run on one machine.

Ratios are what counts; absolute times belong to the machine. The title of a table says what is divided by what.
"""

from __future__ import annotations

import argparse
import json
import os
import pathlib
import platform
import subprocess
import sys
import tempfile

import lehr
import torch
from lehr import _core

import sections
from measure import FULL, QUICK, progress
from report import Table

SECTIONS = ("step", "tensor", "training", "construction", "resume", "importing")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer rounds: under half a minute, and less exact")
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE", help="write every number there")
    parser.add_argument("--markdown", type=pathlib.Path, metavar="FILE", help="write the tables there")
    parser.add_argument("--only", choices=SECTIONS, action="append", help="this section alone; may be given again")
    parser.add_argument("--wheels", type=pathlib.Path, metavar="FOLDER", help="say how large the wheels in it are")
    parser.add_argument(
        "--other", type=pathlib.Path, metavar="FOLDER", help="a folder with another build of lehr: measure its steps, too"
    )
    return parser.parse_args()


def other_build(folder: pathlib.Path, quick: bool) -> list[Table]:
    """The steps of another build, measured in a process of its own."""
    progress(f"the build in {folder.name}")
    with tempfile.TemporaryDirectory() as temporary:
        answer = pathlib.Path(temporary, "answer.json")
        command = [sys.executable, str(pathlib.Path(__file__).parent), "--only", "step", "--json", str(answer)]
        environment = {**os.environ, "PYTHONPATH": str(folder)}
        subprocess.run([*command, *(["--quick"] if quick else [])], env=environment, check=True, capture_output=True)
        found = json.loads(answer.read_text())
    tables = []
    for plain in found["tables"][:2]:
        table = Table(f"{plain['title']} ({found['build']} build)", "Subject")
        for row, cells in plain["rows"].items():
            for column, value in cells.items():
                table.put(row, column, value, lambda value: f"{value:.3g}")
        tables.append(table)
    return tables


def main() -> None:
    asked = arguments()
    effort = QUICK if asked.quick else FULL
    torch.set_num_threads(1)
    tables = []
    for name in asked.only or SECTIONS:
        tables += getattr(sections, name)(effort)
    if asked.other:
        tables += other_build(asked.other, asked.quick)
    if asked.wheels:
        tables += sections.wheels(asked.wheels)
    build = "abi3" if "abi3" in pathlib.Path(_core.__file__ or "").name else "version-specific"
    where = f"CPython {platform.python_version()}, torch {torch.__version__}, lehr {lehr.__version__} ({build})"
    print("\n\n".join([where, *(table.text() for table in tables)]))
    if asked.markdown:
        asked.markdown.write_text("\n\n".join([where, *(table.markdown() for table in tables)]) + "\n")
    if asked.json:
        answer = {"where": where, "build": build, "tables": [table.plain() for table in tables]}
        asked.json.write_text(json.dumps(answer, indent=2) + "\n")


if __name__ == "__main__":
    main()
