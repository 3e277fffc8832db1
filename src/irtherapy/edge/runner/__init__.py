"""The only control loop: read, step, guard, lease, append. A process of its own that never loads the web framework.

``loop``     the loop and its clocks; ``irtherapy demo`` calls it in process
``process``  the loop as a process: ``python -m irtherapy.edge.runner SESSION_FOLDER [--speed N]``, and how to start one
``scripted`` a person who answers everything, for the demonstration and the tests
"""

from irtherapy.edge.runner.loop import MonotonicClock, SteppedClock, run
from irtherapy.edge.runner.process import RunnerHandle, recover, start
from irtherapy.edge.runner.scripted import Scripted

__all__ = ["MonotonicClock", "RunnerHandle", "Scripted", "SteppedClock", "recover", "run", "start"]
