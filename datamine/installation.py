"""Install the pinned requirements into this environment; stands on nothing but Python.

    python datamine/installation.py requirements.txt [requirements-dev.txt]
    python datamine/installation.py --lock

uv does the work. It knows nothing of pip's settings, so those that say where packages
are found are handed on. PyPI's torch for Linux carries gigabytes of CUDA: unless
`DATAMINE_CUDA=1`, the CPU build is taken from where pip looks or from PyTorch's index.
"""

from __future__ import annotations

import contextlib
import os
import shlex
import subprocess
import sys
import urllib.request
from pathlib import Path
from threading import Thread

ROOT = Path(__file__).resolve().parent.parent
CONSTRAINTS = ROOT / "constraints.txt"
REQUIREMENTS = ("requirements.txt", "requirements-dev.txt")
TORCH_INDEX = "https://download.pytorch.org/whl/cpu/torch/"
PROBE_SECONDS = 2
HANDED_ON = {  # pip's setting: what uv calls it
    "find-links": "UV_FIND_LINKS",
    "index-url": "UV_DEFAULT_INDEX",
    "cert": "SSL_CERT_FILE",
}


class InstallationError(Exception):
    """The installation cannot go on, for a reason that a person can mend."""


def main(words: list[str]) -> None:
    """Install the files named, or write the lock."""
    try:
        ensure_uv()
        if words == ["--lock"]:
            write_lock()
        else:
            install(words)
    except (InstallationError, subprocess.CalledProcessError) as problem:
        sys.exit(f"\nThe installation stopped: {problem}")
    except KeyboardInterrupt:
        sys.exit("\nStopped; the next start goes on from here.")


def install(files: list[str]) -> None:
    print("Installing the packages DataMine stands on.", flush=True)
    environment = settings_for_uv()
    named = [word for file in files for word in ("-r", str(ROOT / file))]
    command = [*uv(), "pip", "install", "--python", sys.executable]
    subprocess.run(
        [*command, "-c", CONSTRAINTS, *named, *torch_options(environment)],
        env=environment,
        check=True,
    )


def write_lock() -> None:
    """Write the versions of all packages, as one Python for Linux resolves them."""
    environment = settings_for_uv()
    compiled = subprocess.run(
        [*uv(), "pip", "compile", *REQUIREMENTS, "--quiet", "--python-version=3.11",
         "--no-header", "--no-annotate", "--upgrade", *torch_options(environment)],
        env=environment, cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    if "nvidia-" in compiled:
        raise InstallationError("the lock would hold CUDA packages; is torch's CPU "
                                "build to be found?")  # fmt: skip
    pins = compiled.replace("+cpu", "")
    CONSTRAINTS.write_text(f"# Every package, pinned. Written by `make lock`.\n{pins}")
    print(f"Wrote {CONSTRAINTS.name}: {pins.count('==')} packages.")


def torch_options(environment: dict[str, str]) -> list[str]:
    """Return how to find torch: where pip looks, in PyTorch's index, or anywhere."""
    if sys.platform != "linux" or os.environ.get("DATAMINE_CUDA") == "1":
        return []
    if has_torch(environment.get("UV_FIND_LINKS", "")):
        return []
    if reaches_torch_index():
        return ["--torch-backend", "cpu"]
    print("PyTorch's own index is out of reach: taking PyPI's large build.", flush=True)
    return []


def has_torch(places: str) -> bool:
    return any(any(Path(place).glob("torch-*.whl")) for place in places.split(","))


def reaches_torch_index() -> bool:
    """Ask within two seconds; looking up a name has no time limit of its own."""
    answers: list[int] = []

    def ask() -> None:
        with contextlib.suppress(OSError):
            answers.append(urllib.request.urlopen(TORCH_INDEX).status)

    asking = Thread(target=ask, daemon=True)
    asking.start()
    asking.join(PROBE_SECONDS)
    return answers == [200]


def settings_for_uv() -> dict[str, str]:
    """Return the environment for uv, with what pip was told about finding packages."""
    told = {"UV_PYTHON_DOWNLOADS": "never"}
    for name, value in pip_settings().items():
        if name in HANDED_ON:
            told[HANDED_ON[name]] = ",".join(value.split())
    return {**told, **os.environ}


def pip_settings() -> dict[str, str]:
    """Return pip's settings by name; the environment wins over files, as in pip."""
    listed = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    pairs = [line.partition("=") for line in listed.splitlines()]
    pairs.sort(key=lambda pair: pair[0].startswith(":env:"))
    return {
        name.rpartition(".")[2]: "".join(shlex.split(value)) for name, _, value in pairs
    }


def ensure_uv() -> None:
    """Install uv, and pip first where an interrupted start left none."""
    if runs("uv", "--version"):
        return
    if not runs("pip", "--version"):
        subprocess.run([sys.executable, "-m", "ensurepip"], check=True)
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "uv", "-c", CONSTRAINTS],
        check=True,
    )


def uv() -> list[str]:
    return [sys.executable, "-m", "uv"]


def runs(*words: str) -> bool:
    command = [sys.executable, "-m", *words]
    return not subprocess.run(command, capture_output=True, check=False).returncode


if __name__ == "__main__":
    main(sys.argv[1:])
