from django.core.management.base import BaseCommand

from tests.workload.fulldisk import teller, walk


class Command(BaseCommand):
    help = "Walks the happy path with the disk full at each write, and tells."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("most", type=int)

    def handle(self, *args, most, **options):
        walk(most, teller(self.stdout))
