"""Writes tests/data/ln_beta_inc.csv: ln I_z(a, b) and ln(1 - I_z(a, b)), with z = odds / (1 + odds).

    python3 tests/reference/beta.py > tests/data/ln_beta_inc.csv        (needs mpmath, gmpy2)

One of the two is the sum of Gauss's series, all of whose terms are positive (DLMF 8.17.8):
I_z(a, b) = z^a (1-z)^b / (a B(a, b)) * sum (a+b)_n / (a+1)_n z^n; the other is 1 minus it, at as many digits as that
takes. Every seventh case is computed a second time by mpmath.betainc, and must agree to 30 digits.
"""
import random

import gmpy2
import mpmath as mp


def cost(a, b, z, y):
    return ((a + b) * z + 200) / y


def series(a, b, z, y):
    """Gauss's sum, with gmpy2 for speed."""
    gmpy2.get_context().precision = mp.mp.prec + 20
    a, b, z = (gmpy2.mpfr(mp.nstr(v, mp.mp.dps + 5)) for v in (a, b, z))
    term = total = gmpy2.mpfr(1)
    end = gmpy2.mpfr(10) ** -(mp.mp.dps + 3)
    n = 0
    while True:
        ratio = (a + b + n) * z / (a + 1 + n)
        # Past the largest term the rest is below a geometric series.
        if ratio < 1 and term * ratio < total * end * (1 - ratio):
            return mp.mpf(str(total))
        term *= ratio
        total += term
        n += 1


def one(a, b, z, y):
    ln_b = mp.loggamma(a) + mp.loggamma(b) - mp.loggamma(a + b)
    return mp.exp(a * mp.log(z) + b * mp.log(y) - mp.log(a) - ln_b) * series(a, b, z, y)


def both(a, b, odds):
    for digits in (60, 150, 400, 1000, 3000, 12000, 50000):
        mp.mp.dps = digits
        a, b, t = mp.mpf(a), mp.mpf(b), mp.mpf(odds)
        z, y = t / (1 + t), 1 / (1 + t)
        # The side that is small, unless its sum is very long.
        by_lower, by_upper = cost(a, b, z, y), cost(b, a, y, z)
        near = by_lower if z < (a + 1) / (a + b + 2) else by_upper
        if (near if near < 1e6 else min(by_lower, by_upper)) == by_lower:
            lower = one(a, b, z, y)
            derived = upper = 1 - lower
        else:
            upper = one(b, a, y, z)
            derived = lower = 1 - upper
        if derived > mp.mpf(10) ** (30 - digits):
            return lower, upper
    raise ValueError((a, b, odds))


def main():
    random.seed(1)
    cases = []
    for a in [0.01, 0.3, 1.0, 1.07, 2.42, 9.5, 10.5, 40.0, 200.0, 1000.0]:
        for b in [0.01, 0.7, 1.94, 3.49, 12.0, 200.0, 5e3, 1e5, 1e6]:
            for factor in [1e-6, 0.03, 0.9, 1.1, 30.0]:
                cases.append((a, b, float(a / b * factor)))
    for _ in range(120):
        a = float(10 ** random.uniform(-2, 3))
        b = float(10 ** random.uniform(-2, 6))
        # Around the mean within a few deviations, where both sides matter.
        spread = random.gauss(0, 1.5) * (1 / a + 1 / b) ** 0.5
        cases.append((a, b, float(a / b * mp.exp(max(-300, min(300, spread))))))
    # A long tail: 1 - I = 1e-600 and less.
    cases += [(1.07, 203.49, 1000.0), (2.42, 900.0, 10.0), (1.0, 2000.0, 1e6), (300.0, 1.0, 1e-3), (900.0, 3.0, 1e-9)]
    print("# computed with mpmath and gmpy2 by tests/reference/beta.py")
    print("a,b,odds,ln_lower,ln_upper")
    for i, (a, b, odds) in enumerate(cases):
        lower, upper = both(a, b, odds)
        if i % 7 == 0 and a * b < 1e5:
            z = mp.mpf(odds) / (1 + mp.mpf(odds))
            assert mp.almosteq(mp.betainc(a, b, 0, z, regularized=True), lower, rel_eps=mp.mpf(10) ** -30), (a, b, odds)
        print(",".join(repr(v) for v in (a, b, odds, float(mp.log(lower)), float(mp.log(upper)))))


main()
