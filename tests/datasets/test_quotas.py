"""What a project uses of the disk, what it may, and what is said at the limit."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from rest_framework.test import APIClient

from datamine.work.children import run_inline
from datasets import quotas, services, trash
from datasets.exceptions import QuotaError
from datasets.models import Dataset, DatasetVersion, Quota, SiteLimits, Upload
from datasets.recipes import StepSpec
from datasets.stored import listed
from projects.models import Activity
from tests.factories.datasets import (
    FLOWERS,
    DatasetFactory,
    DatasetVersionFactory,
    UploadFactory,
    imported_dataset,
    sent,
)
from tests.factories.projects import MembershipFactory, ProjectFactory, UserFactory

pytestmark = pytest.mark.django_db

MEGABYTE = 1024**2
HOSTILE = "<img src=x onerror=alert(1)>"
FILL = StepSpec(
    step="fill_missing", columns=("petal",), parameters={"strategy": "mean"}
)


@pytest.fixture
def limited(project, owner):
    """Return a function that gives the project limits of its own."""

    def limited(max_bytes=None, max_datasets=None):
        return quotas.set_quota(
            project, max_bytes=max_bytes, max_datasets=max_datasets, actor=owner
        )

    return limited


@pytest.fixture
def boss(client):
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    return client


def version_of(dataset, number, size, data):
    return DatasetVersionFactory(dataset=dataset, number=number, size=size, data=data)


def test_equal_tables_count_once_and_the_trash_counts(project, owner):
    dataset = DatasetFactory(project=project, file_size=100)
    for number, (size, data) in enumerate([(30, "a"), (50, "b"), (30, "a")], 1):
        version_of(dataset, number, size, data)
    other = DatasetFactory(project=project, file_size=7)
    trash.trash_dataset(other, actor=owner)
    UploadFactory(project=project)
    version_of(DatasetFactory(file_size=1_000), 1, 1_000, "a")

    room = quotas.room_of(project)
    (row,) = Dataset.objects.filter(project=project).with_disk_use()

    assert row.disk_use == 180
    assert room == quotas.Room(
        used=180 + 7 + len(FLOWERS), trash=7, datasets=1, most=0, most_datasets=0
    )


def test_upload_beyond_the_limit_is_refused_and_leaves_nothing(project, owner, limited):
    limited(max_bytes=len(FLOWERS) - 1)
    before = listed(f"uploads/{project.pk}")

    with pytest.raises(QuotaError, match="of the disk and uses 0 MB"):
        services.receive_upload(project, sent(FLOWERS), actor=owner)

    assert not Upload.objects.exists()
    assert listed(f"uploads/{project.pk}")[1] == before[1]


def test_steps_end_with_the_sentence_where_their_table_does_not_fit(
    project, owner, limited
):
    dataset = imported_dataset(project, owner)
    limited(max_bytes=quotas.room_of(project).used + 1)

    child = services.apply_steps(dataset.active_version, specs=[FILL], actor=owner)
    run_inline(child)
    limited(max_bytes=1)
    with pytest.raises(QuotaError, match="Delete datasets for good"):
        services.apply_steps(dataset.active_version, specs=[FILL], actor=owner)

    child.refresh_from_db()
    assert child.status == "failed"
    assert "more do not fit" in child.error_message
    assert DatasetVersion.objects.count() == 2


def test_datasets_are_counted_without_the_trash(project, owner, limited):
    dataset = imported_dataset(project, owner)
    limited(max_datasets=1)

    with pytest.raises(QuotaError, match="may have 1 dataset and has no place left"):
        imported_dataset(project, owner)
    trashed = trash.trash_dataset(dataset, actor=owner)
    imported_dataset(project, owner)
    with pytest.raises(QuotaError, match="no place left"):
        trash.put_back(trashed, actor=owner)

    assert Dataset.objects.count() == 1


def test_own_limits_count_before_the_sites(project, limited, settings):
    settings.LIMITS = replace(settings.LIMITS, project_bytes=10, project_datasets=3)

    site = quotas.limits_of(project)
    limited(max_bytes=0)
    own = quotas.limits_of(project)

    assert (site, own) == ((10, 3), (0, 3))


def test_pages_and_api_say_what_is_used_and_refused(client, project, owner, limited):
    client.force_login(owner)
    api = APIClient()
    api.force_authenticate(owner)
    dataset = imported_dataset(project, owner)
    upload = UploadFactory(project=project, filename="more.csv")
    limited(max_bytes=5_000_000, max_datasets=1)

    page = client.get(reverse("datasets:list", args=[project.key])).text
    home = client.get(project.get_absolute_url()).text
    shown = client.get(dataset.get_absolute_url()).text
    review = client.post(
        reverse("datasets:review", args=[upload.pk]),
        {
            "do": "import", "name": "More", "encoding": "utf-8", "delimiter": ",",
            "decimal": ".", "bad_records": "stop", "header": "on",
        },
    )  # fmt: skip
    refused = api.post(
        "/api/datasets/",
        {"project": project.key, "file": SimpleUploadedFile("flowers.csv", FLOWERS)},
        format="multipart",
    )
    told = api.get(f"/api/datasets/{dataset.pk}/").json()

    assert "it may use 5.0\u202fMB. 1 of at most 1 dataset." in page
    assert "it may use 5.0\u202fMB. 1 of at most 1 dataset." in home
    assert "File and all versions" in shown
    assert "has no place left" in review.text
    assert refused.status_code == 409
    assert refused.json()["errors"][0]["code"] == "quota"
    assert told["disk_use"] == dataset.file_size + dataset.active_version.size


def test_operators_give_and_take_limits(boss, project):
    add = reverse("admin:datasets_quota_add")
    DatasetFactory(project=project, file_size=77)

    boss.post(add, {"project": project.pk, "max_bytes": 5, "max_datasets": ""})
    quota = Quota.objects.get()
    page = boss.get(reverse("admin:datasets_quota_changelist"), {"q": project.name})
    change = reverse("admin:datasets_quota_change", args=[quota.pk])
    boss.post(change, {"max_bytes": 6, "max_datasets": 2})
    quota.refresh_from_db()
    delete = reverse("admin:datasets_quota_delete", args=[quota.pk])
    boss.post(delete, {"post": "yes"})

    assert "77" in page.text
    assert (quota.max_bytes, quota.max_datasets) == (6, 2)
    assert not Quota.objects.exists()
    deeds = Activity.objects.filter(resource_type="quota").order_by("pk")
    assert [deed.action for deed in deeds] == ["changed", "changed", "removed"]


def test_staff_change_no_limits_of_others(client, project, limited):
    staff = UserFactory(is_staff=True)
    staff.user_permissions.set(Permission.objects.all())
    MembershipFactory(project=project, user=staff, role="editor")
    hidden = ProjectFactory(name="Hidden")
    quota = limited(max_bytes=5)
    client.force_login(staff)

    page = client.get(reverse("admin:datasets_quota_changelist"))
    change = reverse("admin:datasets_quota_change", args=[quota.pk])
    answer = client.post(change, {"max_bytes": 9, "max_datasets": ""})
    client.post(
        reverse("admin:datasets_quota_add"), {"project": hidden.pk, "max_bytes": 9}
    )

    quota.refresh_from_db()
    assert page.context["cl"].result_count == 1
    assert answer.status_code == 403
    assert quota.max_bytes == 5
    assert Quota.objects.count() == 1


def test_quotas_take_as_many_queries_for_three_as_for_one(
    boss, owner, django_assert_max_num_queries
):
    counts = []
    for names in (["A"], [HOSTILE, "B"]):
        for name in names:
            quotas.set_quota(
                ProjectFactory(name=name), max_bytes=1, max_datasets=None, actor=owner
            )
        boss.get(reverse("admin:datasets_quota_changelist"))
        with django_assert_max_num_queries(30) as asked:
            page = boss.get(reverse("admin:datasets_quota_changelist")).text
        counts.append(len(asked))

    assert counts[0] == counts[1]
    assert HOSTILE not in page
    assert HOSTILE not in boss.get(reverse("admin:index")).text


def test_first_page_of_the_administration_names_the_largest(boss, project):
    DatasetFactory(project=project, file_size=1_500_000)

    page = boss.get(reverse("admin:index"))

    assert page.context["disk"]["rows"] == [[project.name, "1.5\u202fMB"]]


def test_staff_limit_the_whole_site(boss, project, owner, settings):
    settings.LIMITS = replace(
        settings.LIMITS, upload_bytes=9 * MEGABYTE, project_datasets=3
    )
    add = reverse("admin:datasets_sitelimits_add")
    said = {"upload_mb": 50, "project_mb": 7, "project_datasets": "", "trash_days": 2}

    refused = boss.post(add, said | {"upload_mb": 0, "trash_days": 10**9})
    boss.post(add, said)
    second = boss.get(add)

    limits = SiteLimits.objects.current()
    assert refused.context["adminform"].errors.keys() == {"upload_mb", "trash_days"}
    assert (limits.upload_bytes, limits.trash_days) == (9 * MEGABYTE, 2)
    assert quotas.limits_of(project) == (7 * MEGABYTE, 3)
    assert trash.retention().days == 2
    assert second.status_code == 403


def test_a_file_larger_than_staff_allow_is_refused(client, owner, project):
    SiteLimits.objects.create(upload_mb=1)
    client.force_login(owner)
    address = reverse("datasets:upload", args=[project.key])
    table = b"a\n" + b"1\n" * MEGABYTE

    page = client.post(address, {"file": SimpleUploadedFile("rows.csv", table)})

    assert "The file is larger than 1 MB" in page.text
    assert not Upload.objects.exists()
