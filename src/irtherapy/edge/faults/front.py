"""What stands in front of a session, as a process that can be killed: ``python -m irtherapy.edge.faults.front FOLDER``.

It starts the runner as the page's program does (``live``), and passes on each JSON line it is given as a wish.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from irtherapy.edge.runner import start


def main() -> None:
    """Start, and pass on until the end of the input."""
    handle = start(Path(sys.argv[1]))
    for line in sys.stdin:
        handle.send(**json.loads(line))
    handle.close()


if __name__ == "__main__":
    main()
