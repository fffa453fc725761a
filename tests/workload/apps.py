from django.apps import AppConfig

VERSION_WORK = "tests.workload.work:make_version"
SESSION_WORK = "tests.workload.work:make_result"


class WorkloadConfig(AppConfig):
    name = "tests.workload"

    def ready(self):
        from datamine.leases import job_models  # noqa: PLC0415 -- app ready
        from datasets.models import DatasetVersion  # noqa: PLC0415 -- app ready
        from experiments.models import TrainingSession  # noqa: PLC0415 -- app ready

        DatasetVersion.WORK = VERSION_WORK
        TrainingSession.WORK = SESSION_WORK
        for job in job_models():
            job.IMPORTS = ()  # most of this work needs none, and children die often
