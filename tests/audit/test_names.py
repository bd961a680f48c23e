"""Whatever is recorded anywhere has a name for people."""

import re
from pathlib import Path

from keheng.audit import actions

PACKAGE = Path(actions.__file__).parents[1]
RECORDED = re.compile(r'record\(\s*"([a-z]+\.[a-z_]+)"')


def test_every_act_that_is_recorded_has_a_name() -> None:
    recorded = {action for path in PACKAGE.rglob("*.py") for action in RECORDED.findall(path.read_text())}
    assert {"customers.reveal", "org.sign_in", "ui.export"} <= recorded
    assert recorded - {code for code, _name in actions.declared()} == set()
