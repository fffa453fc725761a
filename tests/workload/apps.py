from django.apps import AppConfig


class WorkloadConfig(AppConfig):
    name = "tests.workload"

    def ready(self):
        from datasets.models import DatasetVersion  # noqa: PLC0415 -- app ready
        from experiments.models import TrainingSession  # noqa: PLC0415 -- app ready

        DatasetVersion.WORK = "tests.workload.work:make_version"
        TrainingSession.WORK = "tests.workload.work:make_result"
        DatasetVersion.IMPORTS = TrainingSession.IMPORTS = ()
