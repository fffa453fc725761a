"""Shapes of the registry in the API."""

from registry.api.serializers.batches import BatchFileSerializer, BatchSerializer
from registry.api.serializers.performance import PerformanceSerializer
from registry.api.serializers.predicting import (
    ExplainQuerySerializer,
    PredictQuerySerializer,
    RowsSerializer,
    StoreQuerySerializer,
    rows_or_file,
)
from registry.api.serializers.records import (
    DriftSerializer,
    OutcomeSerializer,
    OutcomesFileSerializer,
    OutcomesSerializer,
    RecordSerializer,
    RecordsQuerySerializer,
)
from registry.api.serializers.retraining import (
    DefaultParametersSerializer,
    RetrainingSerializer,
    RetrainSerializer,
    StartedSerializer,
    StartSerializer,
    TrainSerializer,
)
from registry.api.serializers.switching import (
    ActivateSerializer,
    ActivationRequestSerializer,
    ActivationSerializer,
    AskSerializer,
    DeclineSerializer,
    HistoryQuerySerializer,
    RollbackSerializer,
    SuggestionSerializer,
    SwitchedSerializer,
)
from registry.api.serializers.versions import (
    ComparedSerializer,
    CompareVersionsSerializer,
    ModelVersionSerializer,
    NotesSerializer,
    PackageQuerySerializer,
    RegisteredModelSerializer,
    RegisteredSerializer,
    RegisterSerializer,
)

__all__ = [
    "ActivateSerializer",
    "ActivationRequestSerializer",
    "ActivationSerializer",
    "AskSerializer",
    "BatchFileSerializer",
    "BatchSerializer",
    "CompareVersionsSerializer",
    "ComparedSerializer",
    "DeclineSerializer",
    "DefaultParametersSerializer",
    "DriftSerializer",
    "ExplainQuerySerializer",
    "HistoryQuerySerializer",
    "ModelVersionSerializer",
    "NotesSerializer",
    "OutcomeSerializer",
    "OutcomesFileSerializer",
    "OutcomesSerializer",
    "PackageQuerySerializer",
    "PerformanceSerializer",
    "PredictQuerySerializer",
    "RecordSerializer",
    "RecordsQuerySerializer",
    "RegisterSerializer",
    "RegisteredModelSerializer",
    "RegisteredSerializer",
    "RetrainSerializer",
    "RetrainingSerializer",
    "RollbackSerializer",
    "RowsSerializer",
    "StartSerializer",
    "StartedSerializer",
    "StoreQuerySerializer",
    "SuggestionSerializer",
    "SwitchedSerializer",
    "TrainSerializer",
    "rows_or_file",
]
