from __future__ import annotations

import pytest

from tests.datasets.comparison import SECOND


@pytest.fixture(scope="session", autouse=True)
def master() -> str:
    """The address of the cluster, which `make spark` has started."""
    if not SECOND.startswith("spark://"):
        pytest.skip("NOTHING IS TESTED ON SPARK HERE: `make spark` does")
    return SECOND
