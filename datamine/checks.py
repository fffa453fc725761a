"""Settings that would lose or repeat work, or do none, are refused at the start."""

from __future__ import annotations

import re
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from datamine.limits import LIMITS

#: Several masters, of which one is in charge, stand with commas between.
ENGINE = re.compile(r"polars|spark://[^\s,/:]+:\d+(,[^\s,/:]+:\d+)*")
BROKER = "datamine.work.broker.GatedBroker"


@register("queue")
def check_queue(**options: Any) -> list[CheckMessage]:
    """Refuse what django-q would accept and then do work twice, or for ever."""
    common = settings.Q_CLUSTER
    clusters = {common["name"]: common} | {
        name: common | changes for name, changes in common["ALT_CLUSTERS"].items()
    }
    problems = check_delivery(common)
    for name, values in clusters.items():
        problems += check_times(name, values)
    return problems


@register("engine")
def check_engine(**options: Any) -> list[CheckMessage]:
    """Refuse an engine that is neither on this machine nor a cluster's address."""
    if ENGINE.fullmatch(settings.ENGINE):
        return []
    message = (
        "DATAMINE_ENGINE must be polars or the address of a Spark cluster, "
        f"spark://host:port; it is “{settings.ENGINE}”."
    )
    return [Error(message, id="engine.E001")]


def check_delivery(values: dict[str, Any]) -> list[CheckMessage]:
    problems: list[CheckMessage] = []
    if values.get("broker_class") != BROKER:
        problems.append(
            error(1, f"broker_class must be {BROKER}: others deliver a message twice.")
        )
    if values.get("max_attempts") != 1 or not values.get("ack_failures"):
        problems.append(
            error(2, "max_attempts must be 1 and ack_failures true: the rows count.")
        )
    if values.get("queue_limit") != 1:
        problems.append(error(3, "queue_limit must be 1: messages wait in the table."))
    if values.get("sync"):
        problems.append(error(4, "sync must be off: work belongs in a child process."))
    return problems


def check_times(name: str, values: dict[str, Any]) -> list[CheckMessage]:
    longest = LIMITS[name].seconds
    problems: list[CheckMessage] = []
    if not longest < (values.get("timeout") or 0) < (values.get("retry") or 0):
        problems.append(
            error(
                5,
                f"{name}: retry must be more than timeout, and timeout more than the "
                f"{longest} s that work may take, or it runs twice at once.",
            )
        )
    if (values.get("workers") or 0) < 1:
        problems.append(error(6, f"{name}: workers must be 1 or more."))
    return problems


def error(number: int, message: str) -> Error:
    return Error(f"Q_CLUSTER: {message}", id=f"queue.E{number:03}")
