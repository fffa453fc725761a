"""One row of everything: where every address of the site leads somewhere."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from allauth.usersessions.models import UserSession
from django.urls import resolve
from django.utils import timezone

from datamine.models import BundleImport
from datamine.services import start_export
from experiments.evaluating import start_evaluation
from projects.invitations import invite
from projects.services import create_token
from registry import serving
from registry.services import (
    activate_version,
    keep_records,
    register_version,
    request_activation,
    retrain_from_version,
)
from tests.factories.datasets import (
    DatasetFactory,
    RecipeFactory,
    UploadFactory,
    VisualizationFactory,
)
from tests.factories.experiments import flowers_draft, trained_session
from tests.factories.projects import WebhookFactory
from tests.factories.registry import BatchFactory, PerformanceReportFactory


class World:
    """One row of everything, in one project."""

    def __init__(self, project, owner, viewer) -> None:
        self.project = project
        self.session = trained_session(flowers_draft(project, owner), owner)
        self.version = register_version(self.session, name="flowers", actor=owner)
        activate_version(self.version, actor=owner)
        row = {"petal": 1.5, "sepal": 5.1, "colour": "white"}
        answer = serving.predict_rows(self.version, [row])
        (self.record,) = keep_records(self.version, [row], answer, actor=owner)
        self.retraining = retrain_from_version(
            self.version.model,
            self.session.experiment.version,
            parameters={},
            actor=owner,
        )
        again = register_version(self.session, name="flowers", actor=owner)
        self.request = request_activation(again, reason="better", actor=viewer)
        self.batch = BatchFactory(version=self.version)
        PerformanceReportFactory(version=self.version)
        self.evaluation = start_evaluation(
            self.session.result, self.session.experiment.version, actor=owner
        )
        self.recipe = RecipeFactory(project=project)
        self.trashed = DatasetFactory(project=project, trashed_at=timezone.now())
        self.upload = UploadFactory(project=project, created_by=owner)
        self.chart = VisualizationFactory(
            dataset=self.session.experiment.dataset, is_shared=True
        )
        self.webhook = WebhookFactory(project=project)
        self.invitation, self.word = invite(
            project, name="Ann", role="viewer", actor=owner
        )
        start_export(project, actor=owner)
        self.bundle = BundleImport.objects.create(
            filename="flowers.tar", upload="bundles/0/none", created_by=owner
        )
        self.membership = project.memberships.get(user=viewer)
        self.token, _ = create_token(owner, name="notebook", days=1)
        self.sign_in = UserSession.objects.create(
            user=owner, ip="127.0.0.1", session_key="s" * 32
        )

    def words(self, name: str, words: Iterable[str]) -> dict[str, Any]:
        """Return what the words of an address stand for."""
        values = {
            "key": self.project.key,
            "number": self.numbered(name),
            "ending": "sql",
            "word": self.word,
            "name": self.version.model.name,
            "uidb36": "1",
            "provider_id": "sso",
            "version": self.version.version,
            "version_name": self.version.version,
            "pk": self.row(name),
        }
        if name.startswith("algorithm"):
            values["name"] = "knn"
        return {word: values[word] for word in words}

    def numbered(self, name: str) -> int:
        """Return the number of a row that another row's address leads to."""
        numbers = {
            "registry:outcome": self.record.pk,
            "registry:decide": self.request.pk,
            "registry:batch_csv": self.batch.pk,
            "registry:cancel_batch": self.batch.pk,
            "registry:retraining": self.retraining.pk,
            "registry:cancel_retraining": self.retraining.pk,
        }
        return numbers.get(name, 1)

    def row(self, name: str) -> Any:
        """Return the id of the row an address is about: the longest prefix counts."""
        rows = {
            "projects:webhook": self.webhook.pk,
            "projects:invitation": self.invitation.pk,
            "api-invitation": self.invitation.pk,
            "api-webhook": self.webhook.pk,
            "projects:member": self.membership.pk,
            "api-member": self.membership.pk,
            "account:token": self.token.id,
            "account:sign-in": self.sign_in.pk,
            "mfa_": 1,
            "bundle-arriving": self.bundle.pk,
            "api-bundle-import": self.bundle.pk,
            "datasets:review": self.upload.pk,
            "datasets:discard": self.upload.pk,
            "datasets:visualization": self.chart.pk,
            "api-visualization": self.chart.pk,
            "datasets:put-back": self.trashed.pk,
            "datasets:purge": self.trashed.pk,
            "api-dataset-put-back": self.trashed.pk,
            "api-dataset-purge": self.trashed.pk,
            "datasets:recipe": self.recipe.pk,
            "api-recipe": self.recipe.pk,
            "datasets:": self.session.experiment.dataset_id,
            "api-dataset": self.session.experiment.dataset_id,
            "experiment": self.session.experiment_id,
            "evaluation": self.evaluation.pk,
            "decision": self.session.experiment_id,
            "session": self.session.pk,
            "record": self.record.pk,
            "request": self.request.pk,
            "batch": self.batch.pk,
            "retraining": self.retraining.pk,
            "registry:try": self.session.experiment_id,
            "registry:": self.version.model_id,
        }
        return next((rows[start] for start in rows if name.startswith(start)), None)

    def words_of(self, path: str) -> dict[str, Any]:
        """Return what leads a documented address, `/api/…/{id}/`, to rows of this."""
        about = "algorithm" if "/algorithms/" in path else "model"
        known = self.words(about, ["key", "name", "number", "version_name"])
        named = resolve(path.format(id=1, **known)).url_name
        known["id"] = self.row(named)
        return {word: value for word, value in known.items() if f"{{{word}}}" in path}
