"""Writes to the organisation."""

from pathlib import Path

import yaml
from django.db import transaction

from keheng.org.enums import BranchKind
from keheng.org.models import SYSTEM_USERNAME, Branch, Role, Staff

_PRESETS = Path(__file__).parent / "presets"
HEAD_OFFICE_CODE = "HO"


@transaction.atomic
def load_presets() -> None:
    """Bring in the roles, the root of the tree and the system account; rows that exist stay as people edited them."""
    for row in yaml.safe_load((_PRESETS / "roles.yaml").read_text()):
        Role.objects.get_or_create(code=row.pop("code"), defaults=row)
    root, _ = Branch.objects.get_or_create(
        parent=None, defaults={"code": HEAD_OFFICE_CODE, "name": "总行", "kind": BranchKind.HEAD, "path": f"{HEAD_OFFICE_CODE}/"}
    )
    Staff.objects.get_or_create(
        username=SYSTEM_USERNAME,
        defaults={"name": "系统", "branch": root, "role": Role.objects.get(code="system"), "is_active": False},
    )
