"""What the module ships with: both sets of rules and the tree of causes; what people changed stays."""

from pathlib import Path
from typing import Any

import yaml

from keheng.complaints.enums import RuleSet
from keheng.complaints.models import Cause
from keheng.complaints.operations.causes import keep_version
from keheng.complaints.operations.consequence_rules import CONSEQUENCES
from keheng.complaints.operations.learning import learn
from keheng.complaints.operations.rules import RULES
from keheng.complaints.operations.templates import load_templates
from keheng.versions.operations import ship

_PRESETS = Path(__file__).parents[1] / "presets"
_NOTES = {
    RuleSet.INTERNAL: "预置：A7；决策 14",
    RuleSet.REGULATORY: "预置：银行业保险业消费投诉处理管理办法；决策 14",
}


def shipped(name: str) -> Any:
    """A preset as it ships."""
    return yaml.safe_load((_PRESETS / f"{name}.yaml").read_text())


def load_presets() -> None:
    """Bring in rules, causes and templates where there are none."""
    for rule_set in RuleSet:
        ship(RULES, shipped(rule_set), note=_NOTES[rule_set], rule_set=rule_set)
    ship(CONSEQUENCES, shipped("consequences"), note="预置")
    known = set(Cause.objects.values_list("code", flat=True))
    for place, row in enumerate(shipped("causes"), start=1):
        words = row.pop("words")
        if row["code"] not in known:
            learn(Cause.objects.create(order=10 * place, **row), words)
    keep_version(note="预置：A7", actor=None, at=None)
    load_templates()
