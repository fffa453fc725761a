"""Versions made by jobs on Spark are those that Polars makes."""

from __future__ import annotations

import pytest

from datamine.operations.doctor import look_at_engine
from datamine.work.children import run_inline
from datasets import services
from datasets.recipes import StepSpec
from tests.datasets.comparison import assert_close
from tests.datasets.test_profiling_by_queries import in_order
from tests.factories.datasets import imported_dataset

pytestmark = pytest.mark.one_engine

TABLE = """amount,city,day,flag,size
"$1,234.50", Zürich ,2024-03-01,yes,1.5
12 %,zürich,2024-02-30,no,?
,東京,,yes,2
(3.00),東京,2023-12-31,no,2
5 kg,?,1999-01-01,,-7.25
""".encode()
STEPS = [
    {"step": "read_amounts", "columns": ["amount"]},
    {"step": "tidy_text", "columns": ["city"], "parameters": {"case": "lower"}},
    {"step": "mark_missing", "columns": ["city", "size"]},
    {"step": "cast", "columns": ["day"], "parameters": {"type": "date"}},
    {"step": "fill_missing", "columns": ["amount", "size"]},
    {"step": "scale", "columns": ["amount"]},
]
TOLD = ("sha256", "rows_count", "columns", "steps", "rows_changed", "cells_changed")


def test_import_and_steps_make_the_same_versions(project, owner, master, settings):
    specs = [StepSpec(**step) for step in STEPS]
    made = {}

    for name in ("polars", master):
        settings.ENGINE = name
        dataset = imported_dataset(project, owner, TABLE, name=name[:6])
        child = services.apply_steps(dataset.active_version, specs=specs, actor=owner)
        run_inline(child)
        child.refresh_from_db()
        assert child.error_message == ""
        made[name] = (dataset.active_version, child)

    for one, other in zip(*made.values(), strict=True):
        for field in TOLD:
            assert getattr(other, field) == getattr(one, field), field
        assert_close(in_order(other.profile), in_order(one.profile))


def test_doctor_finds_the_cluster_in_order(master, settings):
    settings.ENGINE = master

    assert list(look_at_engine()) == []
