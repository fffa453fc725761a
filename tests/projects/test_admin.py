import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from projects.choices import Role
from projects.models import Membership, Project, User
from tests.factories.projects import (
    PASSWORD,
    ActivityFactory,
    MembershipFactory,
    ProjectFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

NASTY = "<img src=x onerror=alert(1)>"
ROWS = ["user", "project", "membership", "activity"]


@pytest.fixture
def boss(client):
    user = UserFactory(username="boss", is_staff=True, is_superuser=True)
    client.force_login(user)
    return user


@pytest.fixture
def clerk(client):
    """Staff with every permission of Django, but a member of no project."""
    user = UserFactory(username="clerk", is_staff=True)
    user.user_permissions.set(Permission.objects.all())
    client.force_login(user)
    return user


def url_of(name, *args):
    return reverse(f"admin:projects_{name}", args=args)


def page(client, name, *args, **query):
    return client.get(url_of(name, *args), query).content.decode()


@pytest.fixture
def nasty(boss):
    user = UserFactory(username="nasty", full_name=NASTY)
    project = ProjectFactory(name=NASTY, owner=user)
    ActivityFactory(project=project, user=user, details={"name": NASTY})
    return project


@pytest.mark.parametrize("name", ROWS)
def test_list_escapes_what_people_wrote(client, nasty, name):
    shown = page(client, f"{name}_changelist")

    assert "&lt;img src=x onerror=alert(1)&gt;" in shown
    assert NASTY not in shown


@pytest.mark.parametrize("name", ROWS)
def test_list_is_searched(client, nasty, name):
    other = UserFactory(username="other")
    ActivityFactory(project=ProjectFactory(name="Other", owner=other), user=other)

    found = page(client, f"{name}_changelist", q="other")

    assert "other" in found.lower()
    assert "onerror" not in found


@pytest.mark.parametrize("name", ROWS)
@pytest.mark.parametrize("count", [1, 3])
def test_list_needs_the_same_queries_for_any_count(
    client, boss, name, count, django_assert_max_num_queries
):
    for _ in range(count):
        ActivityFactory(project=ProjectFactory(owner=boss))

    with django_assert_max_num_queries(14):
        page(client, f"{name}_changelist")


def test_project_is_made_by_the_service(client, boss):
    client.post(
        url_of("project_add"),
        {"name": "Stars", "description": "", "status": "active", "metadata": "{}"},
    )

    made = Project.objects.get()
    assert (made.key, made.memberships.get().user) == ("stars", boss)
    assert made.activities.get().action == "created"


def test_project_is_changed_by_the_service(client, boss, project):
    client.post(
        url_of("project_change", project.pk),
        {"name": "Other", "description": "", "status": "archived", "metadata": "{}"},
    )

    stored = Project.objects.get()
    assert (stored.name, stored.status) == ("Other", "archived")
    assert project.activities.get().action == "archived"


def test_project_is_deleted_with_its_machine_rows(client, boss, project):
    ActivityFactory(project=project)

    client.post(url_of("project_delete", project.pk), {"post": "yes"})

    assert Project.objects.count() == 0


def test_membership_is_added_by_the_service(client, boss, project, stranger):
    client.post(
        url_of("membership_add"),
        {"project": project.pk, "user": stranger.pk, "role": "editor"},
    )

    assert project.memberships.get(user=stranger).role == Role.EDITOR
    assert project.activities.get().action == "added"


def test_membership_is_that_of_the_person_chosen(client, boss, project, stranger):
    namesake = UserFactory(username=stranger.email)

    client.post(
        url_of("membership_add"),
        {"project": project.pk, "user": namesake.pk, "role": "editor"},
    )

    assert project.memberships.filter(user=namesake).exists()
    assert not project.memberships.filter(user=stranger).exists()


@pytest.mark.parametrize("door", ["change", "delete"])
def test_last_owner_stays_and_staff_are_told(client, boss, project, owner, door):
    membership = project.memberships.get(user=owner)

    response = client.post(
        url_of(f"membership_{door}", membership.pk),
        {"role": "viewer", "post": "yes"},
        follow=True,
    )

    assert "A project needs an owner" in response.content.decode()
    assert Membership.objects.get(pk=membership.pk).role == Role.OWNER


def test_bulk_delete_keeps_the_last_owner(client, boss, project, member):
    rows = list(project.memberships.values_list("pk", flat=True))

    client.post(
        url_of("membership_changelist"),
        {"action": "delete_selected", "_selected_action": rows, "post": "yes"},
    )

    assert project.memberships.filter(role=Role.OWNER).count() == 1


def test_bulk_delete_asks_for_the_right_to_each_project(client, clerk):
    own = ProjectFactory(name="Own room", owner=clerk)
    foreign = ProjectFactory(name="Public room", is_public=True)
    chosen = {"action": "delete_selected", "post": "yes"}
    shown = page(client, "project_changelist")

    refused = client.post(
        url_of("project_changelist"), {**chosen, "_selected_action": [foreign.pk]}
    )
    client.post(url_of("project_changelist"), {**chosen, "_selected_action": [own.pk]})

    assert foreign.name in shown
    assert refused.status_code == 403
    assert list(Project.objects.all()) == [foreign]


def test_staff_see_rows_of_their_own_projects_only(client, clerk, project):
    own = ProjectFactory(name="Own room", owner=clerk)

    shown = page(client, "project_changelist")
    change = client.get(url_of("project_change", project.pk))

    assert own.name in shown
    assert project.name not in shown
    assert change.status_code == 302


def test_staff_choose_from_their_own_projects_only(client, clerk, project):
    own = ProjectFactory(name="Own room", owner=clerk)

    answer = client.get(
        reverse("admin:autocomplete"),
        {"app_label": "projects", "model_name": "membership", "field_name": "project"},
    ).json()

    assert [row["text"] for row in answer["results"]] == [own.name]


def test_staff_cannot_add_themselves_to_a_public_project(client, clerk):
    public = ProjectFactory(is_public=True)

    response = client.post(
        url_of("membership_add"),
        {"project": public.pk, "user": clerk.pk, "role": "owner"},
        follow=True,
    )

    assert "Only an owner adds members" in response.content.decode()
    assert public.memberships.count() == 0


def test_staff_cannot_make_themselves_superuser(client, clerk):
    client.post(
        url_of("user_change", clerk.pk),
        {"username": "clerk", "email": clerk.email, "theme": "auto",
         "is_active": "on", "is_staff": "on", "is_superuser": "on"},
    )  # fmt: skip

    assert User.objects.get(pk=clerk.pk).is_superuser is False


def test_staff_cannot_touch_a_superuser(client, clerk):
    boss = UserFactory(is_superuser=True, is_staff=True)

    changed = client.post(url_of("user_change", boss.pk), {"username": "mine"})
    deleted = client.post(url_of("user_delete", boss.pk), {"post": "yes"})
    password = client.post(
        reverse("admin:auth_user_password_change", args=[boss.pk]),
        {"password1": "other-horse-9", "password2": "other-horse-9"},
    )

    assert [row.status_code for row in (changed, deleted, password)] == [403] * 3
    assert User.objects.get(pk=boss.pk).check_password(PASSWORD)


def test_people_are_made_with_a_hashed_password(client, boss):
    client.post(
        url_of("user_add"),
        {"username": "new", "email": "new@example.org", "full_name": "",
         "usable_password": "true",
         "password1": "other-horse-9", "password2": "other-horse-9"},
    )  # fmt: skip

    assert User.objects.get(username="new").check_password("other-horse-9")


def test_address_is_the_same_whatever_its_capitals(client, boss, owner):
    form = {"full_name": "", "usable_password": "true",
            "password1": "other-horse-9", "password2": "other-horse-9"}  # fmt: skip

    refused = client.post(
        url_of("user_add"),
        {**form, "username": "second", "email": owner.email.upper()},
    )
    client.post(url_of("user_add"), {**form, "username": "new", "email": "New@X.org"})

    assert "already exists" in refused.content.decode()
    assert not User.objects.filter(username="second").exists()
    assert User.objects.get(username="new").email == "new@x.org"


@pytest.mark.parametrize("door", ["add", "delete"])
def test_activity_is_only_looked_at(client, boss, project, door):
    row = ActivityFactory(project=project)
    args = [row.pk] if door == "delete" else []

    response = client.post(url_of(f"activity_{door}", *args), {"post": "yes"})

    assert response.status_code == 403
    assert project.activities.count() == 1


def test_administration_is_entered_by_the_sites_own_login(client, boss):
    client.logout()

    first = client.get("/admin/")
    second = client.get(first["Location"])

    assert second["Location"] == "/account/login/?next=/admin/"


def test_administration_tells_others_that_it_is_for_staff(client, owner):
    client.force_login(owner)

    response = client.get("/admin/", follow=True)

    assert response.status_code == 403
    assert "The administration is for staff." in response.content.decode()


def test_choices_offer_visible_projects_only(client, clerk):
    MembershipFactory(project=ProjectFactory(name="Own room"), user=clerk, role="owner")
    ProjectFactory(name="Foreign room")

    shown = page(client, "membership_changelist")

    assert "Own room" in shown
    assert "Foreign room" not in shown
