"""Invitations: how somebody without an account comes into a project.

An owner makes a link and hands it over. Only its digest is kept, it serves one person
once and ends by itself, so a link that went astray opens nothing for long.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from projects.activities import record_activity
from projects.exceptions import (
    AlreadyMemberError,
    InvitationEndedError,
    NameTakenError,
    TooManyInvitationsError,
)
from projects.mail import send_letter, written
from projects.models import Invitation, Membership, User

if TYPE_CHECKING:
    from projects.models import Project

LIFE = timedelta(days=7)
MOST = 100


@transaction.atomic
def invite(
    project: Project,
    *,
    name: str,
    role: str,
    actor: User,
    email: str = "",
    site: str = "",
) -> tuple[Invitation, str]:
    """Make an invitation; the word returned is its link's, and is never shown again.

    With an address it is sent there, too; `site` is where the link leads, up to its
    first slash.
    """
    if project.invitations.open().count() >= MOST:
        raise TooManyInvitationsError(
            _("%(most)d invitations wait for an answer; withdraw some first.")
            % {"most": MOST}
        )
    word = secrets.token_urlsafe(32)
    invitation: Invitation = project.invitations.create(
        name=name,
        role=role,
        email=email.lower(),
        digest=digest_of(word),
        created_by=actor,
        expires_at=timezone.now() + LIFE,
    )
    record_activity(actor, invitation, "made", role=role)
    if email:
        send_invitation(invitation, link_of(site, word))
    return invitation, word


def link_of(site: str, word: str) -> str:
    """Return the link of an invitation on the site that has this address."""
    return site + reverse("projects:invitation", args=[word])


def send_invitation(invitation: Invitation, link: str) -> None:
    context = {"invitation": invitation, "link": link, "days": LIFE.days}
    send_letter(
        invitation.email,
        subject=_("%(person)s invites you to %(project)s")
        % {"person": invitation.created_by, "project": invitation.project},
        body=written("letters/invitation.txt", context),
    )


def digest_of(word: str) -> str:
    return sha256(word.encode()).hexdigest()


def find(word: str) -> Invitation:
    """Return the invitation that a link belongs to.

    Raises `InvitationEndedError` for one that was used, withdrawn, is too old, or never
    was: whoever guesses learns nothing.
    """
    found = Invitation.objects.open().select_related("project", "created_by")
    invitation = found.filter(digest=digest_of(word)).first()
    if invitation is None:
        raise InvitationEndedError(
            _(
                "This invitation is not valid any more: it was used, withdrawn, or is "
                "older than %(days)d days. Ask whoever sent it for another one."
            )
            % {"days": LIFE.days}
        )
    return invitation


@transaction.atomic
def accept(invitation: Invitation, *, actor: User) -> Membership:
    """Make the person a member; of two who come at once one wins."""
    if invitation.project.memberships.filter(user=actor).exists():
        raise AlreadyMemberError(
            _("You are a member of %(project)s already.")
            % {"project": invitation.project}
        )
    use(invitation, actor)
    membership: Membership = invitation.project.memberships.create(
        user=actor, role=invitation.role
    )
    record_activity(actor, membership, "joined", role=invitation.role)
    return membership


def use(invitation: Invitation, actor: User) -> None:
    waiting = Invitation.objects.open().filter(pk=invitation.pk)
    if not waiting.update(accepted_at=timezone.now(), accepted_by=actor):
        raise InvitationEndedError(_("Somebody else has just used this invitation."))


@transaction.atomic
def sign_up(
    invitation: Invitation, *, username: str, full_name: str, email: str, password: str
) -> User:
    """Make an account for whoever was invited, and a member of it.

    Capitals make no other name or address: the log-in would know neither person.
    """
    taken = NameTakenError(
        _(
            "This user name or e-mail address cannot be used; choose another, or "
            "log in if it is yours."
        )
    )
    alike = Q(username__iexact=username) | Q(email__iexact=email)
    if User.objects.filter(alike).exists():
        raise taken
    try:
        with transaction.atomic():
            user = User.objects.create_user(
                username, email, password, full_name=full_name
            )
    except IntegrityError as error:
        raise taken from error
    accept(invitation, actor=user)
    return user


@transaction.atomic
def withdraw(invitation: Invitation, *, actor: User) -> None:
    """End an invitation that nobody has used."""
    if not Invitation.objects.open().filter(pk=invitation.pk).exists():
        raise InvitationEndedError(_("This invitation was used or has ended already."))
    record_activity(actor, invitation, "withdrawn")
    invitation.delete()


@transaction.atomic
def withdraw_all_of(
    person: User, *, actor: User, project: Project | None = None
) -> None:
    """End what a person has sent out, so that they cannot come back by it."""
    made = Invitation.objects.open().filter(created_by=person)
    if project is not None:
        made = made.filter(project=project)
    for invitation in made.select_related("project"):
        record_activity(actor, invitation, "withdrawn")
        invitation.delete()
