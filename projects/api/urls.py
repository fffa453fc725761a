from __future__ import annotations

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from projects.api.views import account, invitations, projects, webhooks

router = SimpleRouter()
router.register("projects", projects.ProjectViewSet, basename="api-project")
router.register(
    r"projects/(?P<key>[-a-zA-Z0-9_]+)/members",
    projects.MemberViewSet,
    basename="api-member",
)
router.register(
    r"projects/(?P<key>[-a-zA-Z0-9_]+)/invitations",
    invitations.InvitationViewSet,
    basename="api-invitation",
)
router.register(
    r"projects/(?P<key>[-a-zA-Z0-9_]+)/webhooks",
    webhooks.WebhookViewSet,
    basename="api-webhook",
)

urlpatterns = [
    path("auth/login/", account.LoginView.as_view(), name="api-login"),
    path("auth/logout/", account.LogoutView.as_view(), name="api-logout"),
    path("auth/logoutall/", account.LogoutAllView.as_view(), name="api-logoutall"),
    path("me/", account.MeView.as_view(), name="api-me"),
    path(
        "projects/<slug:key>/activity/",
        projects.ActivityView.as_view(),
        name="api-activity",
    ),
    path(
        "projects/<slug:key>/hand-over/",
        projects.HandOverView.as_view(),
        name="api-hand-over",
    ),
    path("", include(router.urls)),
]
