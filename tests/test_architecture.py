"""The shape of the whole, where no linter holds it."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("datamine", "projects", "datasets", "experiments", "registry")
HEAVY = (
    "torch", "sklearn", "polars", "pandas", "altair", "duckdb", "skorch", "vl_convert",
)  # fmt: skip
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
NAMELESS = {"utils", "util", "helpers", "helper", "common", "core", "misc"}
LARGEST_FUNCTION, LARGEST_CLASS = 60, 300
LARGEST_MODULE, LARGEST_TEST_MODULE, LARGEST_TEMPLATE = 400, 600, 120
# Longer for a reason: what, and why.
LONGER: dict[str, str] = {}

# Ways to run what somebody wrote, to show it unescaped, or to unpickle it. Where one
# is right all the same, the file stands here and is read with more care than others.
FORBIDDEN = {
    r"\b(c?[pP]ickle|dill|cloudpickle)\.loads?\(|^import pickle|^from pickle": set(),
    r"\bjoblib\.load\(": {"experiments/learning/artifacts.py"},
    r"\btorch\.load\(": {"experiments/learning/tensors.py"},
    r"(?<![\w.])(eval|exec)\(": set(),
    r"\bmark_safe\b|\bSafeString\(": set(),
    r"\bshell=True|\bos\.system\(|\bos\.popen\(": set(),
    r"\.extra\(|\bRawSQL\b|\.raw\(": set(),
    r"@csrf_exempt\b": {"datamine/api/urls.py"},  # says 404 to any method
    r"fields\s*=\s*[\"']__all__[\"']": set(),
}


@cache
def sources() -> tuple[Path, ...]:
    return tuple(
        path
        for package in PACKAGES
        for path in sorted((ROOT / package).rglob("*.py"))
        if "migrations" not in path.parts
    )


@cache
def templates() -> tuple[Path, ...]:
    return tuple(sorted((ROOT / "templates").rglob("*.*")))


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def pure_modules() -> list[str]:
    contracts = PROJECT["tool"]["importlinter"]["contracts"]
    pure = next(c for c in contracts if c["name"] == "Pure packages know no Django")
    named = tuple(pure["source_modules"])
    modules = [module_name(path) for path in sources()]
    return [
        module
        for module in modules
        if module in named or module.startswith(tuple(f"{name}." for name in named))
    ]


def module_name(path: Path) -> str:
    return (
        relative(path).removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    )


def run_fresh(program: str) -> str:
    """Return what a new interpreter prints, without this one's modules or settings."""
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_web_process_loads_no_heavy_library():
    program = f"""
import os, sys, django
os.environ["DJANGO_SETTINGS_MODULE"] = "datamine.settings"
django.setup()
import datamine.urls, datamine.wsgi
from django.urls import get_resolver
get_resolver().url_patterns
print([name for name in {HEAVY} if name in sys.modules])
"""

    loaded = run_fresh(program)

    assert loaded == "[]"


def test_catalogues_load_no_heavy_library():
    catalogues = [name for name in pure_modules() if name.endswith(".catalogue")]
    program = f"""
import importlib, sys
for name in {catalogues}:
    importlib.import_module(name)
print([name for name in {HEAVY} if name in sys.modules])
"""

    loaded = run_fresh(program)

    assert loaded == "[]"


@pytest.mark.timeout(600)  # loads every heavy library, on whatever else is running
def test_pure_modules_run_without_django():
    program = f"""
import importlib, os, sys
os.environ.pop("DJANGO_SETTINGS_MODULE", None)
found = {{}}
for name in {pure_modules()}:
    importlib.import_module(name)
    if "django" in sys.modules:
        found[name] = "loads Django"
        break
print(found)
"""

    found = run_fresh(program)

    assert found == "{}"


def test_no_module_without_a_noun():
    nameless = [relative(path) for path in sources() if path.stem in NAMELESS]

    assert nameless == []


def test_package_files_of_apps_stay_empty():
    filled = [
        f"{package}/__init__.py"
        for package in PACKAGES
        if (ROOT / package / "__init__.py").read_text().strip()
    ]

    assert filled == []


def test_modules_and_templates_stay_small():
    tests = sorted((ROOT / "tests").rglob("*.py"))
    long = [
        f"{relative(path)}: {count} lines"
        for paths, most in (
            (sources(), LARGEST_MODULE),
            (tests, LARGEST_TEST_MODULE),
            (templates(), LARGEST_TEMPLATE),
        )
        for path in paths
        if (count := path.read_bytes().count(b"\n")) > most
        and relative(path) not in LONGER
    ]

    assert long == []


def test_functions_and_classes_stay_small():
    long = [
        f"{name}: {count} lines"
        for path in sources()
        for name, count, most in measured(path)
        if count > most and name not in LONGER
    ]

    assert long == []


def measured(path: Path) -> list[tuple[str, int, int]]:
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            most = LARGEST_FUNCTION
        elif isinstance(node, ast.ClassDef):
            most = LARGEST_CLASS
        else:
            continue
        length = (node.end_lineno or node.lineno) - node.lineno + 1
        found.append((f"{relative(path)}:{node.name}", length, most))
    return found


@pytest.mark.parametrize("pattern", FORBIDDEN)
def test_dangerous_call_is_nowhere_else(pattern):
    allowed = FORBIDDEN[pattern]

    found = [
        f"{relative(path)}:{number}: {line.strip()}"
        for path in sources()
        if relative(path) not in allowed
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if re.search(pattern, line)
    ]

    assert found == []


@pytest.mark.parametrize(
    "pattern",
    [
        r"\|\s*safe\b",
        r"\{%\s*autoescape off",
        r"<script(?![^>]*\bsrc=)(?![^>]*type=.application/json)",
        r"\sstyle\s*=",
        r"\son[a-z]+\s*=\s*[\"']",
        r"(?:src|href)\s*=\s*[\"'](?:https?:)?//",
    ],
)
def test_templates_hold_nothing_inline_unescaped_or_foreign(pattern):
    found = [
        f"{relative(path)}:{number}: {line.strip()}"
        for path in templates()
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if re.search(pattern, line)
    ]

    assert found == []


def test_broad_excepts_stay_rare():
    lines = sum(len(path.read_text().splitlines()) for path in sources())
    broad = [
        f"{relative(path)}:{number}"
        for path in sources()
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if re.search(r"except (Base)?Exception\b", line)
    ]

    assert len(broad) <= max(1, lines * 0.3 / 1000), broad


def test_lock_holds_no_cuda_and_every_requirement():
    locked = (ROOT / "constraints.txt").read_text().lower()
    required = [
        line.split("#")[0].strip().lower().replace("_", "-")
        for name in ("requirements.txt", "requirements-dev.txt")
        for line in (ROOT / name).read_text().splitlines()
        if line.split("#")[0].strip()
    ]
    pins = [re.sub(r"\[.*?\]", "", line) for line in required]

    assert "nvidia-" not in locked
    assert [pin for pin in pins if pin not in locked.splitlines()] == []


#: By make, and by the client of S3.
READ_BY_OTHERS = {"DATAMINE_CUDA", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}


def test_settings_are_documented():
    documented = set(re.findall(r"^#?([A-Z][A-Z0-9_]+)=", example(), re.MULTILINE))
    read = set(
        re.findall(
            r"(?:reader(?:\.\w+)?|secret)\(\s*\"([A-Z0-9_]+)\"",
            (ROOT / "datamine/env.py").read_text(),
        )
    )

    assert documented - READ_BY_OTHERS == read


def example() -> str:
    return (ROOT / ".env.example").read_text()


@pytest.mark.parametrize("target", ["run", "test", "check", "bench", "chaos", "lock"])
def test_make_explains_its_targets(target):
    lines = (ROOT / "Makefile").read_text().splitlines()

    explained = [line for line in lines if line.startswith(f"{target}:")]

    assert [("##" in line) for line in explained] == [True]
