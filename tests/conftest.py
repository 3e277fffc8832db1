"""Every test gets a data folder of its own: nothing of the user's is read or written."""

from __future__ import annotations

import os
import tempfile

os.environ.setdefault("IRTHERAPY_HOME", tempfile.mkdtemp(prefix="irtherapy-test-"))
