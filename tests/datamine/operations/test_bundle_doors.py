"""Bundles by page, API and administration: asked for, made by a worker, fetched."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from rest_framework.test import APIClient

from datamine.models import BundleExport, BundleImport
from datamine.operations.archives import reading_as
from datamine.operations.carried import BundleManifest
from datamine.operations.exporting import export_project
from datamine.work.children import run_inline
from experiments.models import Result
from projects.models import Activity, Project
from tests.factories.projects import MembershipFactory, UserFactory


@pytest.fixture
def bundle(in_service, project, owner, tmp_path):
    target = tmp_path / "project.tar"
    export_project(project, target, actor=owner)
    return target.read_bytes()


def sent(content: bytes, **said: str) -> dict[str, object]:
    return {"file": SimpleUploadedFile("project.tar", content), **said}


def kept(answer, folder: Path) -> BundleManifest:
    """Return what the bundle of an answer says of itself."""
    path = folder / "sent.tar"
    path.write_bytes(answer.getvalue())
    with reading_as(BundleManifest, path) as archive:
        return archive.manifest


def posted_to(api: APIClient, content: bytes, **said: str):
    said.setdefault("name", "")
    return api.post(reverse("api-bundles"), sent(content, **said), format="multipart")


def api_of(user) -> APIClient:
    api = APIClient()
    api.force_authenticate(user)
    return api


def test_owner_exports_by_page(in_service, client, project, owner, tmp_path):
    client.force_login(owner)
    address = reverse("bundle", args=[project.key])

    waiting = client.post(address, follow=True)
    early = client.get(reverse("bundle-file", args=[project.key]), follow=True)
    run_inline(BundleExport.objects.get())
    done = client.get(address)
    answer = client.get(reverse("bundle-file", args=[project.key]))

    assert "every 1s" in waiting.text
    assert "There is no bundle to download" in early.text
    assert "every 1s" not in done.text
    assert answer["Content-Disposition"] == f'attachment; filename="{project.key}.tar"'
    assert kept(answer, tmp_path).project["name"] == project.name
    assert Activity.objects.filter(project=project, action="exported").count() == 1


def test_project_with_a_lost_file_is_not_exported(in_service, client, project, owner):
    Result.objects.update(artifact="artifacts/0/gone.zip")
    client.force_login(owner)
    client.post(reverse("bundle", args=[project.key]))

    run_inline(BundleExport.objects.get())
    page = client.get(reverse("bundle", args=[project.key]))
    answer = client.get(reverse("api-bundle-file", args=[project.key]))

    assert "artifacts/0/gone.zip is gone" in page.text
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (
        409,
        "bundle_over",
    )


def test_export_and_import_are_cancelled(bundle, client, project, owner):
    client.force_login(owner)
    client.post(reverse("bundle", args=[project.key]))
    client.post(reverse("bundle-import"), sent(bundle))
    coming = BundleImport.objects.get()

    client.post(reverse("bundle-cancel", args=[project.key]))
    client.post(reverse("bundle-arriving-cancel", args=[coming.pk]))
    again = client.post(reverse("bundle-cancel", args=[project.key]), follow=True)
    run_inline(coming)

    assert "This is over already." in again.text
    assert BundleExport.objects.get().status == coming.status == "cancelled"
    assert Project.objects.count() == 1


def test_stranger_imports_by_page_what_is_trusted_by_staff(
    bundle, client, stranger, settings
):
    settings.ARTIFACT_KEY = "the key of another place " * 3
    client.force_login(stranger)

    waiting = client.post(
        reverse("bundle-import"), sent(bundle, name=" Mine "), follow=True
    )
    row = BundleImport.objects.get()
    run_inline(row)
    page = client.get(row.get_absolute_url())

    mine = Project.objects.get(name="Mine")
    assert waiting.redirect_chain == [(f"/bundles/{row.pk}/", 302)]
    assert "every 1s" in waiting.text
    assert "every 1s" not in page.text
    assert f'href="/projects/{mine.key}/"' in page.text
    assert "1 model is signed by another installation" in page.text
    assert mine.memberships.get().user == stranger

    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    results = Result.objects.filter(session__experiment__project=mine)
    client.post(
        reverse("admin:experiments_result_changelist"),
        {"action": "trust", "_selected_action": results.get().pk},
    )
    assert results.get().artifact_hmac != ""


def test_page_says_what_is_wrong_with_a_file(client, stranger):
    client.force_login(stranger)

    empty = client.post(reverse("bundle-import"))
    client.post(reverse("bundle-import"), sent(b"no bundle"))
    second = client.post(reverse("bundle-import"), sent(b"no bundle"))
    row = BundleImport.objects.get()
    run_inline(row)
    page = client.get(row.get_absolute_url())

    assert (empty.status_code, second.status_code) == (400, 409)
    assert "Choose a file to upload." in empty.text
    assert 'data-too-large="more than the ' in empty.text  # said by drop.js
    assert "A bundle of yours is being imported." in second.text
    assert "Nothing was imported: " in page.text
    assert "is no bundle, or damaged" in page.text


def test_program_takes_a_project_along(in_service, project, owner):
    api = api_of(owner)
    address = reverse("api-bundle", args=[project.key])

    asked = api.post(address)
    run_inline(BundleExport.objects.get())
    told = api.get(asked["Location"]).json()
    file = api.get(f"{address}file/").getvalue()
    posted = posted_to(api, file, name="Again")
    run_inline(BundleImport.objects.get())
    made = api.get(posted["Location"]).json()

    assert (asked.status_code, posted.status_code) == (202, 202)
    assert (told["status"], told["size"]) == ("completed", len(file))
    assert [made[name] for name in ("status", "key", "models", "untrusted")] == [
        "completed",
        "again",
        1,
        0,
    ]
    assert api.delete(posted["Location"]).status_code == 409


def test_retried_call_is_not_done_twice(bundle, owner, project):
    api = api_of(owner)
    address = reverse("api-bundle", args=[project.key])

    first = api.post(address, headers={"Idempotency-Key": "out"})
    again = api.post(address, headers={"Idempotency-Key": "out"})
    api.credentials(HTTP_IDEMPOTENCY_KEY="in")
    came = [posted_to(api, bundle).json()["id"] for _ in range(2)]

    assert first.json() == again.json()
    assert came[0] == came[1]
    assert BundleExport.objects.count() == BundleImport.objects.count() == 1


def test_program_is_told_what_is_wrong(stranger):
    api = api_of(stranger)

    posted = posted_to(api, b"no bundle")
    run_inline(BundleImport.objects.get())
    told = api.get(posted["Location"]).json()

    assert (told["status"], told["key"]) == ("failed", None)
    assert told["error_message"].startswith("Nothing was imported: ")


def test_nobody_else_sees_a_bundle(bundle, project, owner, stranger):
    editor = UserFactory()
    MembershipFactory(project=project, user=editor, role="editor")
    api = api_of(owner)
    api.post(reverse("api-bundle", args=[project.key]))
    own = posted_to(api, bundle)["Location"]
    run_inline(BundleExport.objects.get())

    file = reverse("api-bundle-file", args=[project.key])
    assert api.get(file).getvalue() != b""
    assert api.get(own).status_code == 200
    assert api_of(editor).get(file).status_code == 403
    assert api_of(stranger).get(file).status_code == 404
    assert api_of(stranger).get(own).status_code == 404
    assert api_of(stranger).delete(own).status_code == 404
