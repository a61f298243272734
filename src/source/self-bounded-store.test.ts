import { describe, expect, it } from "vitest";
import { goSnippet } from "../../test/support/go-snippet.ts";
import { traceRetention } from "./retention-path.ts";
import { isSelfBounded } from "./self-bounded-store.ts";

const TYPES = `package main
type booking struct{ note string }
type account struct{ entries []*booking; max int }
`;

function isBounded(code: string): boolean | undefined {
  const { files, frames } = goSnippet(`${TYPES}${code}`);
  const path = traceRetention(files, frames);
  return path === undefined ? undefined : isSelfBounded(path.store);
}

describe("a slice that is bounded where it grows", () => {
  it("is cut by the function that appends, which looks at the length", () => {
    expect(
      isBounded(`const kept = 50
func (a *account) book(note string) {
	if len(a.entries) == kept {
		copy(a.entries, a.entries[1:])
		a.entries = a.entries[:kept-1]
	}
	a.entries = append(a.entries, &booking{note}) //@0 main.(*account).book
}`),
    ).toBe(true);
  });

  it("is not, if only another function cuts it", () => {
    expect(
      isBounded(`func (a *account) book(note string) {
	a.entries = append(a.entries, &booking{note}) //@0 main.(*account).book
}
func (a *account) trim() {
	if len(a.entries) > a.max { a.entries = a.entries[1:] }
}`),
    ).toBe(false);
  });

  it("is not, if it is only reported when long", () => {
    expect(
      isBounded(`func (a *account) book(note string) {
	if len(a.entries) > a.max { println("long") }
	a.entries = append(a.entries, &booking{note}) //@0 main.(*account).book
}`),
    ).toBe(false);
  });
});
