"""Any steps done one version after the other give what they give all at once."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datasets.engines import engine
from datasets.recipes import StepSpec, fit_recipe
from datasets.steps import catalogue
from datasets.steps.base import StepError
from datasets.tables import ColumnType, Schema, Table
from tests.datasets.comparison import schema_of, store

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

POLARS = engine("polars")
DAYS = [date(2024, 2, 29), None, date(1999, 1, 1), date(2024, 2, 29)]
VALUES: dict[str, tuple[ColumnType, list[Any]]] = {
    "age": (ColumnType.INTEGER, [3, None, 50, 4, 4, 3, -900, 4]),
    "size": (ColumnType.NUMBER, [0.5, 1.25, None, 1e9, 0.5, 0.5, -2.0, 7.0]),
    "city": (ColumnType.CATEGORY, ["a", "b", None, "a", "É", "a", "?", "b"]),
    "note": (ColumnType.TEXT, ["1", "?", "2.5", None, "!!", "1", "7", "8"]),
    "paid": (ColumnType.BOOLEAN, [True, None, False, True, True, True, None, False]),
    "day": (ColumnType.DATE, [*DAYS, *DAYS]),
    "at": (ColumnType.DATETIME, [None, *[datetime(2024, 5, 6, 7, 8, 9)] * 7]),
}
SCHEMA = schema_of({name: type for name, (type, _) in VALUES.items()})


def made_of(**choices: Sequence[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Parameters with any of these values; each may be left out."""
    options = {name: st.sampled_from(values) for name, values in choices.items()}
    return st.fixed_dictionaries({}, optional=options)


def filters(columns: Sequence[str]) -> st.SearchStrategy[dict[str, Any]]:
    some = {
        "column": st.sampled_from(columns),
        "operator": st.sampled_from(["==", "!=", "<", ">=", "contains", "missing"]),
        "value": st.sampled_from([4, 0.5, "a", True, "2024-02-29"]),
    }
    return st.fixed_dictionaries(some)


def renamings(columns: Sequence[str]) -> st.SearchStrategy[dict[str, Any]]:
    new = st.sampled_from(["x", "y", *columns])
    names = st.dictionaries(st.sampled_from(columns), new, min_size=1, max_size=2)
    return st.fixed_dictionaries({"names": names})


NOTHING = made_of()
PARAMETERS: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "mark_missing": made_of(markers=[("?",), ("?", "!!"), ("a",)]),
    "fill_missing": made_of(
        strategy=["mean", "median", "mode", "min", "max", "constant"], value=[0, "a"]
    ),
    "forward_fill": NOTHING,
    "drop_missing": made_of(how=["any", "all"]),
    "outliers": made_of(
        method=["iqr", "zscore", "range"],
        action=["replace", "clip", "drop"],
        statistic=["median", "mean"],
        low=[0.0],
        high=[10.0],
    ),
    "scale": made_of(method=["minmax", "zscore", "robust"]),
    "encode": made_of(method=["label", "onehot"]),
    "cast": made_of(type=list(ColumnType), format=["ymd", "dmy"]),
    "read_amounts": made_of(decimal=[".", ","]),
    "tidy_text": made_of(case=["keep", "lower", "upper"]),
    "drop_duplicates": NOTHING,
    "select_columns": NOTHING,
    "drop_columns": NOTHING,
}
OF_COLUMNS = {"filter_rows": filters, "rename": renamings}


@st.composite
def specs(draw: st.DrawFn, name: str, schema: Schema) -> StepSpec:
    """A step of this name on some columns of its types."""
    entry = catalogue.steps()[name]
    names = [c.name for c in schema if c.type in entry.accepts] or list(VALUES)
    if name in OF_COLUMNS:
        return StepSpec(step=name, parameters=draw(OF_COLUMNS[name](names)))
    columns = draw(st.lists(st.sampled_from(names), unique=True, max_size=3))
    return StepSpec(step=name, columns=columns, parameters=draw(PARAMETERS[name]))


def written(steps: Sequence[StepSpec], source: Path, schema: Schema, to: Path) -> Table:
    """Do the steps as a version is made, and open what was stored."""
    after = fit_recipe(steps, Table(POLARS.scan(source), schema), POLARS)[1]
    POLARS.write(after.frame, to)
    return Table(POLARS.scan(to), after.schema)


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_every_step_is_drawn() -> None:
    assert PARAMETERS.keys() | OF_COLUMNS.keys() == catalogue.steps().keys()


@pytest.mark.parametrize("name", [entry.name for entry in catalogue.ENTRIES])
@settings(
    max_examples=4,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_a_recipe_gives_the_digest_its_steps_gave_one_by_one(
    tmp_path: Path, name: str, data: st.DataObject
) -> None:
    first = tmp_path / "version-0.parquet"
    store(first, SCHEMA, {name: values for name, (_, values) in VALUES.items()})
    others = st.lists(st.sampled_from(list(catalogue.steps())), max_size=2)
    before, after = data.draw(others), data.draw(others)
    done: list[StepSpec] = []
    version, schema = first, SCHEMA

    for place, step in enumerate([*before, name, *after], start=1):
        spec = data.draw(specs(step, schema))
        target = tmp_path / f"version-{place}.parquet"
        try:
            schema = written([spec], version, schema, target).schema
        except StepError:
            continue  # as a refused step makes no version
        version = target
        done.append(spec)
    at_once = written(done, first, SCHEMA, tmp_path / "at-once.parquet")

    assert at_once.schema == schema
    if done:
        assert digest(tmp_path / "at-once.parquet") == digest(version)
