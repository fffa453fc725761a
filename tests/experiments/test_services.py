"""Experiments are made, described and deleted through one door."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.core.files.storage import default_storage

from experiments import services
from experiments.exceptions import (
    ExperimentInUseError,
    InvalidDraftError,
    VersionNotReadyError,
)
from experiments.models import Experiment
from registry.services import register_version
from tests.factories.datasets import imported_dataset
from tests.factories.experiments import (
    ExperimentFactory,
    draft_on,
    flowers_draft,
    trained_session,
)


@pytest.mark.django_db
def test_experiment_is_saved_with_every_default_filled_in(project, owner):
    draft = flowers_draft(project, owner, algorithm="knn", name=" Three flowers ")

    experiment = services.create_experiment(draft, actor=owner)

    assert (experiment.name, experiment.project) == ("Three flowers", project)
    assert (experiment.task, experiment.algorithm) == ("classification", "knn")
    assert experiment.hyperparameters["n_neighbors"] == 5
    assert experiment.split["train_ratio"] == 0.8
    assert experiment.feature_columns == ["petal", "sepal", "colour"]
    assert project.activities.first().action == "created"


@pytest.mark.django_db
def test_experiment_without_a_name_gets_one(project, owner):
    draft = flowers_draft(project, owner, name=" ")

    experiment = services.create_experiment(draft, actor=owner)

    assert experiment.name == "decision_tree on species"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("said", "attr", "words"),
    [
        ({"algorithm": "oracle"}, "algorithm", "There is no algorithm “oracle”"),
        (
            {"algorithm": "knn", "hyperparameters": {"n_neighbors": 21}},
            "hyperparameters.n_neighbors",
            "n_neighbors must be between 1 and 20.",
        ),
        (
            {"hyperparameters": {"magic": 1}},
            "hyperparameters.magic",
            "magic is not a parameter here",
        ),
        ({"split": {"cv_folds": 21}}, "split.cv_folds", "cv_folds must be between 2"),
        ({"split": {"train_ratio": 1.0}}, "split", "No rows are left to test on"),
        ({"target_column": "colour?"}, "target_column", "no target column “colour?”"),
        ({"feature_columns": ("petals",)}, "feature_columns", "no column “petals”"),
        ({"feature_columns": ()}, "feature_columns", "Choose at least one feature."),
        (
            {"feature_columns": ("petal", "species")},
            "target_column",
            "cannot be a feature as well",
        ),
        (
            {"algorithm": "linear_regression"},
            "target_column",
            "a regression needs numbers",
        ),
    ],
)
def test_draft_that_cannot_be_trained_names_what_is_wrong(
    project, owner, said, attr, words
):
    draft = replace(flowers_draft(project, owner), **said)

    with pytest.raises(InvalidDraftError, match=" ") as caught:
        services.create_experiment(draft, actor=owner)

    problem = caught.value.problems[0]
    assert problem.attr == attr
    assert words in problem.detail
    assert not Experiment.objects.exists()


@pytest.mark.django_db
def test_missing_values_name_their_column_and_the_step(project, owner):
    content = b"a,b\n" + b"".join(b"%d,%d\n" % (n, n % 2) for n in range(30)) + b",1\n"
    dataset = imported_dataset(project, owner, content, name="Holes")

    with pytest.raises(InvalidDraftError, match="“a” has one missing value;"):
        services.create_experiment(
            draft_on(dataset, "b", "a", algorithm="knn"), actor=owner
        )


@pytest.mark.django_db
def test_version_that_is_not_ready_is_refused(project, owner):
    draft = flowers_draft(project, owner)
    draft.version.status = "processing"

    with pytest.raises(VersionNotReadyError, match="Version 1 of “Flowers”"):
        services.create_experiment(draft, actor=owner)


@pytest.mark.django_db
def test_description_changes_nothing_else(owner):
    experiment = ExperimentFactory()

    services.describe_experiment(experiment, name="New", description="Why", actor=owner)

    experiment.refresh_from_db()
    assert (experiment.name, experiment.description) == ("New", "Why")


@pytest.mark.django_db
def test_deleting_removes_sessions_results_and_files(
    project, owner, django_capture_on_commit_callbacks
):
    session = trained_session(flowers_draft(project, owner), owner)
    key = session.result.artifact
    assert default_storage.exists(key)

    with django_capture_on_commit_callbacks(execute=True):
        services.delete_experiment(session.experiment, actor=owner)

    assert not Experiment.objects.exists()
    assert not default_storage.exists(key)
    assert project.activities.first().action == "deleted"


@pytest.mark.django_db
def test_experiment_under_a_model_version_stays(project, owner):
    session = trained_session(flowers_draft(project, owner), owner)
    register_version(session, name="flowers", actor=owner)

    with pytest.raises(ExperimentInUseError, match="registered as model versions"):
        services.delete_experiment(session.experiment, actor=owner)

    assert default_storage.exists(session.result.artifact)
