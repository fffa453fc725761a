"""What the frame of every page shows: the rail of a project, sessions at work."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias

from django import template
from django.db import connection
from django.db.models import Count, IntegerField, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from datasets.quotas import room_of
from experiments.choices import SessionStatus
from experiments.models import TrainingSession
from projects.models import Notice, Project, User
from projects.permissions import Action, can

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.template.context import RequestContext

#: A query as the database is asked it: SQL, and the values of its placeholders.
Statement: TypeAlias = tuple[str, tuple[Any, ...]]

register = template.Library()

AT_WORK = (SessionStatus.PENDING, SessionStatus.TRAINING)
#: Of so many persons and projects the statements that every page asks are kept:
#: putting one together costs several times what the database takes to answer it.
KEPT = 1_000

#: section, name, URL, the relation whose rows are counted
SECTIONS = (
    ("overview", _("Overview"), "projects:detail", None),
    ("datasets", _("Datasets"), "datasets:list", "datasets"),
    ("experiments", _("Experiments"), "experiments:list", "experiments"),
    ("models", _("Models"), "registry:list", "models"),
    ("members", _("Members"), "projects:members", "memberships"),
    ("activity", _("Activity"), "projects:activity", None),
    ("settings", _("Settings"), "projects:settings", None),
)
COUNTED = tuple(relation for *_, relation in SECTIONS if relation)


@register.inclusion_tag("components/rail.html", takes_context=True)
def project_rail(
    context: RequestContext, project: Project, section: str
) -> dict[str, Any]:
    """Return the links of a project with their counts, in one query."""
    counts = counts_of(project)
    links = [
        {
            "name": name,
            "url": reverse(url, args=[project.key]),
            "count": counts.get(relation) if relation else None,
            "is_current": key == section,
        }
        for key, name, url, relation in SECTIONS
        if key != "settings" or can(context["user"], Action.MANAGE, project)
    ]
    return {"project": project, "links": links}


def counts_of(project: Project) -> dict[str, int]:
    return dict(zip(COUNTED, row_of(counts_asked(project.pk)), strict=True))


@lru_cache(maxsize=KEPT)
def counts_asked(pk: int) -> Statement:
    counts = {f"{name}_count": counted(name) for name in COUNTED}
    return statement(Project.objects.filter(pk=pk).values(**counts))


def counted(relation: str) -> Coalesce:
    """Return a subquery that counts a project's rows of one relation."""
    rows: QuerySet[Any] = Project._meta.get_field(relation).related_model.objects
    total = rows.filter(project=OuterRef("pk")).order_by().values("project")
    return Coalesce(
        Subquery(total.annotate(total=Count("pk")).values("total")),
        0,
        output_field=IntegerField(),
    )


@register.inclusion_tag("components/running.html", takes_context=True)
def running_sessions(context: RequestContext) -> dict[str, Any]:
    """Return how many sessions this person may see are at work, and what is new.

    In one query: it is on every page.
    """
    user = context["user"]
    asked = news_asked(user.pk, user.is_active, user.is_superuser)
    count, unread = row_of(asked)
    return {"count": count, "unread": unread}


@lru_cache(maxsize=KEPT)
def news_asked(pk: int, is_active: bool, is_superuser: bool) -> Statement:
    """Return the query; all that decides what a person may see is told, and no more."""
    user = User(pk=pk, is_active=is_active, is_superuser=is_superuser)
    sessions = TrainingSession.objects.visible_to(user).filter(status__in=AT_WORK)
    unread = Notice.objects.told(user).filter(read_at=None)
    person = User.objects.filter(pk=pk)
    return statement(person.values(count=many(sessions), unread=many(unread)))


def many(rows: QuerySet[Any]) -> Coalesce:
    """Return a subquery that counts all these rows."""
    one = rows.order_by().values(together=Value(1)).annotate(total=Count("pk"))
    return Coalesce(Subquery(one.values("total")), 0, output_field=IntegerField())


def statement(rows: QuerySet[Any, Any]) -> Statement:
    sql, values = rows.query.sql_with_params()
    return sql, tuple(values)


def row_of(asked: Statement) -> tuple[int, ...]:
    """Return the one row that a statement of counts is answered."""
    with connection.cursor() as cursor:
        cursor.execute(*asked)
        row: tuple[int, ...] = cursor.fetchone()
    return row


@register.simple_tag(takes_context=True)
def may(context: RequestContext, action: str, project: Project) -> bool:
    """Whether the person who looks may do `action` in `project`."""
    return can(context["user"], Action(action), project)


#: id, title, relation, address of all, what stands where there is none yet
CONTENTS = (
    ("datasets", _("Datasets"), "datasets:list", _("No table has been uploaded yet.")),
    (
        "experiments",
        _("Experiments"),
        "experiments:list",
        _("Nothing has been trained yet."),
    ),
    ("models", _("Models"), "registry:list", _("No model has been registered yet.")),
)
NEWEST = 5
LOST = (
    ("datasets", "dataset", " with all versions"),
    ("experiments", "experiment", " with sessions and results"),
    ("models", "model", " with versions and predictions"),
    ("memberships", "membership", ""),
)


@register.inclusion_tag("components/contents.html")
def project_contents(project: Project) -> dict[str, Any]:
    """Return the newest datasets, experiments and models with their counts."""
    counts = counts_of(project)
    kinds = [
        {
            "id": relation,
            "title": title,
            "text": text,
            "url": reverse(url, args=[project.key]),
            "count": counts[relation],
            "rows": getattr(project, relation).order_by("-created_at")[:NEWEST],
        }
        for relation, title, url, text in CONTENTS
    ]
    return {"kinds": kinds}


@register.inclusion_tag("datasets/_room.html")
def project_room(project: Project) -> dict[str, Any]:
    """Return what a project uses of the disk and what it may."""
    return {"room": room_of(project)}


@register.simple_tag
def contents_lost(project: Project) -> list[str]:
    """Say what goes with a project, one line for each kind that is there."""
    counts = counts_of(project)
    return [
        f"{counts[relation]} {noun}{'' if counts[relation] == 1 else 's'}{rest}"
        for relation, noun, rest in LOST
        if counts[relation]
    ]
