"""Makes every picture of the documentation with `lehr plot`: of each spec in `docs/specs`, and of the first plan in each
section of the gallery, light and dark. `docs/pictures.py LEHR`, where LEHR is the command.
"""

import re
import subprocess
import sys
from pathlib import Path

DOCS = Path(__file__).parent
#: The README's pictures, which are committed: a test compares them with what `lehr plot` makes now.
README = DOCS / "readme"
PICTURES = DOCS / "drawn"
#: A heading of the gallery, and the plan in its section.
SECTION = re.compile(r"^### (\S+)\n(?:(?!^#).*\n)*?```lehr\n(.*)\n```\n", re.MULTILINE)


def plot(lehr: str, spec: str, target: Path, *run: str) -> None:
    for theme in ("light", "dark"):
        picture = target.with_name(f"{target.name}-{theme}.svg")
        subprocess.run([lehr, "plot", spec, "--theme", theme, "--title", "", "-o", picture, *run], check=True)


def main() -> None:
    lehr = sys.argv[1]
    PICTURES.mkdir(exist_ok=True)
    README.mkdir(exist_ok=True)
    for spec in sorted(DOCS.glob("specs/*.toml")):
        plot(lehr, str(spec), PICTURES / spec.stem)
    plot(lehr, str(DOCS / "specs/start.toml"), README / "start")
    for name, plan in SECTION.findall((DOCS / "gallery.md").read_text(encoding="utf-8")):
        plot(lehr, plan, PICTURES / name, "--epochs", "10", "--updates-per-epoch", "100", "--samples", "500")


if __name__ == "__main__":
    main()
