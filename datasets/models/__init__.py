"""Tables of a project and the immutable tree of their versions."""

from datasets.models.datasets import Dataset
from datasets.models.limits import Quota, SiteLimits
from datasets.models.recipes import Recipe
from datasets.models.tags import Tag
from datasets.models.uploads import Upload
from datasets.models.versions import DatasetVersion
from datasets.models.visualizations import Visualization

__all__ = [
    "Dataset",
    "DatasetVersion",
    "Quota",
    "Recipe",
    "SiteLimits",
    "Tag",
    "Upload",
    "Visualization",
]
