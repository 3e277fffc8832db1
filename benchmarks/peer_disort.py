"""Times CDISORT (nanodisort, GPL) on light problems handed over in a file. Run by the benchmark in its own environment.

CDISORT has no index step at the surface: it solves an easier problem, so only its time is comparable, not its answer.
"""

import sys
import time

import nanodisort
import numpy as np

problem = np.load(sys.argv[1])
absorption, scattering, thickness, g = (problem[k] for k in ("absorption", "scattering", "thickness", "g"))
count, layers = absorption.shape
streams, depths = 8, 32
extinction = absorption + scattering
solver = nanodisort.BatchSolver(nthreads=2)
solver.nstr, solver.nlyr, solver.nmom, solver.ntau = streams, layers, streams, depths
solver.usrtau, solver.usrang, solver.lamber, solver.onlyfl, solver.quiet = True, False, True, True, True
solver.umu0, solver.phi0 = 1.0, 0.0
solver.set_utau(np.linspace(0.0, 0.999 * float((extinction * thickness).sum(axis=1).min()), depths))
best = np.inf
for _ in range(5):
    start = time.perf_counter()
    solver.allocate(count)
    solver.set_dtauc(np.ascontiguousarray(extinction * thickness))
    solver.set_ssalb(np.ascontiguousarray(scattering / extinction))
    moments = float(g) ** np.arange(streams + 1)
    solver.set_pmom(np.ascontiguousarray(np.broadcast_to(moments[:, None, None], (streams + 1, layers, count))))
    solver.set_fbeam(np.ones(count))
    solver.set_albedo(np.zeros(count))
    solver.solve()
    best = min(best, time.perf_counter() - start)
sys.stdout.write(f"{best:.6f}\n")
