"""scikit-learn comes without pandas, and pandas stays to be had."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROGRAM = """
import sys
from experiments.learning.lean import import_sklearn

import_sklearn()
import sklearn.tree
print("pandas" in sys.modules)
import pandas
print(pandas.DataFrame({"a": [1]}).shape)
"""


@pytest.mark.unit
def test_pandas_is_left_to_whoever_imports_it():
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True
    )

    assert done.stdout.split("\n")[:2] == ["False", "(1, 1)"]
