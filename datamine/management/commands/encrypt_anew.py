from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand

from datamine.operations.encrypting import encrypt_anew


class Command(BaseCommand):
    help = (
        "Encrypt with the present DATAMINE_SECRET_KEY the second factors that one of "
        "DATAMINE_SECRET_KEY_FALLBACKS encrypted."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        done = encrypt_anew()
        for whose in done.refused:
            self.stdout.write(f"{whose}: None of the keys has encrypted it.")
        self.stdout.write(
            f"{done.anew} second factors encrypted with the present key, "
            f"{len(done.refused)} refused."
        )
        if done.refused:
            sys.exit(1)
