"""Makes test/golden/quantiles_extreme.json: python3 scripts/beta-quantiles.py (needs mpmath)."""
import json
from mpmath import mp, mpf, beta as B, log, exp, hyp2f1

mp.dps=34
def quantile(p, a, b):
    """x and 1 - x with I_x(a, b) = p, by Newton on log I in log x, in the half that x lies in."""
    p,a,b=mpf(p),mpf(a),mpf(b)
    def logI(u,a,b):
        x=exp(u)
        return a*u + b*mp.log1p(-x) - log(a) - log(B(a,b)) + log(hyp2f1(a+b,1,a+1,x))
    def solve(P,a,b):
        L=log(P); u=min((L+log(a)+log(B(a,b)))/a, log(mpf('0.5')))
        for _ in range(60):
            x=exp(u); f=logI(u,a,b)-L
            d=exp(a*u+(b-1)*mp.log1p(-x)-log(B(a,b))-logI(u,a,b))
            s=f/d; u2=min(u-s,log(mpf('0.5'))+mpf('1e-25'))
            if abs(u2-u)<mpf(10)**-27*max(1,abs(u)): u=u2;break
            u=u2
        return exp(u)
    half=exp(logI(log(mpf('0.5')),a,b))
    if p<=half:
        t=solve(p,a,b); return t,1-t
    t=solve(1-p,b,a); return 1-t,t

SHAPES = [(0.005, 0.005), (0.001, 3), (0.002, 0.5), (3, 0.001), (0.5, 0.005), (0.01, 50), (50, 0.01),
          (0.3, 0.3), (2, 5), (100, 0.5), (0.0001, 0.0001)]
LEVELS = [1e-300, 1e-100, 1e-20, 1e-12, 1e-8, 1e-6, 1e-3, 0.5, 0.999, 1 - 2**-40]
NOTE = ("Quantiles of beta and F in far tails: [family, parameters, p, quantile]. Roots of the logarithm of the "
        "incomplete beta function by Newton's method in mpmath 1.4.1 with 34 digits; made by scripts/beta-quantiles.py.")
rows = []
for a, b in SHAPES:
    for p in LEVELS:
        x, y = map(float, quantile(p, a, b))
        rows.append(["beta", {"alpha": a, "beta": b}, p, x])
        if x > 1e-290 and y > 1e-290:
            rows.append(["f_distribution", {"d1": 2 * a, "d2": 2 * b}, p, (2 * b) / (2 * a) * (x / y)])
with open("test/golden/quantiles_extreme.json", "w") as file:
    lines = ",\n".join(json.dumps(row, separators=(",", ":")) for row in rows)
    file.write('{"note":' + json.dumps(NOTE) + ',\n"rows":[\n' + lines + "]}\n")
