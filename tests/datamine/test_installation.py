from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from datamine import installation

SCRIPT = Path(installation.__file__)


def settings_with(monkeypatch, **variables):
    for name in ("PIP_INDEX_URL", "PIP_CERT", *installation.HANDED_ON.values()):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return installation.settings_for_uv()


def test_settings_of_pip_are_handed_on(monkeypatch):
    settings = settings_with(
        monkeypatch,
        PIP_FIND_LINKS="/some/wheels /more/wheels",
        PIP_CERT="/some/certificates",
    )

    assert settings["UV_FIND_LINKS"] == "/some/wheels,/more/wheels"
    assert settings["SSL_CERT_FILE"] == "/some/certificates"


def test_setting_of_uv_wins_over_pip(monkeypatch):
    settings = settings_with(
        monkeypatch, PIP_FIND_LINKS="/of/pip", UV_FIND_LINKS="/of/uv"
    )

    assert settings["UV_FIND_LINKS"] == "/of/uv"


@pytest.mark.skipif(sys.platform != "linux", reason="PyPI's build is small elsewhere")
def test_torch_comes_from_the_folder_that_holds_it(monkeypatch, tmp_path):
    monkeypatch.delenv("DATAMINE_CUDA", raising=False)
    (tmp_path / "torch-2.13.0+cpu-cp311-cp311-linux_x86_64.whl").touch()

    options = installation.torch_options({"UV_FIND_LINKS": f"/none,{tmp_path}"})

    assert options == []


def test_torch_with_cuda_comes_from_anywhere(monkeypatch):
    monkeypatch.setenv("DATAMINE_CUDA", "1")

    assert installation.torch_options({}) == []


def test_index_that_is_out_of_reach_is_left_soon(monkeypatch):
    monkeypatch.setattr(installation, "TORCH_INDEX", "http://127.0.0.1:9/torch/")

    assert not installation.reaches_torch_index()


def test_failing_installation_ends_in_a_sentence(tmp_path):
    done = subprocess.run(
        [sys.executable, SCRIPT, str(tmp_path / "missing.txt")],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert "The installation stopped:" in done.stderr
    assert "Traceback" not in done.stderr
