"""A cluster that cannot be used is a sentence, and nothing is changed."""

from __future__ import annotations

from importlib.util import find_spec

import pytest

from datamine.checks import check_engine
from datamine.operations.doctor import Verdict, look_at_engine
from datamine.work.children import run_inline
from datasets import services
from datasets.engines import EngineError, engine
from datasets.engines.spark_engine import _require_answer
from datasets.recipes import StepSpec
from tests.factories.datasets import imported_dataset
from tests.program import free_port

FILL = StepSpec(step="fill_missing", columns=("petal",))
ABSENT = find_spec("pyspark") is None
REASON = "PySpark is not installed" if ABSENT else "does not answer"


@pytest.fixture
def nobody() -> str:
    return f"spark://127.0.0.1:{free_port()}"


def test_cluster_that_cannot_be_used_is_a_sentence(nobody):
    with pytest.raises(EngineError, match=REASON):
        engine(nobody)


@pytest.mark.parametrize("address", ["spark://127.0.0.1", "spark://no.such.host:7077"])
def test_address_that_is_none_is_a_sentence(address):
    with pytest.raises(EngineError, match="does not answer"):
        _require_answer(address)


def test_job_ends_with_the_sentence_and_the_table_stays(
    project, owner, settings, nobody
):
    dataset = imported_dataset(project, owner)
    before = dataset.active_version
    settings.ENGINE = nobody
    child = services.apply_steps(before, specs=[FILL], actor=owner)

    run_inline(child)

    dataset.refresh_from_db()
    assert child.status == child.FAILED
    assert REASON in child.error_message
    assert dataset.active_version == before


def test_doctor_tells_of_the_cluster(settings, nobody):
    settings.ENGINE = nobody

    [(verdict, words)] = look_at_engine()

    assert (verdict, REASON in words) == (Verdict.PROBLEM, True)


@pytest.mark.parametrize(
    ("name", "problems"),
    [
        ("polars", 0),
        ("spark://10.0.0.5:7077", 0),
        ("spark://a:7077,b:7077", 0),
        ("duckdb", 1),
        ("spark://a", 1),
        ("spark://a:7077 b", 1),
        ("http://a:7077", 1),
    ],
)
def test_engine_is_one_or_is_refused_at_the_start(settings, name, problems):
    settings.ENGINE = name

    found = check_engine()

    assert [("must be polars or the address" in f.msg) for f in found] == (
        [True] * problems
    )
