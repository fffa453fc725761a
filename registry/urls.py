"""Addresses of the registry's pages."""

from django.urls import path

from registry import views

app_name = "registry"
urlpatterns = [
    path("projects/<slug:key>/models/", views.model_list, name="list"),
    path("projects/<slug:key>/models/train/", views.train, name="train"),
    path(
        "experiments/<int:pk>/sessions/<int:number>/predict/",
        views.try_session,
        name="try",
    ),
    path("models/", views.state, name="state"),
    path("models/register/", views.register, name="register"),
    path("models/<int:pk>/", views.detail, name="detail"),
    path("models/<int:pk>/compare/", views.compare, name="compare"),
    path("models/<int:pk>/activate/", views.activate, name="activate"),
    path("models/<int:pk>/ask/", views.ask, name="ask"),
    path("models/<int:pk>/requests/<int:number>/decide/", views.decide, name="decide"),
    path("models/<int:pk>/rollback/", views.rollback, name="rollback"),
    path("models/<int:pk>/delete/", views.delete, name="delete"),
    path("models/<int:pk>/versions/<str:version>/", views.version, name="version"),
    path(
        "models/<int:pk>/versions/<str:version>/download/",
        views.download,
        name="download",
    ),
    path("models/<int:pk>/versions/<str:version>/onnx/", views.onnx, name="onnx"),
    path(
        "models/<int:pk>/versions/<str:version>/delete/",
        views.delete_one_version,
        name="delete_version",
    ),
    path(
        "models/<int:pk>/versions/<str:version>/performance/",
        views.performance,
        name="performance",
    ),
    path(
        "models/<int:pk>/versions/<str:version>/performance/cancel/",
        views.performance_cancel,
        name="cancel_measuring",
    ),
    path(
        "models/<int:pk>/versions/<str:version>/performance/report.txt",
        views.performance_text,
        name="performance_text",
    ),
    path(
        "models/<int:pk>/versions/<str:version>/performance/report.pdf",
        views.performance_pdf,
        name="performance_pdf",
    ),
    path("models/<int:pk>/predict/", views.predict, name="predict"),
    path("models/<int:pk>/predict/file/", views.predict_file, name="predict_file"),
    path("models/<int:pk>/batches/", views.batches, name="batches"),
    path("models/<int:pk>/batches/start/", views.start, name="start_batch"),
    path("models/<int:pk>/batches/<int:number>.csv", views.batch_csv, name="batch_csv"),
    path(
        "models/<int:pk>/batches/<int:number>/cancel/",
        views.batch_cancel,
        name="cancel_batch",
    ),
    path("models/<int:pk>/drift/", views.drift, name="drift"),
    path("models/<int:pk>/records/", views.records, name="records"),
    path("models/<int:pk>/records.csv", views.records_csv, name="records_csv"),
    path("models/<int:pk>/records/outcomes/", views.outcomes, name="outcomes"),
    path(
        "models/<int:pk>/records/<int:number>/outcome/", views.outcome, name="outcome"
    ),
    path("models/<int:pk>/retrain/", views.retrain, name="retrain"),
    path(
        "models/<int:pk>/retrainings/<int:number>/", views.retraining, name="retraining"
    ),
    path(
        "models/<int:pk>/retrainings/<int:number>/cancel/",
        views.cancel,
        name="cancel_retraining",
    ),
]
