"""What can go wrong with projects, each with a sentence for the person it meets."""


class DomainError(Exception):
    """A request that cannot be met as things are; `str(error)` is for people.

    The pages show the sentence, the API answers it with `status_code` and `code`.
    """

    code = "conflict"
    status_code = 409


class ProjectError(DomainError):
    """A change a project does not allow."""


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
