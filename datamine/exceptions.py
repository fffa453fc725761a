"""What can go wrong with bundles on their way; the rest is the apps' own."""

from projects.exceptions import ProjectError


class BundleUnderWayError(ProjectError):
    """Another bundle of the same person is being taken in."""

    code = "bundle_under_way"


class BundleOverError(ProjectError):
    """There is nothing to cancel, or no file to download."""

    code = "bundle_over"
