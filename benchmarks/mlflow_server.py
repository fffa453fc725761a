"""MLflow's server of models, in an environment of its own, to be measured beside ours.

The environment is made once, in the user's cache folder outside this repository: MLflow
brings hundreds of megabytes along that nothing here needs.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import subprocess
import sys
import tempfile
import time
from http import HTTPStatus
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from tests.program import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

MLFLOW = "3.17.2"
PATIENCE = 300.0
#: Run by MLflow's own Python; writes a fitted estimator as a model of MLflow.
SAVE = """
import sys, mlflow
from mlflow.models import infer_signature
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.tree import DecisionTreeClassifier

bunch = load_iris(as_frame=True)
X = bunch.data.rename(columns=lambda name: name.removesuffix(" (cm)"))
kind = DecisionTreeClassifier if sys.argv[1] == "tree" else RandomForestClassifier
fitted = kind().fit(X, bunch.target_names[bunch.target])
mlflow.sklearn.save_model(
    fitted,
    sys.argv[2],
    signature=infer_signature(X, fitted.predict_proba(X)),
    pyfunc_predict_fn="predict_proba",
    pip_requirements=["scikit-learn"],
    serialization_format="cloudpickle",
)
"""


def environment() -> Path | None:
    """Return MLflow's environment, made where it is not there; None if it cannot be.

    Says loudly what is left out then.
    """
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = cache / "datamine-benchmarks" / f"mlflow-{MLFLOW}"
    if (folder / "ready").exists():
        return folder
    wanted = [f"mlflow=={MLFLOW}"]
    wanted += [f"{name}=={version(name)}" for name in ("scikit-learn", "numpy")]
    uv = [sys.executable, "-m", "uv"]
    python = folder / "bin" / "python"
    try:
        subprocess.run(
            [*uv, "venv", "--clear", "--python", sys.executable, folder], check=True
        )
        subprocess.run([*uv, "pip", "install", "--python", python, *wanted], check=True)
    except (OSError, subprocess.CalledProcessError) as problem:
        print(f"!!! MLFLOW IS NOT MEASURED: it cannot be installed ({problem}).")
        return None
    (folder / "ready").touch()
    return folder


@contextlib.contextmanager
def mlflow_serving(folder: Path, name: str) -> Iterator[tuple[int, psutil.Process]]:
    """Serve the tree or the forest; the port and the process that answers."""
    binaries = folder / "bin"
    port = free_port()
    variables = {"PATH": f"{binaries}{os.pathsep}{os.environ['PATH']}"}
    with tempfile.TemporaryDirectory() as place:
        model = Path(place, "model")
        subprocess.run(
            [binaries / "python", "-c", SAVE, name, model],
            check=True,
            stderr=subprocess.DEVNULL,
        )
        served = subprocess.Popen(
            [
                *(binaries / "mlflow", "models", "serve", "--env-manager", "local"),
                *("--workers", "1", "--port", str(port), "--model-uri", model),
            ],
            env=os.environ | variables,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        parent = psutil.Process(served.pid)
        try:
            await_answer(port)
            started = parent.children(recursive=True)
            yield port, next(one for one in started if "uvicorn" in str(one.cmdline()))
        finally:
            for process in [*parent.children(recursive=True), parent]:
                process.kill()
            served.wait()


def cpu_seconds(process: psutil.Process) -> float:
    """Return what a process has computed so far."""
    return float(sum(process.cpu_times()[:2]))


def await_answer(port: int) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with contextlib.suppress(OSError, http.client.HTTPException):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            connection.request("GET", "/ping")
            if connection.getresponse().status == HTTPStatus.OK:
                return
        time.sleep(0.5)
    raise SystemExit(f"MLflow did not answer within {PATIENCE:.0f} s.")
