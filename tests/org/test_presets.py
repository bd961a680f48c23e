import pytest

from keheng.org.models import Role, Staff
from keheng.org.operations import load_presets
from keheng.org.queries import system_actor


@pytest.mark.django_db
def test_presets_load_twice_and_keep_what_people_edited() -> None:
    load_presets()
    Role.objects.filter(code="teller").update(name="综合柜员")
    count = Role.objects.count()

    load_presets()

    assert Role.objects.count() == count
    assert Role.objects.get(code="teller").name == "综合柜员"


@pytest.mark.django_db
def test_system_actor_may_act_but_not_sign_in() -> None:
    load_presets()
    system = system_actor()
    assert system.can("tiering.run")
    assert not Staff.objects.get(pk=system.pk).is_active
