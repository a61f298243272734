import type { ConfigPath, ProblemAt } from "./config-problem.ts";
import { SECRET_ENDINGS, SECRET_NAMES } from "./schema/secret-fields.ts";
import { isTable } from "./section-reader.ts";
import type { TomlTable, TomlValue } from "./toml-document.ts";

/** Given in four ways like secrets, yet written down without harm. */
const HARMLESS = new Set(["user"]);

/**
 * What a file does with secrets, table by table: one secret given in two ways (an error), secrets in clear text
 * (a warning), and places in Vault without [vault].
 */
export function checkSecrets(root: TomlTable): { problems: ProblemAt[]; hasClearText: boolean } {
  const problems: ProblemAt[] = [];
  let hasClearText = false;
  const clear = (path: ConfigPath, message: string, hint: string): void => {
    hasClearText = true;
    problems.push({ severity: "warning", code: "secret-in-file", message, hint, path });
  };
  for (const { path, table } of walkTables(root)) {
    const inReceiver = path[0] === "receivers";
    for (const [key, value] of Object.entries(table)) {
      const at = [...path, key];
      if (key.endsWith("_vault") && root["vault"] === undefined && typeof value === "string") {
        problems.push({
          code: "no-vault",
          message: `"${key}" needs the table [vault]`,
          hint: "add [vault] with url and login",
          path: at,
        });
      }
      const isSecret = SECRET_NAMES.has(key) || (inReceiver && key === "url");
      if (isSecret || HARMLESS.has(key) || SECRET_ENDINGS.some((e) => e !== "" && key.endsWith(e))) {
        const name = key.replace(/_(env|file|vault)$/, "");
        const others = SECRET_ENDINGS.map((ending) => `${name}${ending}`).filter((other) => other in table);
        const isFamily = SECRET_NAMES.has(name) || HARMLESS.has(name) || (inReceiver && name === "url");
        if (isFamily && others.length > 1 && others[0] !== key) {
          problems.push({
            code: "twice",
            message: `${others.join(" and ")} are one secret`,
            hint: `keep one of them`,
            path: at,
            part: "key",
          });
        }
      }
      if (isSecret && typeof value === "string" && value !== "" && !isHarmlessUrl(key, value)) {
        clear(at, `"${key}" stands in the file in clear text`, `use ${key}_env, ${key}_file or ${key}_vault`);
      } else if (key === "address" && typeof value === "string" && /:\/\/[^/@:]*:[^/@]+@/.test(value)) {
        clear(at, "the address holds a password", "use auth with password_env or password_file");
      } else if (key === "headers" && isTable(value)) {
        for (const header of Object.keys(value)) {
          if (/authorization|token|key|secret|cookie/i.test(header)) {
            const hint =
              "headers" in table && path[0] === "sinks"
                ? "use headers_env"
                : "use a receiver of its kind, or secret_env";
            clear([...at, header], `the header ${header} stands in the file in clear text`, hint);
          }
        }
      }
    }
  }
  return { problems, hasClearText };
}

/** A receiver on this machine has no key in its URL. */
function isHarmlessUrl(key: string, value: string): boolean {
  if (key !== "url" || !URL.canParse(value)) return false;
  const { search, pathname, username } = new URL(value);
  return search === "" && username === "" && !/[0-9a-zA-Z_-]{16,}/.test(pathname);
}

/** Depth is bounded: the file was parsed with a limit. */
function* walkTables(root: TomlTable): Generator<{ path: ConfigPath; table: TomlTable }> {
  const pending: { path: ConfigPath; value: TomlValue }[] = [{ path: [], value: root }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { path, value } = next;
    if (Array.isArray(value)) {
      for (const [i, element] of value.entries()) pending.push({ path: [...path, i], value: element });
    } else if (isTable(value)) {
      yield { path, table: value };
      for (const [key, inner] of Object.entries(value)) pending.push({ path: [...path, key], value: inner });
    }
  }
}
