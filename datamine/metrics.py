"""Figures of the site for Prometheus, taken from the rows when they are asked for.

Every process gives the same figures, so any one of them may be asked.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from django.db.models import Count, Min, Sum
from django.http import HttpResponse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_safe
from django_q.models import OrmQ
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from rest_framework.permissions import IsAdminUser
from rest_framework.views import APIView

from datamine import env
from datamine.health import FRESH
from datamine.leases import from_now
from datamine.models import Worker
from datasets.models import DatasetVersion
from experiments.models import TrainingSession
from registry.models import Record, RegisteredModel

if TYPE_CHECKING:
    from django.db.models import Model
    from rest_framework.request import Request

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Figures(Collector):
    """What is counted at the moment of the question."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        yield by_status("sessions", "Training sessions by status.", TrainingSession)
        yield by_status("versions", "Versions of datasets by status.", DatasetVersion)
        yield from queue()
        yield family("workers", "Worker commands alive.", [((), workers_alive())])
        yield family("stored_bytes", "Bytes of all versions.", [((), stored_bytes())])
        yield family(
            "disk_free_bytes", "Free where data live.", [((), disk_free_bytes())]
        )
        yield family("models", "Registered models.", [((), models())])
        yield family("records", "Predictions kept.", [((), Record.objects.count())])


def family(
    name: str,
    text: str,
    values: Iterable[tuple[tuple[str, ...], float]],
    labels: tuple[str, ...] = (),
) -> GaugeMetricFamily:
    found = GaugeMetricFamily(f"datamine_{name}", text, labels=labels)
    for words, value in values:
        found.add_metric(words, value)
    return found


def by_status(name: str, text: str, model: type[Model]) -> GaugeMetricFamily:
    rows = model._base_manager.order_by().values("status").annotate(n=Count("pk"))
    counts = [((row["status"],), row["n"]) for row in rows]
    return family(name, text, counts, ("status",))


def queue() -> Iterator[GaugeMetricFamily]:
    """Yield how many bells wait in each cluster, and for how long the oldest."""
    now = timezone.now()
    rows = list(
        OrmQ.objects.order_by()
        .filter(lock__lte=now)
        .values("key")
        .annotate(n=Count("pk"), oldest=Min("lock"))
    )
    waiting = [((row["key"],), row["n"]) for row in rows]
    ages = [((row["key"],), (now - row["oldest"]).total_seconds()) for row in rows]
    labels = ("cluster",)
    yield family("queue_waiting", "Messages that wait.", waiting, labels)
    yield family("queue_oldest_seconds", "Age of the oldest one.", ages, labels)


def workers_alive() -> int:
    return Worker.objects.filter(seen_at__gt=from_now(-FRESH)).count()


def stored_bytes() -> int:
    return DatasetVersion.objects.aggregate(sum=Sum("size"))["sum"] or 0


def disk_free_bytes() -> int:
    return shutil.disk_usage(env.HOME).free


def models() -> int:
    return RegisteredModel.objects.count()


@method_decorator(require_safe, "dispatch")
class MetricsView(APIView):
    """Figures for Prometheus: for staff, by log-in or by an API token of theirs."""

    permission_classes = (IsAdminUser,)
    schema = None

    def get(self, request: Request) -> HttpResponse:
        registry = CollectorRegistry()
        registry.register(Figures())
        return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE)
