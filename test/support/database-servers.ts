import { chmod, realpath, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { mysqlCheck } from "../../src/probe/mysql-check.ts";
import { postgresCheck } from "../../src/probe/postgres-check.ts";
import { redisCheck } from "../../src/probe/redis-check.ts";
import { findFreePort, type LocalServer, makeDataFolder, runOnce, startLocalServer } from "./local-server.ts";
import { basicAuth, contextOf, targetAt } from "./probe-scene.ts";

export const USER = "patrol";
export const PASSWORD = "corr3ct-horse";

export async function startRedis(path: string, more: readonly string[] = []): Promise<LocalServer> {
  const folder = await makeDataFolder("redis");
  const port = await findFreePort();
  const args = [
    "--port",
    `${port}`,
    "--bind",
    "127.0.0.1",
    "--dir",
    folder,
    "--save",
    "",
    "--requirepass",
    PASSWORD,
  ];
  const target = targetAt(`127.0.0.1:${port}`, { auth: basicAuth("", PASSWORD) });
  return startLocalServer(path, [...args, ...more], {
    folder,
    port,
    isReady: async () => (await redisCheck.run(target, {}, contextOf({ timeoutMs: 1000 }))).outcome === "ok",
  });
}

export async function startMariadb(path: string): Promise<LocalServer> {
  const folder = await makeDataFolder("mariadb");
  const port = await findFreePort();
  const data = join(folder, "data");
  await runOnce(
    "mariadb-install-db",
    ["--no-defaults", `--datadir=${data}`, "--auth-root-authentication-method=normal", "--skip-test-db"],
    folder,
  );
  const init = join(folder, "init.sql");
  await writeFile(
    init,
    [
      `CREATE USER '${USER}'@'%' IDENTIFIED BY '${PASSWORD}';`,
      "CREATE DATABASE shop;",
      "CREATE TABLE shop.orders (id INT PRIMARY KEY, total DECIMAL(10,2), paid BOOLEAN);",
      "INSERT INTO shop.orders VALUES (1, 9.50, TRUE), (2, 20.25, FALSE), (3, -1, TRUE);",
      `GRANT SELECT, INSERT ON shop.* TO '${USER}'@'%';`,
      "",
    ].join("\n"),
  );
  await chmod(init, 0o644);
  const args = [
    "--no-defaults",
    `--datadir=${data}`,
    `--port=${port}`,
    "--bind-address=127.0.0.1",
    `--socket=${join(folder, "s")}`,
    `--pid-file=${join(folder, "pid")}`,
    `--init-file=${init}`,
    "--innodb-buffer-pool-size=8M",
    "--innodb-log-file-size=8M",
    "--innodb-flush-log-at-trx-commit=0",
    "--skip-name-resolve",
  ];
  const target = targetAt(`127.0.0.1:${port}`, { auth: basicAuth(USER, PASSWORD) });
  return startLocalServer(path, args, {
    folder,
    port,
    isReady: async () => (await mysqlCheck.run(target, {}, contextOf({ timeoutMs: 2000 }))).outcome === "ok",
  });
}

export async function startPostgres(path: string): Promise<LocalServer> {
  const folder = await makeDataFolder("postgres");
  const port = await findFreePort();
  const data = join(folder, "data");
  const passwordFile = join(folder, "password");
  await writeFile(passwordFile, PASSWORD);
  await chmod(passwordFile, 0o644);
  // Debian links to it from a folder without its other programs.
  const initdb = join(dirname(await realpath(path)), "initdb");
  await runOnce(
    initdb,
    [
      "-D",
      data,
      "-U",
      USER,
      "--auth=scram-sha-256",
      `--pwfile=${passwordFile}`,
      "--no-sync",
      "--locale=C",
      "-E",
      "UTF8",
    ],
    folder,
  );
  const settings = {
    listen_addresses: "127.0.0.1",
    unix_socket_directories: folder,
    fsync: "off",
    shared_buffers: "8MB",
    max_connections: "8",
    superuser_reserved_connections: "0",
  };
  const args = [
    "-D",
    data,
    "-p",
    `${port}`,
    ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
  ];
  const target = targetAt(`127.0.0.1:${port}`, { auth: basicAuth(USER, PASSWORD) });
  return startLocalServer(path, args, {
    folder,
    port,
    isReady: async () =>
      (await postgresCheck.run(target, {}, contextOf({ timeoutMs: 2000 }))).outcome === "ok",
  });
}

export async function startPrometheus(path: string): Promise<LocalServer> {
  const folder = await makeDataFolder("prometheus");
  const port = await findFreePort();
  const config = join(folder, "prometheus.yml");
  await writeFile(
    config,
    `global: {scrape_interval: 1s, scrape_timeout: 1s}
scrape_configs:
- job_name: self
  static_configs: [{targets: ["127.0.0.1:${port}"], labels: {service: shop}}]
- job_name: gone
  static_configs: [{targets: ["127.0.0.1:1"]}]
`,
  );
  await chmod(config, 0o644);
  const args = [
    `--config.file=${config}`,
    `--storage.tsdb.path=${join(folder, "data")}`,
    `--web.listen-address=127.0.0.1:${port}`,
    "--log.level=error",
  ];
  return startLocalServer(path, args, {
    folder,
    port,
    isReady: async () => {
      const answer = await fetch(`http://127.0.0.1:${port}/api/v1/query?query=sum(up)*10%2Bcount(up)`);
      const { data } = (await answer.json()) as { data: { result: { value: [number, string] }[] } };
      return data.result[0]?.value[1] === "12";
    },
  });
}
