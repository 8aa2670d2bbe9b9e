"""Real trainers on real data: each test needs torch and scikit-learn, and skips if its trainer is not installed."""

from __future__ import annotations

import importlib.util

import pytest

missing = [name for name in ("torch", "sklearn") if importlib.util.find_spec(name) is None]
collect_ignore_glob = ["test_*.py"] if missing else []


def pytest_report_header() -> str | None:
    return f"trainers: not tested without {' and '.join(missing)}" if missing else None


@pytest.fixture(autouse=True)
def one_thread():
    """The network is too small for several threads, which would only take turns."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)
