"""The folder of real and of nasty files that DATAMINE_TEST_DATA names."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


def corpus() -> Path:
    """Return the folder; skip the module that asks where it is not there.

    It has `nasty/` and folders of real tables beside it. The small files of
    `tests/datasets/readers` and `tests/datasets/damage.py` cover the same ground.
    """
    folder = os.environ.get("DATAMINE_TEST_DATA", "")
    if not folder or not Path(folder, "nasty").is_dir():
        pytest.skip("DATAMINE_TEST_DATA has no nasty/", allow_module_level=True)
    return Path(folder)
