"""Uploads, datasets and versions for tests, with real bytes where they are read."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path

import factory
from django.core.files.uploadedfile import TemporaryUploadedFile
from factory.django import DjangoModelFactory

from datamine import files
from datamine.work.children import run_inline
from datasets import services
from datasets.models import Dataset, DatasetVersion, Recipe, Upload, Visualization
from datasets.readers.dialect import Dialect
from tests.factories.projects import ProjectFactory, UserFactory

FLOWERS = b"""petal,sepal,species
1.4,5.1,setosa
4.7,7.0,versicolor
,6.3,virginica
6.0,,virginica
1.3,4.7,setosa
4.5,6.4,versicolor
"""


class UploadFactory(DjangoModelFactory):
    """A file that was received; `content` is what it holds."""

    class Meta:
        model = Upload

    class Params:
        content = FLOWERS

    project = factory.SubFactory(ProjectFactory)
    created_by = factory.SubFactory(UserFactory)
    filename = "flowers.csv"
    key = factory.LazyAttribute(lambda row: stored(row.content, row.project.pk))
    size = factory.LazyAttribute(lambda row: len(row.content))
    sha256 = factory.LazyAttribute(lambda row: hashlib.sha256(row.content).hexdigest())


class DatasetFactory(DjangoModelFactory):
    """A row without any version and without bytes: for lists and rights."""

    class Meta:
        model = Dataset

    project = factory.SubFactory(ProjectFactory)
    created_by = factory.SubFactory(UserFactory)
    name = factory.Sequence(lambda number: f"Dataset {number}")
    filename = "flowers.csv"
    upload = ""
    file_format = "csv"
    file_size = 100
    sha256 = factory.Sequence(lambda number: f"{number:064x}")


class RecipeFactory(DjangoModelFactory):
    """One step under a name."""

    class Meta:
        model = Recipe

    project = factory.SubFactory(ProjectFactory)
    name = factory.Sequence(lambda number: f"Recipe {number}")
    steps = factory.LazyFunction(
        lambda: [
            {"step": "fill_missing", "columns": ["petal"],
             "parameters": {"strategy": "median"}}
        ]
    )  # fmt: skip


class DatasetVersionFactory(DjangoModelFactory):
    """A finished version whose data nobody reads; active when asked for."""

    class Meta:
        model = DatasetVersion
        skip_postgeneration_save = True

    dataset = factory.SubFactory(DatasetFactory)
    number = factory.Sequence(lambda number: number + 1)
    status = "ready"
    data = "versions/0/none.parquet"
    columns = factory.LazyFunction(
        lambda: [
            {"id": "c0", "name": "petal", "type": "number", "missing": 1, "unique": 5},
            {"id": "c1", "name": "species", "type": "category", "missing": 0,
             "unique": 3},
        ]
    )  # fmt: skip
    columns_count = 2
    rows_count = 6

    @factory.post_generation
    def active(self, create, wanted, **extra):
        if create and wanted:
            self.dataset.active_version = self
            self.dataset.save()


class VisualizationFactory(DjangoModelFactory):
    """A histogram of the flowers' petals, private unless asked for otherwise."""

    class Meta:
        model = Visualization

    dataset = factory.SubFactory(DatasetFactory)
    name = factory.Sequence(lambda number: f"Chart {number}")
    chart_type = "histogram"
    chart_config = factory.LazyFunction(lambda: {"column": "petal"})
    created_by = factory.SubFactory(UserFactory)


def stored(content: bytes, owner: int) -> str:
    """Keep bytes in the storage; return their key."""
    key = files.new_key("uploads", owner, "")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "file")
        path.write_bytes(content)
        files.store(path, key)
    return key


def sent(content: bytes, name: str = "flowers.csv") -> TemporaryUploadedFile:
    """Return a file as it arrives with a request."""
    file = TemporaryUploadedFile(name, "text/csv", len(content), None)
    file.write(content)
    file.flush()
    file.seek(0)
    return file


def imported_dataset(
    project, actor, content: bytes = FLOWERS, name: str = "", **dialect: object
) -> Dataset:
    """Upload a table and read it here and now, through the services."""
    upload = services.receive_upload(project, sent(content), actor=actor)
    dataset = services.import_upload(
        upload,
        name=name,
        file_format="csv",
        dialect=Dialect(**dialect),
        actor=actor,
    )
    run_inline(dataset.versions.get())
    dataset.refresh_from_db()
    return dataset
