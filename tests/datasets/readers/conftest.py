"""Small files, and a way to import them and see the stored rows."""

import pyarrow.parquet as pq
import pytest

from datasets.monitor import SilentMonitor
from datasets.readers.dialect import Dialect
from datasets.readers.importing import import_table
from datasets.readers.limits import Limits


@pytest.fixture
def write(tmp_path):
    def write(content, name="table.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


@pytest.fixture
def imported(tmp_path, write):
    """Import text with a dialect; return the report and the stored columns."""

    def imported(content, limits=None, monitor=None, **dialect):
        target = tmp_path / "table.parquet"
        report = import_table(
            write(content),
            target,
            "csv",
            Dialect(**dialect),
            monitor or SilentMonitor(),
            limits or Limits(),
        )
        return report, pq.read_table(target).to_pydict()

    return imported
