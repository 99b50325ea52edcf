"""Writes tests/data/cnbd.csv: hard cases of BG/CNBD-k and MBG/CNBD-k at 40 digits, rounded to double.

    python3 tests/reference/cnbd.py > tests/data/cnbd.csv        (needs mpmath, better with gmpy2)

x to 10^5, T to 10^5, k to 12, horizons from 10^-4 to 10^7 of A. Expectations by the sum over the number of phases that
end where it has at most 20,000 terms; for k = 1 elsewhere by a quadrature over the logit of p; for k > 1 elsewhere left out.
"""
import random

import mpmath as mp

mp.mp.dps = 40
rng = random.Random(2020)


def expected_by_sum(k, R, A, w, a, b1, t):
    total = mp.mpf(0)
    q = t / (A + t)
    for j in range(k):
        mass = mp.exp(-(R + j) * mp.log1p(t / A))
        i, c, step, M, part = 0, mp.mpf(0), mp.mpf(1), 0, mp.mpf(0)
        while True:
            mass *= q * (R + j + i) / (i + 1)
            i += 1
            if (i + j) % k == 0:
                c += step
                step *= (b1 + M) / (a + b1 + M)
                M += 1
            part += mass * c
            growth = q * (R + j + i) / (i + 1)
            if growth < 1 and mass * (c + 1) < mp.mpf(10)**-24 * part * (1 - growth):
                break
        total += w[j] * part
    return total


def expected_by_quadrature(R, A, a, b1, t):
    def trapezoid(f, h):
        mode = mp.log(a / b1)
        total = f(mode)
        for sign, rate in ((-1, a), (1, b1)):
            n = 1
            while True:
                s = mode + sign * n * h
                term = f(s)
                # With this the rest is a geometric sum to the last digit.
                if sign * s > 60 + mp.log((R + 1) * (1 + t / A) + a + b1):
                    total += term / (1 - mp.exp(-rate * h))
                    break
                total += term
                n += 1
        return total

    def weight(s):
        return mp.exp(a * (s - mp.log(a / b1)) - (a + b1) * (mp.log1p(mp.exp(s)) - mp.log1p(a / b1)))

    def integrand(s):
        p = 1 / (1 + mp.exp(-s))
        return weight(s) * -mp.expm1(-R * mp.log1p(p * t / A)) / p

    h = min(mp.mpf("0.15"), mp.mpf("0.3") / mp.sqrt(a))
    return trapezoid(integrand, h) / trapezoid(weight, h)


print("# computed with mpmath at 40 digits by tests/reference/cnbd.py")
print("k,m,r,alpha,a,b,frequency,recency,T,horizon,loglik,p_alive,expected_purchases")
written = 0
while written < 240:
    k = rng.choice([1, 1, 1, 2, 3, 5, 8, 12])
    m = rng.choice([0, 1])
    r, alpha = 10**rng.uniform(-2.5, 2), 10**rng.uniform(-2, 4)
    a, b = 10**rng.uniform(-2, 2), 10**rng.uniform(-2, 2)
    x = rng.choice([0, 1, 2, 5, 30, 1000, 10000, 100000])
    T = 10**rng.uniform(-1, 5)
    tx = 0.0 if x == 0 else T * rng.choice([1 - 10**rng.uniform(-6, -1), rng.uniform(0, 1)])
    t = (alpha + T) * 10**rng.choice([rng.uniform(-4, 0), rng.uniform(-1, 1.5), rng.uniform(0, 7)])
    if x == 100000 or rng.random() < 0.2:
        t = min(t, 1e5)
    case = (r, alpha, a, b, float(x), tx, T, t)
    r, alpha, a, b, x, tx, T, t = (mp.mpf(v) for v in case)
    R, A, v, b1 = r + k * x, alpha + T, T - tx, b + x + m
    s = [mp.mpf(1)]
    for j in range(1, k):
        s.append(s[-1] * (R + j - 1) / j * v / A)
    S = mp.fsum(s)
    D = a / (b + x + m - 1) * mp.exp(R * mp.log(A / (alpha + tx))) if x + m > 0 else mp.mpf(0)
    lbeta = lambda p, q: mp.loggamma(p) + mp.loggamma(q) - mp.loggamma(p + q)
    ll = (-x * mp.loggamma(k) + mp.loggamma(R) - mp.loggamma(r) + r * mp.log(alpha) - R * mp.log(A)
          + lbeta(a, b1) - lbeta(a, b) + mp.log(S + D))
    alive = S / (S + D)
    mean = (R + k) * t / A
    if mean + 12 * mp.sqrt(mean * (1 + t / A)) + 60 * (1 + t / A) < 20000:
        expected = expected_by_sum(k, R, A, [p / S for p in s], a, b1, t)
    elif k == 1:
        expected = expected_by_quadrature(R, A, a, b1, t)
    else:
        continue
    print(",".join([str(k), str(m)] + [repr(v) for v in case] + [repr(float(v)) for v in (ll, alive, alive * expected)]))
    written += 1
