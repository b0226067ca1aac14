"""What every test stands on: cheap passwords, files in a folder of their own, and PostgreSQL where it is."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test.utils import override_settings, setup_databases, teardown_databases
from django.utils import translation
from hypothesis import HealthCheck, settings
from pytest_django.plugin import blocking_manager_key

from tests import prepared
from tests.scheduling import ByFile

# How long an example takes to be found or to run depends on what else the machine does.
settings.register_profile("project", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("project")


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile:
    """Keep together what shares a start."""
    return ByFile(config, log)


@pytest.fixture(scope="session", autouse=True)
def _cheap_and_apart(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Passwords are hashed in no time; what is uploaded or rendered never lands in var/.

    Nobody is asked for a second factor and nothing is counted, save where a test turns it on.
    """
    files = tmp_path_factory.mktemp("files")
    with override_settings(
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        MEDIA_ROOT=files,
        SECOND_FACTOR_REQUIRED=False,
        ACCOUNT_RATE_LIMITS=False,
        MFA_RATE_LIMITS=False,
        STORAGES={
            "default": {
                "BACKEND": "django.core.files.storage.FileSystemStorage",
                "OPTIONS": {"location": str(files)},
            },
            "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
        },
    ):
        yield


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_blocker: Any, django_db_modify_db_settings: None
) -> Iterator[None]:
    """Make the test database: on SQLite from a copy, elsewhere by running every migration."""
    copied = connection.vendor == "sqlite"
    connection.settings_dict["TEST"]["MIGRATE"] = not copied
    with django_db_blocker.unblock():
        made = setup_databases(verbosity=0, interactive=False)
        if copied:
            prepared.fill(connection)
    yield
    with django_db_blocker.unblock():
        teardown_databases(made, verbosity=0)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    """Bring back what the migrations put in, after a test that emptied the database behind it."""
    yield
    marked = item.get_closest_marker("django_db")
    emptied = "transactional_db" in getattr(item, "fixturenames", ()) or (
        marked is not None and bool(marked.kwargs.get("transaction"))
    )
    if emptied and connection.vendor == "sqlite":
        with item.config.stash[blocking_manager_key].unblock():
            prepared.fill(connection)


@pytest.fixture(autouse=True)
def _nobody_spoke_before() -> None:
    """A page that was asked for in English leaves its language in the thread."""
    translation.deactivate()


@pytest.fixture
def postgres(transactional_db: None) -> None:
    """For tests with several connections at once: SQLite lets one writer in and proves nothing."""
    if connection.vendor != "postgresql":
        pytest.skip("NOT TESTED: several writers at once need PostgreSQL; set DATABASE_URL")
