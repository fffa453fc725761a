"""Addresses of the experiments' pages."""

from __future__ import annotations

from django.urls import path

from experiments import views

app_name = "experiments"
IN_PROJECT = "projects/<slug:key>/experiments/"
EXPERIMENT = "experiments/<int:pk>/"
SESSION = f"{EXPERIMENT}sessions/<int:number>/"

urlpatterns = [
    path(IN_PROJECT, views.experiment_list, name="list"),
    path(f"{IN_PROJECT}new/", views.create, name="create"),
    path(f"{IN_PROJECT}compare/", views.compare, name="compare"),
    path(f"{IN_PROJECT}compare/table.csv", views.compare_csv, name="compare_csv"),
    path(f"{IN_PROJECT}compare/report.pdf", views.compare_pdf, name="compare_pdf"),
    path(f"{IN_PROJECT}compare/roc.json", views.compare_roc, name="compare_roc"),
    path(f"{IN_PROJECT}compare/save/", views.compare_save, name="compare_save"),
    path(
        f"{IN_PROJECT}compare/saved/<int:pk>/forget/",
        views.compare_forget,
        name="compare_forget",
    ),
    path(EXPERIMENT, views.detail, name="detail"),
    path(f"{EXPERIMENT}train/", views.train, name="train"),
    path(f"{EXPERIMENT}delete/", views.delete, name="delete"),
    path(SESSION, views.session, name="session"),
    path(f"{SESSION}continue/", views.go_on, name="continue"),
    path(f"{SESSION}cancel/", views.cancel, name="cancel"),
    path(f"{SESSION}charts/<slug:name>.json", views.chart, name="chart"),
    path(f"{SESSION}data/<slug:name>.csv", views.data_csv, name="data"),
    path(f"{SESSION}errors/", views.errors, name="errors"),
    path(f"{SESSION}evaluate/", views.evaluate, name="evaluate"),
    path(f"{SESSION}threshold/", views.threshold, name="threshold"),
    path(f"{SESSION}tested.csv", views.tested_csv, name="tested_csv"),
    path(f"{SESSION}report.pdf", views.report_pdf, name="report_pdf"),
    path(f"{SESSION}reproduce.zip", views.reproduce, name="reproduce"),
    path(f"{SESSION}metrics.json", views.metrics_json, name="metrics_json"),
    path(f"{SESSION}metrics.csv", views.metrics_csv, name="metrics_csv"),
    path(f"{SESSION}tree.<slug:ending>", views.tree, name="tree"),
    path(f"{SESSION}model/", views.download_model, name="model"),
]
