export type Labels = Readonly<Record<string, string>>;

/** As in Prometheus; `=~` and `!~` are RE2 and match the whole value. An absent label is the empty string. */
export interface LabelMatcher {
  label: string;
  operator: "=" | "!=" | "=~" | "!~";
  value: string;
}
