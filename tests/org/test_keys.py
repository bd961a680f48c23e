from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from tests.factories import ContactPointFactory, StaffFactory

from keheng.audit.models import Entry
from keheng.common.keys import key_ring
from keheng.customers.models import ContactPoint
from keheng.org.operations import rotate_keys

AT = datetime(2026, 11, 22, 1, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A key ring of this test's own, so that the installation's stays as it is."""
    monkeypatch.setattr("keheng.common.keys._path", lambda: tmp_path / "keys.json")
    monkeypatch.delenv("KEHENG_KEYS", raising=False)


def test_rotation_makes_a_key_writes_everything_again_and_stands_in_the_trail() -> None:
    point, actor = ContactPointFactory.create(value="13812345678"), StaffFactory.create()
    counts = rotate_keys(actor=actor, at=AT)
    assert counts["customers_contactpoint.value"] == 1
    assert key_ring().current == 2
    assert ContactPoint.objects.get(pk=point.pk).value == "13812345678"
    assert rotate_keys(fresh=False, actor=actor, at=AT)["customers_contactpoint.value"] == 0
    assert key_ring().current == 2
    assert list(Entry.objects.values_list("action", "detail")) == [("org.rotate_keys", {"key": 2})] * 2


def test_keys_are_rotated_by_those_who_manage_the_organisation() -> None:
    with pytest.raises(PermissionDenied):
        rotate_keys(actor=StaffFactory.create(permissions=["customers.view"]), at=AT)
    assert key_ring().current == 1
