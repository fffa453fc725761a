"""What a person chooses on the page of a new experiment, step after step.

The page is one form. Everything that is not said yet has a sensible default; what was
said for another version or another algorithm is forgotten, so that each step always
fits those before it.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.http import Http404, QueryDict

from datamine.parameters import form_for
from datasets.choices import ProcessingStatus
from datasets.models import Dataset, DatasetVersion
from experiments.algorithms.catalogue import Task
from experiments.choices import Preprocessing
from experiments.drafts import Draft
from experiments.forms.searches import SearchForm, search_form
from experiments.forms.splits import SHARED, USUAL, SplitChoice
from experiments.models import Experiment, Result
from experiments.models import Preset as PresetRow
from experiments.screenings import screening_of
from experiments.shared_splits import splits_to_share
from experiments.suggestions import (
    DOUBTS,
    algorithms_for,
    candidates,
    computed_targets,
    default_algorithm,
    doubts,
    name_for,
)

if TYPE_CHECKING:
    from datamine.parameters import ParametersForm
    from experiments.algorithms.catalogue import Algorithm, Preset
    from experiments.suggestions import Candidate
    from projects.models import Project

DEFAULT_PRESET = "default"
#: What is said of a column that gives the target away, and the button against it.
TELLS = "gives the target away?"
WITHOUT_TELLING = "without_telling"


class SetupForm:
    """The five steps as far as they were taken; columns are named by their ids.

    `said` is what was sent, by GET or POST. A dataset or version that is not of the
    project is a 404; any other value that does not exist counts as not said.
    """

    def __init__(self, project: Project, said: QueryDict) -> None:
        self.project = project
        self.said = said

    # Step 1: the rows

    @cached_property
    def datasets(self) -> list[Dataset]:
        """The datasets of the project that have a version to learn from."""
        ready = Dataset.objects.filter(
            project=self.project, versions__status=ProcessingStatus.READY
        )
        return list(ready.distinct().select_related("active_version"))

    @cached_property
    def dataset(self) -> Dataset | None:
        if self.said.get("dataset"):
            return chosen(self.datasets, self.said["dataset"])
        return self.datasets[0] if self.datasets else None

    @cached_property
    def versions(self) -> list[DatasetVersion]:
        if self.dataset is None:
            return []
        ready = self.dataset.versions.filter(status=ProcessingStatus.READY)
        return list(ready.order_by("-number").defer("profile", "columns", "problems"))

    @cached_property
    def version(self) -> DatasetVersion | None:
        if self.dataset is None:
            return None
        moved = self.said.get("version_of") not in {None, str(self.dataset.pk)}
        if self.said.get("version") and not moved:
            found = chosen(self.versions, self.said["version"])
        else:
            active = self.dataset.active_version_id
            found = next((v for v in self.versions if v.pk == active), self.versions[0])
        found.dataset = self.dataset
        return found

    # Step 2: what is learned from what

    @cached_property
    def columns(self) -> list[Candidate]:
        return candidates(self.version) if self.version else []

    @cached_property
    def targets(self) -> list[Candidate]:
        """The columns, and what families compute of them."""
        return [*self.columns, *computed_targets(self.columns)]

    @cached_property
    def target(self) -> Candidate | None:
        wanted = self.said.get("target")
        return next((c for c in self.targets if c.id == wanted), None)

    @cached_property
    def feature_ids(self) -> set[str]:
        """The ids of the features; the default ones until somebody chose."""
        if self.target is None:
            return set()
        version, _, target = self.said.get("features_of", "").partition(":")
        if self.version is None or version != str(self.version.pk):
            return self.default_feature_ids
        ticked = set(self.said.getlist("features"))
        if target != self.target.id:
            ticked |= {target} & self.default_feature_ids
        if self.said.get("action") == WITHOUT_TELLING:
            ticked -= {c.id for c in self.columns if c.name in self.telling}
        return ticked - {self.target.id}

    @cached_property
    def default_feature_ids(self) -> set[str]:
        """The ids of the columns that are worth learning from."""
        others = (c for c in self.columns if c != self.target)
        return {c.id for c in others if c.name not in self.doubts}

    @cached_property
    def doubts(self) -> dict[str, str]:
        """Why some columns are no features unless somebody asks for them, by name."""
        if self.version is None or self.target is None or self.task is None:
            return {}
        return doubts(self.version, self.target.name, self.task)

    @cached_property
    def telling(self) -> set[str]:
        """The names of columns that give the target away."""
        if self.version is None or self.target is None or self.task is None:
            return set()
        found = screening_of(self.version, self.target.name, self.task).telling
        return {problem.column for problem in found if problem.column}

    @property
    def tells(self) -> bool:
        """Whether one of these columns is among the features."""
        return any(column.name in self.telling for column in self.features)

    @property
    def features(self) -> list[Candidate]:
        return [c for c in self.columns if c.id in self.feature_ids]

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The lines of the table that features are ticked in."""
        return [
            {
                "column": column,
                "ticked": column.id in self.feature_ids,
                "doubt": self.doubts.get(column.name)
                or (TELLS if column.name in self.telling else ""),
            }
            for column in self.columns
            if column != self.target
        ]

    @property
    def tasks(self) -> tuple[Task, ...]:
        return self.target.tasks if self.target else ()

    @cached_property
    def task(self) -> Task | None:
        wanted = self.said.get("task")
        first = self.tasks[0] if self.tasks else None
        return next((task for task in self.tasks if task == wanted), first)

    # Steps 3 and 4: the algorithm and its hyperparameters

    @cached_property
    def algorithms(self) -> list[Algorithm]:
        if self.task is None or self.version is None:
            return []
        target = self.target.name if self.target and self.target.is_computed else ""
        return algorithms_for(self.task, self.version.schema.names, target)

    @cached_property
    def algorithm(self) -> Algorithm | None:
        if not self.algorithms:
            return None
        wanted = self.said.get("algorithm")
        named = (entry for entry in self.algorithms if entry.name == wanted)
        return next(named, None) or default_algorithm(self.algorithms)

    @cached_property
    def preset(self) -> Preset | None:
        wanted = self.said.get("preset")
        return next((p for p in self.presets if p.name == wanted), None)

    @cached_property
    def presets(self) -> list[Preset]:
        return PresetRow.objects.of(self.algorithm) if self.algorithm else []

    @property
    def parameters_of(self) -> str:
        """What the shown hyperparameters belong to: another choice shows others."""
        name = self.algorithm.name if self.algorithm else ""
        return f"{name}:{self.preset.name if self.preset else DEFAULT_PRESET}"

    @cached_property
    def parameters(self) -> ParametersForm | None:
        """The form made of the algorithm's declaration."""
        if self.algorithm is None:
            return None
        kept = self.said.get("parameters_of") == self.parameters_of
        return form_for(
            self.algorithm.parameters_model(),
            self.said if kept else None,
            prefix="p",
            initial=self.preset.values if self.preset else {},
        )

    @cached_property
    def search(self) -> SearchForm | None:
        """The form of the search, filled anew where the algorithm has changed."""
        if self.algorithm is None or self.algorithm.family is not None:
            return None
        kept = self.said.get("search_of") == self.algorithm.name
        method = self.said.get("search-method", "")
        return search_form(self.algorithm, self.said if kept else None, method)

    @property
    def searches(self) -> bool:
        """Whether a way to search was chosen, so that its fields are shown."""
        return bool(self.search and self.search["method"].value())

    # Step 5: the split

    @cached_property
    def split(self) -> SplitChoice:
        """The form of the split and what is shown of it."""
        usual = self.usual_split
        named = self.said.get("split-same_as", "")
        return SplitChoice(
            self.said,
            columns=[c for c in self.columns if c != self.target],
            usual=usual,
            of=self.algorithm.name if self.algorithm and usual else USUAL,
            task=self.task,
            sources=splits_to_share(self.version, named) if self.version else [],
            things=self.things,
        )

    @property
    def things(self) -> str:
        """The id of the first column that names things with several rows."""
        named = (
            c.id
            for c in self.columns
            if self.doubts.get(c.name) == DOUBTS["names_repeat"]
        )
        return next(named, "")

    @cached_property
    def usual_split(self) -> dict[str, Any]:
        """What of the split a family wants other than usual."""
        if self.algorithm is None or self.algorithm.family is None:
            return {}
        if self.parameters is not None:
            self.parameters.is_valid()
        values = self.algorithm.parameters_model().parse(self.hyperparameters())
        names = [column.name for column in self.columns]
        return self.algorithm.family.usual_split(values, names)

    @property
    def preprocessing(self) -> str:
        wanted = self.said.get("preprocessing")
        known = wanted in Preprocessing.values
        return wanted if known else Preprocessing.LEAK_FREE

    @cached_property
    def name(self) -> str:
        """What was typed, else a name made of the choices as they are now."""
        typed = self.said.get("name", "").strip()
        if typed and typed != self.said.get("name_suggested"):
            return typed[: Experiment._meta.get_field("name").max_length]
        return self.suggested_name

    @property
    def suggested_name(self) -> str:
        if self.algorithm is None or self.target is None:
            return ""
        return name_for(self.algorithm, self.target.name, self.feature_ids)

    # All together

    def draft(self) -> Draft | None:
        """Return what was chosen, or None while a step or a value is missing."""
        forms_right = self.split.is_right
        if self.parameters is not None and self.parameters.is_bound:
            forms_right = self.parameters.is_valid() and forms_right
        if self.searches and self.search is not None and self.search.is_bound:
            forms_right = self.search.is_valid() and forms_right
        if not (forms_right and self.version and self.target and self.algorithm):
            return None
        return Draft(
            version=self.version,
            name=self.name,
            description=self.said.get("description", "").strip()[:2000],
            algorithm=self.algorithm.name,
            target_column=self.target.name,
            feature_columns=tuple(column.name for column in self.features),
            hyperparameters=self.hyperparameters(),
            split=self.split.settings,
            search=self.search_settings(),
            preprocessing=self.preprocessing,
        )

    def hyperparameters(self) -> dict[str, Any]:
        form = self.parameters
        if form is not None and form.is_bound and form.parameters is not None:
            return form.parameters.model_dump(mode="json")
        return dict(self.preset.values) if self.preset else {}

    def search_settings(self) -> dict[str, Any] | None:
        """Return how to search; as recommended until somebody said more."""
        if self.search is None or not self.searches:
            return None
        if self.search.parameters is not None:
            return self.search.parameters.model_dump(mode="json")
        return {"method": self.search["method"].value()}


def said_like(experiment: Experiment) -> QueryDict:
    """Return what asks another algorithm the question of an experiment.

    Rows, target and features are the same, and the split, once there is one.
    """
    version = experiment.version
    ids = {column.name: column.id for column in version.schema}
    target = ids.get(experiment.target_column, "")
    said = QueryDict(mutable=True)
    said["dataset"] = said["version_of"] = str(experiment.dataset_id)
    said["version"] = str(version.pk)
    said["target"], said["task"] = target, experiment.task
    said["features_of"] = f"{version.pk}:{target}"
    features = [ids[name] for name in experiment.feature_columns if name in ids]
    said.setlist("features", features)
    said["preprocessing"] = experiment.preprocessing
    if Result.objects.filter(session__experiment=experiment).exists():
        said["split-same_as"] = str(experiment.pk)
        said["split_shown"] = USUAL + SHARED
    return said


def chosen(rows: list[Any], pk: str) -> Any:
    """Return the row somebody named; one that is not among them does not exist."""
    for row in rows:
        if str(row.pk) == pk:
            return row
    raise Http404
