import yaml
from django.core.management import call_command


def test_schema_is_valid_and_generated_without_warnings(tmp_path):
    path = tmp_path / "schema.yml"

    call_command("spectacular", fail_on_warn=True, validate=True, file=str(path))

    roles = yaml.safe_load(path.read_text())["components"]["schemas"]["Role"]
    assert roles["enum"] == ["owner", "editor", "viewer"]
