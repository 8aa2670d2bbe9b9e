"""What peers_run.py and peers_formulas.py share: which updates are looked at, and how a row is written."""

BASES = (1.0, 3e-4)


def spots(upto, *boundaries):
    """The first updates, those around each boundary, the last ones, and some between."""
    around = {boundary + step for boundary in boundaries for step in (-1, 0, 1)}
    chosen = {0, 1, 2, upto - 1, upto, *around, *(round(upto * i / 10) for i in range(11))}
    return sorted(n for n in chosen if 0 <= n <= upto)


def rows_of(row, peer, schedule, plan, updates, values, ulp=4, of_peak=0.0):
    """Rows for `values`, a {base: {n: value}}; `of_peak` times the largest value of a base is its absolute tolerance."""
    for base, by_update in values.items():
        peak = max(abs(float(value)) for value in by_update.values())
        for n, value in by_update.items():
            yield [row, peer, schedule, plan, updates, f"{base:g}", n, repr(float(value)), ulp, f"{of_peak * peak:.3g}"]
