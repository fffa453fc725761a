"""Versions of a model in a git repository, their large files in Git LFS."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from datamine import files
from experiments.exceptions import DamagedModelError
from experiments.reports.texts import text_of
from experiments.results.downloads import artifact_file
from registry.exceptions import ExportError, NotMeasuredError
from registry.packages import folder_of, write_package
from registry.performance_report import file_name, latest_view

if TYPE_CHECKING:
    from collections.abc import Iterable

    from registry.models import ModelVersion, RegisteredModel

#: What goes into Git LFS by its name, wherever it lies.
PATTERNS = (
    "*.pth", "*_model.pth", "*_checkpoint.pth", "trained_*.pth", "*.pkl", "*.h5",
    "*.hdf5",
)  # fmt: skip
#: And any other file of so many bytes.
LARGE = 5_000_000
ATTRIBUTES, ACTIVE = ".gitattributes", "active_model.json"
#: Who commits where git knows nobody.
NOBODY = {"user.name": "DataMine", "user.email": "datamine@localhost"}
SECONDS = 600


class Repository:
    """A folder that git keeps; made where there is none.

    Raises `ExportError` where git or Git LFS are not installed, or refuse.
    """

    def __init__(self, folder: Path) -> None:
        for program, package in (("git", "git"), ("git-lfs", "git-lfs")):
            if shutil.which(program) is None:
                raise ExportError(
                    f"{program} is not installed. Debian and Ubuntu have it in the "
                    f"package {package}."
                )
        self.folder, self.program = folder, str(shutil.which("git"))
        if not folder.exists() or not any(folder.iterdir()):
            folder.mkdir(parents=True, exist_ok=True)
            self.git("init", "--quiet", "--initial-branch", "main")
        if not (folder / ".git").exists():
            raise ExportError(
                f"{folder} holds files and is no git repository. Name an empty folder, "
                "or the top folder of a repository."
            )
        if not self.knows("filter.lfs.clean"):
            self.git("lfs", "install", "--local")

    def git(self, *words: str) -> str:
        """Run git in the folder; return what it says."""
        done = subprocess.run(
            [self.program, *words],
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=SECONDS,
            env={**os.environ, "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"},
        )
        if done.returncode:
            said = (done.stderr or done.stdout).strip()[-500:]
            raise ExportError(f"git {words[0]} refused in {self.folder}: {said}")
        return done.stdout

    def keep_large(self, paths: Iterable[Path]) -> None:
        """Let LFS keep what is large by name or size, beside what it keeps already."""
        own = self.folder / ATTRIBUTES
        known = own.read_text().splitlines() if own.exists() else []
        large = [
            path.relative_to(self.folder).as_posix()
            for path in paths
            if path.stat().st_size > LARGE
            and not any(path.match(pattern) for pattern in PATTERNS)
        ]
        wanted = [f"{name} filter=lfs diff=lfs merge=lfs -text" for name in PATTERNS]
        wanted += [f"/{name} filter=lfs diff=lfs merge=lfs -text" for name in large]
        fresh = [line for line in wanted if line not in known]
        if fresh:
            own.write_text("\n".join([*known, *fresh]) + "\n")

    def remove(self, path: str) -> None:
        """Remove a file, whether git knows it or not, if there is one."""
        self.git("rm", "--force", "--quiet", "--ignore-unmatch", "--", path)
        (self.folder / path).unlink(missing_ok=True)

    def commit(self, message: str, paths: Iterable[str], date: str) -> bool:
        """Commit these paths if anything about them is new; return whether it was."""
        self.git("add", "--", *paths)
        if not self.git("diff", "--cached", "--name-only").strip():
            return False
        who: list[str] = []
        for setting, value in NOBODY.items():
            if not self.knows(setting):
                who += ["-c", f"{setting}={value}"]
        self.git(*who, "commit", "--quiet", f"--date={date}", "-m", message)
        return True

    def knows(self, setting: str) -> bool:
        """Whether git has a value for a setting here."""
        try:
            return bool(self.git("config", setting).strip())
        except ExportError:
            return False


def export_versions(
    model: RegisteredModel, versions: Iterable[ModelVersion], folder: Path
) -> list[str]:
    """Commit versions, one each, and which of them serves; return what was committed.

    What is there already is not committed again. Raises `ExportError`.
    """
    repository = Repository(folder)
    done = []
    for version in versions:
        place = folder / model.name / version.version
        try:
            written = unpacked(version, place)
        except DamagedModelError as error:
            raise ExportError(f"{version}: {error}") from error
        repository.keep_large(written)
        paths = [ATTRIBUTES, f"{model.name}/{version.version}"]
        message = f"Add {version}"
        if repository.commit(message, paths, version.created_at.isoformat()):
            done.append(message)
    done += [serving] if (serving := commit_active(model, repository)) else []
    return done


def unpacked(version: ModelVersion, place: Path) -> list[Path]:
    """Write the files of a version into a folder of their own; return them.

    Raises `ExportError` where a name would lie elsewhere, `DamagedModelError`.
    """
    place.mkdir(parents=True, exist_ok=True)
    inside = folder_of(version)
    with (
        artifact_file(version.session.result) as source,
        tempfile.TemporaryFile(dir=files.scratch(), prefix="export-") as whole,
    ):
        write_package(version, source, whole)
        with zipfile.ZipFile(whole) as package:
            names = {n: n.removeprefix(f"{inside}/") for n in package.namelist()}
            for plain in names.values():
                if plain in {"", ".", ".."} or plain != Path(plain).name:
                    raise ExportError(f"{version} holds {plain!r}, which is no file.")
            for name, plain in names.items():
                with package.open(name) as read, (place / plain).open("wb") as write:
                    shutil.copyfileobj(read, write)
    try:
        report = text_of(latest_view(version).document())
        (place / file_name(version, "txt")).write_text(report)
    except NotMeasuredError:
        pass
    return sorted(path for path in place.iterdir() if path.is_file())


def commit_active(model: RegisteredModel, repository: Repository) -> str:
    """Write which version serves, copy it, and commit that where it is new.

    Where its folder is not here, all is left as it is: pointer and copies agree.
    """
    name = model.active_version.version if model.active_version else None
    path = repository.folder / model.name / ACTIVE
    if not (path.parent / (name or "")).is_dir():
        return ""
    path.write_text(json.dumps({"model": model.name, "version": name}) + "\n")
    message = f"Serve {model.name} {name}" if name else f"Serve no {model.name}"
    moment = model.updated_at.isoformat()
    copied, gone = copied_active(path.parent, model.name, name)
    for one in gone:
        repository.remove(f"{model.name}/{one}")
    paths = [f"{model.name}/{one}" for one in [ACTIVE, *copied]]
    return message if repository.commit(message, paths, moment) else ""


def copied_active(
    place: Path, model: str, version: str | None
) -> tuple[list[str], list[str]]:
    """Copy the files of what serves under names that stay.

    LFS keeps equal bytes once. Return the names of copies, and those that what serves
    has no file for.
    """
    wanted = {
        f"best_{model}_model.pth": "model.pth",
        "scaler.pkl": "scaler.pkl",
        f"best_{model}_model.pkl": "model_*.pkl",
    }
    copied, gone = [], []
    for name, pattern in wanted.items():
        found = next((place / version).glob(pattern), None) if version else None
        if found is not None:
            shutil.copyfile(found, place / name)
            copied.append(name)
        else:
            gone.append(name)
    return copied, gone
