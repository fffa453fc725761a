"""Pages of experiments and their sessions."""

from experiments.views.comparing import (
    compare,
    compare_csv,
    compare_forget,
    compare_pdf,
    compare_roc,
    compare_save,
)
from experiments.views.creating import create
from experiments.views.deciding import threshold
from experiments.views.evaluating import evaluate
from experiments.views.listing import experiment_list
from experiments.views.results import (
    chart,
    data_csv,
    download_model,
    metrics_csv,
    metrics_json,
    report_pdf,
    reproduce,
    tree,
)
from experiments.views.sessions import (
    cancel,
    delete,
    detail,
    go_on,
    session,
    train,
)
from experiments.views.tested import errors, tested_csv

__all__ = [
    "cancel",
    "chart",
    "compare",
    "compare_csv",
    "compare_forget",
    "compare_pdf",
    "compare_roc",
    "compare_save",
    "create",
    "data_csv",
    "delete",
    "detail",
    "download_model",
    "errors",
    "evaluate",
    "experiment_list",
    "go_on",
    "metrics_csv",
    "metrics_json",
    "report_pdf",
    "reproduce",
    "session",
    "tested_csv",
    "threshold",
    "train",
    "tree",
]
