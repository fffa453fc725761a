"""Models whose samples are made of several rows, tried on other versions."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import TemporaryUploadedFile

from datamine.work.children import run_inline
from experiments.algorithms.catalogue import lookup
from experiments.evaluating import (
    lacking_of,
    start_evaluation,
    start_file_evaluation,
)
from experiments.exceptions import NotEvaluableError
from experiments.suggestions import family_draft
from tests.experiments.families.toy import ENTRY
from tests.factories.datasets import imported_dataset
from tests.factories.experiments import trained_session

pytestmark = pytest.mark.django_db


@pytest.fixture
def boxes(monkeypatch):
    """Let the catalogue know a family whose samples are boxes of marbles."""
    lookup.algorithms.cache_clear()
    monkeypatch.setattr(lookup, "_ENTRIES", (*lookup._ENTRIES, ENTRY))
    yield
    lookup.algorithms.cache_clear()


def boxes_csv(n_boxes: int = 24, kind: str = "iron") -> bytes:
    """Make three marbles a box; heavy boxes are iron."""
    lines = ["box,weight,kind,price"]
    for box in range(n_boxes):
        heavy = box % 2 == 0
        lines += [
            f"box {box:02},{marble / 10 + 9 * heavy},{kind if heavy else 'glass'},{box}"
            for marble in range(3)
        ]
    return ("\n".join(lines) + "\n").encode()


def trained(dataset, owner, algorithm, **hyperparameters):
    draft = family_draft(
        dataset.active_version,
        algorithm,
        name="",
        preset="",
        hyperparameters=hyperparameters,
    )
    return trained_session(draft, owner)


def evaluated(session, version, owner):
    made = start_evaluation(session.result, version, actor=owner)
    run_inline(made)
    return made


def test_samples_of_another_dataset_are_all_tried(project, owner, boxes):
    session = trained(
        imported_dataset(project, owner, boxes_csv(), name="Boxes"), owner, "boxes"
    )
    other = imported_dataset(project, owner, boxes_csv(10), name="Others")

    made = evaluated(session, other.active_version, owner)

    assert (made.status, made.error_message) == ("completed", "")
    assert made.metrics["accuracy"] == 1.0
    assert made.metrics["mae"] == 4.5  # of the family's own: the mean price
    assert (made.details["rows"], made.details["learned_from"]) == (10, 0)


def test_samples_that_were_learned_from_are_left_out(project, owner, boxes):
    session = trained(
        imported_dataset(project, owner, boxes_csv(), name="Boxes"), owner, "boxes"
    )

    made = evaluated(session, session.base_version, owner)

    rows = session.result.details["rows"]
    assert made.details["learned_from"] == rows["train"]
    assert made.details["rows"] == rows["test"]
    accuracy = session.result.metrics["test"]["accuracy"]
    assert made.metrics["accuracy"] == accuracy


def test_samples_of_unknown_classes_count_in_no_figure(project, owner, boxes):
    session = trained(
        imported_dataset(project, owner, boxes_csv(), name="Boxes"), owner, "boxes"
    )
    other = imported_dataset(project, owner, boxes_csv(10, "gold"), name="Others")

    made = evaluated(session, other.active_version, owner)

    assert (made.details["rows"], made.details["unknown_class"]) == (5, 5)


def test_rows_that_make_no_sample_fail_with_a_sentence(project, owner, boxes):
    session = trained(
        imported_dataset(project, owner, boxes_csv(), name="Boxes"), owner, "boxes"
    )
    single = b"box,weight,kind,price\na,1.5,iron,1\nb,2.5,glass,2\n"
    other = imported_dataset(project, owner, single, name="Single")

    made = evaluated(session, other.active_version, owner)

    assert made.status == "failed"
    assert "A box has one marble only" in made.error_message


def test_a_target_that_is_computed_need_not_be_a_column():
    signature = {"columns": [{"name": "close"}], "target": {"name": "regime"}}

    assert lacking_of(signature, ["close"], "regime") == ""
    assert lacking_of(signature, ["close"]) == "“regime”"


def test_a_file_has_to_become_a_dataset_first(project, owner, boxes):
    session = trained(
        imported_dataset(project, owner, boxes_csv(), name="Boxes"), owner, "boxes"
    )
    with TemporaryUploadedFile("boxes.csv", "text/csv", 0, "utf-8") as file:
        file.write(boxes_csv(5))
        file.flush()

        with pytest.raises(NotEvaluableError, match="upload it as a dataset"):
            start_file_evaluation(session.result, file, actor=owner)
