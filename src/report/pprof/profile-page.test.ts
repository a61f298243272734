import { expect, test } from "vitest";
import { shortenSources } from "./profile-page.ts";

test("sources go by what tells them apart", () => {
  expect(shortenSources(["/tmp/x/b.tar.gz:heap@1", "/tmp/x/b.tar.gz:heap@12"])).toEqual([
    "heap@1",
    "heap@12",
  ]);
  expect(shortenSources(["/tmp/x/mon.pb.gz", "/tmp/x/monday.pb.gz"])).toEqual(["mon.pb.gz", "monday.pb.gz"]);
  expect(shortenSources(["a", "b", "b"])).toEqual(["a", "b", "b"]);
  expect(shortenSources(["same", "same"])).toEqual(["same", "same"]);
  expect(shortenSources(["/some/where/only.pb.gz"])).toEqual(["only.pb.gz"]);
  expect(shortenSources(["/x/y", `/x/${"long".repeat(20)}`])[1]).toHaveLength(36);
});
