"""The example of the README: from a file to a prediction in five lines."""

from __future__ import annotations

import http.client
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from sklearn.datasets import load_iris

from datamine.client import Client
from tests.program import PASSWORD, ROOT, Program

pytestmark = pytest.mark.timeout(300)


def token_of(program: Program) -> str:
    connection = http.client.HTTPConnection("localhost", program.port, timeout=60)
    body = json.dumps({"username": "demo", "password": PASSWORD})
    headers = {"Content-Type": "application/json"}
    connection.request("POST", "/api/auth/login/", body, headers)
    token: str = json.load(connection.getresponse())["token"]
    connection.close()
    return token


def write_iris(path: Path) -> None:
    frame = load_iris(as_frame=True).frame
    frame.columns = ["sepal_length", "sepal_width", "petal_length", "petal_width", "k"]
    names = frame.pop("k").map(["setosa", "versicolor", "virginica"].__getitem__)
    frame.assign(species=names).to_csv(path, index=False)


def test_example_of_the_readme_goes_from_file_to_prediction(program, tmp_path):
    readme = (ROOT / "README.md").read_text()
    example = next(
        code
        for code in re.findall(r"```python\n(.*?)```", readme, re.DOTALL)
        if "datamine.client" in code
    )
    token = token_of(program)
    key = Client(program.url, token).call("POST", "/api/projects/", {"name": "Five"})
    for said, meant in (
        ("http://127.0.0.1:8000", program.url),
        ("dm_…", token),
        ('"demo"', f'"{key["key"]}"'),
    ):
        assert said in example
        example = example.replace(said, meant)
    write_iris(tmp_path / "iris.csv")

    told = subprocess.run(
        [sys.executable, "-c", example],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )

    assert "'prediction': 'setosa'" in told.stdout
