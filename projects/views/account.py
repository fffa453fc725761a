"""Log-in and the account."""

from django.contrib.auth.views import LoginView, LogoutView

from projects.views.projects import index as password
from projects.views.projects import index as profile
from projects.views.projects import index as theme


class LogIn(LoginView):
    template_name = "account/login.html"
    redirect_authenticated_user = True


class LogOut(LogoutView):
    pass
