import { assert, constantFrom, property, string } from "fast-check";
import { expect, test } from "vitest";
import { parseChallenges } from "../../src/edge/registry/http/challenge.ts";

function read(header: string) {
  return parseChallenges(header).map(({ scheme, parameters }) => [scheme, Object.fromEntries(parameters)]);
}

test("a bearer challenge as GHCR and Docker Hub send it", () => {
  const header = 'Bearer realm="https://ghcr.io/token",service="ghcr.io",scope="repository:user/image:pull"';
  const parameters = {
    realm: "https://ghcr.io/token",
    service: "ghcr.io",
    scope: "repository:user/image:pull",
  };
  expect(read(header)).toEqual([["bearer", parameters]]);
});

test.each([
  ['Basic realm="a, b"', [["basic", { realm: "a, b" }]]],
  ['BASIC Realm = "x"', [["basic", { realm: "x" }]]],
  ['Basic realm="say \\"hi\\""', [["basic", { realm: 'say "hi"' }]]],
  [
    "Negotiate, Basic realm=simple",
    [
      ["negotiate", {}],
      ["basic", { realm: "simple" }],
    ],
  ],
  [
    "Negotiate YII=, Basic realm=x",
    [
      ["negotiate", {}],
      ["basic", { realm: "x" }],
    ],
  ],
  [
    'Bearer realm="https://a/t",service="s", Basic realm="r"',
    [
      ["bearer", { realm: "https://a/t", service: "s" }],
      ["basic", { realm: "r" }],
    ],
  ],
  ['Bearer scope="repository:a:pull,push"', [["bearer", { scope: "repository:a:pull,push" }]]],
  ["", []],
  [",,,", []],
  ['="x"', []],
])("%s", (header, expected) => {
  expect(read(header)).toEqual(expected);
});

test("an unclosed quote gives no parameter, and nothing hangs or throws", () => {
  expect(read('Bearer realm="https://a')).toEqual([["bearer", {}]]);
  assert(
    property(string({ maxLength: 300, unit: constantFrom(...'aB=," \\;\t:/1'.split("")) }), (header) => {
      for (const { scheme } of parseChallenges(header)) expect(scheme).not.toBe("");
    }),
  );
  const start = performance.now();
  parseChallenges(`Bearer ${'a="b\\'.repeat(100_000)}`);
  expect(performance.now() - start).toBeLessThan(1000);
});
