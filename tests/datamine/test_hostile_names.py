"""Names made to break paths, headers, letters and log lines; they stay names."""

from __future__ import annotations

import json
import logging
import logging.config
from contextlib import contextmanager
from email.message import Message

import pytest
from django.conf import settings
from django.test import override_settings
from django.urls import reverse

from datamine.logs import Context
from datasets.models import Dataset
from datasets.stored import UPLOADS
from projects import invitations
from projects.models import Letter, Project
from tests.factories.datasets import FLOWERS, imported_dataset
from tests.factories.projects import ProjectFactory

pytestmark = pytest.mark.django_db

FILE_NAMES = [
    "../../x.csv", "..%2f..%2fx.csv", "%252e%252e/x.csv", "/etc/passwd", "CON",
    "nul.csv", "C:\\x\\y.csv", "a\0b.csv", "x" * 4_000 + ".csv", "a\u202evsc.exe",
    "a;b#c.csv",
    "//proc/self/cwd/x.csv", "🙂.csv", ".", "..", 'x\\"; filename=evil.html',
    "é\u0301.csv", "-rf", "a b.csv", "~/.ssh/id",
]  # fmt: skip
#: What a name may bring along that ends a header or a line.
BREAKS = ["a\r\nSet-Cookie: b=c", "a\nX: y", "a\r", 'a"; filename="b.html', "a\x1b[31m"]


def form(filename: str, project: Project) -> bytes:
    """Return the body of a form whose file is called so, byte for byte."""
    quoted = filename.replace('"', '\\"').encode()
    return (
        b'--x\r\nContent-Disposition: form-data; name="project"\r\n\r\n'
        + project.key.encode()
        + b'\r\n--x\r\nContent-Disposition: form-data; name="file"; filename="'
        + quoted
        + b'"\r\nContent-Type: text/csv\r\n\r\n'
        + FLOWERS
        + b"\r\n--x--\r\n"
    )


@pytest.mark.parametrize("name", FILE_NAMES)
def test_file_name_is_a_label_and_no_path(client, owner, project, name):
    client.force_login(owner)
    kind = "multipart/form-data; boundary=x"

    told = client.generic("POST", "/api/datasets/", form(name, project), kind)
    page = client.generic(
        "POST",
        reverse("datasets:upload", args=[project.key]),
        form(name, project),
        kind,
    )

    assert told.status_code in {202, 400}
    assert page.status_code in {302, 400}
    for dataset in Dataset.objects.all():
        assert dataset.upload.startswith(f"{UPLOADS}/{project.pk}/")
        assert len(dataset.upload) == len(f"{UPLOADS}/{project.pk}/") + 36
        assert not set(dataset.filename) & set("/\\\0\r\n\u202e")
        assert 0 < len(dataset.filename) <= 255


@pytest.mark.parametrize("name", BREAKS)
def test_name_stays_inside_its_header(client, owner, project, name):
    dataset = imported_dataset(project, owner)
    Dataset.objects.update(name=name)
    client.force_login(owner)

    table = client.get(f"/api/datasets/{dataset.pk}/download/")
    steps = client.get(reverse("datasets:version-recipe", args=[dataset.pk, 1]))

    for answer in (table, steps):
        said = answer["Content-Disposition"]
        assert answer.status_code == 200
        assert not set(said) & set("\r\n\x1b")
        header = Message()
        header["Content-Disposition"] = said
        assert header.get_content_disposition() == "attachment"
        assert (header.get_filename() or "").endswith((".csv", ".json"))
        assert not {"Set-Cookie", "X"} & set(answer.headers)


def test_letter_holds_templates_as_text(project, owner):
    project.name = "{{7*7}} {% now 'Y' %} ${7*7} R&D"

    invitations.invite(
        project, name="Ann", role="viewer", actor=owner, email="a@example.org"
    )

    letter = Letter.objects.get()
    assert project.name in letter.body
    assert "49" not in letter.body + letter.subject


@pytest.mark.parametrize("style", ["line", "json"])
def test_address_with_line_breaks_is_one_line_of_the_log(client, owner, style):
    written: list[str] = []
    client.force_login(owner)

    with logged(style, written.append):
        client.get("/nothing%0d%0a2026-01-01 ERROR root: forged%1b[31m/")
        logging.getLogger("datamine.of-a-test").warning("%s", "a\r\nforged\x1b[31m")

    assert len(written) == 2
    for text in written:
        assert "forged" in text
        assert not set(text) & set("\r\x1b")
        assert not any(
            line.startswith(("2026-01-01", "forged")) for line in text.split("\n")
        )
    assert style == "line" or [json.loads(text)["message"] for text in written]


@contextmanager
def logged(style, write):
    """Write what is logged meanwhile, in a style of the settings."""
    formatters = logging.config.DictConfigurator(settings.LOGGING)
    handler = logging.Handler()
    handler.addFilter(Context())
    handler.setFormatter(
        formatters.configure_formatter(dict(settings.LOGGING["formatters"][style]))
    )
    handler.emit = lambda record: write(handler.format(record))
    loggers = [logging.getLogger(name) for name in ("django.request", "datamine")]
    for logger in loggers:
        logger.addHandler(handler)
    try:
        yield
    finally:
        for logger in loggers:
            logger.removeHandler(handler)


@pytest.mark.parametrize("order", [1, -1])
def test_doubled_field_has_one_meaning(client, owner, project, order):
    foreign = ProjectFactory()
    mine = imported_dataset(project, owner)
    keys = [project.key, foreign.key][::order]
    client.force_login(owner)
    before = set(Dataset.objects.values_list("pk", flat=True))

    listed = client.get("/api/datasets/", {"project": keys}).json()["results"]
    told = client.generic(
        "POST",
        "/api/experiments/compare/",
        json.dumps({"experiments": []})[:-1] + f', "experiments": [{mine.pk}]}}',
        "application/json",
    )
    sent = client.generic(
        "POST",
        "/api/datasets/",
        form("a.csv", Project(key=keys[0]))[: -len(b"--x--\r\n")]
        + form("b.csv", Project(key=keys[1])),
        "multipart/form-data; boundary=x",
    )

    assert {row["id"] for row in listed} <= {mine.pk}
    assert told.status_code < 500
    assert sent.status_code in {202, 404}
    made = Dataset.objects.exclude(pk__in=before)
    assert {dataset.project_id for dataset in made} <= {project.pk}
    assert (sent.status_code == 202) == made.exists()


@pytest.mark.parametrize(
    "path",
    [
        "/static../manage.py", "/static/../manage.py", "/static/..%2fmanage.py",
        "/static/%2e%2e/secret-key", "/static/....//manage.py", "/static//etc/passwd",
        "/static/..\\manage.py", "/static/css/../../../datamine/env.py",
        "/files/uploads/1", "/media/uploads/1", "/var/secret-key",
    ],
)  # fmt: skip
@override_settings(DEBUG=False)
def test_static_addresses_lead_to_no_other_file(client, owner, path):
    client.force_login(owner)

    answer = client.generic("GET", path)

    assert answer.status_code == 404
    assert b"DJANGO_SETTINGS_MODULE" not in answer.content


@pytest.mark.parametrize("path", ["/api/datasets/", "/projects/{key}/datasets/upload/"])
@pytest.mark.parametrize("part", ["file", "field"])
def test_form_of_ten_thousand_parts_is_refused(client, owner, project, path, part):
    client.force_login(owner)
    filename = '; filename="a.csv"' if part == "file" else ""
    one = f'--x\r\nContent-Disposition: form-data; name="a"{filename}\r\n\r\n1\r\n'
    body = (one * (10_001 if part == "file" else 20_001) + "--x--\r\n").encode()

    answer = client.generic(
        "POST", path.format(key=project.key), body, "multipart/form-data; boundary=x"
    )

    assert answer.status_code == 400
    assert not Dataset.objects.exists()
