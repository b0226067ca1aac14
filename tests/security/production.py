"""The settings as they are in production: read in a process of its own, since tests run with others."""

import json
import os
import subprocess
import sys
from functools import lru_cache
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings

_PRINT = """
import json
import django
from django.conf import settings
django.setup()
names = [name for name in dir(settings) if name.isupper()]
print(json.dumps({name: getattr(settings, name) for name in names}, default=str))
"""
_NOT_HERE = {
    "ASSUMED_TODAY",
    "DATABASE_URL",
    "DEBUG",
    "DEMO",
    "DJANGO_ALLOW_ASYNC_UNSAFE",  # the browser tests need it in this process
    "RATE_LIMITS_OFF",
    "SECOND_FACTOR_REQUIRED",
}


def _environment(folder: str) -> dict[str, str]:
    plain = {name: value for name, value in os.environ.items() if name not in _NOT_HERE}
    own = {
        "HTTPS": "1",
        "SECRET_KEY": "of-this-office-alone-" * 4,
        "VAR_DIR": folder,
        "SITE_URL": "https://desk.example.gov.cn",
        "TRUSTED_PROXIES": "1",
    }
    own |= {"CACHE_URL": "redis://127.0.0.1:6379/0", "FIELD_KEYS": "A" * 43 + "="}
    own |= {"TRUSTED_PROXIES": "1", "SITE_URL": "https://desk.example"}
    return {**plain, **own, "DJANGO_SETTINGS_MODULE": "credit_repair.settings"}


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python with `arguments` as production would."""
    with TemporaryDirectory() as folder:
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=settings.BASE_DIR,
            env=_environment(folder),
            capture_output=True,
            text=True,
            timeout=120,
        )


@lru_cache(maxsize=1)
def production() -> dict[str, Any]:
    """Return every setting of an installation behind TLS, as JSON knows it."""
    ended = run("-c", _PRINT)
    assert ended.returncode == 0, ended.stderr
    found: dict[str, Any] = json.loads(ended.stdout)
    return found
