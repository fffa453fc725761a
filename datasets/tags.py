"""Words by which people find datasets: as they are written, and as they are kept."""

from __future__ import annotations

import re

from datasets.exceptions import BadTagError

LENGTH, MOST = 50, 20
BLANKS = re.compile(r"\s+")


def tags_in(text: str) -> list[str]:
    """Return the tags that somebody wrote with commas between; raises as `checked`."""
    return checked(text.split(","))


def checked(words: list[str]) -> list[str]:
    """Return tags as they are kept: small letters, single blanks, each once.

    Raises `BadTagError` for too many, or one that is too long or has a comma.
    """
    spelled = (BLANKS.sub(" ", word).strip().lower() for word in words)
    tags = sorted({tag for tag in spelled if tag})
    if len(tags) > MOST:
        raise BadTagError(f"A dataset has at most {MOST} tags; these are {len(tags)}.")
    for tag in tags:
        if len(tag) > LENGTH:
            raise BadTagError(
                f"The tag “{tag[:LENGTH]}…” is longer than {LENGTH} characters. "
                "Shorten it, or put commas between tags."
            )
        if "," in tag or not tag.isprintable():
            raise BadTagError(
                f"The tag “{tag}” has a comma or an invisible sign. Leave that out."
            )
    return tags
