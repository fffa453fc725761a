"""Reports: what they say, that text stays text, and that bytes are equal."""

from __future__ import annotations

import json
import time
from contextlib import suppress
from threading import Thread

import psutil
import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from experiments.algorithms.trees import GAINS
from experiments.exceptions import ReportError
from experiments.models import Experiment, Result
from experiments.reports import rendering
from experiments.reports.documents import Document
from experiments.reports.experiment import experiment_report
from experiments.reports.typesetting import typeset
from experiments.results.charts import CHARTS, charts_of
from tests.experiments.tables import (
    iris_columns,
    iris_plan,
    make_table,
    mixed_columns,
    mixed_plan,
)
from tests.factories.experiments import flowers_draft, trained_session

HOSTILE = '*bold* #import "x" $x$ <script> ]] "quoted" \\ Ünï 漢字 = head'


def report_of(session) -> Document:
    return experiment_report(Result.objects.for_report().get(session=session))


def blocks(document: Document, kind: str) -> list[dict]:
    return [block for block in document.blocks if block["kind"] == kind]


@pytest.mark.django_db
def test_every_figure_of_a_metric_stands_in_one_line(project, owner):
    draft = flowers_draft(
        project, owner, algorithm="decision_tree",
        split={"train_ratio": 0.6, "validation_ratio": 0.2, "cv_folds": 3},
    )  # fmt: skip

    document = report_of(trained_session(draft, owner))

    heads = [table["head"] for table in blocks(document, "table")]
    assert [
        "Metric", "Test", "Validation", "Training", "Folds, mean", "± folds",
        "Baseline", "One question",
    ] in heads  # fmt: skip
    facts = [row for block in blocks(document, "facts") for row in block["rows"]]
    assert ["Greatest depth (levels)", "not set"] in facts


@pytest.mark.django_db
def test_report_goes_from_the_question_to_the_plan(classified):
    document = report_of(classified)

    assert [block["text"] for block in blocks(document, "heading")] == [
        "Question", "Data", "Algorithm and split", "Results", "Classes", "Features",
        "To get the same again",
    ]  # fmt: skip
    facts = dict(row for block in blocks(document, "facts") for row in block["rows"])
    assert facts["SHA-256 of the rows"] == classified.base_version.sha256
    assert facts["Digest of the split"] == classified.result.split_digest
    assert json.loads(blocks(document, "code")[0]["text"]) == classified.plan
    shown = [c["title"] for b in blocks(document, "charts") for c in b["items"]]
    assert CHARTS["roc"].title in shown


@pytest.mark.django_db
def test_steps_and_choices_are_told_in_words(client, project, owner):
    draft = flowers_draft(project, owner, algorithm="decision_tree")
    session = trained_session(draft, owner)
    filled = {"strategy": "mode", "value": None}
    step = {"step": "fill_missing", "columns": ["petal"], "parameters": filled}
    session.plan = {**session.plan, "steps": [step]}
    session.save(update_fields=["plan"])
    client.force_login(owner)

    document = report_of(session)
    page = client.get(session.get_absolute_url()).text

    rows = [row for table in blocks(document, "table") for row in table["rows"]]
    assert ["Fill missing values", "petal", "most frequent value"] in rows
    facts = dict(row for block in blocks(document, "facts") for row in block["rows"])
    assert facts["Split criterion"] == GAINS["entropy"]
    assert "Fill missing values (most frequent value)" in page
    assert GAINS["entropy"] in page


@pytest.mark.django_db
def test_figures_are_those_of_the_page(regressed):
    document = report_of(regressed)

    (metrics,) = (
        block for block in blocks(document, "table") if block["head"][0] == "Metric"
    )
    r2 = next(row for row in metrics["rows"] if row[0] == "R²")
    assert r2[2] == f"{regressed.result.metrics['test']['r2']:.3f}"


@pytest.mark.django_db
def test_equal_data_give_equal_bytes(client, classified, owner):
    client.force_login(owner)
    address = reverse("experiments:report_pdf", args=[classified.experiment_id, 1])
    api = APIClient()
    api.force_authenticate(owner)

    first, second = client.get(address), client.get(address)
    answer = api.get(f"/api/experiments/{classified.experiment_id}/report/")

    assert first.content.startswith(b"%PDF-")
    assert first.content == second.content == answer.content
    assert first.headers["Content-Disposition"].endswith('_1.pdf"')
    assert answer.headers["Content-Type"] == "application/pdf"


@pytest.mark.django_db
def test_text_of_people_is_never_source(client, classified, owner):
    Experiment.objects.update(name=HOSTILE, description=HOSTILE * 3)
    client.force_login(owner)

    response = client.get(
        reverse("experiments:report_pdf", args=[classified.experiment_id, 1])
    )

    assert response.content.startswith(b"%PDF-")


@pytest.mark.parametrize(
    ("plan", "columns"),
    [(iris_plan(), iris_columns()), (mixed_plan("linear_regression"), mixed_columns())],
)
def test_every_chart_of_the_page_can_be_drawn(plan, columns):
    from experiments.training import train  # noqa: PLC0415 -- heavy import

    details = train(plan, make_table(**columns)).to_json()
    document = Document("Charts", "")

    document.charts((c.title, "", c.spec(details)) for c in charts_of(details))

    assert typeset(json.dumps(document.to_json())).startswith(b"%PDF-")


def test_wide_tables_come_in_pieces():
    document = Document("Wide", "")

    document.table(["", *range(10)], [["row", *range(10)]])

    assert [len(block["head"]) for block in document.blocks] == [7, 5]
    assert {block["rows"][0][0] for block in document.blocks} == {"row"}


def test_report_that_takes_too_long_is_ended(monkeypatch):
    monkeypatch.setattr(rendering, "TIMEOUT", 0.01)

    with pytest.raises(ReportError, match="was not ready after"):
        rendering.pdf_of(Document("Slow", ""))


def test_report_that_cannot_be_typeset_is_refused(monkeypatch, caplog):
    monkeypatch.setattr(Document, "to_json", lambda document: {"title": "no blocks"})

    with pytest.raises(ReportError, match="could not be typeset"):
        rendering.pdf_of(Document("Broken", ""))

    assert "Report refused" in caplog.text


@pytest.mark.django_db
def test_comparison_is_a_report_too(client, classified, regressed, owner):
    client.force_login(owner)
    ids = [classified.experiment_id, regressed.experiment_id]
    address = reverse("experiments:compare_pdf", args=[classified.project.key])

    response = client.get(address, {"ids": ids, "group": "Algorithm"})
    nothing = client.get(address)

    assert response.content.startswith(b"%PDF-")
    assert nothing.status_code == 302


@pytest.mark.django_db
def test_stranger_gets_no_report(client, classified, stranger):
    client.force_login(stranger)
    pages = reverse("experiments:report_pdf", args=[classified.experiment_id, 1])
    api = f"/api/experiments/{classified.experiment_id}/report/"

    assert [client.get(address).status_code for address in (pages, api)] == [404, 404]


def test_report_whose_process_is_killed_is_no_half_of_one():
    plenty = Document("Long", "", [{"kind": "text", "text": HOSTILE * 200}] * 400)
    ended: list[object] = []

    def ask() -> None:
        try:
            ended.append(rendering.pdf_of(plenty))
        except ReportError as refusal:
            ended.append(str(refusal))

    asking = Thread(target=ask)
    asking.start()
    while asking.is_alive() and not typesetters():
        time.sleep(0.01)
    for process in typesetters():
        process.kill()
    asking.join(60)

    assert ended == [
        "The report could not be typeset; the figures can be had as CSV and JSON."
    ]


def typesetters() -> list[psutil.Process]:
    """Return the processes that typeset for this one."""
    found = []
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            if "experiments.reports.typesetting" in process.cmdline():
                found.append(process)
    return found
