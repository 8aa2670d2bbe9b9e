"""Looks at the site as it was built: no page loads anything from elsewhere, and every link and anchor inside leads somewhere.

`docs/check.py SITE`
"""

import re
import sys
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

LOADS = {("script", "src"), ("img", "src"), ("link", "href"), ("iframe", "src"), ("source", "src"), ("source", "srcset")}


class Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.anchors: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if value is None:
                continue
            if name in ("id", "name"):
                self.anchors.add(value)
            if name == "class" and "mermaid" in value.split():
                # The theme's script then loads the library from a network of mirrors.
                self.loads.append("https://unpkg.com/mermaid")
            # A canonical or alternate address is not loaded.
            if (tag, name) in LOADS and dict(attrs).get("rel") not in ("canonical", "alternate"):
                self.loads.append(value)
            elif (tag, name) == ("a", "href"):
                self.links.append(value)


@cache
def read(path: Path) -> Page:
    return Page(path.read_text(encoding="utf-8"))


def faults(site: Path) -> list[str]:
    found = []
    for sheet in site.rglob("*.css"):
        text = sheet.read_text(encoding="utf-8")
        found += [f"{sheet}: loads {load}" for load in re.findall(r"(?:@import|url\()\s*['\"]?(https?:[^'\")]*)", text)]
    for path in sorted(site.rglob("*.html")):
        page = read(path)
        for link in page.links + page.loads:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                if link in page.loads and parts.scheme != "data":
                    found.append(f"{path}: loads {link}")
                continue
            target = path.parent / unquote(parts.path) if parts.path else path
            if parts.path.startswith("/"):
                target = site / unquote(parts.path[1:])
            if target.is_dir():
                target /= "index.html"
            if not target.is_file():
                found.append(f"{path}: dead link {link}")
            elif parts.fragment and target.suffix == ".html" and unquote(parts.fragment) not in read(target).anchors:
                found.append(f"{path}: dead anchor {link}")
    return found


if __name__ == "__main__":
    wrong = faults(Path(sys.argv[1]).resolve())
    print("\n".join(wrong) or "every link leads somewhere, and nothing is loaded from elsewhere")
    sys.exit(1 if wrong else 0)
