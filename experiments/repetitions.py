"""Whether training again gave the same figures, and a script that trains once more."""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.metadata import version as installed
from typing import TYPE_CHECKING, Any, NamedTuple

from experiments.metrics import title_of
from experiments.models import Result
from experiments.sessions import specs_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from datasets.models import DatasetVersion

#: Figures nearer than this are equal: they were written and read as text.
TOLERANCE = 1e-12
SHOWN = 20
#: What the learning code is made of; the script names the versions in use here.
LIBRARIES = (
    "numpy", "scipy", "scikit-learn", "joblib", "narwhals", "polars", "pyarrow",
    "duckdb", "pydantic",
)  # fmt: skip

SCRIPT = '''\
# /// script
# requires-python = ">=3.11"
# dependencies = [{dependencies}]
# ///
"""Train once more what was trained as session {session}, and compare every figure.

    PYTHONPATH=path/to/datamine python reproduce.py path/to/the/original/file

It runs in a clone of DataMine, whose learning code needs no server, no database and no
Django. The file must be the one that was uploaded: its SHA-256 is checked.
"""

import hashlib
import json
import math
import sys
import tempfile
from pathlib import Path

from datasets.engines import engine
from datasets.monitor import SilentMonitor
from datasets.readers.dialect import Dialect
from datasets.readers.importing import import_table
from datasets.readers.limits import Limits
from datasets.recipes import StepSpec, fit_recipe
from datasets.tables import Table
from experiments.plans import Plan
from experiments.training import train

SAID = json.loads({said})


def table_of(source: Path, folder: str) -> Table:
    """Read the file as it was read, and do the steps before the rows are split."""
    target = Path(folder, "table.parquet")
    dialect = Dialect.model_validate(SAID["dialect"])
    quiet = SilentMonitor()
    report = import_table(source, target, SAID["format"], dialect, quiet, Limits())
    polars = engine("polars")
    table = Table(polars.scan(target), report.schema)
    steps = [StepSpec(**step) for step in SAID["steps"]]
    return fit_recipe(steps, table, polars)[1] if steps else table


def figures_of(metrics: dict) -> dict[str, float]:
    """Return every figure under the name of its part and metric."""
    found = {{}}
    for part, values in metrics.items():
        for name, value in values.items():
            value = value.get("mean") if isinstance(value, dict) else value
            if value is not None:
                found[f"{{part}} {{name}}"] = value
    return found


def main() -> int:
    source = Path(sys.argv[1])
    digest = hashlib.sha256(source.read_bytes()).hexdigest()
    if digest != SAID["sha256"]:
        print(f"This is another file: its SHA-256 is {{digest}}.", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        outcome = train(Plan.model_validate(SAID["plan"]), table_of(source, folder))
    told, found = figures_of(SAID["metrics"]), figures_of(outcome.metrics)
    for name, value in found.items():
        same = math.isclose(value, told.get(name, math.nan), rel_tol=1e-9, abs_tol=1e-9)
        verdict = "same" if same else f"told {{told.get(name)}}"
        print(f"{{name}}\\t{{value!r}}\\t{{verdict}}")
    same_split = outcome.split_digest == SAID["split_digest"]
    print(f"split\\t{{outcome.split_digest}}\\t{{'same' if same_split else 'another'}}")
    return 0 if same_split else 1


if __name__ == "__main__":
    raise SystemExit(main())
'''


class Difference(NamedTuple):
    """A figure that came out differently."""

    part: str
    title: str
    before: float | None
    now: float | None


@dataclass(frozen=True)
class Repetition:
    """A result beside an earlier one of the same experiment."""

    number: int
    same_plan: bool
    same_split: bool
    differences: tuple[Difference, ...]

    @property
    def is_equal(self) -> bool:
        return self.same_split and not self.differences

    @property
    def shown(self) -> tuple[Difference, ...]:
        return self.differences[:SHOWN]


def repetition_of(result: Result) -> Repetition | None:
    """Return how a result compares with the one before it; None for the first."""
    session = result.session
    before = (
        Result.objects.filter(
            session__experiment=session.experiment_id,
            session__number__lt=session.number,
        )
        .select_related("session")
        .defer("details", "session__log")
        .order_by("-session__number")
        .first()
    )
    if before is None:
        return None
    return Repetition(
        before.session.number,
        before.session.plan == session.plan,
        before.split_digest == result.split_digest,
        tuple(differences(before.metrics, result.metrics)),
    )


def differences(before: dict[str, Any], now: dict[str, Any]) -> Iterator[Difference]:
    """Yield every figure that is not the same, folds one by one."""
    first, second = dict(figures(before)), dict(figures(now))
    for key in dict.fromkeys([*first, *second]):
        old, new = first.get(key), second.get(key)
        if old != new and (old is None or new is None or abs(old - new) > TOLERANCE):
            part, name, fold = key
            title = title_of(name) + (f", fold {fold}" if fold else "")
            yield Difference(part.replace("_", " "), title, old, new)


def figures(
    metrics: dict[str, Any],
) -> Iterator[tuple[tuple[str, str, int], float | None]]:
    for part, values in metrics.items():
        for name, value in (values or {}).items():
            if not isinstance(value, dict):
                yield (part, name, 0), value
                continue
            for fold, one in enumerate(value.get("folds") or [], start=1):
                yield (part, name, fold), one


def script_of(result: Result) -> str:
    """Return a program that reads the original file and prints the same figures."""
    session = result.session
    path = history_of(session.base_version)
    dataset = session.experiment.dataset
    said = {
        "filename": dataset.filename,
        "sha256": dataset.sha256,
        "format": dataset.file_format,
        "dialect": path[0].dialect,
        "steps": [
            spec.model_dump(mode="json") for item in path for spec in specs_of(item)
        ],
        "plan": session.plan,
        "metrics": result.metrics,
        "split_digest": result.split_digest,
    }
    pins = ", ".join(f'"{name}=={installed(name)}"' for name in LIBRARIES)
    # A text inside a text: whatever names are in it, it is never code.
    text = repr(json.dumps(said, ensure_ascii=True))
    return SCRIPT.format(dependencies=pins, session=session.pk, said=text)


def history_of(version: DatasetVersion) -> list[DatasetVersion]:
    """Return the versions from the import to this one."""
    path = [version]
    while parent := path[0].parent:
        path.insert(0, parent)
    return path
