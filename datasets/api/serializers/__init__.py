"""What the API takes and gives about datasets, versions and steps."""

from datasets.api.serializers.datasets import DatasetDetailSerializer, DatasetSerializer
from datasets.api.serializers.differences import DifferenceSerializer
from datasets.api.serializers.files import (
    ImportAgainSerializer,
    SniffRequestSerializer,
    SniffSerializer,
    UploadSerializer,
)
from datasets.api.serializers.recipes import RecipeSerializer, RecipeWriteSerializer
from datasets.api.serializers.steps import (
    StepEntrySerializer,
    StepsSerializer,
    TrialSerializer,
)
from datasets.api.serializers.versions import (
    RestoreSerializer,
    VersionDetailSerializer,
    VersionSerializer,
)

__all__ = [
    "DatasetDetailSerializer",
    "DatasetSerializer",
    "DifferenceSerializer",
    "ImportAgainSerializer",
    "RecipeSerializer",
    "RecipeWriteSerializer",
    "RestoreSerializer",
    "SniffRequestSerializer",
    "SniffSerializer",
    "StepEntrySerializer",
    "StepsSerializer",
    "TrialSerializer",
    "UploadSerializer",
    "VersionDetailSerializer",
    "VersionSerializer",
]
