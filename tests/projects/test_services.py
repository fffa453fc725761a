import pytest

from projects import services
from projects.choices import ProjectStatus, Role, Scope
from projects.exceptions import (
    AlreadyMemberError,
    LastOwnerError,
    UnknownPersonError,
)
from projects.models import Activity, ApiToken, Membership, Project
from tests.factories.projects import MembershipFactory, ProjectFactory, UserFactory

pytestmark = pytest.mark.django_db


def deeds(project):
    return list(project.activities.values_list("action", "resource_type"))


def test_create_project_makes_the_maker_its_owner(owner):
    made = services.create_project(name="Kepler follow-up", actor=owner)

    assert made.key == "kepler-follow-up"
    assert list(made.memberships.values_list("user", "role")) == [(owner.pk, "owner")]
    assert made.is_public is False
    assert deeds(made) == [("created", "project")]


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("Stars", ["stars", "stars-2", "stars-3"]),
        ("new", ["new-project", "new-project-2", "new-project-3"]),
        ("星", ["project", "project-2", "project-3"]),
        ("x" * 120, ["x" * 50, "x" * 50 + "-2", "x" * 50 + "-3"]),
    ],
)
def test_create_project_finds_a_free_key(owner, name, keys):
    made = [services.create_project(name=name, actor=owner).key for _ in range(3)]

    assert made == keys


@pytest.mark.parametrize(
    ("values", "deed"),
    [
        ({"name": "Other"}, "updated"),
        ({"is_public": True}, "made public"),
        ({"status": ProjectStatus.ARCHIVED}, "archived"),
    ],
)
def test_update_project_records_what_changed(project, owner, values, deed):
    services.update_project(project, actor=owner, **values)

    stored = Project.objects.values(*values).get(pk=project.pk)
    assert stored == values
    assert deeds(project) == [(deed, "project")]


def test_update_project_without_a_change_records_nothing(project, owner):
    services.update_project(project, actor=owner, name=project.name)

    assert deeds(project) == []


@pytest.mark.parametrize(
    ("before", "after", "deed"),
    [
        ({"is_public": True}, {"is_public": False}, "made private"),
        ({"status": "archived"}, {"status": "active"}, "reopened"),
    ],
)
def test_update_project_names_the_way_back(owner, before, after, deed):
    project = ProjectFactory(**before)

    services.update_project(project, actor=owner, **after)

    assert deeds(project) == [(deed, "project")]


def test_delete_project_takes_everything_along(project, member):
    services.delete_project(project)

    assert Project.objects.count() == 0
    assert Membership.objects.count() == 0
    assert Activity.objects.count() == 0


@pytest.mark.parametrize("identifier", ["stranger", "STRANGER@example.org"])
def test_add_member_finds_by_name_or_address(project, owner, stranger, identifier):
    made = services.add_member(
        project, identifier=identifier, role=Role.EDITOR, actor=owner
    )

    assert (made.user, made.role) == (stranger, Role.EDITOR)
    assert deeds(project) == [("added", "member")]


def test_add_member_answers_the_same_for_unknown_and_inactive(project, owner):
    UserFactory(username="gone", is_active=False)

    for identifier in ("gone", "nobody", "gone@example.org"):
        with pytest.raises(UnknownPersonError, match="No active account"):
            services.add_member(
                project, identifier=identifier, role=Role.VIEWER, actor=owner
            )


def test_add_member_takes_no_address_for_the_name_of_another(project, owner):
    UserFactory(username="boss@example.org")
    UserFactory(username="boss")

    with pytest.raises(UnknownPersonError, match="No active account"):
        services.add_member(
            project, identifier="boss@example.org", role=Role.VIEWER, actor=owner
        )

    assert not project.memberships.exclude(user=owner).exists()


def test_add_member_finds_who_has_the_address_as_name(project, owner):
    boss = UserFactory(username="boss@example.org", email="boss@example.org")

    added = services.add_member(
        project, identifier="boss@example.org", role=Role.VIEWER, actor=owner
    )

    assert added.user == boss


def test_add_member_refuses_a_second_time(project, owner, member):
    with pytest.raises(AlreadyMemberError, match="member is a member already"):
        services.add_member(project, identifier="member", role=Role.OWNER, actor=owner)

    assert project.memberships.get(user=member).role == Role.EDITOR


def test_change_role_records_both_roles(project, owner, member):
    membership = project.memberships.get(user=member)

    services.change_role(membership, role=Role.OWNER, actor=owner)

    assert project.memberships.get(user=member).role == Role.OWNER
    details = project.activities.get().details
    assert (details["before"], details["after"]) == ("editor", "owner")


def test_change_role_to_the_same_role_records_nothing(project, owner):
    services.change_role(project.memberships.get(), role=Role.OWNER, actor=owner)

    assert deeds(project) == []


def test_change_role_keeps_the_last_owner(project, owner, member):
    with pytest.raises(LastOwnerError, match="needs an owner"):
        services.change_role(
            project.memberships.get(user=owner), role=Role.VIEWER, actor=owner
        )

    assert project.memberships.get(user=owner).role == Role.OWNER


def test_change_role_lets_one_of_two_owners_step_back(project, owner):
    MembershipFactory(project=project, role=Role.OWNER)

    services.change_role(
        project.memberships.get(user=owner), role=Role.VIEWER, actor=owner
    )

    assert project.memberships.get(user=owner).role == Role.VIEWER


def test_remove_member_keeps_the_last_owner(project, owner):
    with pytest.raises(LastOwnerError, match="needs an owner"):
        services.remove_member(project.memberships.get(), actor=owner)

    assert project.memberships.count() == 1


def test_remove_member_takes_the_sight_away(project, owner, member):
    services.remove_member(project.memberships.get(user=member), actor=owner)

    assert list(Project.objects.visible_to(member)) == []
    assert deeds(project) == [("removed", "member")]


def test_remove_member_by_themself_is_called_leaving(project, member):
    services.remove_member(project.memberships.get(user=member), actor=member)

    assert deeds(project) == [("left", "member")]


def test_create_token_keeps_only_a_digest(owner):
    token, secret = services.create_token(
        owner, name="notebook", scope=Scope.WRITE, days=7
    )

    stored = ApiToken.objects.values().get()
    assert secret.startswith("dm_")
    assert secret not in str(stored)
    assert (stored["name"], stored["scope"]) == ("notebook", "write")
    assert (token.expiry - token.created).days in {6, 7}


def test_create_token_removes_those_that_ended(owner, stranger):
    for user in (owner, stranger):
        services.create_token(user, name="old", days=-1)

    services.create_token(owner, name="new", days=7)

    assert [token.name for token in owner.auth_token_set.all()] == ["new"]
    assert stranger.auth_token_set.count() == 1


@pytest.mark.parametrize(("end_tokens", "left"), [(True, 0), (False, 1)])
def test_change_password_ends_tokens_by_choice(owner, end_tokens, left):
    services.create_token(owner, name="notebook", days=7)

    services.change_password(owner, password="other-horse-9", end_tokens=end_tokens)

    assert owner.check_password("other-horse-9")
    assert owner.auth_token_set.count() == left


def test_end_tokens_leaves_other_people_alone(owner, stranger):
    for user in (owner, owner, stranger):
        services.create_token(user, name="notebook", days=7)

    ended = services.end_tokens(owner)

    assert ended == 2
    assert [token.user for token in ApiToken.objects.all()] == [stranger]
