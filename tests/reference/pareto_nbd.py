"""Writes hard cases of the Pareto/NBD model, to 17 digits.

    python3 tests/reference/pareto_nbd.py > tests/data/pareto_nbd.csv        (needs gmpy2)

Every quantity is an integral over a moment u = e^z, integrated in z with 110 bits by Gauss-Legendre quadrature with 40
nodes on pieces at most 2 long, between the points where the integrand has dropped by 80 nats from its peak; beyond
e^(ln scale + 70) the tail is a plain exponential. The columns: the model, the customer, a time `within`, a `rate` of
discount and a number n; then the log-likelihood, P(alive), the expected purchases within the time, the probability of at
least one within it and ever, the discounted purchases for ever, and the probability that a new customer makes n
purchases within T.
"""
import math
import random

import gmpy2 as mp

mp.get_context().precision = 110
INFINITY = mp.mpfr("inf")


def legendre(x):
    """P40(x) and its derivative."""
    below, value = mp.mpfr(1), x
    for k in range(2, 41):
        below, value = value, ((2 * k - 1) * x * value - (k - 1) * below) / k
    return value, 40 * (x * value - below) / (x * x - 1)


RULE = []
for i in range(40):
    x = mp.cos(mp.const_pi() * (i + mp.mpfr(3) / 4) / (40 + mp.mpfr(1) / 2))
    for _ in range(8):
        value, slope = legendre(x)
        x -= value / slope
    RULE.append((x, 2 / ((1 - x * x) * legendre(x)[1] ** 2)))
assert abs(sum(w for _, w in RULE) - 2) < 1e-25


def integral(ln_f, scales, t, decay):
    """∫ f du from 0 to t. f·u is log-concave in ln u; beyond all scales it falls with u^-decay (None: faster)."""
    h = lambda z: ln_f(mp.exp(z)) + z
    low, high = min(map(mp.log, scales)) - 80, max(map(mp.log, scales)) + 70
    tail = 0
    if t < INFINITY:
        high = mp.log(t)
    elif decay:
        tail = mp.exp(h(high)) / decay
    low = min(low, high - 80)
    a, b = low, high
    for _ in range(200):
        c, d = a + (b - a) / 3, b - (b - a) / 3
        if h(c) < h(d):
            a = c
        else:
            b = d
    peak = (a + b) / 2
    top = h(peak)

    def edge(end):
        near, far = peak, end
        if h(far) > top - 80:
            return far
        for _ in range(60):
            middle = (near + far) / 2
            near, far = (middle, far) if h(middle) > top - 80 else (near, middle)
        return far

    a, b = edge(low), edge(high)
    pieces = max(12, math.ceil((b - a) / 2))
    half = (b - a) / pieces / 2
    total = sum(
        w * mp.exp(h(a + half * (2 * i + 1) + half * x)) for i in range(pieces) for x, w in RULE
    ) * half
    return total + (tail if b == high else 0)


def powers(a, rho, b, sigma, t, delta=0):
    ln_f = lambda u: -rho * mp.log1p(u / a) - sigma * mp.log1p(u / b) - delta * u
    scales = [v for v, e in ((a, rho), (b, sigma)) if e > 0]
    if delta > 0:
        # exp(-e^8) is nothing.
        return integral(ln_f, [min(scales + [1 / delta]), mp.exp(-62) / delta], t, None)
    if t != INFINITY:
        scales = scales + [t]
    return integral(ln_f, scales, t, rho + sigma - 1)


def answers(r, alpha, s, beta, x, t_x, T, within, rate, n):
    R, A, B = r + x, alpha + T, beta + T
    odds = mp.mpfr(0)
    if T > t_x:
        a, b, span = alpha + t_x, beta + t_x, T - t_x
        odds = s / b * (A / a) ** R * (B / b) ** s * powers(a, R, b, s + 1, span)
    log_likelihood = (
        mp.lngamma(R) - mp.lngamma(r) + r * mp.log(alpha) + s * mp.log(beta) - R * mp.log(A) - s * mp.log(B)
        + mp.log1p(odds)
    )
    alive = 1 / (1 + odds)
    ratio = mp.log1p(within / B)
    life = ratio if s == 1 else -mp.expm1(-(s - 1) * ratio) / (s - 1)
    expected = alive * R * B / A * life
    buys = lambda t: alive * R / A * powers(A, R + 1, B, s, t)
    discounted = alive * R / A * powers(A, mp.mpfr(0), B, s, INFINITY, rate)
    ln_ways = mp.lngamma(r + n) - mp.lngamma(r) - mp.lngamma(n + 1)
    ln_count = lambda u: ln_ways - r * mp.log1p(u / alpha) - n * mp.log1p(alpha / u)
    leaving = lambda u: ln_count(u) + mp.log(s / beta) - (s + 1) * mp.log1p(u / beta)
    count = mp.exp(ln_count(T) - s * mp.log1p(T / beta)) + integral(leaving, [alpha, beta, T], T, r + s)
    return [log_likelihood, alive, expected, buys(within), buys(INFINITY), discounted, count]


def cases():
    rng = random.Random(20)
    power = lambda low, high: 10 ** rng.uniform(low, high)
    for i in range(240):
        r = power(-4, 5) if i % 3 == 0 else power(-1.5, 1.5)
        s = rng.choice([1.0, power(-4, 5), power(-1.5, 1.5), 1 + rng.choice([-1, 1]) * power(-14, -1)])
        alpha = power(-6, 6)
        beta = rng.choice([alpha, power(-6, 6), alpha * (1 + power(-14, 0))])
        T = power(-3, 5)
        t_x = rng.choice([0.0, T * power(-9, 0), T * rng.random(), T * (1 - power(-9, -1)), T])
        x = 0.0 if t_x == 0 else float(int(rng.choice([power(0, 5), power(0, 1.5)])))
        yield r, alpha, s, beta, x, t_x, T, T * power(-9, 3), power(-6, 0), float(int(power(0, 4)) - 1)


print("# Written by tests/reference/pareto_nbd.py.")
print("r,alpha,s,beta,frequency,recency,T,within,rate,n,log_likelihood,p_alive,expected,within_p,ever_p,discounted,count_p")
for case in cases():
    values = answers(*map(mp.mpfr, case))
    print(",".join([repr(v) for v in case] + ["{:.17g}".format(v) for v in values]), flush=True)
