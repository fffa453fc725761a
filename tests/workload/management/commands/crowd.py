from django.core.management.base import BaseCommand

from tests.workload.crowd import gather


class Command(BaseCommand):
    help = "Lets a crowd write and read, and tells what was acknowledged."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("seconds", type=float)
        parser.add_argument("writers", type=int)
        parser.add_argument("readers", type=int)

    def handle(self, *args, seconds, writers, readers, **options):
        gather(seconds, writers, readers)
