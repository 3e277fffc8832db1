"""The application that uvicorn serves."""

from __future__ import annotations

import os

from django.core.asgi import get_asgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "irtherapy.edge.web.settings")
application = get_asgi_application()
len(get_resolver().url_patterns)  # every page is loaded now: a fault shows at the start, not to the first visitor
