"""What workers are asked for by name."""

from __future__ import annotations

import logging

from projects.mail import try_letter
from projects.models import Delivery, Letter
from projects.webhooks import try_delivery

logger = logging.getLogger(__name__)


def deliver(pk: int, attempt: int) -> None:
    """Try a delivery, if its webhook is still there."""
    delivery = Delivery.objects.select_related("webhook").filter(pk=pk).first()
    if delivery is None:
        logger.warning("Delivery %s is gone.", pk)
        return
    try_delivery(delivery, attempt)


def post_letter(pk: int, attempt: int) -> None:
    """Try to send a letter, if it is still there."""
    letter = Letter.objects.filter(pk=pk).first()
    if letter is None:
        logger.warning("Letter %s is gone.", pk)
        return
    try_letter(letter, attempt)
