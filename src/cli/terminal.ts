/** How to print on a stream: what the terminal can do and what the user asked for. */
export interface Terminal {
  width: number;
  color: boolean;
}

const DEFAULT_WIDTH = 80;
const MOST_WIDTH = 120;

/** NO_COLOR (no-color.org) wins over FORCE_COLOR; otherwise colour only on a terminal. */
export function describeTerminal(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv): Terminal {
  const noColor = (env["NO_COLOR"] ?? "") !== "" || env["TERM"] === "dumb";
  const forced = (env["FORCE_COLOR"] ?? "") !== "" && env["FORCE_COLOR"] !== "0";
  const columns = stream.columns ?? Number(env["COLUMNS"]);
  return {
    width: Number.isFinite(columns) && columns > 0 ? Math.min(columns, MOST_WIDTH) : DEFAULT_WIDTH,
    color: !noColor && (forced || stream.isTTY === true),
  };
}
