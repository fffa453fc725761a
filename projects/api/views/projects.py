"""Projects, their members and what happened in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, status
from rest_framework.filters import OrderingFilter, SearchFilter
from rest_framework.generics import ListAPIView
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet, ModelViewSet

from datamine.api.etags import matched, tagged
from datamine.api.idempotency import idempotent
from projects import services
from projects.api.serializers import (
    ActivitySerializer,
    HandOverSerializer,
    MemberSerializer,
    NewMemberSerializer,
    ProjectSerializer,
    RoleSerializer,
)
from projects.exceptions import UnknownPersonError
from projects.models import Activity, Membership, Project
from projects.permissions import Action, get_for

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from rest_framework.request import Request

METHODS = ["get", "post", "patch", "delete", "head", "options"]


class ProjectViewSet(ModelViewSet):
    """Projects you are a member of, and public ones."""

    http_method_names = METHODS
    queryset = Project.objects.none()
    serializer_class = ProjectSerializer
    lookup_field = "key"
    lookup_value_regex = "[-a-zA-Z0-9_]+"
    filter_backends = [
        *api_settings.DEFAULT_FILTER_BACKENDS,
        SearchFilter,
        OrderingFilter,
    ]
    filterset_fields = ["status", "is_public"]
    search_fields = ["name", "key", "description"]
    ordering_fields = ["name", "created_at", "updated_at"]

    def get_queryset(self) -> QuerySet[Project]:
        visible = Project.objects.visible_to(self.request.user)
        return visible.with_role(self.request.user).with_member_counts()

    def get_object(self) -> Project:
        is_safe = self.request.method in {"GET", "HEAD", "OPTIONS"}
        action = Action.VIEW if is_safe else Action.MANAGE
        return get_for(
            self.request.user, self.get_queryset(), action, key=self.kwargs["key"]
        )

    @idempotent
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().create(request, *args, **kwargs)

    @tagged
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().retrieve(request, *args, **kwargs)

    @matched
    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().partial_update(request, *args, **kwargs)

    def perform_create(self, serializer: ProjectSerializer) -> None:
        values = {**serializer.validated_data}
        values.pop("status", None)  # a new project is active
        made = services.create_project(**values, actor=self.request.user)
        serializer.instance = self.get_queryset().get(pk=made.pk)

    def perform_update(self, serializer: ProjectSerializer) -> None:
        services.update_project(
            serializer.instance, **serializer.validated_data, actor=self.request.user
        )

    def perform_destroy(self, instance: Project) -> None:
        services.delete_project(instance)


class OfProject:
    """What lies below one project in the address."""

    request: Request
    kwargs: dict[str, Any]

    def project(self, action: Action) -> Project:
        return get_for(self.request.user, Project, action, key=self.kwargs["key"])


class MemberViewSet(
    OfProject,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    GenericViewSet,
):
    """Members of a project and their roles; the last owner cannot go."""

    http_method_names = METHODS
    queryset = Membership.objects.none()
    serializer_class = MemberSerializer

    def get_queryset(self) -> QuerySet[Membership]:
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        project = self.project(Action.VIEW)
        return project.memberships.select_related("user", "project")

    def managed(self) -> Membership:
        self.project(Action.MANAGE)
        return get_object_or_404(self.get_queryset(), pk=self.kwargs["pk"])

    @extend_schema(
        request=NewMemberSerializer,
        responses={201: MemberSerializer},
    )
    @idempotent
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Make somebody a member."""
        project = self.project(Action.MANAGE)
        given = NewMemberSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        added = services.add_member(
            project,
            identifier=given.validated_data["user"],
            role=given.validated_data["role"],
            actor=request.user,
        )
        return Response(MemberSerializer(added).data, status=status.HTTP_201_CREATED)

    @tagged
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().retrieve(request, *args, **kwargs)

    @extend_schema(request=RoleSerializer, responses=MemberSerializer)
    @matched
    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Give a member another role."""
        membership = self.managed()
        given = RoleSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        changed = services.change_role(
            membership, **given.validated_data, actor=request.user
        )
        return Response(MemberSerializer(changed).data)

    @extend_schema(request=None, responses={204: None})
    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """End a membership; everybody may end their own."""
        membership = get_object_or_404(self.get_queryset(), pk=self.kwargs["pk"])
        if membership.user_id != request.user.pk:
            membership = self.managed()
        services.remove_member(membership, actor=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)


class HandOverView(OfProject, APIView):
    """Make another member the owner; whoever hands over becomes an editor."""

    @extend_schema(request=HandOverSerializer, responses=MemberSerializer)
    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        project = self.project(Action.MANAGE)
        given = HandOverSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        members = project.memberships.select_related("user", "project")
        chosen = members.filter(pk=given.validated_data["member"]).first()
        if chosen is None:
            raise UnknownPersonError("The project has no such member.")
        taken = services.hand_over(project, to=chosen, actor=request.user)
        return Response(MemberSerializer(taken).data)


class ActivityView(OfProject, ListAPIView):
    """Who did what in a project, newest first."""

    queryset = Activity.objects.none()
    serializer_class = ActivitySerializer

    def get_queryset(self) -> QuerySet[Activity]:
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        return self.project(Action.VIEW).activities.select_related("user")
