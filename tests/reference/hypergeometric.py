"""Writes tests/data/hypergeometric.csv: ln 2F1(a, b; c; z) at 40 digits, rounded to double.

    python3 tests/reference/hypergeometric.py > tests/data/hypergeometric.csv        (needs mpmath, better with gmpy2)

The function itself where mpmath converges; a quadrature of Euler's integral in the logit of p for large parameters.
Both are computed on every tenth case, and must agree.
"""
import random

import mpmath as mp

mp.mp.dps = 40


def by_quadrature(a, b, c, z):
    """The trapezoidal rule in s = logit p at 40 digits, with a step that is halved until nothing changes."""
    log = mp.log(1 - z)

    def exponent(s):
        e = mp.exp(-abs(s))
        soft = max(s, mp.mpf(0)) + mp.log1p(e)
        t = s + log
        return b * s - (c - a) * soft - a * (max(t, mp.mpf(0)) + mp.log1p(mp.exp(-abs(t))))

    def slope(s):
        return b - (c - a) / (1 + mp.exp(-s)) - a / (1 + mp.exp(-s - log))

    low, high = mp.mpf(-500), mp.mpf(500)
    for _ in range(90):
        middle = (low + high) / 2
        low, high = (middle, high) if slope(middle) > 0 else (low, middle)
    peak = exponent(low)
    bend = lambda x: mp.exp(-abs(x)) / (1 + mp.exp(-abs(x)))**2
    h = min(mp.mpf("0.1"), mp.mpf("0.2") / mp.sqrt((c - a) * bend(low) + a * bend(low + log)))
    total = mp.mpf(1)
    for sign, rate in ((-1, b), (1, c - b)):
        n = 1
        while True:
            s = low + sign * n * h
            term = mp.exp(exponent(s) - peak)
            if sign * s > 70 + abs(log):
                total += term / (1 - mp.exp(-rate * h))
                break
            total += term
            if term / (1 - mp.exp(-rate * h)) < mp.mpf(10)**-25 * total:
                break
            n += 1
    return peak + mp.log(total * h) - (mp.loggamma(b) + mp.loggamma(c - b) - mp.loggamma(c))


def value(a, b, c, z, check):
    a, b, c, z = (mp.mpf(v) for v in (a, b, c, z))
    direct = None
    if max(a, b, c) < 200:
        direct = mp.log(mp.hyp2f1(a, b, c, z))
    if direct is None or check:
        other = by_quadrature(a, b, c, z)
        if direct is not None:
            assert abs(direct - other) < mp.mpf(10)**-17 * (1 + abs(direct)), (a, b, c, z, direct, other)
        direct = other
    return direct


print("# computed with mpmath at 40 digits by tests/reference/hypergeometric.py")
print("a,b,c,z,ln_2f1")
rng = random.Random(20051)
cases = []
for i in range(360):
    big = 2.3 if i % 3 else 5
    a = 10**rng.uniform(-2, big)
    b = 10**rng.uniform(-3, big)
    c = b + 10**rng.uniform(-3, big)
    z = -10**rng.uniform(-6, 8) if i % 2 else 1 - 10**rng.uniform(-8, -0.001)
    cases.append((a, b, c, z))
# b tiny; c - b tiny; and the shapes of the models: 2F1(R, a; a+b+x; -t/A).
cases += [(3.0, 1e-4, 2.0, -50.0), (1e4, 1e-3, 1e4, -1e8), (40.0, 5.0, 5.001, -1e6), (1e5, 0.8, 1e5, -1e3),
          (1e5, 0.02, 1e5 + 40.0, -1e-3), (1e5, 3.0, 1e5, -1e8), (0.25, 0.8, 3.2, -0.9999), (1e5, 1e5, 2e5, -1.0)]
for i, (a, b, c, z) in enumerate(cases):
    print(",".join(repr(v) for v in (a, b, c, z)) + "," + repr(float(value(a, b, c, z, i % 10 == 0))))
