"""Pages of the registry."""

from registry.views.batches import batch_cancel, batch_csv, batches, start
from registry.views.configuring import retrain, train
from registry.views.models import (
    activate,
    delete,
    delete_one_version,
    detail,
    model_list,
    register,
    rollback,
)
from registry.views.performance import (
    performance,
    performance_cancel,
    performance_pdf,
    performance_text,
)
from registry.views.predicting import predict, predict_file
from registry.views.records import drift, outcome, outcomes, records, records_csv
from registry.views.requests import ask, decide
from registry.views.retraining import cancel, retraining
from registry.views.state import state
from registry.views.trying import try_session
from registry.views.versions import compare, download, onnx, version

__all__ = [
    "activate",
    "ask",
    "batch_cancel",
    "batch_csv",
    "batches",
    "cancel",
    "compare",
    "decide",
    "delete",
    "delete_one_version",
    "detail",
    "download",
    "drift",
    "model_list",
    "onnx",
    "outcome",
    "outcomes",
    "performance",
    "performance_cancel",
    "performance_pdf",
    "performance_text",
    "predict",
    "predict_file",
    "records",
    "records_csv",
    "register",
    "retrain",
    "retraining",
    "rollback",
    "start",
    "state",
    "train",
    "try_session",
    "version",
]
