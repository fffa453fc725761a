"""Small tables to learn from, made of Python values."""

from __future__ import annotations

import numpy as np
from sklearn import datasets as bundled

from datasets.engines import engine
from datasets.recipes import StepSpec
from datasets.tables import Column, ColumnType, Schema, Table
from experiments.algorithms.catalogue import Task, algorithm, algorithms
from experiments.learning.plans import Plan, SplitSettings
from experiments.learning.preparation import Frame

NUMBER, CATEGORY = ColumnType.NUMBER, ColumnType.CATEGORY
QUICK = {
    "random_forest": {"n_estimators": 3},
    "gradient_boosting": {"max_iter": 5},
    "neural_network": {"max_iter": 5},
}
#: The algorithms that take any table: families have tables of their own.
GENERAL = [entry.name for entry in algorithms() if entry.family is None]


def make_table(**columns: tuple[ColumnType, list]) -> Table:
    """Make a table of (type, values) by column name."""
    schema = Schema(
        tuple(
            Column(f"c{place}", name, kind)
            for place, (name, (kind, _)) in enumerate(columns.items())
        )
    )
    values = {c.id: columns[c.name][1] for c in schema}
    return engine("polars").table(values, schema)


def make_frame(**columns: tuple[ColumnType, list]) -> Frame:
    return Frame.collect(make_table(**columns))


def iris_columns() -> dict[str, tuple[ColumnType, list]]:
    found = bundled.load_iris()
    names = ("sepal_length", "sepal_width", "petal_length", "petal_width")
    columns = {
        name: (NUMBER, found.data[:, place].tolist())
        for place, name in enumerate(names)
    }
    columns["species"] = (CATEGORY, found.target_names[found.target].tolist())
    return columns


def mixed_columns(n_rows: int = 120, seed: int = 0) -> dict[str, tuple]:
    """Make numbers, categories, a boolean and a date; size and kind decide."""
    rng = np.random.default_rng(seed)
    size = rng.normal(size=n_rows)
    kind = rng.choice(["red", "green", "blue"], n_rows)
    flag = rng.random(n_rows) < 0.5
    days = rng.integers(0, 365, n_rows)
    start = np.datetime64("2024-01-01")
    decided = size + (kind == "red") + rng.normal(scale=0.3, size=n_rows)
    return {
        "size": (NUMBER, size.tolist()),
        "kind": (CATEGORY, kind.tolist()),
        "flag": (ColumnType.BOOLEAN, flag.tolist()),
        "day": (ColumnType.DATE, (start + days).astype(object).tolist()),
        "label": (CATEGORY, np.where(decided > 0.3, "high", "low").tolist()),
        "amount": (NUMBER, decided.tolist()),
    }


def quick(name: str) -> dict:
    """Return hyperparameters that make learning short, where the usual ones do not."""
    return QUICK.get(name.removesuffix("_regressor"), {})


def scaled(method: str) -> list[StepSpec]:
    return [StepSpec(step="scale", columns=("size",), parameters={"method": method})]


def iris_plan(name: str = "decision_tree", **changes) -> Plan:
    features = [column for column in iris_columns() if column != "species"]
    return make_plan(name, "species", features, **changes)


def mixed_plan(name: str, **changes) -> Plan:
    entry = algorithm(name)
    target = "label" if entry.task is Task.CLASSIFICATION else "amount"
    if entry.negative == "refused":
        changes = {"steps": scaled("minmax"), **changes}
    return make_plan(name, target, ["size", "kind", "flag", "day"], **changes)


def make_plan(name: str, target: str, features: list[str], **changes) -> Plan:
    split = changes.pop("split", {})
    return Plan(
        algorithm=name,
        target=target,
        features=features,
        task=algorithm(name).task,
        split=SplitSettings(**split),
        **changes,
    )
