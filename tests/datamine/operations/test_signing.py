"""A changed artefact key: every model stays, and nothing else becomes one of ours."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command

from datamine.files import local_path
from datamine.operations.selfchecks import check_models
from datamine.operations.signing import sign_anew
from experiments.models import Result

NEW_KEY = "another-key-" + "n" * 50


@pytest.fixture
def earlier(in_service, settings):
    """The key a model was signed with; the site has another one by now."""
    key, settings.ARTIFACT_KEY = settings.ARTIFACT_KEY, NEW_KEY
    return key


def test_models_answer_under_a_new_key_once_they_are_signed_with_it(earlier):
    refused = check_models()

    done = sign_anew(earlier)
    again = sign_anew(earlier)

    assert (refused.good, len(refused.refused)) == (0, 1)
    assert (done.anew, done.before, done.refused) == (1, 0, {})
    assert (again.anew, again.before, again.refused) == (0, 1, {})
    assert (check_models().good, check_models().refused) == (1, {})


def test_model_that_neither_key_has_signed_is_refused(earlier):
    before = Result.objects.get()

    done = sign_anew("no key of this place")

    assert done.refused == {before.artifact: "Neither key has signed it."}
    assert Result.objects.get().artifact_hmac == before.artifact_hmac


def test_model_of_a_bundle_is_not_trusted_by_the_way(earlier):
    Result.objects.update(artifact_hmac="")

    done = sign_anew(earlier)

    assert (done.anew, done.before, done.refused) == (0, 0, {})
    assert Result.objects.get().artifact_hmac == ""


def test_command_names_what_it_refuses(earlier, tmp_path, capsys):
    key_file = tmp_path / "earlier-key"
    key_file.write_text(f"{earlier}\n")
    artifact = Result.objects.get().artifact

    call_command("sign_models", key_file)
    local_path(artifact).write_bytes(b"other")
    with pytest.raises(SystemExit):
        call_command("sign_models", key_file)
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("sign_models", tmp_path / "nowhere")

    first, *rest = capsys.readouterr().out.splitlines()
    assert first.startswith("1 models signed with the present key")
    assert rest[0].startswith(f"{artifact}: The stored data are damaged")
