import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import Http404

from projects.choices import ProjectStatus, Role, Scope
from projects.models import Project
from projects.permissions import Action, can, get_for
from tests.factories.projects import MembershipFactory, ProjectFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        (Role.OWNER, {Action.VIEW, Action.EDIT, Action.MANAGE}),
        (Role.EDITOR, {Action.VIEW, Action.EDIT}),
        (Role.VIEWER, {Action.VIEW}),
    ],
)
def test_can_follows_the_role(project, role, allowed):
    user = MembershipFactory(project=project, role=role).user

    assert {action for action in Action if can(user, action, project)} == allowed


@pytest.mark.parametrize("user", [None, AnonymousUser()])
def test_can_is_no_for_nobody(user):
    project = ProjectFactory(is_public=True)

    assert not any(can(user, action, project) for action in Action)


def test_can_is_no_for_the_deactivated_owner(project, owner):
    owner.is_active = False

    assert not any(can(owner, action, project) for action in Action)


def test_can_looks_into_public_projects_only(project, stranger):
    public = ProjectFactory(is_public=True)

    assert [action for action in Action if can(stranger, action, public)] == ["view"]
    assert not any(can(stranger, action, project) for action in Action)


def test_can_is_yes_for_superusers(project):
    boss = UserFactory(is_superuser=True)

    assert all(can(boss, action, project) for action in Action)


@pytest.mark.parametrize("is_superuser", [False, True])
def test_can_changes_nothing_in_an_archived_project(project, owner, is_superuser):
    owner.is_superuser = is_superuser
    project.status = ProjectStatus.ARCHIVED

    allowed = {action for action in Action if can(owner, action, project)}

    assert allowed == {Action.VIEW, Action.MANAGE}


@pytest.mark.parametrize(
    ("scope", "allowed"),
    [
        (Scope.READ, {Action.VIEW}),
        (Scope.WRITE, {Action.VIEW, Action.EDIT}),
        (Scope.ADMIN, {Action.VIEW, Action.EDIT, Action.MANAGE}),
    ],
)
def test_can_is_narrowed_by_a_token(project, owner, scope, allowed):
    owner.token_scope = scope

    assert {action for action in Action if can(owner, action, project)} == allowed


def test_get_for_hides_what_a_stranger_may_not_see(project, stranger, owner):
    found = get_for(owner, Project, Action.MANAGE, key=project.key)

    assert found == project
    with pytest.raises(Http404, match="No Project"):
        get_for(stranger, Project, Action.VIEW, key=project.key)


def test_get_for_refuses_what_a_role_does_not_allow(project, member):
    with pytest.raises(PermissionDenied, match="You may not manage this project"):
        get_for(member, Project, Action.MANAGE, key=project.key)


def test_get_for_says_that_a_project_is_archived(owner):
    project = ProjectFactory(owner=owner, status=ProjectStatus.ARCHIVED)

    with pytest.raises(PermissionDenied, match="This project is archived"):
        get_for(owner, Project, Action.EDIT, key=project.key)


def test_visible_to_shows_own_and_public_projects(project, stranger, owner):
    public = ProjectFactory(is_public=True)

    assert set(Project.objects.visible_to(owner)) == {project, public}
    assert set(Project.objects.visible_to(stranger)) == {public}
    assert set(Project.objects.visible_to(None)) == set()
    assert set(Project.objects.visible_to(AnonymousUser())) == set()
