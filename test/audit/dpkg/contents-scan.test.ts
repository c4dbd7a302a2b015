import { describe, expect, it } from "vitest";
import { ContentsScan } from "../../../src/core/audit/dpkg/contents-scan.ts";

function scanned(names: readonly string[], text: string, piece = text.length) {
  const scan = new ContentsScan(names);
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length; at += piece) scan.write(bytes.subarray(at, at + piece));
  return scan.end();
}

const lines = (count: number, folder: (at: number) => string) =>
  Array.from({ length: count }, (_, at) => `${folder(at)}/libx.so.1  libs/p${at}\n`).join("");

describe("who brings a file", () => {
  it("is told for a name in any folder and for a path, whichever way its /usr is written", () => {
    const text = "bin/tool\t utils/a,admin/b\nusr/bin/tool utils/c\nusr/share/a tool x/tool\nopt/tool  d\n";
    for (const piece of [1, 7, 1000]) {
      const { suppliers, cut } = scanned(["tool", "/usr/bin/tool", "none"], text, piece);
      const of = (name: string) => suppliers.get(name)?.map(({ path, packages }) => [path, ...packages]);
      const bin = [
        ["bin/tool", "a", "b"],
        ["usr/bin/tool", "c"],
      ];
      expect([of("tool"), of("/usr/bin/tool"), of("none"), cut]).toEqual([
        [bin[0], ["opt/tool", "d"], bin[1]],
        bin,
        [],
        [],
      ]);
    }
  });

  it("is cut behind what lies on the loader's own path, wherever that stands, and said", () => {
    const many = lines(300, (at) => `opt/${at}`);
    const near = "usr/lib/x86_64-linux-gnu/libx.so.1  libs/libx1\n";
    for (const text of [many + near, near + many]) {
      const { suppliers, cut } = scanned(["libx.so.1"], text);
      expect(suppliers.get("libx.so.1")?.[0]).toMatchObject({ packages: ["libx1"], onDefaultPath: true });
      expect([suppliers.get("libx.so.1")?.length, cut]).toEqual([200, ["libx.so.1"]]);
    }
  });

  it("is not cut at as many as are told, of both kinds together", () => {
    const both = (far: number) =>
      scanned(
        ["libx.so.1"],
        lines(100, (at) => `usr/lib/a${at}-linux-gnu`) + lines(far, (at) => `opt/${at}`),
      );
    expect([both(100).cut, both(101).cut]).toEqual([[], ["libx.so.1"]]);
    expect(both(101).suppliers.get("libx.so.1")?.length).toBe(200);
  });
});
