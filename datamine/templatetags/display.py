"""How numbers, sizes, durations and times are written on every page."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from django import template
from django.utils import timezone, translation
from django.utils.html import format_html
from django.utils.translation import (
    gettext,
    gettext_lazy,
    ngettext_lazy,
    pgettext_lazy,
)

from datamine import speech
from datamine.speech import THIN

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from projects.models import Activity

register = template.Library()

NOTHING = "–"
UNGROUPED = 10_000  # below it a number may be a year; charts have the same bound
DIGITS = 6  # of a measure, those before the decimal sign among them
SIZES = ("B", "kB", "MB", "GB", "TB")
#: States, roles, types, tasks and methods as rows keep them.
WORDS = {
    "pending": gettext_lazy("pending"),
    "processing": gettext_lazy("processing"),
    "ready": gettext_lazy("ready"),
    "training": gettext_lazy("training"),
    "running": gettext_lazy("running"),
    "completed": gettext_lazy("completed"),
    "failed": gettext_lazy("failed"),
    "cancelled": gettext_lazy("cancelled"),
    "owner": gettext_lazy("owner"),
    "editor": gettext_lazy("editor"),
    "viewer": gettext_lazy("viewer"),
    "integer": gettext_lazy("integer"),
    "number": pgettext_lazy("type", "number"),
    "boolean": gettext_lazy("boolean"),
    "category": gettext_lazy("category"),
    "text": gettext_lazy("text"),
    "date": gettext_lazy("date"),
    "datetime": gettext_lazy("datetime"),
    "classification": gettext_lazy("classification"),
    "regression": gettext_lazy("regression"),
    "random": gettext_lazy("random"),
    "grid": gettext_lazy("grid"),
    "halving": gettext_lazy("halving"),
}
#: What somebody did, as the activity log keeps it.
DEEDS = {
    "activated": pgettext_lazy("activity", "activated"),
    "added": pgettext_lazy("activity", "added"),
    "approved": pgettext_lazy("activity", "approved"),
    "archived": pgettext_lazy("activity", "archived"),
    "cancelled": pgettext_lazy("activity", "cancelled"),
    "changed": pgettext_lazy("activity", "changed"),
    "changed role of": pgettext_lazy("activity", "changed role of"),
    "created": pgettext_lazy("activity", "created"),
    "decided": pgettext_lazy("activity", "decided"),
    "declined": pgettext_lazy("activity", "declined"),
    "deleted": pgettext_lazy("activity", "deleted"),
    "described": pgettext_lazy("activity", "described"),
    "discarded": pgettext_lazy("activity", "discarded"),
    "exported": pgettext_lazy("activity", "exported"),
    "handed the project over to": pgettext_lazy(
        "activity", "handed the project over to"
    ),
    "imported": pgettext_lazy("activity", "imported"),
    "imported again": pgettext_lazy("activity", "imported again"),
    "joined": pgettext_lazy("activity", "joined"),
    "left": pgettext_lazy("activity", "left"),
    "made": pgettext_lazy("activity", "made"),
    "made private": pgettext_lazy("activity", "made private"),
    "made public": pgettext_lazy("activity", "made public"),
    "not imported within a day": pgettext_lazy("activity", "not imported within a day"),
    "opened": pgettext_lazy("activity", "opened"),
    "prepared": pgettext_lazy("activity", "prepared"),
    "purged": pgettext_lazy("activity", "purged"),
    "put back": pgettext_lazy("activity", "put back"),
    "registered": pgettext_lazy("activity", "registered"),
    "removed": pgettext_lazy("activity", "removed"),
    "reopened": pgettext_lazy("activity", "reopened"),
    "restored": pgettext_lazy("activity", "restored"),
    "rolled back": pgettext_lazy("activity", "rolled back to"),
    "saved": pgettext_lazy("activity", "saved"),
    "started": pgettext_lazy("activity", "started"),
    "told outcomes of": pgettext_lazy("activity", "told outcomes of"),
    "told the outcome of": pgettext_lazy("activity", "told the outcome of"),
    "trashed": pgettext_lazy("activity", "trashed"),
    "trusted": pgettext_lazy("activity", "trusted"),
    "updated": pgettext_lazy("activity", "updated"),
    "uploaded": pgettext_lazy("activity", "uploaded"),
    "withdrawn": pgettext_lazy("activity", "withdrawn"),
}
#: Deeds that say by themselves what they were done to.
WHOLE_DEEDS = {"joined", "left"}
#: What browsers call themselves, each before those it claims to be, and their systems.
BROWSERS = {
    "Edg": "Edge", "OPR": "Opera", "Firefox": "Firefox", "FxiOS": "Firefox",
    "Chrome": "Chrome", "CriOS": "Chrome", "Safari": "Safari",
}  # fmt: skip
SYSTEMS = {
    "Android": "Android", "iPhone": "iPhone", "iPad": "iPad", "Windows": "Windows",
    "Mac OS X": "macOS", "CrOS": "ChromeOS", "Linux": "Linux",
}  # fmt: skip
#: Languages that write 0.5; others write 0,5.
POINTED = {"en", None}
MINUTE = 60
#: seconds, then how long ago and how far ahead, in any language
SPANS = (
    (
        31_536_000,
        ngettext_lazy("%(count)d year ago", "%(count)d years ago", "count"),
        ngettext_lazy("in %(count)d year", "in %(count)d years", "count"),
    ),
    (
        2_592_000,
        ngettext_lazy("%(count)d month ago", "%(count)d months ago", "count"),
        ngettext_lazy("in %(count)d month", "in %(count)d months", "count"),
    ),
    (
        86_400,
        ngettext_lazy("%(count)d day ago", "%(count)d days ago", "count"),
        ngettext_lazy("in %(count)d day", "in %(count)d days", "count"),
    ),
    (
        3600,
        ngettext_lazy("%(count)d hour ago", "%(count)d hours ago", "count"),
        ngettext_lazy("in %(count)d hour", "in %(count)d hours", "count"),
    ),
    (
        MINUTE,
        ngettext_lazy("%(count)d minute ago", "%(count)d minutes ago", "count"),
        ngettext_lazy("in %(count)d minute", "in %(count)d minutes", "count"),
    ),
)


@register.filter
def number(value: float | None, digits: int = 4) -> str:
    """Write 6693 as 6 693 and a fraction with `digits` significant digits."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return NOTHING
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    if isinstance(value, int):
        return grouped(f"{value:,d}")
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    return significant(value, int(digits))


@register.filter
def datum(value: float | None) -> str:
    """Write a number out of a column: 2007, which may be a year, but 25 000."""
    text = number(value)
    is_number = isinstance(value, int | float)
    return text.replace(THIN, "") if is_number and abs(value) < UNGROUPED else text


def significant(value: float, digits: int) -> str:
    """Write a fraction; exponents only where plain digits would mislead."""
    if value and not 1e-4 <= abs(value) < 1e15:
        return pointed(f"{value:.{digits - 1}e}".replace("-", "−"))
    whole = len(str(int(abs(value)))) if abs(value) >= 1 else 0
    leading = -math.floor(math.log10(abs(value))) - 1 if 0 < abs(value) < 1 else 0
    text = f"{value:,.{max(digits - whole + leading, 0)}f}"
    return grouped(text.rstrip("0").rstrip(".") if "." in text else text)


def grouped(text: str) -> str:
    return pointed(text.replace(",", THIN).replace("-", "−"))


def pointed(text: str) -> str:
    """Write the decimal sign of the language that is spoken: 0.5 or 0,5."""
    return text if translation.get_language() in POINTED else text.replace(".", ",")


@register.filter
def fixed(value: float | None, digits: int = 3) -> str:
    """Write a measure with so many decimals, as in a column of metrics.

    Of a large one, in the target's own unit, no more than six digits are told.
    """
    if not isinstance(value, int | float) or not math.isfinite(value):
        return NOTHING
    whole = len(str(int(abs(value))))
    decimals = max(0, min(int(digits), DIGITS - whole))
    return grouped(f"{value:,.{decimals}f}")


@register.filter
def percent(share: float | None, digits: int = 1) -> str:
    """Write 0.019 as 1.9 %."""
    if not isinstance(share, int | float) or not math.isfinite(share):
        return NOTHING
    return f"{grouped(f'{share * 100:,.{int(digits)}f}')}{THIN}%"


@register.filter
def setting(value: object) -> str:
    """Write what was chosen in a form: yes, no, nothing or the value itself."""
    if value is None:
        return NOTHING
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, list | tuple):
        return ", ".join(setting(part) for part in value) or NOTHING
    return pointed(str(value)) if isinstance(value, float) else str(value)


@register.filter
def chance(value: float) -> str:
    """Write a p-value; one that three decimals cannot show is below them."""
    least = 0.001
    return f"p = {fixed(value)}" if value >= least else f"p < {fixed(least)}"


@register.filter
def word(value: str) -> str:
    """Write a state, a role or a model's name in the language that is spoken."""
    return str(WORDS.get(value, "")) or (gettext(value) if value else "")


@register.filter
def deed(value: str) -> str:
    """Write what somebody did, as the activity log keeps it."""
    return str(DEEDS.get(value, value or ""))


@register.filter
def doer(activity: Activity) -> str:
    """Name who did it; of an account that is gone, a deed of the person alone does."""
    if activity.user is None and says_all(activity.action):
        return str(activity.details.get("name") or gettext("Somebody"))
    return str(activity.user or gettext("Somebody"))


@register.filter
def says_all(action: str) -> bool:
    """Whether a deed of the activity log is told without what it was done to."""
    return action in WHOLE_DEEDS


@register.filter
def browser(agent: str) -> str:
    """Write what a browser says of itself as people call it: Firefox, Linux."""
    kinds = (BROWSERS, SYSTEMS)
    found = [
        next((name for sign, name in kind.items() if sign in agent), "")
        for kind in kinds
    ]
    return ", ".join(name for name in found if name) if found[0] else agent


@register.filter
def spoken(text: object) -> str:
    """Write what programs and rows say in English in the language that is spoken."""
    return speech.spoken(text)


@register.filter
def spoken_list(texts: Iterable[object], between: str = "") -> str:
    """Write several such texts in a row, with “and” between them or what is given."""
    word = gettext("and")  # the collector sees none inside an f-string
    glue = between or f" {word} "
    return glue.join(speech.spoken(text) for text in texts)


@register.filter
def size(count: float | None) -> str:
    """Write bytes as people read them: 412 kB."""
    if count is None:
        return NOTHING
    rest, unit = float(count), 0
    while rest >= 999.5 and unit < len(SIZES) - 1:
        rest, unit = rest / 1000, unit + 1
    digits = 1 if unit and rest < 9.95 else 0
    return f"{pointed(f'{rest:.{digits}f}')}{THIN}{SIZES[unit]}"


@register.filter
def duration(seconds: float | None) -> str:
    """Write seconds as 85 ms, 4.2 s, 1 min 10 s or 2 h 5 min."""
    if seconds is None:
        return NOTHING
    if seconds < 0.9995:
        return f"{seconds * 1000:.0f}{THIN}ms"
    if seconds < 9.95:
        return f"{pointed(f'{seconds:.1f}')}{THIN}s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole}{THIN}s"
    if whole < 3600:
        return f"{whole // 60}{THIN}min {whole % 60}{THIN}s"
    return f"{whole // 3600}{THIN}h {whole % 3600 // 60}{THIN}min"


@register.filter
def rough(seconds: float) -> str:
    """Write an estimate as exactly as it is meant: from two minutes on in minutes."""
    if seconds < 2 * MINUTE:
        return duration(seconds)
    minutes = round(seconds / MINUTE)
    if minutes < 60:
        return f"{minutes}{THIN}min"
    return duration(minutes * MINUTE)


@register.filter
def ago(moment: datetime | None) -> str:
    """Write a moment as its distance, with the exact time in the title."""
    if moment is None:
        return NOTHING
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        moment.isoformat(timespec="seconds"),
        exact(moment),
        distance((timezone.now() - moment).total_seconds()),
    )


def distance(seconds: float) -> str:
    past, seconds = seconds >= 0, abs(seconds)
    if seconds < MINUTE:
        return gettext("just now") if past else gettext("in a moment")
    for span, ago_words, ahead_words in SPANS:
        if seconds >= span:
            count = int(seconds // span)
            return str((ago_words if past else ahead_words) % {"count": count})
    raise AssertionError("a minute is the shortest span")  # pragma: no cover


@register.filter
def exact(moment: datetime | None) -> str:
    """Write a moment to the minute, in UTC."""
    if moment is None:
        return NOTHING
    return f"{timezone.localtime(moment).isoformat(' ')[:16]} UTC"


@register.filter
def unlocalised(value: float) -> str:
    """Write a number for an attribute of HTML."""
    return f"{value:.4g}"
