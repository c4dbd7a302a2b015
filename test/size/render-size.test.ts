import { describe, expect, it } from "vitest";
import { renderSize, sizeJson } from "../../src/views/render/size.ts";
import { hostileSizes, sizeReport } from "./size-reports.ts";

const view = sizeReport();

describe("sizes as text", () => {
  it("of several images are what they share and what moved", () => {
    expect(renderSize(view, { top: 10, detailed: false })).toMatchInlineSnapshot(`
      "3 images of release 20260304-0123456
                                         each layer once  if none were shared
        in the registry, compressed               708 kB               1.6 MB
        on a machine with all, unpacked           1.4 MB               3.1 MB
        670 kB of it are files that are stored more than once

      image  compressed  unpacked  its own   wasted    growth
      base       427 kB    855 kB   855 kB      0 B         =
      web        579 kB    1.2 MB   304 kB  50.0 kB         -
      api        556 kB    1.1 MB   258 kB      0 B  +55.8 kB

      shared layers
        855 kB  3 images  base

      the same files, stored again
          again  files  in
         400 kB      1  base:0
                          lib
         250 kB      1  web:1 = api:1
                          numpy
        20.0 kB      1  base:0 = web:1
                          etc

      growth
        api since 20260201-abcdef0: +55.8 kB unpacked, +27.9 kB compressed
          - layer 1  202 kB  api
          + layer 1  258 kB  api
            +50.0 kB  numpy
             +5.0 kB  app    new
        1 image with the same layers as before
        no earlier release has web

      gone: not measured: its layers are damaged
      "
    `);
  });

  it("of one image go down to its files", () => {
    const web = { ...view, images: view.images.slice(1, 2), growth: undefined, left: [] };
    expect(renderSize(web, { top: 2, detailed: true })).toMatchInlineSnapshot(`
      "web 4b5e57f6eb2f (release 20260304-0123456)
        579 kB compressed, 1.2 MB unpacked: 1.1 MB in 5 files, 50.0 kB wasted,
        8.1 kB of archive

        layer  compressed  unpacked   wasted  brought by
            0      427 kB    855 kB  50.0 kB  base  step 0
            1      152 kB    304 kB      0 B  web  step 1

        3 packages: 1.1 MB, 100.0 %
          800 kB  72.7 %  2 files  lib
          250 kB  22.7 %   1 file  numpy
        and 1 more package (--top N shows more, --json all)

        types of files
           1.1 MB  95.5 %  3 files  .so
          50.0 kB   4.5 %  2 files  without ending

        wasted: 50.0 kB in 2 files that no container sees
          replaced 30.0 kB in 1, only attributes changed 20.0 kB in 1
          30.0 kB  layer 0, replaced in 1         /etc/conf
          20.0 kB  layer 0, mode 644 to 600 in 1  /etc/mode

        stored more than once: 400 kB too much, in 1 content
          400 kB  2 times  /lib/base.so = /lib/copy.so
      "
    `);
  });

  it("are never wider than eighty columns, and hide no words", () => {
    for (const each of [view, hostileSizes()]) {
      const text = renderSize(each, { top: 100, detailed: true });
      const tables = text.split("\n").filter((line) => /^ +\S.* {2}\S/.test(line));
      expect(tables.filter((line) => Array.from(line).length > 80)).toEqual([]);
      expect(text).not.toMatch(/\p{Bidi_Control}/u);
    }
  });

  it("of nothing say so", () => {
    const none = { ...view, images: [], growth: undefined, left: [] };
    expect(renderSize(none, { top: 10, detailed: false })).toBe("no image to measure\n");
  });
});

it("as JSON are all numbers, whole", () => {
  const json = JSON.parse(JSON.stringify(sizeJson(view))) as {
    version: number;
    images: { unpacked: number }[];
  };
  expect(json.version).toBe(1);
  expect(json.images.map(({ unpacked }) => unpacked)).toEqual(view.images.map(({ size }) => size.unpacked));
});
