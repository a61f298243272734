/** One scrape of Prometheus text or expvar: plain values by name and labels. */
export interface MetricSample {
  name: string;
  labels: ReadonlyMap<string, string>;
  value: number;
}
