"""scikit-learn comes without pandas, and others have pandas all the while."""

from __future__ import annotations

import subprocess
import sys

import pytest

ALONE = """
import sys
from datamine.lean import import_sklearn

import_sklearn()
import sklearn.tree
print("pandas" in sys.modules)
import pandas
print(pandas.DataFrame({"a": [1]}).shape)
"""
BESIDE = """
from importlib import import_module
from threading import Thread
from datamine.lean import without_pandas

with without_pandas():
    other = Thread(target=lambda: print(import_module("pandas").__name__))
    other.start()
    other.join()
"""


def printed(program):
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stdout.split()


@pytest.mark.unit
def test_pandas_is_left_to_whoever_imports_it():
    assert printed(ALONE) == ["False", "(1,", "1)"]


@pytest.mark.unit
def test_other_threads_find_pandas_meanwhile():
    assert printed(BESIDE) == ["pandas"]
