"""Writes tests/data/experiment.json: what experiments say, by scipy and statsmodels.

    python3 tests/reference/experiment.py > tests/data/experiment.json        (needs scipy, statsmodels and mpmath)

Intervals of ratios of means are the roots of Fieller's quadratic at 50 digits, with Student's quantile from scipy.
"""
import json
import math
import warnings

import mpmath as mp
from scipy import stats
from statsmodels.stats.proportion import (confint_proportions_2indep, proportions_ztest,
                                          samplesize_proportions_2indep_onetail)

mp.mp.dps = 50
warnings.simplefilter("ignore")


def conversions(n1, x1, n2, x2, confidence):
    alpha = 1 - confidence
    p1, p2 = x1 / n1, x2 / n2
    low, high = confint_proportions_2indep(x1, n1, x2, n2, compare="diff", method="newcomb", alpha=alpha)
    case = {"groups": [n1, x1, n2, x2], "confidence": confidence, "difference": [p1 - p2, float(low), float(high)],
            "lift": None, "p_value": None, "sample_size": None}
    if x1 and x2 and x1 + x2 < n1 + n2:
        low, high = confint_proportions_2indep(x1, n1, x2, n2, compare="ratio", method="log", alpha=alpha)
        case["lift"] = [float(v) - 1 for v in (p1 / p2, low, high)]
    if 0 < x1 + x2 < n1 + n2:
        case["p_value"] = float(proportions_ztest([x1, x2], [n1, n2])[1])
        by_chi_square = stats.chi2_contingency([[x1, n1 - x1], [x2, n2 - x2]], correction=False).pvalue
        assert math.isclose(case["p_value"], by_chi_square, rel_tol=1e-9), case
        # Where a count is expected to be below 10: Fisher's exact test by its mid-P value, doubled.
        if min(n1, n2) * min(x1 + x2, n1 + n2 - x1 - x2) < 10 * (n1 + n2):
            drawn = stats.hypergeom(n1 + n2, x1 + x2, n1)
            half = drawn.pmf(x1) / 2
            case["p_value"] = float(min(1, 2 * min(drawn.cdf(x1) - half, drawn.sf(x1) + half)))
    if p1 != p2:
        n = samplesize_proportions_2indep_onetail(p1 - p2, p2, 0.8, alpha=alpha, alternative="two-sided")
        case["sample_size"] = math.ceil(n)
    return case


def means(n1, m1, v1, n2, m2, v2, confidence):
    test = stats.ttest_ind_from_stats(m1, math.sqrt(v1), n1, m2, math.sqrt(v2), n2, equal_var=False)
    e1, e2 = v1 / n1, v2 / n2
    degrees = (e1 + e2)**2 / (e1**2 / (n1 - 1) + e2**2 / (n2 - 1))
    t = float(stats.t.isf((1 - confidence) / 2, degrees))
    arm = t * math.sqrt(e1 + e2)
    case = {"groups": [n1, m1, v1, n2, m2, v2], "confidence": confidence,
            "difference": [m1 - m2, m1 - m2 - arm, m1 - m2 + arm], "lift": None, "p_value": float(test.pvalue)}
    # (m1 - r m2)^2 = t^2 (e1 + r^2 e2)
    a, b, c = mp.mpf(m2)**2 - mp.mpf(t)**2 * e2, -2 * mp.mpf(m1) * m2, mp.mpf(m1)**2 - mp.mpf(t)**2 * e1
    if a > 0:
        root = mp.sqrt(b * b - 4 * a * c)
        case["lift"] = [float(v - 1) for v in (mp.mpf(m1) / m2, (-b - root) / (2 * a), (-b + root) / (2 * a))]
    z = stats.norm.isf((1 - confidence) / 2) + stats.norm.ppf(0.8)
    case["sample_size"] = math.ceil(z**2 * (v1 + v2) / (m1 - m2)**2) if m1 != m2 else None
    return case


counts = [(70, 56, 80, 48), (10, 9, 10, 3), (7, 6, 7, 2), (56, 5, 29, 0), (20, 0, 10, 0), (10, 0, 10, 0),
          (10, 10, 20, 0), (10, 10, 10, 0), (10, 10, 12, 12), (1, 1, 1, 0), (1, 0, 3, 3), (2000, 130, 1000, 50),
          (2000, 50, 1000, 50), (100000, 5321, 100000, 5123), (5000000, 60, 1000000, 6), (1000, 999, 1000, 990),
          (123456789, 12345678, 987654321, 98765000), (20000, 17, 400, 3), (2, 1, 5000, 2500)]
figures = [(10, 0.75, 3.2005555555555556, 10, 2.33, 4.009), (2000, 12.5, 900.0, 1000, 11.0, 850.0),
           (2, 5.0, 0.5, 2, 4.0, 0.25), (3, 5.0, 0.0, 4, 4.0, 2.0), (4, 5.0, 2.0, 3, 4.0, 0.0), (50, 3.0, 40.0, 20, 0.5, 30.0),
           (50, -3.0, 4.0, 70, -2.0, 3.0), (50, 3.0, 4.0, 70, -2.0, 3.0), (1000000, 20.01, 2500.0, 1000000, 20.0, 2500.0),
           (30, 7.0, 2.0, 40, 7.0, 3.0), (2, 1e6, 1e3, 100000, 1e6 + 5, 1e3), (500, 1e-9, 1e-20, 600, 1.1e-9, 1e-20),
           (10**11, 5.0, 2.0, 10**11, 5.00001, 2.0), (12, 100.0, 1e-6, 15, 50.0, 1e-6)]
print(json.dumps({
    "conversions": [conversions(*c, confidence) for c in counts for confidence in (0.5, 0.9, 0.95, 0.999)],
    "means": [means(*c, confidence) for c in figures for confidence in (0.5, 0.9, 0.95, 0.999)],
}, indent=1))
