"""Every test gets a data folder of its own: nothing of the user's is read or written."""

from __future__ import annotations

import os
import tempfile

from hypothesis import settings

os.environ.setdefault("IRTHERAPY_HOME", tempfile.mkdtemp(prefix="irtherapy-test-"))
settings.register_profile("irtherapy", deadline=None)  # how fast a machine is does not decide a test
settings.load_profile("irtherapy")

pytest_plugins = ["browsing"]
