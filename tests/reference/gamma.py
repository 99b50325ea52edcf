"""Writes tests/data/gamma.csv: gamma family values at 50 digits, rounded to double.

    python3 tests/reference/gamma.py > tests/data/gamma.csv        (needs mpmath)
"""
import mpmath as mp

mp.mp.dps = 50
print("# computed with mpmath at 50 digits by tests/reference/gamma.py")
print("a,d,ln_gamma,digamma,trigamma,ln_gamma_ratio,digamma_difference,ln_beta")
for a in ["0.001", "0.0123", "0.1", "0.5", "0.99", "1", "1.4616321449683622", "2", "2.5", "3.49", "7.77", "9.999", "10",
          "12.999", "13", "25.5", "100", "999.5", "12345.678", "1e5", "1e6", "1e7"]:
    for d in ["0.01", "0.3", "1", "1.07", "6.5", "40", "1000", "123456.7", "1e7"]:
        x, y = mp.mpf(float(a)), mp.mpf(float(d))
        row = [mp.loggamma(x), mp.digamma(x), mp.psi(1, x), mp.loggamma(x + y) - mp.loggamma(x),
               mp.digamma(x + y) - mp.digamma(x), mp.loggamma(x) + mp.loggamma(y) - mp.loggamma(x + y)]
        print(",".join([repr(float(a)), repr(float(d))] + [repr(float(v)) for v in row]))
