"""Fixtures of the whole suite: the database server, the migrated test database, people to act as."""

import os
from collections.abc import Iterator

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "keheng.config.settings")

import pytest
from django.conf import settings as django_settings
from django.utils import translation
from hypothesis import settings

from keheng.runtime import postgres
from keheng.runtime.database import is_embedded

pytest_plugins = ["tests.browser_fixtures"]
settings.register_profile("suite", deadline=None)  # a pause of the machine is no failure
settings.load_profile("suite")


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """All tests run on all cores, each worker with a database of its own; a selection runs at once, in this process."""
    everything = config.args_source is pytest.Config.ArgsSource.TESTPATHS and not config.option.keyword
    return (os.cpu_count() or 1) if everything else 0


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> Iterator[None]:
    """Run the embedded server for the length of the session where no real server is named."""
    if not is_embedded():
        yield
        return
    with postgres.running():
        yield


@pytest.fixture(autouse=True)
def _language_of_the_product() -> None:
    """Every test begins in Chinese, whatever language the one before it ended in."""
    translation.activate(django_settings.LANGUAGE_CODE)


@pytest.fixture
def english() -> Iterator[None]:
    """Sentences in the words of the source, for tests that read them."""
    with translation.override("en"):
        yield
