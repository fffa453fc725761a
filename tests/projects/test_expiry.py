"""What has run out does not stay for ever."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from datamine.work.reaper import SWEEPING
from projects.expiry import forget_what_expired
from projects.models import RememberedAnswer


@pytest.mark.django_db
def test_sign_ins_that_ran_out_are_removed(owner):
    for _ in range(2):
        Client().force_login(owner)
    old, new = Session.objects.all()
    old.expire_date = timezone.now() - timedelta(seconds=1)
    old.save()

    forget_what_expired()

    assert list(Session.objects.all()) == [new]
    assert forget_what_expired in SWEEPING


@pytest.mark.django_db
def test_answers_are_remembered_for_a_day(owner):
    for key in ("old", "new"):
        RememberedAnswer.objects.create(user=owner, key=key, fingerprint="")
    before = timezone.now() - timedelta(days=1, seconds=1)
    RememberedAnswer.objects.filter(key="old").update(created_at=before)

    forget_what_expired()

    assert RememberedAnswer.objects.get().key == "new"
