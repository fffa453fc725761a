from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from datasets.engines import engine
from datasets.monitor import SilentMonitor
from datasets.readers.importing import import_table
from datasets.readers.limits import Limits
from datasets.readers.sniff import sniff
from datasets.tables import ColumnType, Table
from experiments.evaluation.screening import screen
from experiments.learning.plans import Plan
from experiments.training import train
from tests.experiments.tables import CATEGORY, NUMBER, make_table

#: What a transit, its star and nothing else tell.
HONEST = [
    f"koi_{name}"
    for name in (
        *("period", "duration", "depth", "impact", "model_snr"),
        *("steff", "srad", "slogg", "kepmag"),
    )
]
LEAKS = {
    "koi_score",
    "koi_pdisposition",
    *(f"koi_fpflag_{name}" for name in ("nt", "ss", "co", "ec")),
}


def plan_for(target: str, features: list[str], **split) -> Plan:
    return Plan(
        algorithm="gradient_boosting",
        task="classification",
        target=target,
        features=features,
        split={"stratified": False, **split},
    )


def planted(n_rows: int = 800) -> Table:
    """Return two honest columns, a flag made of the target and a copy of it."""
    rng = np.random.default_rng(3)
    ill = rng.random(n_rows) < 0.4
    flag = ill & (rng.random(n_rows) < 0.7)
    return make_table(
        size=(NUMBER, (ill + rng.normal(size=n_rows)).tolist()),
        noise=(NUMBER, rng.normal(size=n_rows).tolist()),
        treated=(ColumnType.BOOLEAN, flag.tolist()),
        bill=(NUMBER, (ill * 900 + rng.normal(size=n_rows)).tolist()),
        ill=(CATEGORY, np.where(ill, "yes", "no").tolist()),
    )


def test_planted_leaks_are_flagged_and_nothing_else():
    plan = plan_for("ill", ["size", "noise", "treated", "bill"])

    found = screen(plan, planted(), is_whole=True)

    assert {(p.column, p.code) for p in found.about(plan)} == {
        ("treated", "tells_class"),
        ("bill", "gives_answer"),
    }
    honest = plan_for("ill", ["size", "noise"])
    assert found.about(honest) == []


def test_repeated_rows_are_counted_in_the_features_that_are_chosen():
    kinds = ["a", "b", "c", "d"] * 25
    table = make_table(
        kind=(CATEGORY, kinds),
        size=(NUMBER, [None, *range(99)]),
        label=(CATEGORY, ["x", "y"] * 50),
    )
    found = screen(plan_for("label", ["kind", "size"]), table, is_whole=True)

    told = found.about(plan_for("label", ["kind"]))

    assert [p.code for p in told if p.column is None] == ["repeated_rows"]
    assert told[-1].detail.startswith("96 of 100 rows are equal to an earlier one")
    both = found.about(plan_for("label", ["kind", "size"]))
    assert [p.code for p in both if p.column is None] == []
    kept = plan_for("label", ["kind"], keep_duplicates_together=True)
    assert [p.code for p in found.about(kept) if p.column is None] == []


def test_sample_counts_no_repeated_rows():
    table = make_table(
        kind=(CATEGORY, ["a", "b"] * 50), label=(CATEGORY, ["x", "y"] * 50)
    )
    plan = plan_for("label", ["kind"])

    assert screen(plan, table, is_whole=True).about(plan) != []
    told = screen(plan, table, is_whole=False).about(plan)
    assert [p.code for p in told] == ["gives_answer"]


def test_rows_nothing_can_be_learned_from_are_passed_over():
    table = make_table(kind=(CATEGORY, ["a", "b"]), label=(CATEGORY, ["x", "y"]))
    plan = plan_for("label", ["kind"])

    assert screen(plan, table, is_whole=True).about(plan) == []


@pytest.fixture(scope="module")
def candidates(tmp_path_factory) -> Table:
    """The Kepler objects of interest, where somebody has them."""
    path = Path(os.environ.get("DATAMINE_TEST_DATA", "."), "exoplanets")
    source, target = path / "koi_cumulative.csv", tmp_path_factory.mktemp("koi") / "koi"
    if not source.exists():
        pytest.skip("DATAMINE_TEST_DATA has no exoplanets/koi_cumulative.csv")
    guess, quiet = sniff(source, source.name), SilentMonitor()
    report = import_table(source, target, guess.format, guess.dialect, quiet, Limits())
    return Table(engine("polars").scan(target), report.schema)


def test_columns_made_of_the_label_are_flagged_among_planet_candidates(candidates):
    features = [
        column.name
        for column in candidates.schema
        if column.name.startswith("koi_") and column.type is not ColumnType.TEXT
    ]
    features.remove("koi_disposition")
    plan = plan_for("koi_disposition", features)

    told = screen(plan, candidates, is_whole=True).about(plan)

    assert {problem.column for problem in told} == LEAKS


def test_planet_candidates_are_told_apart_as_well_as_is_honest(candidates):
    plan = plan_for(
        "koi_disposition",
        HONEST,
        method="group",
        group_column="kepid",
        cv_folds=5,
        train_ratio=1.0,
    )

    outcome = train(plan, candidates)

    accuracy = outcome.metrics["cross_validation"]["accuracy"]["mean"]
    assert 0.76 <= accuracy <= 0.79
    assert {problem.column for problem in outcome.warnings} & LEAKS == set()
