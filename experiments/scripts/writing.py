"""Scripts that train again what was trained: of scikit-learn alone where that can be.

A plain script reads the file by pandas, divides and encodes the rows in a few lines
anyone can follow, and builds the estimator as it was built. Where more went into the
figures than it can say, the script calls our own learning code, which lies beside it.
"""

from __future__ import annotations

import json
import textwrap
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Any

from datasets.tables import NUMERIC, ColumnType
from experiments.algorithms.catalogue import CATEGORY_LIMITS, Task
from experiments.algorithms.parameters import Setting
from experiments.scripts.carried import imported, modules_in, pinned, sources
from experiments.scripts.recorded import Bundle

if TYPE_CHECKING:
    from collections.abc import Iterable

    from experiments.scripts.recorded import Recorded

FOLDER = Path(__file__).parent
#: Types of columns that a few lines of pandas read exactly as the import does.
READABLE = NUMERIC | {ColumnType.BOOLEAN, ColumnType.CATEGORY}
#: What is found by name when it runs, so that no import tells of it.
FOUND_BY_NAME = (
    "datasets.engines", "datasets.readers", "datasets.steps",
    "experiments.algorithms", "experiments.families", "experiments.networks",
)  # fmt: skip
#: What a plain script is made of, what the learning code is made of, and networks.
PLAIN_LIBRARIES = (
    "numpy", "pandas", "scikit-learn", "scipy", "joblib", "threadpoolctl",
)  # fmt: skip
LIBRARIES = (
    "numpy", "scipy", "scikit-learn", "joblib", "narwhals", "polars", "pyarrow",
    "duckdb", "pydantic",
)  # fmt: skip
OF_NETWORKS = ("torch", "skorch")


def bundle_of(recorded: Recorded) -> Bundle:
    """Return the script of a session, plain where it can be."""
    reason = reason_not_plain(recorded)
    return plain_bundle(recorded) if reason is None else whole(recorded, reason)


def reason_not_plain(recorded: Recorded) -> str | None:
    """Return what a plain script could not say; None where it says everything."""
    plan, split, dialect = recorded.plan, recorded.plan.split, recorded.dialect
    used = [recorded.imported.column(name).type for name in _used(recorded)]
    reasons = {
        "the model is one of a family with checks of its own": recorded.entry.family,
        "hyperparameters were searched for in each fold": plan.search
        and plan.search.nested,
        "steps prepare the rows": recorded.steps or plan.steps,
        "the rows were not divided at random one by one": split.method != "random"
        or split.keep_duplicates_together
        or split.same_as,
        "the file is no plain CSV": recorded.file_format != "csv"
        or recorded.filename.lower().endswith(".gz")
        or dialect.thousands
        or dialect.comment
        or dialect.bad_records != "stop",
        "dates or free text are used": not READABLE.issuperset(used),
    }
    return next((reason for reason, holds in reasons.items() if holds), None)


def plain_bundle(recorded: Recorded) -> Bundle:
    """Return a script of pandas and scikit-learn."""
    estimator = _estimator(recorded)
    classes = sorted(_classes(estimator), key=lambda kind: kind.__qualname__)
    own = [kind.__qualname__ for kind in classes if _is_own(kind)]
    values = {
        "session": str(recorded.session),
        "beside": f", {' and '.join(own)} by the sources beside" if own else "",
        "imports": "\n".join(
            f"from {_home(kind)} import {kind.__qualname__}" for kind in classes
        ),
        "model": _constructed(estimator),
        **{name: repr(value) for name, value in _constants(recorded).items()},
    }
    return _bundle("plain.txt", values, PLAIN_LIBRARIES)


def whole(recorded: Recorded, reason: str) -> Bundle:
    """Return a script of our own learning code, which lies beside it."""
    kept = recorded.kept_split
    said = {
        "sha256": recorded.sha256,
        "format": recorded.file_format,
        "dialect": recorded.dialect.model_dump(mode="json"),
        "steps": [step.model_dump(mode="json") for step in recorded.steps],
        "plan": recorded.plan.model_dump(mode="json"),
        "kept_split": kept and {name: rows.tolist() for name, rows in kept.items()},
        "figures": recorded.figures,
        "split_digest": recorded.split_digest,
    }
    # A text inside a text: whatever names are in it, it is never code.
    values = {
        "session": str(recorded.session),
        "reason": reason,
        "said": repr(json.dumps(said, ensure_ascii=True)),
    }
    networks = OF_NETWORKS if recorded.entry.family else ()
    return _bundle(
        "whole.txt", values, (*LIBRARIES, *networks), modules_in(*FOUND_BY_NAME)
    )


def _bundle(
    template: str,
    values: dict[str, str],
    libraries: Iterable[str],
    found_by_name: Iterable[str] = (),
) -> Bundle:
    text = Template((FOLDER / template).read_text())
    script = text.substitute(values, dependencies="")
    carried = sources([*imported(script), *found_by_name])
    requirements = pinned(libraries)
    named = ", ".join(f'"{name}"' for name in requirements)
    beside = {path: source.encode() for path, source in carried.items()}
    return Bundle(text.substitute(values, dependencies=named), requirements, beside)


def _used(recorded: Recorded) -> list[str]:
    """Return the columns a plain script reads; those that steps make are not there."""
    known = recorded.imported.names
    wanted = [recorded.plan.target, *recorded.plan.features]
    return [name for name in wanted if name in known]


def _constants(recorded: Recorded) -> dict[str, Any]:
    plan, dialect = recorded.plan, recorded.dialect
    names = recorded.imported.names
    is_utf8 = dialect.encoding == "utf-8"
    return {
        "sha256": recorded.sha256,
        "read": {
            "sep": dialect.delimiter,
            "encoding": "utf-8-sig" if is_utf8 else dialect.encoding,
            **({"quotechar": dialect.quote} if dialect.quote else {"quoting": 3}),
            "header": 0 if dialect.header else None,
            "names": list(names),
        },
        "missing": list(dialect.missing_markers),
        "decimal": dialect.decimal,
        "target": plan.target,
        "kinds": {
            name: recorded.imported.column(name).type.value for name in _used(recorded)
        },
        "features": list(plan.features),
        "is_class": plan.task is Task.CLASSIFICATION,
        "one_hot": recorded.entry.categories == "onehot",
        "most_categories": CATEGORY_LIMITS[recorded.entry.categories],
        "seed": plan.random_seed,
        "test_share": plan.split.test_ratio,
        "validation_share": plan.split.validation_ratio,
        "stratified": plan.split.stratified,
        "folds": plan.split.cv_folds,
        "repeats": plan.split.cv_repeats,
        "split": recorded.split_digest,
        "told": recorded.figures,
    }


def _estimator(recorded: Recorded) -> Any:
    """Return the estimator as it was before it learned."""
    entry, features = recorded.entry, recorded.plan.features
    native = entry.categories == "native"
    kinds = [recorded.imported.column(name).type for name in features]
    places = [at for at, kind in enumerate(kinds) if kind is ColumnType.CATEGORY]
    setting = Setting(
        recorded.plan.random_seed, categorical=tuple(places) if native else ()
    )
    parameters = entry.parameters_model().parse(recorded.hyperparameters)
    return entry.build(parameters.model_dump(), setting)


def _classes(estimator: Any) -> set[type]:
    """Return the classes an estimator is made of."""
    parts = [estimator, *estimator.get_params().values()]
    return {type(part) for part in parts if hasattr(part, "get_params")}


def _constructed(estimator: Any) -> str:
    """Return the expression that makes an estimator, as scikit-learn writes it."""
    text = estimator.__repr__(N_CHAR_MAX=10**6)
    return textwrap.indent(text, " " * 11).lstrip()


def _is_own(kind: type) -> bool:
    return kind.__module__.startswith("experiments.")


def _home(kind: type) -> str:
    """Return where a class is imported from: libraries name it one level down."""
    module = kind.__module__
    return module if _is_own(kind) else ".".join(module.split(".")[:2])
