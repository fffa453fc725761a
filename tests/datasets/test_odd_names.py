"""Names nobody should give a column, through every page, chart, step and download."""

from __future__ import annotations

import csv
import io
import json
import re
from html.parser import HTMLParser

import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from datamine.work.children import run_inline
from datasets import services
from datasets.charts.catalogue import CHARTS
from datasets.exports.catalogue import FORMATS
from datasets.models import Upload
from datasets.monitor import SilentMonitor
from datasets.readers.importing import import_table
from datasets.readers.limits import Limits
from datasets.readers.sniff import sniff
from datasets.recipes import StepSpec
from datasets.urls import urlpatterns
from datasets.visualizations import draw_chart, save_visualization
from tests.factories.datasets import UploadFactory, imported_dataset

pytestmark = pytest.mark.django_db

#: Numbers stand below the first half of the names, words below the second.
NUMERIC = [
    "<img src=x onerror=canary(1)>",
    "\"quoted\" 'name' \\ back",
    "two\nlines",
    "=1+canary",
    "{{ 7|add:7 }}{% now 'Y' %}",
    "same",
]
WORDS = [
    "x" * 300,
    "🦉 owl \u202egnirts",
    "</script><script>canary(2)</script>",
    "../../etc/passwd?a=1&b=2#c",
    "a,b;c\td",
    "same",
]
NAMES = [*NUMERIC, *WORDS]
#: As they are stored: the second of a name is numbered.
STORED = [*NUMERIC, *WORDS[:-1], "same_2"]
STORED_WORDS = STORED[len(NUMERIC) :]
#: Pages that answer a GET and are about a dataset, found in the list of addresses.
NO_PAGE = {"progress", "put-back", "purge", "recipe", "recipe-delete"}
STEPS = [
    StepSpec(step="fill_missing", columns=tuple(NUMERIC)),
    StepSpec(step="scale", columns=tuple(NUMERIC[:3])),
    StepSpec(step="cast", columns=(STORED_WORDS[4],), parameters={"type": "text"}),
    StepSpec(step="encode", columns=tuple(STORED_WORDS[:2])),
    StepSpec(
        step="encode", columns=tuple(STORED_WORDS[2:4]), parameters={"method": "onehot"}
    ),
    StepSpec(
        step="filter_rows",
        parameters={"column": STORED_WORDS[4], "operator": "!=", "value": "none"},
    ),
    StepSpec(step="rename", parameters={"names": {NUMERIC[3]: f"{NUMERIC[0]} 2"}}),
    StepSpec(step="drop_columns", columns=(STORED_WORDS[5],)),
]


def table() -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(NAMES)
    for row in range(40):
        numbers = [row * (place + 1) % 7 + 0.5 for place in range(len(NUMERIC))]
        words = [f"{WORDS[2]}{row % 3}" for _ in WORDS]
        writer.writerow(["" if row == 5 else numbers[0], *numbers[1:], *words])
    return text.getvalue().encode()


class Elements(HTMLParser):
    """Collects what a page would run: scripts of its own, handlers, odd elements."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        names = [name for name, _ in attributes]
        if tag == "script" and "src" not in names and "type" not in names:
            self.found.append("<script>")
        self.found += [name for name in names if name.startswith("on")]
        self.found += [tag] * (("src", "x") in attributes)


@pytest.fixture
def dataset(project, owner):
    """The table after some steps: names of a file, and names that steps make."""
    made = imported_dataset(project, owner, table(), NUMERIC[0])
    assert list(made.active_version.schema.names) == STORED
    child = services.apply_steps(made.active_version, specs=STEPS, actor=owner)
    run_inline(child)
    child.refresh_from_db()
    assert child.error_message == ""
    made.refresh_from_db()
    return made


@pytest.fixture
def first(dataset):
    return dataset.versions.get(number=1)


def pages_of(dataset) -> list[str]:
    """Return every address about a dataset, for both versions where it has one."""
    found = []
    for route in urlpatterns:
        words = set(re.findall(r":(\w+)>", str(route.pattern)))
        if "datasets/" not in str(route.pattern) or route.name in NO_PAGE:
            continue
        if words == {"pk", "number"}:
            found += [
                reverse(f"datasets:{route.name}", args=[dataset.pk, number])
                for number in (1, 2)
            ]
        elif words == {"pk"} and "uuid" not in str(route.pattern):
            url = reverse(f"datasets:{route.name}", args=[dataset.pk])
            found += [url, f"{url}?version=1"]
        elif words == {"key"}:
            found.append(reverse(f"datasets:{route.name}", args=[dataset.project.key]))
    return found


def test_every_page_shows_them_as_text(client, owner, dataset, first):
    client.force_login(owner)
    upload = UploadFactory(project=dataset.project, content=table())
    save_visualization(
        dataset, name=NUMERIC[0], chart_type="histogram",
        chart_config={"column": f"{NUMERIC[0]} 2"}, is_shared=True, actor=owner,
    )  # fmt: skip
    numbers = [f"c{place}" for place in range(len(NUMERIC))]
    charts, outliers, prepare, compare = (
        reverse(f"datasets:{name}", args=[dataset.pk])
        for name in ("charts", "outliers", "prepare", "compare")
    )
    pages = pages_of(dataset)
    pages += [f"{charts}?version=1&chart={name}" for name in CHARTS]
    pages += [f"{charts}?version=1&chart=histogram&column={id}" for id in numbers]
    pages += [f"{outliers}?version=1&column={id}" for id in numbers]
    pages += [f"{prepare}?version=1&step=drop_columns&column={id}" for id in numbers]
    pages += [f"{compare}?a=1&b=2", reverse("datasets:review", args=[upload.pk])]

    wrong = []
    for url in pages:
        response = client.get(url)
        if response.status_code == 405 or response.streaming:
            continue
        elements = Elements(response.content.decode()).found
        is_html = response["Content-Type"].startswith("text/html")
        if response.status_code >= 400 or (is_html and elements):
            wrong.append((url, response.status_code, elements))

    assert len(pages) > 50
    assert wrong == []


def test_every_chart_draws_every_one_of_them(first):
    for name in NUMERIC:
        configs = {
            "histogram": {"column": name},
            "box": {"value": name},
            "scatter": {"x": name, "y": NUMERIC[1], "colour": name, "facets": "same_2"},
            "line": {"x": name, "measure": "mean", "value": name},
            "bar": {"column": name},
        }
        for chart, config in configs.items():
            drawn = draw_chart(first, chart, config)
            assert json.loads(json.dumps(drawn.spec))["description"]
    for name in STORED_WORDS:
        assert draw_chart(first, "bar", {"column": name}).words


@pytest.mark.parametrize("format", FORMATS)
def test_every_download_carries_them(client, owner, dataset, first, format, tmp_path):
    client.force_login(owner)
    url = reverse("datasets:download", args=[dataset.pk, 1])
    source, target = tmp_path / f"out.{format}", tmp_path / "read.parquet"

    response = client.get(url, {"format": format, "for": "programs"})
    source.write_bytes(b"".join(response))
    found = sniff(source, source.name)
    report = import_table(
        source, target, found.format, found.dialect, SilentMonitor(), Limits()
    )

    assert report.schema.names == first.schema.names
    assert "\n" not in response["Content-Disposition"]


def test_api_tells_them_and_finds_by_them(owner, dataset):
    api = APIClient()
    api.force_authenticate(owner)
    url = f"/api/datasets/{dataset.pk}/"

    rows = api.get(f"{url}rows/", {"version": 1}).json()["results"]
    profile = api.get(f"{url}profile/", {"version": 1}).json()["columns"]
    ordered = [
        api.get(f"{url}rows/", {"version": 1, "ordering": f"-{name}"}).json()["count"]
        for name in STORED
    ]
    outliers = [
        api.get(f"{url}outliers/", {"version": 1, "column": name}).json()["column"]
        for name in NUMERIC
    ]
    sent = {"project": dataset.project.key, "file": io.BytesIO(table())}
    made = api.post("/api/datasets/", sent, format="multipart")

    assert list(rows[0]) == [column["name"] for column in profile] == STORED
    assert ordered == [40] * len(STORED)
    assert outliers == NUMERIC
    assert made.status_code == 202
    assert not Upload.objects.exists()
