from datetime import UTC, datetime, timedelta

import pytest
from tests.factories import StaffFactory

from keheng.notices import operations, queries
from keheng.notices.models import Notice
from keheng.notices.operations import Message

AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def test_people_are_told_once_each() -> None:
    one, two, gone = StaffFactory.create(), StaffFactory.create(), StaffFactory.create(is_active=False)
    keys = [one.pk, two.pk, one.pk, gone.pk]
    assert operations.tell(staff_ids=keys, kind="trial", title="三位客户降级", url="/x/", at=AT) == 2
    assert queries.unread_count(one) == queries.unread_count(two) == 1
    assert queries.newest(one)[0].title == "三位客户降级"
    assert list(Notice.objects.visible_to(gone)) == []


def test_telling_many_takes_no_more_statements(django_assert_num_queries: pytest.FixtureRequest) -> None:
    people = StaffFactory.create_batch(3)
    for staff in (people[:1], people):
        with django_assert_num_queries(4):  # type: ignore[operator]  # savepoint, rows, signal, release
            operations.tell_each(kind="trial", messages=[Message(one.pk, "好") for one in staff], at=AT)


def test_a_muted_kind_is_not_told() -> None:
    one, two = StaffFactory.create(), StaffFactory.create()
    operations.choose_kinds(staff=one, muted=["trial"])
    assert queries.muted_kinds(one) == {"trial"}
    assert operations.tell(staff_ids=[one.pk, two.pk], kind="trial", title="好", at=AT) == 1
    assert operations.tell(staff_ids=[one.pk], kind="other", title="好", at=AT) == 1
    operations.choose_kinds(staff=one, muted=[])
    assert operations.tell(staff_ids=[one.pk], kind="trial", title="好", at=AT) == 1


def test_reading_touches_ones_own_only() -> None:
    one, two = StaffFactory.create(), StaffFactory.create()
    operations.tell(staff_ids=[one.pk, two.pk], kind="trial", title="好", at=AT)
    others = Notice.objects.get(staff=two)
    assert operations.mark_read(staff=one, notice_ids=[others.pk], at=AT) == 0
    assert operations.mark_read(staff=one, notice_ids=None, at=AT) == 1
    assert (queries.unread_count(one), queries.unread_count(two)) == (0, 1)


def test_only_what_was_read_long_ago_is_purged() -> None:
    staff = StaffFactory.create()
    for title in ("旧", "新", "未读"):
        operations.tell(staff_ids=[staff.pk], kind="trial", title=title, at=AT)
    Notice.objects.filter(title="旧").update(read_at=AT + timedelta(days=1))
    Notice.objects.filter(title="新").update(read_at=AT + timedelta(days=80))
    assert operations.purge(read_before=timedelta(days=90), at=AT + timedelta(days=100)) == 1
    assert set(Notice.objects.values_list("title", flat=True)) == {"新", "未读"}
