"""Learning models anew over the API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.response import Response
from rest_framework.reverse import reverse

from datamine.api.idempotency import idempotent
from datamine.api.schema import IDEMPOTENCY_KEY, LOCATION, PREFER
from datamine.api.waiting import when_done
from datasets.models import DatasetVersion
from experiments.api.serializers import ParametersSerializer
from experiments.api.views import version_for
from experiments.learning.plans import SplitSettings
from experiments.offers import offered
from experiments.outlooks import outlook_for
from experiments.suggestions import family_draft, rows_for_family
from projects.models import Project
from projects.permissions import Action, get_for
from registry.api.lookups import ModelLookups
from registry.api.serializers import (
    DefaultParametersSerializer,
    RetrainingSerializer,
    RetrainSerializer,
    TrainSerializer,
)
from registry.models import NAME_LENGTH, RegisteredModel, Retraining
from registry.services import (
    cancel_retraining,
    default_parameters,
    pattern_of,
    retrain_from_records,
    retrain_from_version,
    train_as,
)

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from rest_framework.request import Request

    from experiments.models import Experiment


STARTING = [IDEMPOTENCY_KEY, PREFER, LOCATION]
MODEL_TYPE = OpenApiParameter(
    "model_type", description="As in the body: the family of a new model."
)
UNDER_WAY_OR_ENDED = {202: RetrainingSerializer, 200: RetrainingSerializer}


class RetrainingActions(ModelLookups):
    """What a model can be learned anew with, and the calls that start it."""

    @extend_schema(responses=DefaultParametersSerializer)
    @action(detail=True, url_path="default-params", url_name="default-params")
    def default_params(self, request: Request, key: str, name: str) -> Response:
        """Show what `train/` and `retrain/` take: defaults, presets, bounds."""
        model = self.model(Action.MANAGE)
        experiment = pattern_of(model).experiment
        declared = ParametersSerializer(offered(experiment.algorithm)).data
        return Response(
            {
                "model_name": model.name,
                "model_type": experiment.algorithm,
                "config": declared["defaults"],
                "current": experiment.hyperparameters,
                "presets": declared["presets"],
                "bounds": declared["bounds"],
                "estimate": estimate_of(experiment),
            }
        )

    @extend_schema(
        request=TrainSerializer,
        parameters=[*STARTING, MODEL_TYPE],
        responses=UNDER_WAY_OR_ENDED,
    )
    @action(detail=True, methods=["post"])
    def train(self, request: Request, key: str, name: str) -> Response:
        """Learn the model from its own rows, by defaults, a preset or a config.

        A model that the project does not have yet is made: `model_type`, in the body
        or the address, names its family, and without a `dataset` it learns from the
        newest one with its columns. Hyperparameters stand in `config` or beside it.
        Answers 202 with the address to poll, or waits with `Prefer: wait=60`; it ends
        in a new version, which is not put in service.
        """
        return self.after_work(self.trained(request))

    @extend_schema(
        request=RetrainSerializer, parameters=STARTING, responses=UNDER_WAY_OR_ENDED
    )
    @action(detail=True, methods=["post"])
    def retrain(self, request: Request, key: str, name: str) -> Response:
        """Learn the model anew from a dataset, or from its labelled records.

        Hyperparameters stand beside the other fields; those not named stay as they
        are in the version in service. Answers as `train/` does.
        """
        return self.after_work(self.retrained(request))

    @idempotent
    def trained(self, request: Request) -> Response:
        key, name = self.kwargs["key"], self.kwargs["name"]
        project = get_for(request.user, Project, Action.MANAGE, key=key)
        form = TrainSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        kind = form.validated_data["model_type"] or request.query_params.get(
            "model_type", ""
        )
        model = project.models.select_related("project").filter(name=name).first()
        if model is None:
            return accepted(self.first_training(project, name, kind, form))
        experiment = pattern_of(model).experiment
        if kind and kind != experiment.algorithm:
            refuse_kind(model, experiment.algorithm)
        preset = default_parameters(experiment, form.validated_data["preset"])
        rows = self.rows_asked_for(form.validated_data, experiment)
        started = retrain_from_version(
            model,
            rows,
            parameters={**preset, **form.hyperparameters},
            actor=request.user,
        )
        return accepted(started)

    def first_training(
        self, project: Project, name: str, kind: str, form: TrainSerializer
    ) -> Retraining:
        """Begin to train a model that the project does not have yet."""
        said = form.validated_data
        if len(name) > NAME_LENGTH:
            raise Http404
        if said["dataset"]:
            rows = version_for(
                self.request,
                Action.EDIT,
                dataset=said["dataset"],
                number=said["version"],
                project=project,
            )
        else:
            rows = rows_for_family(project, kind)
        draft = family_draft(
            rows,
            kind,
            name=name,
            preset=said["preset"],
            hyperparameters=form.hyperparameters,
        )
        return train_as(draft, name=name, actor=self.request.user)

    @idempotent
    def retrained(self, request: Request) -> Response:
        model = self.model(Action.MANAGE)
        form = RetrainSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        values = form.validated_data
        experiment = pattern_of(model).experiment
        chosen = {**experiment.hyperparameters, **form.hyperparameters}
        if values["use_database"]:
            started = retrain_from_records(
                model,
                parameters=chosen,
                with_training_rows=values["with_training_rows"],
                actor=request.user,
            )
        else:
            rows = self.rows_asked_for(values, experiment, newest=True)
            started = retrain_from_version(
                model, rows, parameters=chosen, actor=request.user
            )
        return accepted(started)

    def rows_asked_for(
        self, values: dict[str, Any], experiment: Experiment, *, newest: bool = False
    ) -> DatasetVersion:
        """Return the rows that were named, else those the model learned from.

        With `newest` that is the active version of their dataset.
        """
        if not (values["dataset"] or values["version"] or newest):
            return experiment.version
        return version_for(
            self.request,
            Action.VIEW,
            dataset=values["dataset"] or experiment.dataset_id,
            number=values["version"],
            project__key=self.kwargs["key"],
        )

    def after_work(self, response: Response) -> Response:
        found = Retraining.objects.filter(pk=response.data["id"])
        return when_done(
            self.request,
            response,
            lambda: found.get().is_over,
            lambda: RetrainingSerializer(found.with_results().get()).data,
        )


def estimate_of(experiment: Experiment) -> dict[str, Any] | None:
    """Return how long training by the defaults may take, where that can be told."""
    outlook = outlook_for(
        offered(experiment.algorithm),
        {},
        rows=experiment.version.rows_count or 0,
        split=SplitSettings(**experiment.split),
    )
    return outlook.to_json() if outlook else None


def refuse_kind(model: RegisteredModel, kind: str) -> NoReturn:
    detail = ErrorDetail(f"“{model}” is a {kind} model.", "invalid")
    raise ValidationError({"model_type": [detail]})


def accepted(retraining: Retraining) -> Response:
    """Answer that a retraining is under way, and where to look."""
    model = retraining.model
    address = reverse(
        "retraining-detail", [model.project.key, model.name, retraining.pk]
    )
    return Response(
        RetrainingSerializer(retraining).data,
        status.HTTP_202_ACCEPTED,
        headers={"Location": address},
    )


class RetrainingViewSet(ModelLookups):
    """Retrainings of a model: how far they are, and which version came of them."""

    queryset = Retraining.objects.none()
    serializer_class = RetrainingSerializer
    lookup_value_regex = r"\d{1,18}"

    def own(self) -> QuerySet[Retraining]:
        return Retraining.objects.with_results().filter(
            model__project__key=self.kwargs["key"], model__name=self.kwargs["name"]
        )

    def list(self, request: Request, key: str, name: str) -> Response:
        """List the retrainings of a model, newest first."""
        self.model(Action.VIEW)
        page = self.paginate_queryset(self.own())
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    def retrieve(self, request: Request, key: str, name: str, pk: str) -> Response:
        """Show one retraining; once completed, with its version and metrics."""
        found = get_for(request.user, self.own(), Action.VIEW, pk=pk)
        return Response(self.get_serializer(found).data)

    @extend_schema(request=None, responses=RetrainingSerializer)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, key: str, name: str, pk: str) -> Response:
        """Stop a retraining; no version comes of it."""
        found = get_for(request.user, self.own(), Action.MANAGE, pk=pk)
        cancel_retraining(found, actor=request.user)
        return self.retrieve(request, key, name, pk)
