import { describe, expect, it } from "vitest";
import { folderItem, hardLinkItem, linkItem, type TarItem } from "../kit/tar-writer.ts";
import { judged, red } from "./image-facts.ts";
import { FILES } from "./sound-image.ts";

const OPEN = { path: "app/x", content: "x", mode: 0o666 };

describe("nothing is writable by all", () => {
  it.each<readonly [string, readonly (readonly TarItem[])[]]>([
    [
      "a shared folder with the sticky bit",
      [[folderItem("tmp", { mode: 0o1777 }), folderItem("srv/drop", { mode: 0o1777 })]],
    ],
    [
      "what lies in folders that are there for all",
      [[folderItem("tmp/empty", { mode: 0o777 }), { path: "dev/null", flag: "3", mode: 0o666 }]],
    ],
    ["a link, whose mode means nothing", [[linkItem("app/link", "main.py")]]],
    ["a file that a later layer closed", [[OPEN], [{ ...OPEN, mode: 0o644 }]]],
    ["a file that a later layer took away", [[OPEN], [{ path: "app/.wh.x" }]]],
  ])("but %s", (_what, layers) => {
    expect(red({ layers: [FILES, ...layers] })).toEqual([]);
  });

  it.each<readonly [string, readonly TarItem[], string]>([
    ["a file", [OPEN], "/app/x is writable by all (mode 0666, owner 0)"],
    [
      "a folder",
      [folderItem("opt/plugins", { mode: 0o777, uid: 10001 })],
      "/opt/plugins is a folder that all may write to, without the sticky bit (mode 0777, owner 10001)",
    ],
    [
      "a /tmp where all may delete what is another's",
      [folderItem("tmp", { mode: 0o777 })],
      "/tmp is a folder",
    ],
    ["a folder with a name like it", [folderItem("tmp2", { mode: 0o777 })], "/tmp2 is a folder"],
    ["a file that a later layer opened", [{ path: "app/main.py", content: "x", mode: 0o647 }], "(mode 0647"],
    ["a pipe", [{ path: "app/pipe", flag: "6", mode: 0o662 }], "/app/pipe is writable by all"],
    ["a link from elsewhere", [{ ...OPEN, path: "dev/x" }, hardLinkItem("app/x", "dev/x")], "/app/x is"],
  ])("not %s", (_what, items, message) => {
    expect(red({ layers: [FILES, items] })).toEqual(["image-world-writable fails"]);
    const [reason] = judged({ layers: [FILES, items] })["image-world-writable"]?.reasons ?? [];
    expect(reason?.message).toContain(message);
    expect(reason?.id).toMatch(/^world-writable-(?:file|folder)$/);
    expect(reason?.message).toContain(`/${reason?.path} `);
  });

  it("is told of the first fifty, and the rest is counted", () => {
    const many = Array.from({ length: 60 }, (_each, index) => ({ ...OPEN, path: `app/x${index}` }));
    const { reasons = [] } = judged({ layers: [FILES, many] })["image-world-writable"] ?? {};
    expect(reasons).toHaveLength(51);
    expect(reasons.at(-1)?.message).toBe("and 10 more that are writable by all");
  });
});
