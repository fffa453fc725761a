"""Every write to people, projects, memberships and tokens."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from projects.activities import record_activity
from projects.choices import ProjectStatus, Role, Scope
from projects.exceptions import (
    AlreadyMemberError,
    LastOwnerError,
    UnknownPersonError,
)
from projects.invitations import withdraw_all_of
from projects.models import ApiToken, Membership, Project, User

if TYPE_CHECKING:
    from typing import Any

    from projects.choices import Theme


@transaction.atomic
def create_project(
    *,
    name: str,
    actor: User,
    description: str = "",
    is_public: bool = False,
    needs_second_owner: bool = False,
    metadata: dict[str, Any] | None = None,
) -> Project:
    """Make a project that `actor` owns; its key comes from the name."""
    project = Project.objects.create(
        key=free_key(name),
        name=name,
        description=description,
        is_public=is_public,
        needs_second_owner=needs_second_owner,
        metadata=metadata or {},
    )
    Membership.objects.create(project=project, user=actor, role=Role.OWNER)
    record_activity(actor, project, "created")
    return project


def free_key(name: str) -> str:
    """Return the name as a key, numbered where it is taken."""
    base = slugify(name)[:50].strip("-") or "project"
    if base in RESERVED_KEYS:
        base = f"{base}-project"
    taken = set(
        Project.objects.filter(key__startswith=base).values_list("key", flat=True)
    )
    numbered = (f"{base}-{number}" for number in range(2, len(taken) + 3))
    return next(key for key in (base, *numbered) if key not in taken)


#: Words that mean something else in an address.
RESERVED_KEYS = frozenset({"new"})


@transaction.atomic
def update_project(project: Project, *, actor: User, **values: Any) -> Project:
    """Change name, description, visibility, status or metadata of a project."""
    changed = {
        field: value
        for field, value in values.items()
        if getattr(project, field) != value
    }
    if not changed:
        return project
    for field, value in changed.items():
        setattr(project, field, value)
    project.save(update_fields=[*changed, "updated_at"])
    record_activity(actor, project, verb_for(changed), fields=sorted(changed))
    return project


def verb_for(changed: dict[str, Any]) -> str:
    """Name the change: archiving and publishing deserve their own word."""
    if "status" in changed:
        archived = changed["status"] == ProjectStatus.ARCHIVED
        return "archived" if archived else "reopened"
    if "is_public" in changed:
        return "made public" if changed["is_public"] else "made private"
    return "updated"


def delete_project(project: Project) -> None:
    """Delete a project with everything in it; its activity goes with it."""
    project.delete()


def add_member(
    project: Project, *, identifier: str, role: str, actor: User
) -> Membership:
    """Make the person with this user name or e-mail address a member."""
    return make_member(project, user=find_person(identifier), role=role, actor=actor)


def find_person(identifier: str) -> User:
    """Return who alone has this name or address.

    Addresses need no proof, and a name may look like one: neither beats the other.
    """
    meant = Q(username=identifier) | Q(email__iexact=identifier)
    found = User.objects.filter(meant, is_active=True)[:2]
    if len(found) != 1:
        raise UnknownPersonError(
            _("No active account has exactly this user name or e-mail address.")
        )
    return found[0]


@transaction.atomic
def make_member(project: Project, *, user: User, role: str, actor: User) -> Membership:
    """Give a person a role in a project where they have none."""
    membership, is_new = Membership.objects.get_or_create(
        project=project, user=user, defaults={"role": role}
    )
    if not is_new:
        raise AlreadyMemberError(
            _("%(name)s is a member already, as %(role)s.")
            % {"name": user.username, "role": role_in_words(membership)}
        )
    record_activity(actor, membership, "added", role=role)
    return membership


def role_in_words(membership: Membership) -> str:
    """Return a role as it stands within a sentence."""
    return str(membership.get_role_display()).lower()


@transaction.atomic
def change_role(membership: Membership, *, role: str, actor: User) -> Membership:
    """Give a member another role; the last owner stays owner.

    The open invitations of somebody who is an owner no more are withdrawn.
    """
    if membership.role == role:
        return membership
    if role != Role.OWNER:
        keep_an_owner(membership)
    before, membership.role = membership.role, role
    membership.save(update_fields=["role"])
    record_activity(actor, membership, "changed role of", before=before, after=role)
    if before == Role.OWNER:
        withdraw_all_of(membership.user, actor=actor, project=membership.project)
    return membership


@transaction.atomic
def remove_member(membership: Membership, *, actor: User) -> None:
    """End a membership, and the invitations it made; the last owner cannot go."""
    keep_an_owner(membership)
    withdraw_all_of(membership.user, actor=actor, project=membership.project)
    deed = "left" if membership.user_id == actor.pk else "removed"
    record_activity(actor, membership, deed, role=membership.role)
    membership.delete()


def keep_an_owner(membership: Membership) -> None:
    """Refuse what would leave the project without an owner.

    The owners' rows are locked first: two owners who demote each other at the same
    moment must not both succeed.
    """
    owners = Membership.objects.select_for_update(of=("self",)).filter(
        project=membership.project_id, role=Role.OWNER
    )
    able = owners.filter(user__is_active=True)
    if membership.role == Role.OWNER and {m.pk for m in able} <= {membership.pk}:
        raise LastOwnerError(
            _("A project needs an owner: make somebody else an owner first.")
        )


@transaction.atomic
def hand_over(project: Project, *, to: Membership, actor: User) -> Membership:
    """Make a member owner, and the owner who hands over an editor: both, or nothing.

    Whoever stands above the project hands it over without being part of it.
    """
    if to.user_id == actor.pk:
        raise AlreadyMemberError(_("This is you; name the member who takes over."))
    if not to.user.is_active:
        raise UnknownPersonError(
            _("The account of %(user)s is closed.") % {"user": to.user}
        )
    change_role(to, role=Role.OWNER, actor=actor)
    own = project.memberships.filter(user=actor, role=Role.OWNER).first()
    if own is not None:
        change_role(own, role=Role.EDITOR, actor=actor)
    record_activity(actor, to, "handed the project over to")
    return to


def keep_owners_but(user: User) -> None:
    """Refuse what would take the only owner from a project: the end of an account."""
    owned = user.memberships.filter(role=Role.OWNER).select_related("project")
    left = []
    for membership in owned:
        try:
            keep_an_owner(membership)
        except LastOwnerError:
            left.append(str(membership.project))
    if left:
        raise LastOwnerError(
            _("%(user)s is the only owner of %(projects)s: hand over or delete first.")
            % {"user": user, "projects": ", ".join(left)}
        )


@transaction.atomic
def close_account(user: User) -> None:
    """Let nobody sign in as this person any more; what they did stays.

    Memberships, tokens and open invitations end. Staff can open the account again,
    without these.
    """
    keep_owners_but(user)
    withdraw_all_of(user, actor=user)
    for membership in user.memberships.select_related("project", "user"):
        record_activity(user, membership, "left", role=membership.role)
        membership.delete()
    end_tokens(user)
    user.is_active = False
    user.save(update_fields=["is_active", "updated_at"])


@transaction.atomic
def delete_account(user: User) -> None:
    """Delete a person's account with memberships, tokens and open invitations."""
    keep_owners_but(user)
    withdraw_all_of(user, actor=user)
    user.delete()


def update_profile(user: User, **values: Any) -> User:
    """Change what a person sets about themselves.

    Nothing is sent to a new address before it is proved.
    """
    if values.get("email", user.email) != user.email:
        values["notify_by_mail"] = False
    for field, value in values.items():
        setattr(user, field, value)
    user.save(update_fields=[*values, "updated_at"])
    return user


def change_theme(user: User, *, theme: Theme) -> User:
    """Remember how a person likes the pages."""
    return update_profile(user, theme=theme)


@transaction.atomic
def change_password(user: User, *, password: str, end_tokens: bool) -> User:
    """Set a new password: every other session ends, by choice every token too."""
    user.set_password(password)
    user.save(update_fields=["password", "updated_at"])
    if end_tokens:
        user.auth_token_set.all().delete()
    return user


def create_token(
    user: User, *, name: str, scope: str = Scope.READ, days: int
) -> tuple[ApiToken, str]:
    """Make a token; the second value is the token itself, shown only now.

    Tokens of the same person that have ended are removed.
    """
    user.auth_token_set.filter(expiry__lt=timezone.now()).delete()
    token: ApiToken
    token, secret = ApiToken.objects.create(
        user, expiry=timedelta(days=days), name=name, scope=scope
    )
    return token, secret


def end_token(token: ApiToken) -> None:
    """End one token at once."""
    token.delete()


def end_tokens(user: User) -> int:
    """End all tokens of a person; return how many there were."""
    count: int
    count, _ = user.auth_token_set.all().delete()
    return count


@transaction.atomic
def end_ways_in(user: User) -> None:
    """End tokens, second factors and passkeys, and what single sign-on connects."""
    end_tokens(user)
    Authenticator.objects.filter(user=user).delete()
    SocialAccount.objects.filter(user=user).delete()
