"""What every test stands on: cheap passwords, files in a folder of their own, and PostgreSQL where it is."""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test.utils import override_settings
from hypothesis import HealthCheck, settings

# How long an example takes, or takes to be found, depends on what else the machine does: no fault of the code.
settings.register_profile("project", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("project")


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


@pytest.fixture
def postgres(transactional_db: None) -> None:
    """For tests with several connections at once: SQLite lets one writer in and proves nothing."""
    if connection.vendor != "postgresql":
        pytest.skip("NOT TESTED: several writers at once need PostgreSQL; set DATABASE_URL")
