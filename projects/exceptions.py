"""What can go wrong with projects, each with a sentence for the person it meets."""

#: `attr`, the field of a request, with a `code` and a `detail` for people.
Problem = dict[str, str]
BAD_REQUEST = 400


class DomainError(Exception):
    """A request that cannot be met as things are; `str(error)` is for people.

    The pages show the sentence, the API answers it with `status_code` and `code`.
    """

    code = "conflict"
    status_code = 409
    attr = ""  # the field of the request it is about, where it is about one

    def named(self) -> list[Problem]:
        """Return what is wrong with the fields of a request, one by one."""
        found = {"attr": self.attr, "code": self.code, "detail": str(self)}
        return [found] if self.attr and self.status_code == BAD_REQUEST else []


class ProjectError(DomainError):
    """A change a project does not allow."""


class BundleError(ProjectError):
    """A project's bundle that cannot be written, or taken in."""

    code = "bad_bundle"
    status_code = 400


class LastOwnerError(ProjectError):
    """A project would be left without an owner."""

    code = "last_owner"


class UnknownPersonError(ProjectError):
    """Nobody active has the name or address given."""

    code = "unknown_person"
    status_code = 400


class AlreadyMemberError(ProjectError):
    """The person is a member of the project already."""

    code = "already_member"


class TooManyInvitationsError(ProjectError):
    """More invitations wait for an answer than a project may have."""

    code = "too_many_invitations"


class InvitationEndedError(ProjectError):
    """A link that opens nothing, or nothing any more."""

    code = "invitation_ended"


class NameTakenError(ProjectError):
    """Somebody else has the user name or the address."""

    code = "name_taken"
    status_code = 400
    attr = "username"


class WebhooksOffError(ProjectError):
    """The operator has allowed no host to be told anything."""

    code = "webhooks_off"


class UnfitAddressError(ProjectError):
    """A webhook's address may not be called."""

    code = "unfit_address"
    status_code = 400
    attr = "url"
