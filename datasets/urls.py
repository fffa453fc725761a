from __future__ import annotations

from django.urls import path

from datasets.views import (
    charts,
    difference,
    light_curves,
    outliers,
    overview,
    prepare,
    questions,
    recipes,
    rows,
    synthetic,
    trash,
    uploading,
    versions,
)

app_name = "datasets"
urlpatterns = [
    path("projects/<slug:key>/datasets/", overview.dataset_list, name="list"),
    path("projects/<slug:key>/datasets/upload/", uploading.upload, name="upload"),
    path(
        "projects/<slug:key>/datasets/synthetic/", synthetic.synthetic, name="synthetic"
    ),
    path(
        "projects/<slug:key>/datasets/light-curves/",
        light_curves.light_curves,
        name="light_curves",
    ),
    path("projects/<slug:key>/datasets/trash/", trash.in_trash, name="trash"),
    path("datasets/uploads/<uuid:pk>/", uploading.review, name="review"),
    path("datasets/uploads/<uuid:pk>/discard/", uploading.discard, name="discard"),
    path("datasets/<int:pk>/", overview.detail, name="detail"),
    path("datasets/<int:pk>/edit/", overview.edit, name="edit"),
    path("datasets/<int:pk>/dialect/", uploading.dialect, name="dialect"),
    path("datasets/<int:pk>/delete/", overview.delete, name="delete"),
    path("datasets/<int:pk>/put-back/", trash.put_back, name="put-back"),
    path("datasets/<int:pk>/purge/", trash.purge, name="purge"),
    path("datasets/<int:pk>/rows/", rows.rows, name="rows"),
    path("datasets/<int:pk>/rows/data.csv", rows.rows_csv, name="rows_csv"),
    path("datasets/<int:pk>/charts/", charts.charts, name="charts"),
    path("datasets/<int:pk>/charts/data.csv", charts.charts_csv, name="charts_csv"),
    path(
        "visualizations/<int:pk>/delete/",
        charts.visualization_delete,
        name="visualization_delete",
    ),
    path("datasets/<int:pk>/outliers/", outliers.outliers, name="outliers"),
    path(
        "datasets/<int:pk>/outliers/data.csv",
        outliers.outliers_csv,
        name="outliers_csv",
    ),
    path("datasets/<int:pk>/prepare/", prepare.prepare, name="prepare"),
    path("recipes/<int:pk>/", recipes.recipe, name="recipe"),
    path("recipes/<int:pk>/delete/", recipes.delete, name="recipe-delete"),
    path("datasets/<int:pk>/versions/", versions.versions, name="versions"),
    path("datasets/<int:pk>/compare/", difference.compare, name="compare"),
    path(
        "datasets/<int:pk>/versions/<int:number>/progress/",
        overview.progress,
        name="progress",
    ),
    path(
        "datasets/<int:pk>/versions/<int:number>/cancel/",
        overview.cancel,
        name="cancel",
    ),
    path(
        "datasets/<int:pk>/versions/<int:number>/answer/",
        questions.answer,
        name="answer",
    ),
    path(
        "datasets/<int:pk>/versions/<int:number>/restore/",
        versions.restore,
        name="restore",
    ),
    path(
        "datasets/<int:pk>/versions/<int:number>/download/",
        versions.download,
        name="download",
    ),
    path(
        "datasets/<int:pk>/versions/<int:number>/recipe/",
        recipes.of_version,
        name="version-recipe",
    ),
]
