"""What the tests of experiments share: one trained session of each task."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from experiments.models import TrainingSession
    from projects.models import Project, User


@pytest.fixture
def own_files(settings, tmp_path):
    """Give the test a storage of its own, so that it may look at all of it."""
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def classified(project: Project, owner: User) -> TrainingSession:
    """A completed session that tells flowers apart, with three folds."""
    from tests.factories.experiments import (  # noqa: PLC0415 -- app ready
        flowers_draft,
        trained_session,
    )

    draft = flowers_draft(project, owner, split={"cv_folds": 3})
    return trained_session(draft, owner)


@pytest.fixture
def regressed(project: Project, owner: User) -> TrainingSession:
    """A completed session that foretells prices."""
    from tests.factories.experiments import (  # noqa: PLC0415 -- app ready
        houses_draft,
        trained_session,
    )

    return trained_session(houses_draft(project, owner), owner)


@pytest.fixture
def viewer(project: Project) -> User:
    """A member who may only look."""
    from tests.factories.projects import (  # noqa: PLC0415 -- app ready
        MembershipFactory,
        UserFactory,
    )

    user = UserFactory(username="viewer")
    MembershipFactory(project=project, user=user, role="viewer")
    return user
