"""Small files, and a way to import them and see the stored rows."""

import pyarrow.parquet as pq
import pytest

from datasets.monitor import SilentMonitor
from datasets.readers.dialect import Dialect
from datasets.readers.importing import import_table
from datasets.readers.limits import Limits
from datasets.readers.sniff import sniff


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


@pytest.fixture
def read_file(tmp_path, write):
    """Sniff a file of any format and import it as guessed, with settings changed.

    Returns the sniff, the report and the stored columns by name.
    """

    def read_file(content, name, limits=None, **changes):
        path, target = write(content, name), tmp_path / "stored.parquet"
        found = sniff(path, name, Dialect(**changes) if changes else None)
        report = import_table(
            path,
            target,
            found.format,
            found.dialect,
            SilentMonitor(),
            limits or Limits(),
        )
        columns = list(pq.read_table(target).to_pydict().values())[1:]
        return found, report, dict(zip(report.schema.names, columns, strict=True))

    return read_file
