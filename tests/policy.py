"""Who may do what at every address: one line for each route.

`tests/test_policy.py` calls every route of the resolver as every role with every
method and compares. A route that is not here fails the suite; so does a line whose
route is gone. A dict gives each method its own rule; what it leaves out is 405.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

ROLES = (
    "anonymous", "stranger", "viewer", "editor", "owner", "staff", "superuser",
)  # fmt: skip


class View(Enum):
    """What one rule means: which roles are let in, the others are answered how."""

    OPEN = "everybody, signed in or not"
    PERSON = "everybody who is signed in"
    OWN = "the person's own rows; 404 for all others, whatever their role"
    PROJECT_VIEW = "viewers and above; 404 for strangers"
    PROJECT_EDIT = "editors and above; 403 for viewers, 404 for strangers"
    PROJECT_MANAGE = "owners; 403 for other members, 404 for strangers"
    LEAVE = "owners and the member in question; 403 for other members"
    STAFF = "staff and superusers"
    SUPERUSER = "superusers, to look at"
    ADMIN_ROWS = "superusers, and staff with Django's permission"
    ADMIN_MACHINE = "as ADMIN_ROWS, but only to look at: nobody adds or changes"


@dataclass(frozen=True)
class Absent:
    """A rule whose row may be missing in the test's world: 404 is fine for all."""

    rule: View


Rule = View | Absent
Policy = Rule | dict[str, Rule]

ROUTES: dict[str, Policy] = {
    # The site
    "home": View.PERSON,
    "icon": View.OPEN,
    "healthz": View.OPEN,
    "readyz": View.OPEN,
    "metrics": {"GET": View.STAFF},
    # Projects
    "projects:list": View.PERSON,
    "projects:create": View.PERSON,
    "projects:detail": View.PROJECT_VIEW,
    "projects:settings": View.PROJECT_MANAGE,
    "projects:activity": View.PROJECT_VIEW,
    "projects:archive": View.PROJECT_MANAGE,
    "projects:delete": View.PROJECT_MANAGE,
    "projects:members": View.PROJECT_VIEW,
    "projects:member-add": View.PROJECT_MANAGE,
    "projects:member-role": View.PROJECT_MANAGE,
    "projects:member-remove": View.LEAVE,
    # The account
    "account:login": View.OPEN,
    "account:logout": View.PERSON,
    "account:profile": View.PERSON,
    "account:password": View.PERSON,
    "account:theme": View.PERSON,
    "account:tokens": View.PERSON,
    "account:token-end": View.OWN,
    # Datasets
    "datasets:list": View.PROJECT_VIEW,
    "datasets:upload": View.PROJECT_EDIT,
    "datasets:synthetic": View.PROJECT_EDIT,
    "datasets:review": View.PROJECT_EDIT,
    "datasets:discard": View.PROJECT_EDIT,
    "datasets:detail": View.PROJECT_VIEW,
    "datasets:edit": View.PROJECT_EDIT,
    "datasets:dialect": View.PROJECT_EDIT,
    "datasets:delete": View.PROJECT_MANAGE,
    "datasets:trash": View.PROJECT_VIEW,
    "datasets:put-back": View.PROJECT_MANAGE,
    "datasets:purge": View.PROJECT_MANAGE,
    "datasets:rows": View.PROJECT_VIEW,
    "datasets:charts": {"GET": View.PROJECT_VIEW, "POST": View.PROJECT_EDIT},
    "datasets:charts_csv": View.PROJECT_VIEW,
    "datasets:visualization_delete": View.PROJECT_EDIT,
    "datasets:outliers": View.PROJECT_VIEW,
    "datasets:outliers_csv": View.PROJECT_VIEW,
    "datasets:prepare": View.PROJECT_EDIT,
    "datasets:recipe": View.PROJECT_VIEW,
    "datasets:recipe-delete": View.PROJECT_EDIT,
    "datasets:versions": View.PROJECT_VIEW,
    "datasets:compare": View.PROJECT_VIEW,
    "datasets:progress": View.PROJECT_VIEW,
    "datasets:cancel": View.PROJECT_EDIT,
    "datasets:restore": View.PROJECT_EDIT,
    "datasets:download": View.PROJECT_VIEW,
    "datasets:version-recipe": View.PROJECT_VIEW,
    # Experiments
    "experiments:list": View.PROJECT_VIEW,
    "experiments:create": View.PROJECT_EDIT,
    "experiments:compare": View.PROJECT_VIEW,
    "experiments:compare_csv": View.PROJECT_VIEW,
    "experiments:compare_pdf": View.PROJECT_VIEW,
    "experiments:compare_roc": View.PROJECT_VIEW,
    "experiments:compare_save": View.PROJECT_EDIT,
    "experiments:compare_forget": Absent(View.PROJECT_EDIT),
    "experiments:detail": View.PROJECT_VIEW,
    "experiments:train": View.PROJECT_EDIT,
    "experiments:delete": View.PROJECT_MANAGE,
    "experiments:session": View.PROJECT_VIEW,
    "experiments:cancel": View.PROJECT_EDIT,
    "experiments:chart": Absent(View.PROJECT_VIEW),
    "experiments:data": Absent(View.PROJECT_VIEW),
    "experiments:report_pdf": Absent(View.PROJECT_VIEW),
    "experiments:reproduce": Absent(View.PROJECT_VIEW),
    "experiments:errors": Absent(View.PROJECT_VIEW),
    "experiments:tested_csv": Absent(View.PROJECT_VIEW),
    "experiments:metrics_json": View.PROJECT_VIEW,
    "experiments:metrics_csv": View.PROJECT_VIEW,
    "experiments:tree": View.PROJECT_VIEW,
    "experiments:model": View.PROJECT_VIEW,
    # The registry
    "registry:list": View.PROJECT_VIEW,
    "registry:register": Absent(View.PROJECT_EDIT),
    "registry:detail": View.PROJECT_VIEW,
    "registry:activate": Absent(View.PROJECT_MANAGE),
    "registry:ask": Absent(View.PROJECT_EDIT),
    "registry:decide": Absent(View.PROJECT_MANAGE),
    "registry:rollback": View.PROJECT_MANAGE,
    "registry:delete": View.PROJECT_MANAGE,
    "registry:version": {"GET": View.PROJECT_VIEW, "POST": View.PROJECT_EDIT},
    "registry:download": View.PROJECT_VIEW,
    "registry:compare": View.PROJECT_VIEW,
    "registry:delete_version": View.PROJECT_MANAGE,
    "registry:predict": View.PROJECT_VIEW,
    "registry:predict_file": View.PROJECT_VIEW,
    "registry:records": View.PROJECT_VIEW,
    "registry:records_csv": View.PROJECT_VIEW,
    "registry:outcomes": View.PROJECT_EDIT,
    "registry:outcome": View.PROJECT_EDIT,
    "registry:retrain": View.PROJECT_MANAGE,
    "registry:retraining": View.PROJECT_VIEW,
    "registry:cancel_retraining": View.PROJECT_MANAGE,
    # The API
    "api-schema": View.OPEN,
    "api-docs": View.OPEN,
    "api-nothing": Absent(View.OPEN),
    "api-login": View.OPEN,
    "api-logout": View.PERSON,
    "api-logoutall": View.PERSON,
    "api-me": View.PERSON,
    "api-project-list": View.PERSON,
    "api-project-detail": {
        "GET": View.PROJECT_VIEW,
        "PATCH": View.PROJECT_MANAGE,
        "DELETE": View.PROJECT_MANAGE,
    },
    "api-member-list": {"GET": View.PROJECT_VIEW, "POST": View.PROJECT_MANAGE},
    "api-member-detail": {
        "GET": View.PROJECT_VIEW,
        "PATCH": View.PROJECT_MANAGE,
        "DELETE": View.LEAVE,
    },
    "api-activity": View.PROJECT_VIEW,
    "api-steps": View.PERSON,
    "api-recipe-list": View.PERSON,
    "api-recipe-detail": {"GET": View.PROJECT_VIEW, "DELETE": View.PROJECT_EDIT},
    "api-generators": View.PERSON,
    "api-charts": View.PERSON,
    "api-visualization-list": View.PERSON,
    "api-visualization-detail": {
        "GET": View.PROJECT_VIEW,
        "PATCH": View.PROJECT_EDIT,
        "DELETE": View.PROJECT_EDIT,
    },
    "api-visualization-spec": View.PROJECT_VIEW,
    "api-dataset-list": View.PERSON,
    "api-dataset-sniff": View.PERSON,
    "api-dataset-detail": {
        "GET": View.PROJECT_VIEW,
        "PATCH": View.PROJECT_EDIT,
        "DELETE": View.PROJECT_MANAGE,
    },
    "api-dataset-trash": View.PERSON,
    "api-dataset-put-back": View.PROJECT_MANAGE,
    "api-dataset-purge": View.PROJECT_MANAGE,
    "api-dataset-profile": View.PROJECT_VIEW,
    "api-dataset-rows": View.PROJECT_VIEW,
    "api-dataset-outliers": View.PROJECT_VIEW,
    "api-dataset-difference": View.PROJECT_VIEW,
    "api-dataset-versions": {"GET": View.PROJECT_VIEW, "POST": View.PROJECT_EDIT},
    "api-dataset-version": View.PROJECT_VIEW,
    "api-dataset-version-cancel": View.PROJECT_EDIT,
    "api-dataset-restore": View.PROJECT_EDIT,
    "api-dataset-download": View.PROJECT_VIEW,
    "api-dataset-version-recipe": View.PROJECT_VIEW,
    "validate-features": View.PERSON,
    "experiment-list": View.PERSON,
    "experiment-compare": View.PERSON,
    "experiment-detail": {
        "GET": View.PROJECT_VIEW,
        "PATCH": View.PROJECT_EDIT,
        "DELETE": View.PROJECT_MANAGE,
    },
    "experiment-download-model": View.PROJECT_VIEW,
    "experiment-report": Absent(View.PROJECT_VIEW),
    "experiment-tree": View.PROJECT_VIEW,
    "experiment-train": View.PROJECT_EDIT,
    "experiment-predict": View.PROJECT_VIEW,
    "session-list": View.PERSON,
    "session-detail": View.PROJECT_VIEW,
    "session-cancel": View.PROJECT_EDIT,
    "session-log": View.PROJECT_VIEW,
    "algorithm-list": View.PERSON,
    "algorithm-detail": View.PERSON,
    "algorithm-params": View.PERSON,
    "model-list": {"GET": View.PROJECT_VIEW, "POST": View.PROJECT_EDIT},
    "model-detail": {
        "GET": View.PROJECT_VIEW,
        "PATCH": View.PROJECT_EDIT,
        "DELETE": View.PROJECT_MANAGE,
    },
    "model-versions": View.PROJECT_VIEW,
    "model-suggestion": View.PROJECT_VIEW,
    "model-one": {
        "GET": View.PROJECT_VIEW,
        "PATCH": View.PROJECT_EDIT,
        "DELETE": View.PROJECT_MANAGE,
    },
    "model-download": View.PROJECT_VIEW,
    "model-compare": View.PROJECT_VIEW,
    "model-activate": View.PROJECT_MANAGE,
    "model-rollback": View.PROJECT_MANAGE,
    "model-active": View.PROJECT_VIEW,
    "model-history": View.PROJECT_VIEW,
    "model-predict": View.PROJECT_VIEW,
    "model-default-params": View.PROJECT_VIEW,
    "model-train": View.PROJECT_MANAGE,
    "model-retrain": View.PROJECT_MANAGE,
    "request-list": {"GET": View.PROJECT_VIEW, "POST": View.PROJECT_EDIT},
    "request-approve": Absent(View.PROJECT_MANAGE),
    "request-decline": Absent(View.PROJECT_MANAGE),
    "record-list": View.PROJECT_VIEW,
    "record-detail": View.PROJECT_EDIT,
    "record-outcomes": View.PROJECT_EDIT,
    "retraining-list": View.PROJECT_VIEW,
    "retraining-detail": View.PROJECT_VIEW,
    "retraining-cancel": View.PROJECT_MANAGE,
    # The administration: one line covers list, add, change, delete and history
    "admin:index": View.STAFF,
    "admin:login": View.STAFF,
    "admin:logout": View.STAFF,
    "admin:password_change": View.STAFF,
    "admin:password_change_done": View.STAFF,
    "admin:autocomplete": View.STAFF,
    "admin:jsi18n": View.STAFF,
    "admin:search": View.STAFF,
    "admin:view_on_site": Absent(View.STAFF),
    "admin:app_list": View.STAFF,
    "admin:projects_user": View.ADMIN_ROWS,
    "admin:auth_group": View.ADMIN_ROWS,
    "admin:projects_apitoken": View.ADMIN_MACHINE,
    "admin:projects_project": View.ADMIN_ROWS,
    "admin:projects_membership": View.ADMIN_ROWS,
    "admin:projects_activity": View.ADMIN_MACHINE,
    "admin:datasets_dataset": View.ADMIN_MACHINE,
    "admin:datasets_datasetversion": View.ADMIN_MACHINE,
    "admin:datasets_recipe": View.ADMIN_MACHINE,
    "admin:datasets_upload": View.ADMIN_MACHINE,
    "admin:datasets_visualization": View.ADMIN_MACHINE,
    "admin:experiments_experiment": View.ADMIN_MACHINE,
    "admin:experiments_result": View.ADMIN_MACHINE,
    "admin:experiments_trainingsession": View.ADMIN_MACHINE,
    "admin:experiments_savedcomparison": View.ADMIN_MACHINE,
    "admin:registry_registeredmodel": View.ADMIN_MACHINE,
    "admin:registry_modelversion": View.ADMIN_MACHINE,
    "admin:registry_activation": View.ADMIN_MACHINE,
    "admin:registry_activationrequest": View.ADMIN_MACHINE,
    "admin:registry_record": View.ADMIN_MACHINE,
    "admin:registry_retraining": View.ADMIN_MACHINE,
    "admin:auth_user_password": View.ADMIN_ROWS,
    "admin:axes_accessattempt": View.SUPERUSER,
    "admin:axes_accesslog": View.SUPERUSER,
    "admin:axes_accessfailurelog": View.SUPERUSER,
    "admin:django_q_success": View.SUPERUSER,
    "admin:django_q_failure": View.SUPERUSER,
    "admin:django_q_ormq": View.SUPERUSER,
    "admin:site_worker": View.SUPERUSER,
    "admin:projects_rememberedanswer": View.SUPERUSER,
}
