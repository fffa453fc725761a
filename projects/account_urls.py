from __future__ import annotations

from django.urls import path

from projects.views import account, notices, sign_ins, tokens

app_name = "account"
urlpatterns = [
    path("account/", account.profile, name="profile"),
    path("account/logout/", account.LogOut.as_view(), name="logout"),
    path("account/password/", account.password, name="password"),
    path("account/close/", account.close, name="close"),
    path("account/prove/", account.prove, name="prove"),
    path("account/sign-ins/", sign_ins.index, name="sign-ins"),
    path("account/sign-ins/<int:pk>/end/", sign_ins.end, name="sign-in-end"),
    path("account/notices/", notices.index, name="notices"),
    path("account/notices/now/", notices.now, name="notices-now"),
    path("account/theme/", account.theme, name="theme"),
    path("account/tokens/", tokens.index, name="tokens"),
    path("account/tokens/<uuid:pk>/end/", tokens.end, name="token-end"),
]
