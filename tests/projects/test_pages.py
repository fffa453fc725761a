import re

import pytest
from django.urls import reverse

from projects import services
from projects.choices import ProjectStatus, Role
from projects.models import Project
from tests.factories.projects import (
    ActivityFactory,
    MembershipFactory,
    ProjectFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

NASTY = "<img src=x onerror=alert(1)>\"'{{7*7}}"


def text(response):
    """Return what a reader sees of a page, in one line."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


@pytest.fixture
def at_work(client, owner):
    client.force_login(owner)
    return client


def test_list_shows_visible_projects_only(client, project, stranger, owner):
    client.force_login(owner)
    own = text(client.get(reverse("projects:list")))
    client.force_login(stranger)
    other = text(client.get(reverse("projects:list")))

    assert project.name in own
    assert project.name not in other
    assert "No projects yet" in other


def test_list_searches_every_word(at_work, owner):
    ProjectFactory(owner=owner, name="Kepler stars")
    ProjectFactory(owner=owner, name="Kepler moons")

    page = text(at_work.get(reverse("projects:list"), {"search": "stars kepler"}))

    assert "Kepler stars" in page
    assert "Kepler moons" not in page


@pytest.mark.parametrize(
    ("status", "shown"),
    [("", ["Now"]), ("archived", ["Then"]), ("all", ["Now", "Then"])],
)
def test_list_filters_by_status(at_work, owner, status, shown):
    ProjectFactory(owner=owner, name="Now")
    ProjectFactory(owner=owner, name="Then", status=ProjectStatus.ARCHIVED)

    page = at_work.get(reverse("projects:list"), {"status": status}).context["page"]

    assert [project.name for project in page] == shown


def test_list_says_that_nothing_was_found(at_work, project):
    page = text(at_work.get(reverse("projects:list"), {"search": "zzz"}))

    assert "Nothing found" in page
    assert project.name not in page


def test_list_with_a_wrong_filter_finds_nothing(at_work, project):
    response = at_work.get(reverse("projects:list"), {"status": "no-such"})

    assert response.status_code == 200
    assert project.name not in text(response)


def test_list_pages_and_keeps_the_search(at_work, owner):
    ProjectFactory.create_batch(30, owner=owner)

    page = at_work.get(reverse("projects:list"), {"search": "project", "page": 2})

    assert "26–30 of 30" in text(page)
    assert "?search=project&amp;status=&amp;page=1" in page.content.decode()


def test_list_answers_htmx_with_the_part(at_work, project):
    response = at_work.get(reverse("projects:list"), headers={"HX-Request": "true"})

    assert "<html" not in response.content.decode()
    assert project.name in text(response)
    assert "HX-Request" in response["Vary"]


@pytest.mark.parametrize("count", [1, 3])
def test_list_needs_the_same_queries_for_any_count(
    at_work, owner, count, django_assert_num_queries
):
    ProjectFactory.create_batch(count, owner=owner)

    with django_assert_num_queries(5):
        at_work.get(reverse("projects:list"))


def test_create_makes_a_project_and_opens_it(at_work, owner):
    response = at_work.post(
        reverse("projects:create"), {"name": "Stars", "is_public": "on"}, follow=True
    )

    assert response.redirect_chain == [("/projects/stars/", 302)]
    assert "Stars is ready" in text(response)
    assert Project.objects.get().is_public is True


def test_create_without_a_name_says_so(at_work):
    response = at_work.post(reverse("projects:create"), {"name": ""})

    assert "This field is required." in text(response)
    assert Project.objects.count() == 0


def test_detail_escapes_what_people_wrote(at_work, owner):
    project = ProjectFactory(owner=owner, name=NASTY, description=NASTY)

    page = at_work.get(project.get_absolute_url()).content.decode()

    assert "<img src=x" not in page
    assert "&lt;img src=x onerror=alert(1)&gt;" in page
    assert "{{7*7}}" in page


@pytest.mark.parametrize("count", [1, 3])
def test_detail_needs_the_same_queries_for_any_count(
    at_work, project, count, django_assert_num_queries
):
    for _ in range(count):
        ActivityFactory(project=project)
        MembershipFactory(project=project)

    with django_assert_num_queries(17):
        at_work.get(project.get_absolute_url())


def test_detail_of_a_public_project_offers_strangers_no_change(client, stranger):
    project = ProjectFactory(is_public=True)
    client.force_login(stranger)

    page = text(client.get(project.get_absolute_url()))

    assert project.name in page
    assert "Upload a table" not in page
    assert "Settings" not in page


def test_settings_saves_and_records(at_work, project):
    at_work.post(
        reverse("projects:settings", args=[project.key]),
        {"name": "Renamed", "description": "New."},
    )

    project.refresh_from_db()
    assert (project.name, project.description) == ("Renamed", "New.")
    assert project.activities.get().details["fields"] == ["description", "name"]


def test_settings_takes_no_other_field(at_work, project):
    at_work.post(
        reverse("projects:settings", args=[project.key]),
        {"name": "Renamed", "key": "stolen", "status": "archived", "id": 99},
    )

    stored = Project.objects.get()
    assert (stored.pk, stored.key, stored.status) == (project.pk, project.key, "active")


@pytest.mark.parametrize("door", ["settings", "delete"])
def test_managing_is_for_owners(client, project, member, stranger, door):
    url = reverse(f"projects:{door}", args=[project.key])

    client.force_login(member)
    refused = client.get(url)
    client.force_login(stranger)
    hidden = client.get(url)

    assert refused.status_code == 403
    assert "You may not manage this project." in text(refused)
    assert hidden.status_code == 404
    assert project.name not in text(hidden)


def test_archive_closes_and_opens_again(at_work, project):
    url = reverse("projects:archive", args=[project.key])

    at_work.post(url)
    closed = Project.objects.get().status
    at_work.post(url)

    assert closed == ProjectStatus.ARCHIVED
    assert Project.objects.get().status == ProjectStatus.ACTIVE


def test_archive_and_roles_are_told_as_their_reader_speaks(
    at_work, owner, project, member
):
    owner.language = "fr"
    owner.save()
    membership = project.memberships.get(user=member)

    role = at_work.post(
        reverse("projects:member-role", args=[project.key, membership.pk]),
        {"role": "viewer"},
        follow=True,
    )
    twice = at_work.post(
        reverse("projects:member-add", args=[project.key]),
        {"identifier": "member", "role": "editor"},
    )
    archived = at_work.post(
        reverse("projects:archive", args=[project.key]), follow=True
    )

    assert "lecteur" in text(role)
    assert "lecteur" in text(twice)
    assert f"{project} est archivé" in text(archived)


def test_delete_names_what_is_lost(at_work, project, member):
    page = text(at_work.get(reverse("projects:delete", args=[project.key])))

    assert "2 memberships" in page


def test_delete_wants_the_name_typed(at_work, project):
    url = reverse("projects:delete", args=[project.key])

    wrong = at_work.post(url, {"name": "something"})
    still_there = Project.objects.count()
    at_work.post(url, {"name": project.name})

    assert f"This is not the name: {project.name}." in text(wrong)
    assert still_there == 1
    assert Project.objects.count() == 0


def test_activity_is_paged_newest_first(at_work, project):
    for number in range(30):
        ActivityFactory(project=project, action=f"deed-{number}")

    url = reverse("projects:activity", args=[project.key])
    first, second = text(at_work.get(url)), text(at_work.get(url, {"page": 2}))

    assert "deed-29" in first
    assert "deed-4 " not in first
    assert "deed-4 " in second


def test_description_does_not_run_into_what_is_used(at_work, project):
    Project.objects.filter(pk=project.pk).update(description="Iris flowers")

    page = at_work.get(project.get_absolute_url()).content.decode()

    assert "<p>Iris flowers</p>" in page


@pytest.mark.parametrize("page", ["projects:activity", "projects:detail"])
def test_who_left_is_named_when_the_account_is_gone(at_work, project, page):
    ann = UserFactory(full_name="Ann Gone")
    MembershipFactory(project=project, user=ann)
    services.close_account(ann)
    services.delete_account(ann)
    ActivityFactory(project=project, user=None, action="trashed")

    told = text(at_work.get(reverse(page, args=[project.key])))

    assert "Ann Gone left" in told
    assert "Somebody trashed" in told  # where nothing says who


def test_members_can_be_added_by_owners(at_work, project, stranger):
    at_work.post(
        reverse("projects:member-add", args=[project.key]),
        {"identifier": "stranger", "role": "editor"},
    )

    assert project.memberships.get(user=stranger).role == Role.EDITOR


def test_members_unknown_are_refused_beside_the_field(at_work, project):
    response = at_work.post(
        reverse("projects:member-add", args=[project.key]),
        {"identifier": "nobody", "role": "editor"},
    )

    assert response.status_code == 400
    assert "No active account has exactly this user name" in text(response)


def test_members_pages_never_show_addresses(client, project, member, owner):
    client.force_login(member)

    page = client.get(reverse("projects:members", args=[project.key]))

    assert owner.username in text(page)
    assert owner.email not in page.content.decode()


def test_member_cannot_promote_themself(client, project, member):
    membership = project.memberships.get(user=member)
    client.force_login(member)

    response = client.post(
        reverse("projects:member-role", args=[project.key, membership.pk]),
        {"role": "owner"},
    )

    assert response.status_code == 403
    assert project.memberships.get(user=member).role == Role.EDITOR


def test_member_of_another_project_cannot_be_reached(at_work, project):
    foreign = MembershipFactory()

    response = at_work.post(
        reverse("projects:member-remove", args=[project.key, foreign.pk])
    )

    assert response.status_code == 404
    assert foreign.project.memberships.count() == 1


def test_member_may_leave(client, project, member):
    membership = project.memberships.get(user=member)
    client.force_login(member)

    response = client.post(
        reverse("projects:member-remove", args=[project.key, membership.pk]),
        follow=True,
    )

    assert response.redirect_chain == [("/projects/", 302)]
    assert f"You are no longer a member of {project}." in text(response)
    assert not project.memberships.filter(user=member).exists()


@pytest.mark.parametrize("door", ["member-role", "member-remove"])
def test_last_owner_stays(at_work, project, owner, door):
    membership = project.memberships.get(user=owner)

    response = at_work.post(
        reverse(f"projects:{door}", args=[project.key, membership.pk]),
        {"role": "viewer"},
        follow=True,
    )

    assert "A project needs an owner" in text(response)
    assert project.memberships.get(user=owner).role == Role.OWNER


def test_role_that_does_not_exist_changes_nothing(at_work, project, member):
    membership = project.memberships.get(user=member)

    response = at_work.post(
        reverse("projects:member-role", args=[project.key, membership.pk]),
        {"role": "emperor"},
        follow=True,
    )

    assert "Choose owner, editor or viewer" in text(response)
    assert project.memberships.get(user=member).role == Role.EDITOR
