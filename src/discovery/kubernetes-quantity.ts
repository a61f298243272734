const FACTORS: Readonly<Record<string, number>> = {
  "": 1,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** Bytes of a quantity of Kubernetes: "512Mi", "1G", "128974848", "129e6", "1500m"; null if it is none. */
export function parseKubernetesBytes(text: string | undefined): number | null {
  const match = /^\+?(\d+(?:\.\d*)?|\.\d+)(?:([eE][+-]?\d+)|([mkMGTPE]|[KMGTPE]i)?)$/.exec(text ?? "");
  if (match === null) return null;
  const [, number, exponent, suffix = ""] = match;
  return Math.ceil(Number(`${number}${exponent ?? ""}`) * FACTORS[suffix]!);
}
