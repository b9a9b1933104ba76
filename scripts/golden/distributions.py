"""Makes the figures of test/golden/distributions.json with scipy.

    pip install scipy==1.10.1 numpy==1.24.2          (Python 3.11)
    python scripts/golden/distributions.py           compares the file with what scipy says now
    python scripts/golden/distributions.py --write   puts what scipy says into the file

What is asked stays as it is in the file: families, parameters, quantiles and places. The settings come
from the grids of the paper's code, whose conventions FAMILIES below repeats.
"""

import json
import math
import sys
from pathlib import Path

from scipy import stats

FILE = Path(__file__).parents[2] / "test/golden/distributions.json"
TOLERANCE = 1e-12

FAMILIES = {
    "uniform": lambda a, b: stats.uniform(a, b - a),
    "gaussian": lambda mu, sigma: stats.norm(mu, sigma),
    "bernoulli": lambda p: stats.bernoulli(p),
    "beta": lambda alpha, beta: stats.beta(alpha, beta),
    "binomial": lambda n, p: stats.binom(int(n), p),
    "poisson": lambda **k: stats.poisson(k["lambda"]),
    "exponential": lambda **k: stats.expon(scale=1 / k["lambda"]),
    "geometric": lambda p: stats.geom(p),
    "negative_binomial": lambda r, p: stats.nbinom(r, p),
    "lognormal": lambda mu, sigma: stats.lognorm(sigma, scale=math.exp(mu)),
    "triangular": lambda a, c, b: stats.triang((c - a) / (b - a), a, b - a),
    "rayleigh": lambda sigma: stats.rayleigh(scale=sigma),
    "cauchy": lambda x0, gamma: stats.cauchy(x0, gamma),
    "student_t": lambda nu: stats.t(nu),
    "chi_square": lambda nu: stats.chi2(nu),
    "f_distribution": lambda d1, d2: stats.f(d1, d2),
    "gamma": lambda alpha, beta: stats.gamma(alpha, scale=beta),
    "weibull": lambda k, **s: stats.weibull_min(k, scale=s["lambda"]),
    "laplace": lambda mu, b: stats.laplace(mu, b),
    "logistic": lambda mu, s: stats.logistic(mu, s),
    "pareto": lambda alpha, xm: stats.pareto(alpha, scale=xm),
    "hypergeometric": lambda M, K, N: stats.hypergeom(int(M), int(K), int(N)),
    "gumbel": lambda mu, beta: stats.gumbel_r(mu, beta),
    "skellam": lambda mu1, mu2: stats.skellam(mu1, mu2),
    "beta_binomial": lambda n, alpha, beta: stats.betabinom(int(n), alpha, beta),
    "lomax": lambda alpha, **s: stats.lomax(alpha, scale=s["lambda"]),
    "inverse_gaussian": lambda mu, **s: stats.invgauss(mu / s["lambda"], scale=s["lambda"]),
    "maxwell": lambda scale: stats.maxwell(scale=scale),
    "chi": lambda df: stats.chi(df),
    "truncnorm": lambda mu, sigma, lower, upper: stats.truncnorm(
        (lower - mu) / sigma, (upper - mu) / sigma, mu, sigma
    ),
}


def figures(item: dict, quantiles: list) -> dict:
    law = FAMILIES[item["family"]](**item["params"])
    density = "pdf" if item["kind"] == "continuous" else "pmf"
    low, high = law.support()
    mean, variance = law.stats("mv")
    return {
        "support_min": finite(low),
        "support_max": finite(high),
        "ppf": [float(law.ppf(q)) for q in quantiles],
        "cdf": [finite(law.cdf(x)) for x in item["x"]],
        density: [float(getattr(law, density)(x)) for x in item["x"]],
        "mean": finite(mean),
        "variance": finite(variance),
        "mean_repr": repr(float(mean)),
        "variance_repr": repr(float(variance)),
    }


def finite(value) -> float | None:
    return float(value) if math.isfinite(value) else None


def differences(was, now):
    """Relative where they are numbers; other things are the same or not."""
    if isinstance(was, list):
        return [d for a, b in zip(was, now, strict=True) for d in differences(a, b)]
    if isinstance(was, (int, float)) and isinstance(now, (int, float)):
        return [abs(was - now) / max(abs(was), abs(now), 1e-300)]
    return [0.0 if was == now else math.inf]


def main() -> None:
    golden = json.loads(FILE.read_text())
    count, worst = 0, (0.0, "")
    for item in golden["items"]:
        for name, now in figures(item, golden["quantiles"]).items():
            if not name.endswith("_repr"):
                found = differences(item[name], now)
                count += len(found)
                worst = max(worst, (max(found), f"{item['id']} {name}"))
            item[name] = now
    print(f"{count} figures, worst relative difference {worst[0]:.2g} {worst[1]}")
    if "--write" in sys.argv:
        FILE.write_text(json.dumps(golden, separators=(",", ":")) + "\n")
    elif not worst[0] <= TOLERANCE:
        sys.exit(1)


if __name__ == "__main__":
    main()
