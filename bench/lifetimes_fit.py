"""Fits one model with Python's lifetimes and prints: name seconds log-likelihood outcome

    lifetimes_fit.py MODEL CUSTOMERS.csv        MODEL is bg/nbd, mbg/nbd or pareto/nbd

The file has a header and the columns frequency, recency and t, as btyd_summary returns them. The seconds are those of
the call of fit() alone, with its own defaults: neither Python's start nor the reading of the file. The log-likelihood is
that of the data in their own unit at the parameters that were found.
"""
import contextlib
import sys
import time
import warnings

import numpy
import pandas

import lifetimes
import lifetimes.fitters.pareto_nbd_fitter

name, path = sys.argv[1:]
fitter = {
    "bg/nbd": lifetimes.BetaGeoFitter,
    "mbg/nbd": lifetimes.ModifiedBetaGeoFitter,
    "pareto/nbd": lifetimes.ParetoNBDFitter,
}[name]()

# The Pareto/NBD fitter keeps to itself whether its optimiser succeeded.
outcomes = []


def remember(minimise):
    def wrapped(*args, **options):
        outcomes.append(minimise(*args, **options))
        return outcomes[-1]
    return wrapped


for module in lifetimes.fitters, lifetimes.fitters.pareto_nbd_fitter:
    module.minimize = remember(module.minimize)

warnings.simplefilter("ignore")
numpy.random.seed(1)  # the Pareto/NBD fitter starts at random
customers = pandas.read_csv(path)

start = time.perf_counter()
try:
    with contextlib.redirect_stdout(sys.stderr):  # it prints what has failed
        fitter.fit(customers["frequency"], customers["recency"], customers["t"])
except lifetimes.utils.ConvergenceError:
    pass
seconds = time.perf_counter() - start

outcome = outcomes[-1]
status = "converged" if outcome.success else "failed"
log_likelihood = float("nan")
if hasattr(fitter, "params_"):
    # The fitter's own likelihood; that of these two takes logarithms, and returns a mean.
    x, t_x, t = (customers[column].to_numpy() for column in ("frequency", "recency", "t"))
    params = fitter.params_.to_numpy()
    once = numpy.ones(len(x))
    if name == "pareto/nbd":
        log_likelihood = -fitter._negative_log_likelihood(params, x, t_x, t, once, 0)
    else:
        log_likelihood = -len(x) * fitter._negative_log_likelihood(numpy.log(params), x, t_x, t, once, 0)
print(f"{name} {seconds:.3f} {log_likelihood:.6f} {status}, {outcome.nit} rounds")
