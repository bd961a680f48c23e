"""People of these tests."""

import pytest
from tests.factories import StaffFactory

from keheng.org.models import Staff


@pytest.fixture
def officer(db: None) -> Staff:
    """Somebody who handles personal information."""
    return StaffFactory.create(name="钱安全")
