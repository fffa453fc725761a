"""Makes what the program reads out of the catalogues that people write.

    python datamine/catalogues.py

Stands on polib alone, so that an installation needs no gettext tools. Those are for
authors: `make messages` collects the words.
"""

from __future__ import annotations

from pathlib import Path

import polib

LOCALE = Path(__file__).resolve().parent.parent / "locale"


def compile_all() -> list[Path]:
    """Write each catalogue that is newer than what was made of it; return those."""
    made = []
    for source in sorted(LOCALE.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            polib.pofile(str(source)).save_as_mofile(str(target))
            made.append(target)
    return made


if __name__ == "__main__":
    compile_all()
