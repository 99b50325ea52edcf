"""Prints the sums over all steps that the tests of BG/BB and of renewals hold themselves against, at 40 digits.

    python3 tests/reference/beta_geometric.py        (needs mpmath)
"""
import mpmath as mp

mp.mp.dps = 40


def ever(a, b, g, d):
    """P(a new customer ever buys) under BG/BB: E[p(1-t)/(1-(1-p)(1-t))] = alpha delta/((alpha+beta)(gamma+delta)) 3F2."""
    a, b, g, d = map(mp.mpf, (a, b, g, d))
    f = mp.hyper([1, b, d + 1], [a + b + 1, g + d + 1], 1)
    return a / (a + b) * d / (g + d) * f


def lifetime(a, b, d):
    """sum S(t)/(1+d)^t under sBG."""
    a, b, d = map(mp.mpf, (a, b, d))
    return mp.hyp2f1(1, b, a + b, 1 / (1 + d))


print("// alpha, beta, gamma, delta: P(ever)")
for v in [(0.05, 0.5, 0.05, 1.0), (1.2, 0.75, 0.65, 2.8), (0.3, 40.0, 0.2, 3.0), (0.01, 5.0, 2.0, 100.0),
          (3.0, 1e5, 0.5, 2e4), (50.0, 1e6, 20.0, 1e6)]:
    print("    ([%s], %s)," % (", ".join(repr(float(x)) for x in v), mp.nstr(ever(*v), 18)), flush=True)
print("// alpha, beta, d: lifetime; a few of these take mpmath minutes, and are left out of the tests")
for a in [0.01, 0.7, 1.0, 3.5, 1000.0]:
    for b in [0.02, 1.2, 80.0]:
        for d in [1e-9, 1e-4, 0.1, 10.0]:
            print("    (%r, %r, %r, %r)," % (a, b, d, float(lifetime(a, b, d))), flush=True)
print("// alpha, beta, t: S(t)")
for a in [0.01, 0.7, 3.5, 1000.0]:
    for b in [0.02, 80.0, 1e5]:
        for t in [17, 5000, 1000000]:
            v = mp.exp(mp.loggamma(mp.mpf(b) + t) - mp.loggamma(mp.mpf(b)) + mp.loggamma(mp.mpf(a) + mp.mpf(b))
                       - mp.loggamma(mp.mpf(a) + mp.mpf(b) + t))
            if v > 1e-300:
                print("    (%r, %r, %d, %r)," % (a, b, t, float(v)))
