"""Registered models over the API: register, activate, roll back, predict."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.authentication import SessionAuthentication
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from datamine.api.etags import matched, tagged
from datamine.api.idempotency import idempotent
from datamine.api.parsers import RowsParser
from datamine.api.schema import IDEMPOTENCY_KEY
from experiments.models import Experiment, Result, TrainingSession
from projects.api.authentication import TokenAuthentication
from projects.models import Project
from projects.permissions import Action, get_for
from registry import serving
from registry.api.answers import AnswerSerializer, ExperimentAnswerSerializer
from registry.api.performance import PerformanceActions
from registry.api.retraining import RetrainingActions
from registry.api.serializers import (
    ActivateSerializer,
    ActivationSerializer,
    DriftSerializer,
    ExplainQuerySerializer,
    HistoryQuerySerializer,
    ModelVersionSerializer,
    PredictQuerySerializer,
    RegisteredModelSerializer,
    RegisteredSerializer,
    RegisterSerializer,
    RollbackSerializer,
    RowsSerializer,
    SwitchedSerializer,
    rows_or_file,
)
from registry.api.versions import VersionActions
from registry.contributions import explain
from registry.drift import drift_of
from registry.models import RegisteredModel
from registry.services import (
    delete_model,
    describe_model,
    keep_records,
    promote_version,
    register_version,
    roll_back,
)

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from rest_framework.request import Request


PARSERS = [RowsParser, MultiPartParser]
#: One look-up of token, rights and version does for half a second.
ASKED_OFTEN: dict[str, Any] = {
    "reads": True,
    "authentication_classes": [
        partial(TokenAuthentication, remembers=True),
        SessionAuthentication,
    ],
    "parser_classes": PARSERS,
}


class RegisteredModelViewSet(VersionActions, PerformanceActions, RetrainingActions):
    """The models of a project and the version of each that serves."""

    queryset = RegisteredModel.objects.none()
    serializer_class = RegisteredModelSerializer
    lookup_field = "name"
    lookup_url_kwarg = "name"
    lookup_value_regex = "[-a-zA-Z0-9_]+"
    reads = False

    def get_queryset(self) -> QuerySet[RegisteredModel]:
        models = RegisteredModel.objects.visible_to(self.request.user)
        models = models.filter(project__key=self.kwargs.get("key"))
        return models.with_active().with_counts()

    def list(self, request: Request, key: str) -> Response:
        """List the models of a project."""
        get_for(request.user, Project, Action.VIEW, key=key)
        page = self.paginate_queryset(self.get_queryset())
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    @extend_schema(
        request=RegisterSerializer,
        responses={201: RegisteredSerializer},
    )
    @idempotent
    def create(self, request: Request, key: str) -> Response:
        """Register a completed session; the same name again adds a version."""
        project = get_for(request.user, Project, Action.EDIT, key=key)
        form = RegisterSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        values = form.validated_data
        session = get_for(
            request.user,
            TrainingSession.objects.filter(experiment__project=project),
            Action.EDIT,
            pk=values.pop("session"),
        )
        version = register_version(session, **values, actor=request.user)
        return Response(RegisteredSerializer(version).data, status.HTTP_201_CREATED)

    @tagged
    def retrieve(self, request: Request, key: str, name: str) -> Response:
        """Show one model."""
        return Response(self.get_serializer(self.get_object()).data)

    @matched
    def partial_update(self, request: Request, key: str, name: str) -> Response:
        """Change the description."""
        model = self.model(Action.EDIT)
        form = self.get_serializer(model, data=request.data, partial=True)
        form.is_valid(raise_exception=True)
        if "description" in form.validated_data:
            description = form.validated_data["description"]
            describe_model(model, description=description, actor=request.user)
        return self.retrieve(request, key, name)

    def destroy(self, request: Request, key: str, name: str) -> Response:
        """Delete a model with all its versions."""
        delete_model(self.model(Action.MANAGE), actor=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(
        request=ActivateSerializer,
        parameters=[IDEMPOTENCY_KEY],
        responses=SwitchedSerializer,
    )
    @action(detail=True, methods=["post"])
    @idempotent
    def activate(self, request: Request, key: str, name: str) -> Response:
        """Put a version in service; one that is not found better needs a reason."""
        self.model(Action.MANAGE)
        form = ActivateSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        version = self.version(Action.MANAGE, form.validated_data["version"])
        activation = promote_version(
            version, reason=form.validated_data["reason"], actor=request.user
        )
        serving.make_ready(activation.model)
        return Response(SwitchedSerializer(activation).data)

    @extend_schema(
        request=RollbackSerializer,
        parameters=[IDEMPOTENCY_KEY],
        responses=SwitchedSerializer,
    )
    @action(detail=True, methods=["post"])
    @idempotent
    def rollback(self, request: Request, key: str, name: str) -> Response:
        """Put the version before the active one back in service."""
        form = RollbackSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        model = self.model(Action.MANAGE)
        activation = roll_back(
            model, reason=form.validated_data["reason"], actor=request.user
        )
        serving.make_ready(activation.model)
        return Response(SwitchedSerializer(activation).data)

    @extend_schema(responses=ModelVersionSerializer)
    @action(detail=True)
    def active(self, request: Request, key: str, name: str) -> Response:
        """Show the version in service (404 while there is none)."""
        model = self.model(Action.VIEW)
        if model.active_version is None:
            raise Http404("No version of this model is in service.")
        version = self.version(Action.VIEW, model.active_version.version)
        return Response(ModelVersionSerializer(version).data)

    @extend_schema(responses=DriftSerializer)
    @action(detail=True)
    def drift(self, request: Request, key: str, name: str) -> Response:
        """Hold the kept answers of the version in service against its training.

        `warnings` are for people; `retrain` says whether a retraining is worth it.
        """
        return Response(drift_of(self.model(Action.VIEW)).to_json())

    @extend_schema(
        parameters=[HistoryQuerySerializer], responses=ActivationSerializer(many=True)
    )
    @action(detail=True)
    def history(self, request: Request, key: str, name: str) -> Response:
        """List who put which version in service; `?at=` asks for one moment."""
        query = HistoryQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        ledger = self.model(Action.VIEW).activations.select_related("actor")
        if moment := query.validated_data.get("at"):
            ledger = ledger.serving_at(moment)
        page = self.paginate_queryset(ledger)
        return self.get_paginated_response(ActivationSerializer(page, many=True).data)

    @extend_schema(
        parameters=[PredictQuerySerializer],
        request=RowsSerializer,
        responses=AnswerSerializer,
    )
    @action(detail=True, methods=["post"], **ASKED_OFTEN)
    def predict(self, request: Request, key: str, name: str) -> HttpResponse:
        """Predict rows, or a CSV file, with the version in service.

        Every row is answered under `predictions` or named under `quarantined` with
        the reasons; the answer names the version that gave it. Editors may keep the
        answers as records with `?store=1`; `?explain=1` says what each value of a row
        adds.
        """
        model = serving.seen_models.get(
            (request.user.pk, key, name),
            lambda: self.model(Action.VIEW, RegisteredModel.objects.ready_to_answer()),
        )
        sent = rows_or_file(request.data)
        version = serving.version_in_service(model)
        rows = sent.get("rows")
        if rows is None:
            rows = serving.rows_of_file(version.session.result, sent["file"])
        wanted = self.wanted() if request.query_params else {}
        answer = serving.predict_rows(version, rows)
        if wanted.get("store"):
            keep_records(version, rows, answer, actor=request.user)
        if wanted.get("explain"):
            explain(version.session.result, rows, answer)
        return answered(answer)

    def wanted(self) -> dict[str, bool]:
        """Return what the query asks for; who keeps answers must be an editor."""
        query = PredictQuerySerializer(data=self.request.query_params)
        query.is_valid(raise_exception=True)
        found: dict[str, bool] = query.validated_data
        if found["store"]:
            self.model(Action.EDIT)
        return found


class ExperimentPredictionViewSet(GenericViewSet):
    """Predictions of an experiment itself, before anything of it is registered."""

    queryset = Experiment.objects.none()
    serializer_class = RowsSerializer
    lookup_value_regex = r"\d{1,18}"
    reads = True

    @extend_schema(
        parameters=[ExplainQuerySerializer],
        request=RowsSerializer,
        responses=ExperimentAnswerSerializer,
    )
    @action(detail=True, methods=["post"], parser_classes=PARSERS)
    def predict(self, request: Request, pk: str) -> HttpResponse:
        """Predict rows, or a CSV file, with the latest completed session.

        As with a model in service: every row is answered, or named with the reasons.
        """
        experiment = get_for(request.user, Experiment, Action.VIEW, pk=pk)
        result = Result.objects.latest_of(experiment)
        sent = rows_or_file(request.data)
        rows = sent.get("rows")
        if rows is None:
            rows = serving.rows_of_file(result, sent["file"])
        query = ExplainQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        answer = serving.predict_with(result, rows)
        if query.validated_data["explain"]:
            explain(result, rows, answer)
        return answered(answer)


def answered(answer: serving.Answer) -> HttpResponse:
    """Return an answer as JSON; REST's own renderer takes as long as all the rest."""
    return HttpResponse(answer.written(), content_type="application/json")
