// How the numbers of a question are named beside their sliders.
const NAMES: Readonly<Record<string, string>> = {
  alpha: 'α',
  beta: 'β',
  mu: 'mean μ',
  sigma: 'spread σ',
  lambda: 'mean λ',
  heads: 'heads, %',
};

export const controlName = (name: string): string => NAMES[name] ?? name;
