from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals.stable.v2 as nw
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datasets.engines import engine
from datasets.lineage import called, narrowed, needed, origins
from datasets.monitor import Cancelled, SilentMonitor
from datasets.recipes import (
    FittedRecipe,
    Replayer,
    StepSpec,
    build,
    check_recipe,
    fit_recipe,
    learning_starts,
    replay,
)
from datasets.steps.base import StepError
from datasets.tables import ROW, ColumnType, Table
from tests.datasets.comparison import BOTH, assert_close, schema_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from datasets.engines import Engine

SCHEMA = schema_of(
    {"age": ColumnType.INTEGER, "size": ColumnType.NUMBER, "city": ColumnType.CATEGORY}
)
POLARS = engine("polars")

MEAN = StepSpec(step="fill_missing", columns=("age",), parameters={"strategy": "mean"})
MODE = StepSpec(step="fill_missing", columns=("city",), parameters={"strategy": "mode"})
ZERO = StepSpec(
    step="fill_missing",
    columns=("size",),
    parameters={"strategy": "constant", "value": 0},
)
SCALE = StepSpec(step="scale", columns=("age", "size"))
RECIPE = [ZERO, MEAN, MODE, SCALE]

cells = st.tuples(
    st.none() | st.integers(-(10**6), 10**6),
    st.none() | st.floats(-1e6, 1e6, allow_subnormal=False),
    st.none() | st.sampled_from(["a", "b", "É", "'; --", ""]),
)
tables = st.lists(cells, min_size=1, max_size=12).map(
    lambda rows: [(1, 0.5, "a"), *rows]
)


def table_of(rows: Sequence[tuple[Any, ...]], chosen: Engine = POLARS) -> Table:
    values = {c.id: [row[i] for row in rows] for i, c in enumerate(SCHEMA)}
    return chosen.table(values, SCHEMA)


def columns_of(rows: Sequence[tuple[Any, ...]]) -> dict[str, list[Any]]:
    return {name: [row[i] for row in rows] for i, name in enumerate(SCHEMA.names)}


def fit(rows: Sequence[tuple[Any, ...]]) -> tuple[FittedRecipe, list[tuple[Any, ...]]]:
    fitted, table = fit_recipe(RECIPE, table_of(rows), POLARS)
    return fitted, POLARS.rows(table.frame)


@settings(max_examples=25, deadline=None)
@given(rows=tables)
def test_replay_gives_what_fitting_gave(rows: list[tuple[Any, ...]]) -> None:
    fitted, expected = fit(rows)
    stored = FittedRecipe.model_validate_json(fitted.model_dump_json())

    again = POLARS.rows(replay(stored, table_of(rows), POLARS).frame)

    assert stored == fitted
    assert again == expected


@settings(max_examples=25, deadline=None)
@given(rows=tables, data=st.data())
def test_replay_of_a_row_does_not_depend_on_the_others(
    rows: list[tuple[Any, ...]], data: st.DataObject
) -> None:
    fitted, expected = fit(rows)
    place = data.draw(st.integers(0, len(rows) - 1))

    alone = POLARS.rows(replay(fitted, table_of([rows[place]]), POLARS).frame)

    assert [row[1:] for row in alone] == [expected[place][1:]]


@settings(max_examples=25, deadline=None)
@given(rows=tables, others=tables)
def test_replay_learns_nothing_from_other_rows(
    rows: list[tuple[Any, ...]], others: list[tuple[Any, ...]]
) -> None:
    fitted, expected = fit(rows)
    before = fitted.model_dump_json()

    together = POLARS.rows(replay(fitted, table_of(rows + others), POLARS).frame)

    assert together[: len(rows)] == expected
    assert fitted.model_dump_json() == before


@settings(max_examples=25, deadline=None)
@given(rows=tables)
def test_replayer_gives_what_replay_gives(rows: list[tuple[Any, ...]]) -> None:
    fitted, expected = fit(rows)

    result = Replayer(fitted, SCHEMA, POLARS)(columns_of(rows))

    assert list(result) == [ROW, "age", "size", "city"]
    assert list(zip(*result.values(), strict=True)) == expected


@settings(max_examples=10, deadline=None)
@given(rows=tables)
def test_replayer_gives_many_rows_what_it_gives_few(
    rows: list[tuple[Any, ...]],
) -> None:
    fitted, _ = fit(rows)
    # A number may come as an integer, and NaN is missing.
    odd = [(None, float("nan"), None), (3, 1, "b"), *rows]
    replayer = Replayer(fitted, SCHEMA, POLARS)
    few = replayer(columns_of(odd))

    many = replayer(columns_of(odd * 70))

    assert many[ROW] == list(range(len(odd) * 70))
    assert {name: many[name] for name in SCHEMA.names} == {
        name: few[name] * 70 for name in SCHEMA.names
    }


def test_replayer_gives_the_same_on_both_engines() -> None:
    fitted, _ = fit([(1, 0.5, "a"), (None, 2.0, None), (4, None, "b")])
    values = {"age": [None, 3], "size": [float("nan"), 1], "city": [None, "c"]}

    results = [Replayer(fitted, SCHEMA, engine(e))(values) for e in BOTH]

    assert_close(results[0], results[1])


@pytest.mark.parametrize("name", BOTH)
def test_replayer_takes_rows_the_library_holds(name: str) -> None:
    chosen = engine(name)
    rows = [(1, 0.5, "a"), (None, 2.0, None), (4, None, "b")]
    fitted, expected = fit(rows)
    held = chosen.keep(table_of(rows, chosen).frame).to_native()
    held = held.collect() if name == "polars" else held

    result = Replayer(fitted, SCHEMA, chosen).frame(held)

    assert type(result) is type(held)
    assert_close(chosen.rows(nw.from_native(result).lazy()), expected)


def test_fit_recipe_fits_each_step_on_the_one_before() -> None:
    fitted, _ = fit([(1, 2.0, "a"), (None, None, "b"), (3, 4.0, "b")])

    assert [step.state for step in fitted.steps] == [
        {"size": 0.0},
        {"age": 2.0},
        {"city": "b"},
        {
            "age": {"centre": 2.0, "spread": pytest.approx((2 / 3) ** 0.5)},
            "size": {"centre": 2.0, "spread": pytest.approx((8 / 3) ** 0.5)},
        },
    ]


def test_fit_recipe_of_no_steps_changes_nothing() -> None:
    table = table_of([(1, 2.0, "a")])

    fitted, same = fit_recipe([], table, POLARS)

    assert fitted == FittedRecipe()
    assert same is table


def test_fit_recipe_stops_when_asked() -> None:
    class Stopping(SilentMonitor):
        def check(self) -> None:
            raise Cancelled

    with pytest.raises(Cancelled, match=r"^$"):
        fit_recipe(RECIPE, table_of([(1, 2.0, "a")]), POLARS, Stopping())


@pytest.mark.parametrize(
    ("spec", "sentence", "code"),
    [
        (
            StepSpec(step="explode"),
            "There is no step “explode”. There are: cast, ",
            "unknown_step",
        ),
        (StepSpec(step="scale"), "“Scale” needs at least one column", "columns"),
        (
            StepSpec(step="scale", columns=("height",)),
            "needs the column “height”",
            "missing_column",
        ),
        (
            StepSpec(step="scale", columns=("age", "age")),
            "names the column “age” twice",
            "columns",
        ),
        (StepSpec(step="scale", columns=("city",)), "“city” is category", "type"),
        (
            StepSpec(step="scale", columns=("age",), parameters={"by": 2}),
            "“by”: Extra inputs",
            "parameter",
        ),
    ],
)
def test_check_recipe_names_the_step_that_cannot_be_done(
    spec: StepSpec, sentence: str, code: str
) -> None:
    with pytest.raises(StepError, match=sentence) as caught:
        check_recipe([MEAN, spec], SCHEMA)

    assert caught.value.code == code
    assert caught.value.position == 1


def test_replay_without_a_column_is_refused() -> None:
    fitted, _ = fit([(1, 2.0, "a"), (2, 3.0, "b")])
    table = table_of([(1, 2.0, "a")])
    narrow = Table(table.frame, table.schema.select(["age", "city"]))

    with pytest.raises(StepError, match="needs the column “size”") as caught:
        replay(fitted, narrow, POLARS)

    assert (caught.value.code, caught.value.position) == ("missing_column", 0)


def test_replay_of_another_version_is_refused() -> None:
    fitted, _ = fit([(1, 2.0, "a"), (2, 3.0, "b")])
    old = fitted.steps[0].model_copy(update={"version": 0})

    with pytest.raises(StepError, match=r"stored in version 0; .* knows version 1"):
        replay(FittedRecipe(steps=(old,)), table_of([(1, 2.0, "a")]), POLARS)


@pytest.mark.parametrize(
    ("specs", "start"),
    [([], None), ([ZERO], None), ([ZERO, MEAN, SCALE], 1), ([SCALE], 0)],
)
def test_learning_starts_at_the_first_step_that_learns(
    specs: list[StepSpec], start: int | None
) -> None:
    assert learning_starts(specs) == start


RENAME = StepSpec(step="rename", parameters={"names": {"city": "town"}})
ONEHOT = StepSpec(step="encode", columns=("town", "age"))
DROP = StepSpec(step="drop_missing", columns=("size",))


@pytest.mark.parametrize(
    ("name", "before"),
    [("town=a", {"city"}), ("size", {"size"}), ("city", {"city"}), ("age=1", {"age"})],
)
def test_origins_are_followed_through_names(name: str, before: set[str]) -> None:
    assert origins([MEAN, RENAME, ONEHOT], name) == before


def test_narrowed_leaves_out_work_nobody_asks_for() -> None:
    specs, wanted = narrowed([MEAN, ZERO, RENAME, DROP, ONEHOT], ["town=a"])

    assert specs == [
        ZERO,
        RENAME,
        DROP,
        ONEHOT.model_copy(update={"columns": ("town",)}),
    ]
    assert wanted == {"city", "size"}


def test_needed_are_the_columns_of_the_table_at_first() -> None:
    specs = [MEAN, RENAME, ONEHOT, StepSpec(step="drop_columns", columns=("town=a",))]

    assert needed(specs) == ["age", "city"]


def test_called_renames_before_all_steps() -> None:
    specs = called([MEAN, RENAME], {"city": "Stadt", "age": "age"})
    columns = {**dict.fromkeys(("age",), ColumnType.INTEGER), "Stadt": ColumnType.TEXT}

    assert check_recipe(specs, schema_of(columns)).names == ("age", "town")
    assert called([MEAN], {"age": "age"}) == [MEAN]


@pytest.mark.parametrize("named", [7, None, ["city"]])
def test_columns_in_a_parameter_of_a_wrong_kind_are_refused(named: Any) -> None:
    spec = StepSpec(step="rename", parameters={"names": named})

    with pytest.raises(StepError, match="“Rename columns”"):
        check_recipe([spec], SCHEMA)


def test_build_returns_the_step_with_its_settings() -> None:
    step = build(MEAN)

    assert step.columns == ("age",)
    assert step.parameters.strategy == "mean"
