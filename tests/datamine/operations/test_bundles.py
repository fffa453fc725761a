"""A project's bundle is the project, elsewhere; a hostile one is nothing."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import re
import tarfile

import pytest
from django.apps import apps
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from datamine.operations.archives import ArchiveError, reading_as
from datamine.operations.carried import CARRIED, LEFT_BEHIND, PROJECT, BundleManifest
from datamine.operations.exporting import export_project
from datamine.operations.importing import import_project
from datamine.operations.reconciling import compare
from datasets.models import Dataset, DatasetVersion
from experiments.models import Experiment, Result
from experiments.services import save_comparison
from projects.models import Activity, Project
from registry.exceptions import DamagedArtifactError
from registry.models import Activation, RegisteredModel
from registry.serving import loaded_models, predict_rows

FLOWER = {"petal": 1.4, "sepal": 5.1, "colour": "red"}
OTHER_KEY = "the key of another place " * 3


@pytest.fixture
def bundle(in_service, project, owner, tmp_path):
    """The project of a model in service, as a file."""
    loaded_models.models.clear()
    experiment = in_service.session.experiment
    save_comparison(project, name="both", query=f"ids={experiment.pk}", actor=owner)
    target = tmp_path / "project.tar"
    export_project(project, target, actor=owner)
    return target


@pytest.fixture
def abroad(settings, bundle):
    """The bundle, in a place that signs with another key."""
    settings.ARTIFACT_KEY = OTHER_KEY
    return bundle


def told(project, table):
    """Return what rows of a table say, without ids, moments and keys of files."""
    model = apps.get_model(table.label)
    skipped = {
        field.name
        for field in model._meta.local_concrete_fields
        if field.is_relation or field.primary_key
    }
    skipped |= {column.key for column in table.files}
    skipped |= {"updated_at", "resource_id", "query", *table.told({})}
    names = [f.name for f in model._meta.local_concrete_fields if f.name not in skipped]
    rows = table.rows(project.pk).order_by("pk")
    if table.label == "projects.activity":
        rows = rows.exclude(action__in=["exported", "imported"])
        rows = rows.exclude(action="created", resource_type="project")
    return list(rows.values(*names))


def test_imported_project_says_the_same(bundle, project, owner):
    found = import_project(bundle, actor=owner, name="A copy")

    copy = found.project
    assert [table.label for table in CARRIED if told(project, table)] != []
    for table in CARRIED:
        assert told(copy, table) == told(project, table), table.label
    assert not compare(with_digests=True).harmful
    assert (copy.name, copy.is_public, copy.key) == ("A copy", False, "a-copy")


def test_imported_rows_name_each_other(bundle, project, owner):
    copy = import_project(bundle, actor=owner).project

    dataset = Dataset.objects.get(project=copy)
    experiment = Experiment.objects.get(project=copy)
    model = RegisteredModel.objects.get(project=copy)
    assert dataset.active_version.dataset == dataset
    assert experiment.version.dataset == dataset
    assert experiment.latest_session.experiment == experiment
    assert model.active_version.session.experiment == experiment
    assert copy.saved_comparisons.get().query == f"ids={experiment.pk}"
    assert Activation.objects.get(model=model).version == model.active_version
    made = Activity.objects.get(project=copy, resource_type="experiment")
    assert made.resource_id == str(experiment.pk)


def test_copy_shares_no_file_with_the_original(bundle, project, owner):
    before = set(DatasetVersion.objects.values_list("data", flat=True))

    copy = import_project(bundle, actor=owner).project

    after = DatasetVersion.objects.filter(dataset__project=copy)
    assert not before & set(after.values_list("data", flat=True))


def test_people_are_named_only_where_it_is_asked_for(bundle, owner):
    nobody = import_project(bundle, actor=owner).project
    people = import_project(bundle, actor=owner, match_people=True).project

    assert Activation.objects.get(model__project=nobody).actor is None
    assert Activation.objects.get(model__project=people).actor == owner


def test_model_of_this_place_answers_at_once(bundle, owner, in_service):
    found = import_project(bundle, actor=owner)

    version = RegisteredModel.objects.get(project=found.project).active_version
    assert found.untrusted == 0
    answer, before = predict_rows(version, [FLOWER]), predict_rows(in_service, [FLOWER])
    assert answer.predictions == before.predictions


def test_model_of_another_place_is_not_opened(abroad, owner):
    found = import_project(abroad, actor=owner)

    version = RegisteredModel.objects.get(project=found.project).active_version
    assert found.untrusted == 1
    with pytest.raises(DamagedArtifactError, match="before an administrator trusts it"):
        predict_rows(version, [FLOWER])


def test_model_answers_once_it_is_trusted(abroad, owner):
    project = import_project(abroad, actor=owner).project
    version = RegisteredModel.objects.get(project=project).active_version

    call_command("trust_models", project.key)

    version = RegisteredModel.objects.get(project=project).active_version
    assert predict_rows(version, [FLOWER]).predictions[0]["prediction"] == "virginica"
    assert Activity.objects.filter(project=project, action="trusted").count() == 1


def test_damaged_model_is_never_trusted(abroad, owner):
    project = import_project(abroad, actor=owner).project
    result = Result.objects.get(session__experiment__project=project)
    with default_storage.open(result.artifact, "r+b") as file:
        file.write(b"other")

    with pytest.raises(CommandError, match="damaged"):
        call_command("trust_models", project.key)

    result.refresh_from_db()
    assert result.artifact_hmac == ""


def test_model_is_signed_anew_with_the_key_of_its_source(bundle, owner, settings):
    source, settings.ARTIFACT_KEY = settings.ARTIFACT_KEY, OTHER_KEY

    found = import_project(bundle, actor=owner, source_key=source)

    version = RegisteredModel.objects.get(project=found.project).active_version
    assert found.untrusted == 0
    assert predict_rows(version, [FLOWER]).predictions[0]["prediction"] == "virginica"


def test_command_says_what_came_and_what_waits(abroad, owner, capsys):
    call_command("import_project", str(abroad), owner=owner.username, name="Here")

    said = capsys.readouterr().out
    assert "“Here” is here, as here, with 1 models." in said
    assert "manage.py trust_models here" in said


def changed(bundle, *, rows=None, manifest=None, files=None):
    """Write a bundle as somebody would who can do anything but sign."""
    with tarfile.open(bundle) as archive:
        parts = {m.name: archive.extractfile(m).read() for m in archive}
    parts |= files or {}
    told = json.loads(parts["manifest.json"])
    if rows:
        text = rows(gzip.decompress(parts["rows.jsonl.gz"]).decode())
        parts["rows.jsonl.gz"] = gzip.compress(text.encode())
    told["rows_sha256"] = hashlib.sha256(parts["rows.jsonl.gz"]).hexdigest()
    if manifest:
        manifest(told)
    parts["manifest.json"] = json.dumps(told).encode()
    with tarfile.open(bundle, "w") as archive:
        for name, content in parts.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))


def with_key(told, old, new):
    told["files"] = {key.replace(old, new): sha for key, sha in told["files"].items()}


def with_a_shared_file(rows):
    """Let the version name the file that its dataset came from as its own."""
    key, digest = re.search(r'"(versions/\d+/(\w+)\.parquet)"', rows).groups()
    upload, own = re.search(r'"(uploads/[^"]+)", "csv", \d+, "(\w+)"', rows).groups()
    return rows.replace(key, upload).replace(digest, own)


def with_small_file(table):
    """Let the rows of a table say that their files have a byte."""

    def change(rows):
        size = {"datasets.dataset": "file_size", "datasets.datasetversion": "size"}
        lines, place = [], None
        for line in map(json.loads, rows.splitlines()):
            if isinstance(line, dict):
                names = line["fields"] if line["model"] == table else []
                place = names.index(size[table]) if names else None
            elif place is not None:
                line[place] = 1
            lines.append(json.dumps(line) + "\n")
        return "".join(lines)

    return change


HOSTILE = {
    "small upload": ({"rows": with_small_file("datasets.dataset")}, "another size"),
    "small version": (
        {"rows": with_small_file("datasets.datasetversion")},
        "another size",
    ),
    "file of another row": ({"rows": with_a_shared_file}, "names another row's file"),
    "path": (
        {"manifest": lambda t: with_key(t, "versions/", "../../versions/")},
        "holds no file",
    ),
    "other folder": (
        {"manifest": lambda t: with_key(t, "versions/", "secrets/")},
        "holds no file",
    ),
    "file that is not there": (
        {"manifest": lambda t: t["files"].update({"uploads/9/x": "0" * 64})},
        "holds no files/uploads/9/x",
    ),
    "other table": (
        {"rows": lambda r: r.replace("experiments.savedc", "projects.webhook")},
        "holds no 'projects.webhook",
    ),
    "other project": (
        {"manifest": lambda t: t["project"].update(id=99999)},
        "names projects.project",
    ),
    "work under way": (
        {"rows": lambda r: r.replace('"completed"', '"pending"')},
        "status is 'pending'",
    ),
    "impossible choice": (
        {"rows": lambda r: r.replace('"classification", "', '"sorcery", "')},
        "not a valid choice",
    ),
    "no number": ({"rows": lambda r: r.replace("0.8", "NaN")}, "cannot be read"),
    "no rows": ({"rows": lambda r: "[" * 100_000}, "cannot be read"),
    "columns that are none": (
        {"rows": lambda r: r.replace('{"id": "c0"', '{"idea": "c0"')},
        "cannot be read",
    ),
    "query for a column": (
        {"rows": lambda r: r.replace('{"id": "c0"', '{"id": "(SELECT 1)"')},
        "not column ids",
    ),
    "query for a column of a profile": (
        {
            "rows": lambda r: r.replace(
                '"columns": [{"id": "c0"', '"columns": [{"id": "(SELECT 1)"'
            )
        },
        "columns that its version has not",
    ),
    "same column twice": (
        {"rows": lambda r: r.replace('{"id": "c1"', '{"id": "c0"')},
        "not column ids",
    ),
    "version called as a path": (
        {"rows": lambda r: re.sub(r'"v\d{8}_\d{6}"', '"../../v"', r)},
        "name that is none",
    ),
    "fewer rows": (
        {"manifest": lambda t: t["rows"].update({"datasets.tag": 7})},
        "not as many",
    ),
    "other release": (
        {"manifest": lambda t: t["migrations"].update(datasets=["9999_later"])},
        "another release",
    ),
    "other format": ({"manifest": lambda t: t.update(format=1)}, "has format 1"),
    "no manifest": ({"manifest": lambda t: t.update(files=[1])}, "cannot be read"),
    "no name": ({"manifest": lambda t: t["project"].update(name="")}, "cannot be read"),
}


def test_hostile_bundle_leaves_nothing(bundle, owner, subtests):
    before, good = everything(), bundle.read_bytes()
    for name, (change, match) in HOSTILE.items():
        with subtests.test(name):
            bundle.write_bytes(good)
            changed(bundle, **change)

            with pytest.raises(ArchiveError, match=match):
                import_project(bundle, actor=owner)

            assert everything() == before


def everything():
    """Return the number of rows of all that is carried, and every stored file."""
    counts = {t.label: apps.get_model(t.label).objects.count() for t in CARRIED}
    folders = {"uploads", "versions", "artifacts", "batches"}
    found = {
        f"{folder}/{owner}/{name}"
        for folder in folders
        if default_storage.exists(folder)
        for owner in default_storage.listdir(folder)[0]
        for name in default_storage.listdir(f"{folder}/{owner}")[1]
    }
    return Project.objects.count(), counts, found


def test_model_that_was_exchanged_waits_for_trust(bundle, owner):
    with reading_as(BundleManifest, bundle) as archive:
        key = next(k for k in archive.manifest.files if k.endswith(".zip"))
        sha256 = archive.manifest.files[key]
    bad = hashlib.sha256(b"a pickle").hexdigest()
    changed(
        bundle,
        files={f"files/{key}": b"a pickle"},
        manifest=lambda t: t["files"].update({key: bad}),
        rows=lambda r: r.replace(sha256, bad),
    )

    found = import_project(bundle, actor=owner)

    assert found.untrusted == 1


def test_changed_bundle_is_refused_with_its_key(bundle, owner, settings):
    changed(bundle, rows=lambda r: r.replace("Flowers", "Weeds"))

    with pytest.raises(ArchiveError, match="not signed with the key"):
        import_project(bundle, actor=owner, source_key=settings.ARTIFACT_KEY)


def test_bomb_of_rows_is_not_unpacked(bundle, owner, monkeypatch):
    monkeypatch.setattr("datamine.operations.importing.LONGEST_ROW", 1000)
    changed(bundle, rows=lambda r: r + "0" * 10_000_000)

    with pytest.raises(ArchiveError, match="larger than any project's"):
        import_project(bundle, actor=owner)


def test_rows_are_read_before_others_have_to_wait(bundle, owner):
    changed(bundle, rows=lambda r: r + "no row")

    with (
        CaptureQueriesContext(connection) as asked,
        pytest.raises(ArchiveError, match="cannot be read"),
    ):
        import_project(bundle, actor=owner)

    assert not [q for q in asked.captured_queries if q["sql"].startswith("INSERT")]


def test_file_with_holes_is_none(bundle, owner):
    with tarfile.open(bundle, "a") as archive:
        hole = tarfile.TarInfo("manifest.json")
        hole.type = tarfile.GNUTYPE_SPARSE
        archive.addfile(hole)

    assert import_project(bundle, actor=owner).models == 1


def test_every_table_of_a_project_goes_along_or_stays():
    known = {table.label for table in CARRIED} | LEFT_BEHIND | {PROJECT}
    of_projects = {PROJECT}
    while found := {
        model._meta.label_lower
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.local_concrete_fields
        if field.is_relation
        and field.related_model._meta.label_lower in of_projects
        and model._meta.label_lower not in of_projects
    }:
        of_projects |= found

    assert of_projects == known
