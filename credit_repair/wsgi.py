"""Entry for gunicorn. It refuses to start where PDFs cannot be made or a rule file is wrong."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "credit_repair.settings")

application = get_wsgi_application()

from credit_repair.core.checks import require_own_key  # noqa: E402
from credit_repair.notices.engine_check import require_pdf_engine  # noqa: E402
from credit_repair.registry.law import shipped_book  # noqa: E402

require_pdf_engine()
require_own_key()
shipped_book()
