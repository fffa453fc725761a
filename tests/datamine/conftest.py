import pytest

from tests.workload import apps


@pytest.fixture
def workload(monkeypatch):
    """Let rows of the apps do the work of `tests.workload` in this process."""
    from datasets.models import DatasetVersion  # noqa: PLC0415 -- app ready
    from experiments.models import TrainingSession  # noqa: PLC0415 -- app ready

    monkeypatch.setattr(DatasetVersion, "WORK", apps.VERSION_WORK)
    monkeypatch.setattr(TrainingSession, "WORK", apps.SESSION_WORK)
