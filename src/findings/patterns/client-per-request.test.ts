import { describe, expect, test } from "vitest";
import { evidenceOfGrowth, type GrowthScene } from "../../../test/support/growth-scene.ts";
import { diagnose } from "../diagnose.ts";

const MB = 1024 * 1024;
const CACHE = "/root/go/pkg/mod";

const found = (scene: GrowthScene) =>
  diagnose(evidenceOfGrowth(scene)).map(
    (f) =>
      `${f.severity} ${f.state} ${f.pattern} ${f.site === undefined ? "" : `${f.site.function}:${f.site.line}`}`,
  );

/** The reaper that go-redis v8 keeps for each client. */
const reapers = (count: number) =>
  `${count} @ runtime.gopark:1 runtime.selectgo:2 github.com/go-redis/redis/v8/internal/pool.(*ConnPool).reaper:485@${CACHE}/github.com/go-redis/redis/v8@v8.11.5/internal/pool/pool.go`;
const inRedis = (name: string, line: number) =>
  `github.com/go-redis/redis/v8.${name}:${line}@${CACHE}/github.com/go-redis/redis/v8@v8.11.5/redis.go`;

describe("a client whose goroutines pile up", () => {
  const constructed = (k: number) =>
    `${40 * k} ${0.2 * k * MB} ${40 * k} ${0.2 * k * MB} @ ${inRedis("NewClient", 570)} main.connect:12 main.add:30 main.serve:44`;

  test("is made by the own line that calls the constructor", () => {
    const scene = { goroutines: (k: number) => reapers(10 + 50 * k), heap: constructed };
    expect(found(scene)).toEqual(["warning confirmed resource/client-per-request main.connect:12"]);
  });

  test("is named by the constructor nearest to the program, with the driver's goroutines as consequence", () => {
    const gorm = `gorm.io/gorm.Open:140@${CACHE}/gorm.io/gorm@v1.25.12/gorm.go`;
    const driver = `github.com/go-sql-driver/mysql.(*connector).Connect:99@${CACHE}/github.com/go-sql-driver/mysql@v1.8.1/connector.go`;
    const findings = diagnose(
      evidenceOfGrowth({
        goroutines: (k) => `
          ${10 + 50 * k} @ runtime.selectgo:2 database/sql.(*DB).connectionOpener:1261@/usr/local/go/src/database/sql/sql.go
          ${10 + 50 * k} @ runtime.selectgo:2 github.com/go-sql-driver/mysql.(*mysqlConn).startWatcher.func1:628@${CACHE}/github.com/go-sql-driver/mysql@v1.8.1/connection.go`,
        heap: (k) =>
          `${50 * k} ${0.3 * k * MB} ${50 * k} ${0.3 * k * MB} @ ${driver} database/sql.Open:840@/usr/local/go/src/database/sql/sql.go ${gorm} main.openStore:19 main.find:8`,
      }),
    );
    expect(findings.map((f) => `${f.pattern} ${f.site?.function}`)).toEqual([
      "resource/client-per-request main.openStore",
    ]);
    expect(findings[0]!.headline.values).toMatchObject({ instance: "*gorm.DB" });
    expect(findings[0]!.consequences.map((c) => c.statement.id)).toContain("consequence-goroutines");
  });

  test("is suspected at the line that uses it while its constructor is not seen", () => {
    const scene = {
      goroutines: (k: number) => reapers(10 + 50 * k),
      heap: (k: number) =>
        `${90 * k} ${0.8 * k * MB} ${90 * k} ${0.8 * k * MB} @ ${inRedis("(*Client).Process", 99)} main.(*Basket).Add:52 main.add:30`,
    };
    expect(found(scene)).toEqual(["warning suspected resource/client-per-request main.(*Basket).Add:52"]);
  });

  test("is found in the source where the running program gets to its constructor", () => {
    const source = `package main

import "github.com/go-redis/redis/v8"

var shared = redis.NewClient(&redis.Options{})

func main() { startup() }

func startup() *redis.Client {
	return redis.NewClient(&redis.Options{Addr: "warm-up"})
}

func connect() *redis.Client {
	return redis.NewClient(&redis.Options{Addr: "127.0.0.1"})
}

func open() *Basket { return &Basket{client: connect()} }

type Basket struct{ client *redis.Client }

func (b *Basket) Add() { b.client.Ping() }

func add() {
	b := open()
	b.Add()
}
`;
    const scene = {
      goroutines: (k: number) => reapers(10 + 50 * k),
      heap: (k: number) =>
        `${90 * k} ${0.8 * k * MB} ${90 * k} ${0.8 * k * MB} @ ${inRedis("(*Client).Process", 99)} main.(*Basket).Add:20@/src/main.go main.add:24@/src/main.go`,
      source: { "/src/main.go": source },
    };
    expect(found(scene)).toEqual(["warning confirmed resource/client-per-request main.connect:14"]);
  });

  test("is no finding while the pool only fills", () => {
    const fills = [10, 60, 90, 100, 104, 105, 105];
    expect(found({ goroutines: (k) => reapers(fills[k]!), heap: constructed, liveBytes: () => MB })).toEqual(
      [],
    );
  });
});

describe("a library that the table does not have", () => {
  const goroutine = (count: number) =>
    `${count} @ runtime.gopark:1 runtime.selectgo:2 example.com/vendor/ledger.(*Session).heartbeat:77@${CACHE}/example.com/vendor/ledger@v0.3.0/session.go`;
  const heap = (k: number) =>
    `${40 * k} ${0.2 * k * MB} ${40 * k} ${0.2 * k * MB} @ example.com/vendor/ledger.OpenSession:31@${CACHE}/example.com/vendor/ledger@v0.3.0/session.go main.book:18 main.serve:44`;

  test("is recognised by goroutines that are its own from end to end", () => {
    expect(found({ goroutines: (k) => goroutine(5 + 40 * k), heap })).toEqual([
      "warning confirmed resource/client-per-request main.book:18",
    ]);
  });
});

describe("a library without goroutines", () => {
  const dial = `github.com/gorilla/websocket.(*Dialer).DialContext:380@${CACHE}/github.com/gorilla/websocket@v1.5.3/client.go`;

  test("is found by what its constructor keeps", () => {
    const scene: GrowthScene = {
      heap: (k) =>
        `${200 * k} ${k * MB} ${200 * k} ${k * MB} @ bufio.NewWriterSize:60@/usr/local/go/src/bufio/bufio.go ${dial} main.(*Feed).open:41 main.tick:9`,
    };
    expect(found(scene)).toEqual(["warning confirmed resource/client-per-request main.(*Feed).open:41"]);
  });

  test("is not blamed for what the program keeps of its answers", () => {
    const scene: GrowthScene = {
      heap: (k) =>
        `${200 * k} ${k * MB} ${200 * k} ${k * MB} @ github.com/gorilla/websocket.(*Conn).ReadMessage:1099@${CACHE}/github.com/gorilla/websocket@v1.5.3/conn.go main.(*Feed).read:60 main.tick:9`,
    };
    expect(found(scene)).toEqual(["warning suspected data/unbounded-map main.(*Feed).read:60"]);
  });
});

describe("rows that are not closed", () => {
  const SQL = "/usr/local/go/src/database/sql/sql.go";
  const source = `package main

import (
	"context"
	"database/sql"
)

type store struct{ db *sql.DB }

func (s *store) names(ctx context.Context) error {
	rows, err := s.db.QueryContext(ctx, "select name from people")
	if err != nil {
		return err
	}
	defer rows.Close()
	return rows.Err()
}

func (s *store) exists(ctx context.Context) bool {
	rows, err := s.db.QueryContext(ctx, "select id from people")
	return err == nil && rows.Next()
}

func serve(s *store) {
	s.names(nil)
	s.exists(nil)
}
`;
  const findings = () =>
    diagnose(
      evidenceOfGrowth({
        goroutines: (k) =>
          `${10 + 50 * k} @ runtime.gopark:1 runtime.selectgo:2 database/sql.(*Rows).awaitDone:3009@${SQL}`,
        heap: (k) => `${9 * k} ${k * 4096} 0 0 @ main.serve:25@/src/main.go`,
        source: { "/src/main.go": source },
      }),
    );

  test("are named by the query that nothing closes, and sharing is no advice", () => {
    const [finding] = findings();
    expect(`${finding?.pattern} ${finding?.site?.function}:${finding?.site?.line}`).toBe(
      "resource/client-per-request main.(*store).exists:20",
    );
    expect(finding?.fix.map((fix) => fix.id)).toEqual(["fix-client-give-back"]);
  });
});
