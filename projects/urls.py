from __future__ import annotations

from django.urls import path

from projects.views import invitations, members, projects, webhooks

app_name = "projects"
urlpatterns = [
    path("projects/", projects.index, name="list"),
    path("projects/new/", projects.create, name="create"),
    path("projects/<slug:key>/", projects.detail, name="detail"),
    path("projects/<slug:key>/settings/", projects.settings, name="settings"),
    path("projects/<slug:key>/activity/", projects.activity, name="activity"),
    path("projects/<slug:key>/archive/", projects.archive, name="archive"),
    path("projects/<slug:key>/hand-over/", projects.hand_over, name="hand-over"),
    path("projects/<slug:key>/delete/", projects.delete, name="delete"),
    path("projects/<slug:key>/members/", members.index, name="members"),
    path("projects/<slug:key>/members/add/", members.add, name="member-add"),
    path(
        "projects/<slug:key>/members/<int:pk>/role/",
        members.change_role,
        name="member-role",
    ),
    path(
        "projects/<slug:key>/members/<int:pk>/remove/",
        members.remove,
        name="member-remove",
    ),
    path(
        "projects/<slug:key>/invitations/add/",
        invitations.add,
        name="invitation-add",
    ),
    path(
        "projects/<slug:key>/invitations/<int:pk>/withdraw/",
        invitations.withdraw,
        name="invitation-withdraw",
    ),
    path("invitations/<str:word>/", invitations.show, name="invitation"),
    path(
        "invitations/<str:word>/sign-up/",
        invitations.sign_up,
        name="invitation-sign-up",
    ),
    path("projects/<slug:key>/webhooks/", webhooks.index, name="webhooks"),
    path("projects/<slug:key>/webhooks/add/", webhooks.add, name="webhook-add"),
    path(
        "projects/<slug:key>/webhooks/<int:pk>/switch/",
        webhooks.switch,
        name="webhook-switch",
    ),
    path(
        "projects/<slug:key>/webhooks/<int:pk>/ping/",
        webhooks.ping,
        name="webhook-ping",
    ),
    path(
        "projects/<slug:key>/webhooks/<int:pk>/remove/",
        webhooks.remove,
        name="webhook-remove",
    ),
]
