"""Entry for an ASGI server. It refuses to start where wsgi.py does."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "credit_repair.settings")

application = get_asgi_application()

from credit_repair.core.checks import require_own_key  # noqa: E402
from credit_repair.notices.engine_check import require_pdf_engine  # noqa: E402
from credit_repair.registry.law import shipped_book  # noqa: E402

require_pdf_engine()
require_own_key()
shipped_book()
