from __future__ import annotations

from django.urls import path

from projects.views import account, tokens

app_name = "account"
urlpatterns = [
    path("account/", account.profile, name="profile"),
    path("account/login/", account.LogIn.as_view(), name="login"),
    path("account/logout/", account.LogOut.as_view(), name="logout"),
    path("account/password/", account.password, name="password"),
    path("account/close/", account.close, name="close"),
    path("account/theme/", account.theme, name="theme"),
    path("account/tokens/", tokens.index, name="tokens"),
    path("account/tokens/<uuid:pk>/end/", tokens.end, name="token-end"),
]
