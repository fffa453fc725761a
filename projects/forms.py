"""Forms of the account and of projects."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import password_validation
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from projects.choices import Role, Scope
from projects.models import Membership, Project, User, Webhook

PASSWORD_HELP = _("At least 8 characters, not a common one, not only digits.")


class ProjectForm(forms.ModelForm):
    class Meta:
        model = Project
        fields = ["name", "description", "is_public", "needs_second_owner"]
        labels = {"is_public": _("Public")}
        widgets = {"description": forms.Textarea(attrs={"rows": 3})}


class SearchForm(forms.Form):
    """What a list of projects is narrowed by; it lives in the address."""

    search = forms.CharField(
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    status = forms.ChoiceField(
        choices=[("", _("Active")), ("archived", _("Archived")), ("all", _("All"))],
        required=False,
    )


class DeleteForm(forms.Form):
    """The name, typed: nobody deletes a project by a slip."""

    name = forms.CharField(
        label=_("Type the project's name to confirm"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.project = project

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if name != self.project.name:
            raise ValidationError(
                _("This is not the name: %(name)s.") % {"name": self.project.name}
            )
        return name


class HandOverForm(forms.Form):
    """Who takes a project over: another member of it."""

    member = forms.ModelChoiceField(
        label=_("Member"),
        queryset=Membership.objects.none(),
        empty_label=_("Choose a member"),
    )

    def __init__(
        self, *args: Any, project: Project, owner: User, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        others = project.memberships.exclude(user=owner).filter(user__is_active=True)
        self.fields["member"].queryset = others.select_related("user")


class CloseForm(forms.Form):
    """The user name, typed: nobody closes an account by a slip."""

    username = forms.CharField(
        label=_("Type your user name to confirm"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_username(self) -> str:
        username: str = self.cleaned_data["username"]
        if username != self.user.username:
            raise ValidationError(_("This is not your user name."))
        return username


class MemberForm(forms.Form):
    identifier = forms.CharField(label=_("User name or e-mail address"), max_length=254)
    role = forms.ChoiceField(choices=Role, initial=Role.VIEWER)


class InvitationForm(forms.Form):
    name = forms.CharField(
        label=_("Who"),
        max_length=120,
        help_text=_("A name, to tell invitations apart."),
    )
    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        required=False,
        help_text=_("The link is sent there; without one you hand it over yourself."),
    )
    role = forms.ChoiceField(choices=Role, initial=Role.VIEWER)


class SignUpForm(forms.Form):
    """An account for somebody who was invited."""

    username = forms.CharField(
        label=_("User name"),
        max_length=150,
        validators=[
            UnicodeUsernameValidator(),
            # Owners make people members by their addresses, too.
            RegexValidator("@", _("A user name holds no @."), inverse_match=True),
        ],
        widget=forms.TextInput(attrs={"autocomplete": "username"}),
    )
    full_name = forms.CharField(label=_("Full name"), max_length=200, required=False)
    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    password = forms.CharField(
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=PASSWORD_HELP,
    )
    again = forms.CharField(
        label=_("Password, again"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        return email.lower()

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        password = found.get("password")
        if password is None:
            return found
        person = User(username=found.get("username", ""), email=found.get("email", ""))
        try:
            password_validation.validate_password(password, person)
        except ValidationError as weak:
            self.add_error("password", weak)
        if found.get("again") not in {None, password}:
            self.add_error("again", _("The two passwords differ."))
        return found


class RoleForm(forms.Form):
    role = forms.ChoiceField(choices=Role)


class ProfileForm(forms.ModelForm):
    """What a person sets about themselves; letters go to proved addresses only."""

    def __init__(self, *args: Any, is_proved: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_proved = is_proved

    class Meta:
        model = User
        fields = [
            "full_name", "email", "language", "avatar_url", "notify_in_pages",
            "notify_by_mail",
        ]  # fmt: skip
        labels = {"avatar_url": _("Address of a picture")}
        help_texts = {
            "avatar_url": _("https://…, kept for programs; these pages never load it.")
        }
        error_messages = {"email": {"unique": _("This address cannot be used.")}}

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].lower()
        others = User.objects.exclude(pk=self.instance.pk)
        if others.filter(email__iexact=email).exists():
            raise ValidationError(_("This address cannot be used."), code="unique")
        return email

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        is_same = data.get("email") == User.objects.get(pk=self.instance.pk).email
        if data.get("notify_by_mail") and not (is_same and self.is_proved):
            self.add_error(
                "notify_by_mail", _("Prove your address first; then switch on.")
            )
        return data


class PasswordForm(forms.Form):
    """A new password for somebody who knows the old one."""

    old = forms.CharField(
        label=_("Present password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    new = forms.CharField(
        label=_("New password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=PASSWORD_HELP,
    )
    again = forms.CharField(
        label=_("New password, again"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    end_tokens = forms.BooleanField(
        label=_("End all my API tokens too"),
        required=False,
        help_text=_("Programs that use them must be given new ones."),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        if not user.has_usable_password():  # came by single sign-on
            del self.fields["old"]

    def clean_old(self) -> str:
        old: str = self.cleaned_data["old"]
        if not self.user.check_password(old):
            raise ValidationError(_("This is not your present password."))
        return old

    def clean_new(self) -> str:
        new: str = self.cleaned_data["new"]
        password_validation.validate_password(new, self.user)
        return new

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if data.get("new") and data.get("again") and data["new"] != data["again"]:
            self.add_error("again", _("The two new passwords differ."))
        return data


class TokenForm(forms.Form):
    name = forms.CharField(
        max_length=100, help_text=_("What will use it: a notebook, a nightly job.")
    )
    scope = forms.ChoiceField(choices=Scope, initial=Scope.READ)
    days = forms.TypedChoiceField(
        label=_("Ends after"),
        choices=[
            (7, _("7 days")),
            (30, _("30 days")),
            (90, _("90 days")),
            (365, _("one year")),
        ],
        coerce=int,
        initial=90,
    )


class WebhookForm(forms.ModelForm):
    class Meta:
        model = Webhook
        fields = ["url", "on_session_end", "on_activation"]
        labels = {"url": _("Address")}
        widgets = {"url": forms.URLInput}
        help_texts = {"url": _("What happens is sent there by POST, signed.")}
