"""Makes the figures of test/golden/distributions_extreme.json with mpmath, from the textbook formulas.

    pip install mpmath==1.3.0
    python scripts/golden/distributions_extreme.py           compares the file with the formulas
    python scripts/golden/distributions_extreme.py --write   puts what they say into the file

What is asked stays as it is in the file: [family, parameters, x, cdf(x), density(x)].
"""

import json
import sys
from pathlib import Path

from mpmath import atan, besseli, beta, betainc, binomial, exp, gamma, gammainc, log, mp, mpf, ncdf, npdf, pi, sqrt

FILE = Path(__file__).parents[2] / "test/golden/distributions_extreme.json"
TOLERANCE = 1e-15
# Digits to work with: more and more, until a figure stays the same. The masses of a binomial need few, what
# is left of 1e150 beside 1/2 more than 300.
DIGITS = (60, 120, 240, 480, 960)
SAME = 1e-20


def lower_gamma(a, x):
    return gammainc(a, 0, x, regularized=True)


def lower_beta(a, b, x):
    return betainc(a, b, 0, x, regularized=True)


def summed(first, density):
    """The cdf of a law on the integers from `first` on."""
    return lambda x: sum((density(mpf(k)) for k in range(first, int(x) + 1)), mpf(0))


def discrete(first, density):
    return summed(first, density), density


def gaussian(mu, sigma):
    return lambda x: ncdf(x, mu, sigma), lambda x: npdf(x, mu, sigma)


def truncnorm(mu, sigma, lower, upper):
    z = lambda x: (x - mu) / sigma
    # Upper tails: both ends may lie far out.
    tail = lambda x: ncdf(-z(x))
    mass = tail(lower) - tail(upper)
    return lambda x: (tail(lower) - tail(x)) / mass, lambda x: npdf(z(x)) / sigma / mass


def inverse_gaussian(mu, **k):
    shape = k["lambda"]
    root = lambda x: sqrt(shape / x)
    return (
        lambda x: ncdf(root(x) * (x / mu - 1)) + exp(2 * shape / mu) * ncdf(-root(x) * (x / mu + 1)),
        lambda x: sqrt(shape / (2 * pi * x**3)) * exp(-shape * (x - mu) ** 2 / (2 * mu**2 * x)),
    )


def student_t(nu):
    half = lambda x: lower_beta(nu / 2, mpf(1) / 2, nu / (nu + x * x)) / 2
    return (
        lambda x: half(x) if x < 0 else 1 - half(x),
        lambda x: (1 + x * x / nu) ** (-(nu + 1) / 2) / (sqrt(nu) * beta(nu / 2, mpf(1) / 2)),
    )


def f_distribution(d1, d2):
    share = lambda x: d1 * x / (d1 * x + d2)
    return (
        lambda x: lower_beta(d1 / 2, d2 / 2, share(x)),
        lambda x: sqrt((d1 * x) ** d1 * d2**d2 / (d1 * x + d2) ** (d1 + d2)) / (x * beta(d1 / 2, d2 / 2)),
    )


def skellam(mu1, mu2):
    def density(k):
        return exp(-mu1 - mu2) * (mu1 / mu2) ** (k / 2) * besseli(abs(k), 2 * sqrt(mu1 * mu2))

    def cdf(x):
        # What lies further below is smaller than the last digit.
        reach = int(200 + 40 * sqrt(mu1 + mu2))
        return sum((density(mpf(k)) for k in range(int(x) - reach, int(x) + 1)), mpf(0))

    return cdf, density


def triangular(a, c, b):
    def cdf(x):
        return (x - a) ** 2 / ((b - a) * (c - a)) if x < c else 1 - (b - x) ** 2 / ((b - a) * (b - c))

    def density(x):
        return 2 * (x - a) / ((b - a) * (c - a)) if x < c else 2 * (b - x) / ((b - a) * (b - c))

    return cdf, density


FAMILIES = {
    "gaussian": gaussian,
    "truncnorm": truncnorm,
    "inverse_gaussian": inverse_gaussian,
    "student_t": student_t,
    "f_distribution": f_distribution,
    "skellam": skellam,
    "triangular": triangular,
    "lognormal": lambda mu, sigma: (
        lambda x: ncdf(log(x), mu, sigma),
        lambda x: npdf(log(x), mu, sigma) / x,
    ),
    "cauchy": lambda x0, gamma: (
        lambda x: atan((x - x0) / gamma) / pi + mpf(1) / 2,
        lambda x: 1 / (pi * gamma * (1 + ((x - x0) / gamma) ** 2)),
    ),
    "gamma": lambda alpha, beta: (
        lambda x: lower_gamma(alpha, x / beta),
        lambda x: (x / beta) ** (alpha - 1) * exp(-x / beta) / (beta * gamma(alpha)),
    ),
    "chi": lambda df: (
        lambda x: lower_gamma(df / 2, x * x / 2),
        lambda x: 2 * (x / sqrt(2)) ** (df - 1) * exp(-x * x / 2) / (sqrt(2) * gamma(df / 2)),
    ),
    "maxwell": lambda scale: (
        lambda x: lower_gamma(mpf(3) / 2, (x / scale) ** 2 / 2),
        lambda x: sqrt(2 / pi) * x * x * exp(-((x / scale) ** 2) / 2) / scale**3,
    ),
    "beta": lambda alpha, beta: (
        lambda x: lower_beta(alpha, beta, x),
        lambda x: x ** (alpha - 1) * (1 - x) ** (beta - 1) * gamma(alpha + beta) / gamma(alpha) / gamma(beta),
    ),
    "weibull": lambda k, **s: (
        lambda x: 1 - exp(-((x / s["lambda"]) ** k)),
        lambda x: k / s["lambda"] * (x / s["lambda"]) ** (k - 1) * exp(-((x / s["lambda"]) ** k)),
    ),
    "pareto": lambda alpha, xm: (
        lambda x: 1 - (xm / x) ** alpha,
        lambda x: alpha * xm**alpha / x ** (alpha + 1),
    ),
    "lomax": lambda alpha, **s: (
        lambda x: 1 - (1 + x / s["lambda"]) ** -alpha,
        lambda x: alpha / s["lambda"] * (1 + x / s["lambda"]) ** (-alpha - 1),
    ),
    "gumbel": lambda mu, beta: (
        lambda x: exp(-exp(-(x - mu) / beta)),
        lambda x: exp(-(x - mu) / beta - exp(-(x - mu) / beta)) / beta,
    ),
    "logistic": lambda mu, s: (
        lambda x: 1 / (1 + exp(-(x - mu) / s)),
        lambda x: exp(-(x - mu) / s) / (s * (1 + exp(-(x - mu) / s)) ** 2),
    ),
    "geometric": lambda p: (lambda x: 1 - (1 - p) ** x, lambda x: (1 - p) ** (x - 1) * p),
    "binomial": lambda n, p: discrete(0, lambda k: binomial(n, k) * p**k * (1 - p) ** (n - k)),
    "poisson": lambda **k: discrete(0, lambda x: exp(x * log(k["lambda"]) - k["lambda"]) / gamma(x + 1)),
    "negative_binomial": lambda r, p: discrete(
        0, lambda k: gamma(k + r) / gamma(k + 1) / gamma(r) * p**r * (1 - p) ** k
    ),
    "hypergeometric": lambda M, K, N: discrete(
        0, lambda k: binomial(K, k) * binomial(M - K, N - k) / binomial(M, N)
    ),
    "beta_binomial": lambda n, alpha, beta: discrete(
        0, lambda k: binomial(n, k) * betas(k + alpha, n - k + beta) / betas(alpha, beta)
    ),
}
betas = beta


def settled(family, parameters, x, which):
    before = None
    for mp.dps in DIGITS:
        # As doubles are, which is what the lab is given.
        law = FAMILIES[family](**{name: mpf(value) for name, value in parameters.items()})
        value = law[which](mpf(x))
        if before is not None and abs(value - before) <= SAME * abs(value):
            return value
        before = value
    raise ArithmeticError(f"{family} {parameters} at {x} does not settle")


def main() -> None:
    golden = json.loads(FILE.read_text())
    worst = (0.0, "")
    for row in golden["rows"]:
        family, parameters, x = row[:3]
        for place in (3, 4):
            value = settled(family, parameters, x, place - 3)
            error = float(abs(value - row[place]) / abs(value)) if value else abs(row[place])
            worst = max(worst, (error, f"{family} {parameters} at {x}"))
            row[place] = float(value)
    print(f"{2 * len(golden['rows'])} figures, worst relative difference {worst[0]:.2g} {worst[1]}")
    if "--write" in sys.argv:
        rows = ",\n".join(json.dumps(row, separators=(",", ":")) for row in golden["rows"])
        note = json.dumps(golden["note"], ensure_ascii=False)
        FILE.write_text(f'{{"note":{note},\n"rows":[\n{rows}\n]}}\n')
    elif not worst[0] <= TOLERANCE:
        sys.exit(1)


if __name__ == "__main__":
    main()
