"""What the services of datasets write, refuse and leave behind."""

from __future__ import annotations

import pytest
from django.core.files.storage import default_storage

from datamine.work.children import run_inline
from datasets import services
from datasets.exceptions import (
    BeingImportedError,
    NameTakenError,
    NoFileError,
    NothingToCancelError,
    NotReadyError,
    StepRefusedError,
    UnreadableFileError,
)
from datasets.models import Dataset, Upload
from datasets.readers.dialect import Dialect
from datasets.recipes import StepSpec
from projects.models import Activity
from tests.factories.datasets import (
    FLOWERS,
    DatasetFactory,
    DatasetVersionFactory,
    UploadFactory,
    imported_dataset,
    sent,
)

FILL = StepSpec(
    step="fill_missing", columns=("petal", "sepal"), parameters={"strategy": "mean"}
)


@pytest.fixture
def dataset(project, owner):
    return imported_dataset(project, owner)


def test_receive_upload_keeps_bytes_under_a_key_of_ours(project, owner):
    upload = services.receive_upload(
        project, sent(FLOWERS, "../../flo\u202ewers.csv"), actor=owner
    )

    assert upload.filename == "flowers.csv"
    assert upload.key.startswith(f"uploads/{project.pk}/")
    assert "flowers" not in upload.key
    with default_storage.open(upload.key) as kept:
        assert kept.read() == FLOWERS
    assert upload.size == len(FLOWERS)


def test_receive_upload_refuses_an_empty_file(project, owner):
    with pytest.raises(NoFileError, match="The file is empty"):
        services.receive_upload(project, sent(b""), actor=owner)

    assert not Upload.objects.exists()


def test_sniff_file_tells_what_it_is(project):
    upload = UploadFactory(project=project)

    found = services.sniff_file(upload.key, upload.filename)

    assert found.dialect.delimiter == ","
    assert [name for name, _ in found.columns] == ["petal", "sepal", "species"]
    assert found.rows[2] == [None, "6.3", "virginica"]


def test_sniff_file_obeys_a_given_dialect(project):
    upload = UploadFactory(project=project, content=b"a;b\n1;2,5\n3;4,5\n")
    dialect = Dialect(delimiter=";", decimal=",", header=False)

    found = services.sniff_file(upload.key, upload.filename, dialect=dialect)

    assert found.rows[0] == ["a", "b"]


def test_sniff_file_refuses_what_is_no_table(project):
    upload = UploadFactory(project=project, content=b"\x89PNG\r\n\x1a\n" + b"\0" * 50)

    with pytest.raises(UnreadableFileError, match="This is an image"):
        services.sniff_file(upload.key, "table.csv")


def test_import_makes_the_first_version_active(dataset):
    version = dataset.active_version

    assert version.status == "ready"
    assert (version.number, version.rows_count, version.columns_count) == (1, 6, 3)
    assert [c["missing"] for c in version.columns] == [1, 1, 0]
    assert version.data == f"versions/{dataset.pk}/{version.sha256}.parquet"
    assert default_storage.size(version.data) == version.size
    assert version.profile["rows"] == 6
    assert version.memory_usage > 0
    assert not Upload.objects.exists()
    assert Activity.objects.get().action == "uploaded"


def test_import_upload_refuses_a_name_that_is_taken(project, owner):
    DatasetFactory(project=project, name="Flowers")
    upload = UploadFactory(project=project)

    with pytest.raises(NameTakenError, match="has a dataset “Flowers” already"):
        services.import_upload(
            upload, name="Flowers", file_format="csv", dialect=Dialect(), actor=owner
        )

    assert Upload.objects.get() == upload
    assert Dataset.objects.count() == 1


def test_import_with_bad_records_fails_with_their_lines(project, owner):
    dataset = imported_dataset(project, owner, b"a,b\n1,2\n3\n4,5\n6,7,8\n")
    version = dataset.versions.get()

    assert version.status == "failed"
    assert [p["line"] for p in version.problems] == [3, 5]
    assert "3" in version.error_message
    assert dataset.active_version is None
    assert version.data == ""


def test_import_again_can_leave_bad_records_out(project, owner):
    dataset = imported_dataset(project, owner, b"a,b\n1,2\n3\n4,5\n")

    version = services.import_again(
        dataset, dialect=Dialect(bad_records="drop"), actor=owner
    )
    run_inline(version)

    assert (version.number, version.parent, version.rows_count) == (2, None, 2)
    assert version.notices[0] == "1 bad record was left out, in line 3."
    assert [p["line"] for p in version.problems] == [3]


def test_import_again_waits_for_the_one_before(project, owner):
    dataset = DatasetFactory(project=project)
    services.import_again(dataset, dialect=Dialect(), actor=owner)

    with pytest.raises(BeingImportedError, match="is being read right now"):
        services.import_again(dataset, dialect=Dialect(), actor=owner)

    assert dataset.versions.count() == 1


def test_import_notices_that_stored_bytes_were_changed(project, owner):
    upload = UploadFactory(project=project, sha256="0" * 64)
    dataset = services.import_upload(
        upload, file_format="csv", dialect=Dialect(), actor=owner
    )

    version = dataset.versions.get()
    run_inline(version)

    assert version.status == "failed"
    assert version.error_message.startswith("The stored data are damaged")


def test_apply_steps_makes_a_child_with_what_was_learned(dataset, owner):
    version = services.apply_steps(dataset.active_version, specs=[FILL], actor=owner)
    run_inline(version)
    dataset.refresh_from_db()

    assert dataset.active_version == version
    assert version.parent.number == 1
    assert (version.rows_changed, version.cells_changed) == (2, 2)
    assert [c["missing"] for c in version.columns] == [0, 0, 0]
    assert version.steps[0]["state"]["petal"] == pytest.approx(17.9 / 5)


def test_several_steps_make_one_version(dataset, owner):
    scale = StepSpec(step="scale", columns=("petal",), parameters={"method": "minmax"})

    version = services.apply_steps(
        dataset.active_version, specs=[FILL, scale], actor=owner
    )
    run_inline(version)

    assert [step["step"] for step in version.steps] == ["fill_missing", "scale"]
    assert version.profile["columns"][0]["maximum"] == 1


def test_apply_steps_refuses_what_does_not_fit(dataset, owner):
    wrong = StepSpec(step="scale", columns=("species",))

    with pytest.raises(StepRefusedError, match="species") as refusal:
        services.apply_steps(dataset.active_version, specs=[wrong], actor=owner)

    assert refusal.value.attr == "steps.0.columns"
    assert dataset.versions.count() == 1


def test_apply_steps_needs_data(owner):
    version = DatasetVersionFactory(status="failed", data="")

    with pytest.raises(NotReadyError, match="is failed and has no data"):
        services.apply_steps(version, specs=[FILL], actor=owner)


def test_a_step_that_finds_nothing_to_learn_fails_with_a_sentence(project, owner):
    dataset = imported_dataset(project, owner, b"a,b\n1,\n2,\n", types={"b": "number"})
    spec = StepSpec(step="fill_missing", columns=("b",))

    version = services.apply_steps(dataset.active_version, specs=[spec], actor=owner)
    run_inline(version)
    dataset.refresh_from_db()

    assert version.status == "failed"
    assert "has no values at all" in version.error_message
    assert dataset.active_version.number == 1


def test_try_on_sample_counts_and_makes_nothing(dataset):
    trial = services.try_on_sample(dataset.active_version, [FILL])

    assert trial.changes.cells == {"petal": 1, "sepal": 1}
    assert (trial.sample_rows, trial.changes.rows_changed) == (6, 2)
    assert trial.examples[2][1:] == (
        [None, 6.3],
        [pytest.approx(17.9 / 5), 6.3],
    )
    assert dataset.versions.count() == 1


def test_restore_moves_the_pointer_and_keeps_all(dataset, owner):
    first = dataset.active_version
    child = services.apply_steps(first, specs=[FILL], actor=owner)
    run_inline(child)

    services.restore_version(first, actor=owner)

    dataset.refresh_from_db()
    assert dataset.active_version == first
    assert dataset.versions.count() == 2


def test_restore_refuses_a_version_without_data(owner):
    version = DatasetVersionFactory(status="cancelled", data="")

    with pytest.raises(NotReadyError, match="Choose one that is ready"):
        services.restore_version(version, actor=owner)


def test_cancel_ends_a_waiting_version(project, owner):
    version = DatasetVersionFactory(status="pending", data="", dataset__project=project)

    services.cancel_version(version, actor=owner)

    version.refresh_from_db()
    assert version.status == "cancelled"


def test_cancel_refuses_what_has_ended(owner):
    version = DatasetVersionFactory()

    with pytest.raises(NothingToCancelError, match="nothing left to cancel"):
        services.cancel_version(version, actor=owner)


def test_update_dataset_refuses_a_name_that_is_taken(project, owner):
    DatasetFactory(project=project, name="Flowers")
    other = DatasetFactory(project=project, name="Other")

    with pytest.raises(NameTakenError, match="“Flowers” already"):
        services.update_dataset(other, name="Flowers", description="", actor=owner)

    other.refresh_from_db()
    assert other.name == "Other"


def test_equal_bytes_are_stored_once_and_go_one_by_one(project, owner):
    first = imported_dataset(project, owner)
    second = imported_dataset(project, owner)

    assert first.sha256 == second.sha256
    assert first.active_version.sha256 == second.active_version.sha256
    assert second.name == "flowers (2)"
    assert first.upload != second.upload
