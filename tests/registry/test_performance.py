"""Performance reports: asked for, measured by a worker, shown, taken along."""

from __future__ import annotations

import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from datamine import files
from datamine.work.children import run_inline
from experiments.evaluation import performance
from registry.exceptions import MeasuringError
from registry.measuring import siblings_of
from registry.models import PerformanceReport
from registry.services import cancel_measuring, start_measuring
from tests.factories.registry import (
    ModelVersionFactory,
    PerformanceReportFactory,
    flowers_in_service,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    for name, value in {"SECONDS": 0.0, "FEWEST": 2, "BATCHES": (1, 8)}.items():
        monkeypatch.setattr(performance, name, value)


@pytest.fixture
def version(project, owner):
    return flowers_in_service(project, owner)


def page_of(version, name="performance"):
    return reverse(f"registry:{name}", args=[version.model_id, version.version])


def measured(version, owner) -> PerformanceReport:
    report = start_measuring(version, actor=owner)
    run_inline(report)
    return report


def test_a_version_is_measured_and_the_figures_kept(version, owner):
    report = measured(version, owner)

    assert (report.status, report.error_message) == ("completed", "")
    assert [batch["size"] for batch in report.figures["batches"]] == [1, 8]
    assert report.figures["size_bytes"] == version.session.result.artifact_size
    assert report.figures["learned_kind"] == "nodes"
    assert report.figures["is_steady"]
    assert report.suggestions


def test_only_one_measurement_at_a_time(version, owner):
    start_measuring(version, actor=owner)

    with pytest.raises(MeasuringError, match="is being measured already"):
        start_measuring(version, actor=owner)

    cancel_measuring(version, actor=owner)
    with pytest.raises(MeasuringError, match="is not being measured"):
        cancel_measuring(version, actor=owner)
    assert PerformanceReport.objects.get().status == "cancelled"


def test_a_damaged_model_fails_with_a_sentence(version, owner):
    files.delete(version.session.result.artifact)

    report = measured(version, owner)

    assert report.status == "failed"
    assert "The model's file cannot be read" in report.error_message


def test_other_versions_are_known_by_their_newest_report(version):
    other = ModelVersionFactory(model=version.model)
    PerformanceReportFactory(version=version)
    PerformanceReportFactory(version=other)
    PerformanceReportFactory(version=other)

    (sibling,) = siblings_of(version)

    assert (sibling.name, sibling.size_bytes) == (other.version, 5_000)


def test_what_another_machine_took_is_no_comparison(version):
    report = PerformanceReportFactory(version=ModelVersionFactory(model=version.model))
    assert len(siblings_of(version)) == 1

    report.figures["machine"]["processor"] = "another"
    report.save()

    assert siblings_of(version) == ()


def test_page_measures_shows_and_hands_out(client, owner, version):
    client.force_login(owner)

    empty = client.get(page_of(version))
    early = client.get(page_of(version, "performance_text"), follow=True)
    waiting = client.post(page_of(version), follow=True)
    twice = client.post(page_of(version), follow=True)
    run_inline(PerformanceReport.objects.get())
    page = client.get(page_of(version))
    text = client.get(page_of(version, "performance_text"))
    pdf = client.get(page_of(version, "performance_pdf"))

    assert "Not measured yet" in empty.text
    assert "was not measured yet" in early.text
    assert "every 1s" in waiting.text
    assert "is being measured already" in twice.text
    assert "every 1s" not in page.text
    assert "Measure again" in page.text
    name = f"{version.version}_performance_report"
    assert text["Content-Disposition"] == f'attachment; filename="{name}.txt"'
    assert f"Performance of flowers {version.version}" in text.text
    assert "At a time" in text.text
    assert pdf["Content-Disposition"] == f'attachment; filename="{name}.pdf"'
    assert pdf.content.startswith(b"%PDF")


def test_calls_measure_poll_and_download(owner, stranger, project, version):
    api = APIClient()
    api.force_authenticate(owner)
    address = (
        f"/api/projects/{project.key}/models/flowers/versions/{version.version}"
        "/performance/"
    )

    never = api.get(address)
    started = api.post(address)
    again = api.post(address)
    run_inline(PerformanceReport.objects.get())
    told = api.get(address).json()
    text = api.get(f"{address}?format=txt")

    assert (never.status_code, never.json()["errors"][0]["code"]) == (
        404,
        "not_measured",
    )
    assert (started.status_code, again.status_code) == (202, 409)
    assert started["Location"].endswith(address)
    assert (told["status"], told["version"]) == ("completed", version.version)
    assert told["figures"]["batches"][0]["size"] == 1
    assert text["Content-Type"].startswith("text/plain")
    assert "What to do" in text.content.decode()
    assert api.get(f"{address}?format=pdf").content.startswith(b"%PDF")
    api.force_authenticate(stranger)
    assert api.get(address).status_code == 404
