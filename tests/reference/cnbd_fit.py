"""Writes tests/data/cnbd_fits.csv: BG/CNBD-k and MBG/CNBD-k fitted to the grocer's customers of cnbdk_customers.csv.

    python3 tests/reference/cnbd_fit.py tests/data/cnbdk_customers.csv > tests/data/cnbd_fits.csv        (needs mpmath)

The file holds every tenth customer of the base, each of them once for every model and k: here each counts once. The
optimum of each k is found by Newton's method at 60 digits in the logarithms of the parameters, whose derivatives are
central differences of the log-likelihood; standard errors come from the inverse of the observed information.
"""
import csv
import sys

import mpmath as mp

mp.mp.dps = 60
NAMES = ("r", "alpha", "a", "b")
STEP = mp.mpf(10) ** -12

customers = {}
with open(sys.argv[1]) as file:
    for row in csv.DictReader(file):
        if row["dataset"] == "grocery":
            numbers = tuple(mp.mpf(float(row[name])) for name in ("x", "t_x_weeks", "T_weeks", "litt_weeks"))
            assert customers.setdefault(row["cust"], numbers) == numbers
LN_GAPS = mp.fsum(ln_gaps for _, _, _, ln_gaps in customers.values())
X = int(mp.fsum(x for x, _, _, _ in customers.values()))


def log_likelihood(m, k, logarithms):
    r, alpha, a, b = (mp.exp(v) for v in logarithms)
    terms = {}

    def lgamma(z):
        if z not in terms:
            terms[z] = mp.loggamma(z)
        return terms[z]

    total = (k - 1) * LN_GAPS - X * mp.log(mp.factorial(k - 1))
    total += len(customers) * (r * mp.log(alpha) - lgamma(r) - lgamma(b) + lgamma(a + b))
    for x, tx, t, _ in customers.values():
        R, A = r + k * x, alpha + t
        alive, term = mp.mpf(1), mp.mpf(1)
        for j in range(1, k):
            term *= (R + j - 1) / j * (t - tx) / A
            alive += term
        # P(gone): the coin is tossed after the first purchase too where m = 1.
        gone = a / (b + x + m - 1) * (A / (alpha + tx)) ** R if x + m > 0 else 0
        total += lgamma(R) - R * mp.log(A) + lgamma(b + x + m) - lgamma(a + b + x + m) + mp.log(alive + gone)
    return total


def derivatives(m, k, at):
    def value(*moves):
        moved = list(at)
        for i, sign in moves:
            moved[i] += sign * STEP
        return log_likelihood(m, k, moved)

    here, gradient, hessian = value(), mp.matrix(4, 1), mp.matrix(4, 4)
    for i in range(4):
        up, down = value((i, 1)), value((i, -1))
        gradient[i] = (up - down) / (2 * STEP)
        hessian[i, i] = (up - 2 * here + down) / STEP**2
        for j in range(i):
            mixed = value((i, 1), (j, 1)) - value((i, 1), (j, -1)) - value((i, -1), (j, 1)) + value((i, -1), (j, -1))
            hessian[i, j] = hessian[j, i] = mixed / (4 * STEP**2)
    return here, gradient, hessian


def fit(m, k, start):
    at = [mp.log(v) for v in start]
    for _ in range(60):
        here, gradient, hessian = derivatives(m, k, at)
        if mp.norm(gradient) < mp.mpf(10) ** -18:
            errors = mp.inverse(-hessian)
            return [mp.exp(v) for v in at], here, [mp.exp(v) * mp.sqrt(errors[i, i]) for i, v in enumerate(at)]
        try:
            mp.cholesky(-hessian)
            step = mp.lu_solve(-hessian, gradient)
        except ValueError:
            step = gradient / mp.norm(gradient)  # not yet near the top: uphill
        if mp.norm(step, mp.inf) > 1:
            step /= mp.norm(step, mp.inf)
        while log_likelihood(m, k, [v + s for v, s in zip(at, step)]) < here:
            step /= 2
        at = [v + s for v, s in zip(at, step)]
    raise RuntimeError(f"no optimum for m = {m}, k = {k}")


print("model,k," + ",".join(NAMES) + ",log_likelihood," + ",".join("se_" + name for name in NAMES))
for model, m in (("bg/cnbd-k", 0), ("mbg/cnbd-k", 1)):
    for k in range(1, 7):
        fits = [fit(m, k, start) for start in ((1, 3 / k, 0.5, 2), (0.3, 1 / k, 0.3, 1))]
        # Both starts lead to the same hill.
        assert all(mp.almosteq(p, q, rel_eps=mp.mpf(10) ** -15) for p, q in zip(fits[0][0], fits[1][0])), (model, k)
        params, value, errors = fits[0]
        print(",".join([model, str(k)] + [mp.nstr(v, 20) for v in [*params, value, *errors]]), flush=True)
