"""Prints the maximum-likelihood purchase rhythm of the CDNOW sample, to 25 digits.

    python3 tests/reference/rhythm.py tests/data/cdnow_sample.csv        (needs mpmath)

Gaps are those between distinct purchase days up to 1997-09-30; g ~ gamma(k, rate), rate ~ gamma(r, alpha). The optimum
is the root of the analytic score by Newton's method at 50 digits; standard errors come from the inverse of the observed
information, both differentiated by hand here and checked against mpmath's numerical derivative of the log-likelihood.
"""
import collections
import csv
import datetime
import sys

import mpmath as mp

mp.mp.dps = 50
END = datetime.date(1997, 9, 30)

days = collections.defaultdict(set)
with open(sys.argv[1]) as file:
    for row in csv.DictReader(file):
        day = datetime.date.fromisoformat(row["ordered_on"])
        if day <= END:
            days[row["customer_id"]].add(day)

pairs, gaps, one_time = collections.Counter(), collections.Counter(), 0
for bought in days.values():
    bought = sorted(bought)
    between = [(b - a).days for a, b in zip(bought, bought[1:])]
    if between:
        pairs[len(between), sum(between)] += 1
        gaps.update(between)
    else:
        one_time += 1
LN_GAPS = sum(n * mp.log(g) for g, n in gaps.items())
G = sum(gaps.values())


def log_likelihood(k, r, alpha):
    total = (k - 1) * LN_GAPS - G * mp.loggamma(k)
    for (x, s), n in pairs.items():
        total += n * (mp.loggamma(r + k * x) - mp.loggamma(r) + r * mp.log(alpha) - (r + k * x) * mp.log(alpha + s))
    return total


def score(k, r, alpha):
    dk, dr, da = LN_GAPS - G * mp.digamma(k), mp.mpf(0), mp.mpf(0)
    for (x, s), n in pairs.items():
        psi = mp.digamma(r + k * x)
        dk += n * x * (psi - mp.log(alpha + s))
        dr += n * (psi - mp.digamma(r) + mp.log(alpha) - mp.log(alpha + s))
        da += n * (r / alpha - (r + k * x) / (alpha + s))
    return mp.matrix([dk, dr, da])


def hessian(k, r, alpha):
    h = mp.matrix(3, 3)
    h[0, 0] = -G * mp.psi(1, k)
    for (x, s), n in pairs.items():
        tri = mp.psi(1, r + k * x)
        h[0, 0] += n * x * x * tri
        h[0, 1] += n * x * tri
        h[1, 1] += n * (tri - mp.psi(1, r))
        h[0, 2] -= n * x / (alpha + s)
        h[1, 2] += n * (1 / alpha - 1 / (alpha + s))
        h[2, 2] += n * (-r / alpha**2 + (r + k * x) / (alpha + s) ** 2)
    h[1, 0], h[2, 0], h[2, 1] = h[0, 1], h[0, 2], h[1, 2]
    return h


point = mp.matrix([mp.mpf("1.07"), mp.mpf("3.49"), mp.mpf("139.4")])
for _ in range(12):
    point -= mp.lu_solve(hessian(*point), score(*point))
assert mp.norm(score(*point)) < mp.mpf(10) ** -35

h = hessian(*point)
for i in range(3):
    order = [0, 0, 0]
    order[i] = 2
    assert mp.almosteq(mp.diff(log_likelihood, tuple(point), tuple(order)), h[i, i], rel_eps=mp.mpf(10) ** -9)
covariance = mp.inverse(-h)

print("customers", sum(pairs.values()), "one-time buyers", one_time, "gaps", G)
for name, value in zip(("k", "r", "alpha"), point):
    print(name, mp.nstr(value, 25))
print("log-likelihood", mp.nstr(log_likelihood(*point), 25))
for name, i in (("k", 0), ("r", 1), ("alpha", 2)):
    print("standard error of", name, mp.nstr(mp.sqrt(covariance[i, i]), 25))
for i in range(3):
    print("covariance", [mp.nstr(covariance[i, j], 25) for j in range(3)])
