"""Tables for people, for Markdown, and as JSON."""

from __future__ import annotations

from collections.abc import Callable


class Table:
    """Numbers by row and column, each with the way to write it."""

    def __init__(self, title: str, corner: str) -> None:
        self.title = title
        self.corner = corner
        self.rows: dict[str, dict[str, tuple[float, str]]] = {}
        self.columns: list[str] = []

    def put(self, row: str, column: str, value: float, write: Callable[[float], str]) -> None:
        if column not in self.columns:
            self.columns.append(column)
        self.rows.setdefault(row, {})[column] = (value, write(value))

    def _lines(self) -> list[list[str]]:
        written = [[row] + [cells[c][1] if c in cells else "" for c in self.columns] for row, cells in self.rows.items()]
        return [[self.corner, *self.columns], *written]

    def text(self) -> str:
        lines = self._lines()
        widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
        rows = ["  ".join([line[0].ljust(widths[0]), *(c.rjust(w) for c, w in zip(line[1:], widths[1:]))]) for line in lines]
        return "\n".join([self.title, *(f"  {row}" for row in rows)])

    def markdown(self) -> str:
        head, *rows = (["| " + " | ".join(line) + " |" for line in self._lines()])
        rule = "|---|" + "---:|" * len(self.columns)
        return "\n".join([f"### {self.title}", "", head, rule, *rows])

    def plain(self) -> dict[str, object]:
        rows = {row: {column: value for column, (value, _) in cells.items()} for row, cells in self.rows.items()}
        return {"title": self.title, "columns": self.columns, "rows": rows}
