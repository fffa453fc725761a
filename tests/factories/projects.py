"""People, projects and memberships for tests."""

from __future__ import annotations

import factory
from factory.django import DjangoModelFactory

from projects.choices import Role
from projects.models import Activity, Membership, Project, User, Webhook

PASSWORD = "correct-horse-7"


class UserFactory(DjangoModelFactory):
    """An active person without any right; the password is `PASSWORD`."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda number: f"person{number}")
    email = factory.LazyAttribute(lambda person: f"{person.username}@example.org")
    full_name = factory.LazyAttribute(lambda person: person.username.title())
    password = factory.django.Password(PASSWORD)


class MembershipFactory(DjangoModelFactory):
    class Meta:
        model = Membership

    project = factory.SubFactory("tests.factories.projects.ProjectFactory")
    user = factory.SubFactory(UserFactory)
    role = Role.VIEWER


class ProjectFactory(DjangoModelFactory):
    """A private project; `owner=` becomes its owner, else it has no members."""

    class Meta:
        model = Project
        skip_postgeneration_save = True

    name = factory.Sequence(lambda number: f"Project {number}")
    key = factory.Sequence(lambda number: f"project-{number}")

    @factory.post_generation
    def owner(self, create, user, **extra):
        if create and user:
            MembershipFactory(project=self, user=user, role=Role.OWNER)


class ActivityFactory(DjangoModelFactory):
    class Meta:
        model = Activity

    project = factory.SubFactory(ProjectFactory)
    user = factory.SubFactory(UserFactory)
    action = "updated"
    resource_type = "project"
    resource_id = "1"


class WebhookFactory(DjangoModelFactory):
    """An address nobody is at, told of everything."""

    class Meta:
        model = Webhook

    project = factory.SubFactory(ProjectFactory)
    url = "https://hooks.example.org/datamine"
