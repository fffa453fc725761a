from __future__ import annotations

import os
import socket

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError

from datamine import env
from datamine.management.commands import chart_script, run
from tests.factories.projects import UserFactory


def test_data_folder_has_one_holder():
    held = run.take_lock()

    with pytest.raises(CommandError, match=rf"already runs .*process {os.getpid()}\)"):
        run.take_lock()

    held.close()


def test_data_folder_is_free_after_its_holder():
    run.take_lock().close()

    run.take_lock().close()


def test_taken_port_is_told_with_another():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        with pytest.raises(CommandError, match=rf"Port {port} is taken"):
            run.check_port(port)


def test_impossible_port_is_told():
    with pytest.raises(CommandError, match="Port 70000 is taken or not allowed"):
        run.check_port(70000)


def test_static_inputs_change_with_a_file(settings, tmp_path):
    settings.STATICFILES_DIRS = [tmp_path]
    before = run.digest_static_inputs()

    (tmp_path / "new.css").write_text("a {}")

    assert run.digest_static_inputs() != before


@pytest.fixture
def no_account():
    (env.HOME / "demo-account").unlink(missing_ok=True)


def test_first_start_makes_the_account_it_names(db, no_account):
    login = run.describe_login("secret-7")

    account = get_user_model().objects.get()
    assert login == "demo / secret-7"
    assert account.is_superuser
    assert account.check_password("secret-7")


def test_later_start_makes_no_account(db, no_account):
    UserFactory(username="somebody")

    assert run.describe_login("secret-7") == ""
    assert get_user_model().objects.count() == 1


def test_changed_password_is_not_printed(db, no_account):
    run.describe_login("secret-7")
    account = get_user_model().objects.get()
    account.set_password("another-8")
    account.save()

    assert run.describe_login("secret-7") == "demo, with the password you gave it"


def test_made_password_stays_and_is_nobody_elses_to_read():
    first = run.demo_password()

    assert run.demo_password() == first
    assert len(first) >= 12
    assert (env.HOME / "demo-password").stat().st_mode & 0o777 == 0o600


def test_chart_script_of_another_version_is_not_current(monkeypatch, tmp_path):
    monkeypatch.setattr(chart_script, "FILE", tmp_path / "vega-embed.js")
    missing = chart_script.is_current()
    chart_script.FILE.write_text("/* vl-convert-python 0.1 */\n")
    old = chart_script.is_current()
    chart_script.FILE.write_text(chart_script.first_line() + "script")
    new = chart_script.is_current()

    assert (missing, old, new) == (False, False, True)
