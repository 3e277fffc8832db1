"""``python -m irtherapy.edge.runner SESSION_FOLDER [--speed N]``."""

import sys

from irtherapy.edge.runner.process import main

sys.exit(main())
