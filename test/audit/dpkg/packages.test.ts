import { describe, expect, it } from "vitest";
import { readPackages } from "../../../src/core/audit/dpkg/read-packages.ts";
import { AuditError } from "../../../src/core/audit/error.ts";
import { flatten } from "../../../src/core/audit/image/flatten.ts";
import type { ContentQuestion } from "../../../src/core/audit/image/layer-facts.ts";
import { type DebianImage, debianItems, debianTree, statusText } from "../../kit/debian-image.ts";
import { folderItem, linkItem, type TarItem } from "../../kit/tar-writer.ts";
import { layerOf } from "../layers.ts";

function databaseOf(image: DebianImage) {
  const database = readPackages(debianTree(image));
  if (database === undefined) throw new Error("no database");
  return database;
}

const owners = (database: ReturnType<typeof databaseOf>, path: string) =>
  database.ownersOf(path).map(({ id }) => id);

function errorOf(items: readonly TarItem[], question?: ContentQuestion): unknown {
  try {
    readPackages(flatten([layerOf(items, question)]).tree);
    return undefined;
  } catch (error) {
    if (error instanceof AuditError) return `${error.code} ${error.at?.file}:${error.at?.line}`;
    throw error;
  }
}

describe("a status", () => {
  it("gives each package with what it says of itself", () => {
    const fields = {
      Status: "hold ok installed",
      Priority: "required",
      Section: "libs",
      Essential: "yes",
      "Multi-Arch": "same",
      "Installed-Size": "42",
      Source: "src (2:1-1)",
      Version: "2:1-1+b1",
      Depends: "libc6 (>= 2.36) | libc6-x, perl:any, old (< 3)",
      "Pre-Depends": "dpkg",
      Provides: "virtual, versioned (= 3)",
      Maintainer: "Jos\u00e9 <x@y>",
      Conffiles:
        "\n /etc/a b.conf 0123456789abcdef0123456789abcdef\n /etc/old 0123456789abcdef0123456789abcdef obsolete",
    };
    const { packages } = databaseOf({ packages: { libx: fields } });
    expect(packages.get("libx:amd64")).toMatchObject({
      name: "libx",
      version: "2:1-1+b1",
      source: { name: "src", version: "2:1-1" },
      state: "installed",
      held: true,
      priority: "required",
      essential: true,
      multiArch: "same",
      installedSize: 42,
      depends: [
        [{ name: "libc6", version: { operator: ">=", version: "2.36" } }, { name: "libc6-x" }],
        [{ name: "perl", architecture: "any" }],
        [{ name: "old", version: { operator: "<=", version: "3" } }],
      ],
      preDepends: [[{ name: "dpkg" }]],
      provides: [{ name: "virtual" }, { name: "versioned", version: "3" }],
      maintainer: "Jos\u00e9 <x@y>",
      conffiles: ["etc/a b.conf"],
      automatic: undefined,
    });
  });

  it("has configuration files by plain paths, and none out of the image", () => {
    const Conffiles = "\n /etc//a/./b 01\n /../../etc/shadow 01\n /etc/x/../y 01\n / 01\n /etc/a\0 01";
    const { packages } = databaseOf({ packages: { a: { Conffiles } } });
    expect(packages.get("a:amd64")?.conffiles).toEqual(["etc/a/b", "etc/y"]);
  });

  it("leaves out what is removed, and keeps what was interrupted", () => {
    const { packages } = databaseOf({
      packages: {
        gone: { Status: "deinstall ok config-files" },
        never: { Status: "unknown ok not-installed" },
        half: { Status: "install reinstreq half-installed" },
        waits: { Status: "install ok triggers-awaited" },
      },
    });
    expect([...packages.values()].map(({ name, state }) => [name, state])).toEqual([
      ["half", "half-installed"],
      ["waits", "triggers-awaited"],
    ]);
  });

  it("may be that of a distroless image, a file a package, with its sums", () => {
    const sum = "0123456789abcdef0123456789abcdef";
    const { tree } = flatten([
      layerOf([
        {
          path: "var/lib/dpkg/status.d/tzdata",
          content: "Package: tzdata\nVersion: 2024a-0\nArchitecture: all\nConffiles:\n /etc/z 1\n",
        },
        { path: "var/lib/dpkg/status.d/tzdata.md5sums", content: `${sum}  usr/share/zoneinfo/UTC\n` },
      ]),
    ]);
    const database = readPackages(tree);
    expect([database?.form, database?.unread]).toEqual(["status.d", []]);
    expect(database?.packages.get("tzdata:all")).toMatchObject({
      paths: ["usr/share/zoneinfo/UTC", "etc/z"],
      state: "installed",
    });
    expect(database?.ownersOf("usr/share/zoneinfo/UTC").map(({ name }) => name)).toEqual(["tzdata"]);
  });

  it("is missing in an image without dpkg", () => {
    expect(readPackages(flatten([layerOf([{ path: "a" }])]).tree)).toBeUndefined();
  });

  it("says what its architecture is: the recorded first, dpkg's own next", () => {
    const packages = { dpkg: { Architecture: "arm64" }, one: {}, two: {} };
    expect(databaseOf({ packages }).architecture).toBe("arm64");
    const files = [{ path: "var/lib/dpkg/arch", content: "i386\namd64\n" }];
    expect(databaseOf({ packages, files }).architecture).toBe("i386");
    expect(databaseOf({ packages: { one: {}, two: {}, three: { Architecture: "all" } } }).architecture).toBe(
      "amd64",
    );
  });
});

describe("apt's marks", () => {
  it("are unknown without its states; a package that it has no record of was asked for", () => {
    const packages = { asked: {}, brought: {}, docs: { Architecture: "all" } };
    const { packages: found } = databaseOf({ packages, automatic: ["brought", "docs"] });
    expect([...found.values()].map(({ automatic }) => automatic)).toEqual([false, true, true]);
    expect(
      [...databaseOf({ packages }).packages.values()].every(({ automatic }) => automatic === undefined),
    ).toBe(true);
  });
});

describe("whose a path is", () => {
  const LIB = "/lib/x86_64-linux-gnu";

  it("is told for either spelling of a merged /usr, whichever is recorded", () => {
    const database = databaseOf({
      packages: { old: {}, new: {} },
      lists: {
        "old.list": ["/.", "/lib", LIB, `${LIB}/libold.so.1`],
        "new.list": ["/.", "/usr", "/usr/lib", `/usr${LIB}`, `/usr${LIB}/libnew.so.1`],
      },
      merged: true,
      files: [folderItem("usr/lib/x86_64-linux-gnu/")],
    });
    for (const folder of ["lib/x86_64-linux-gnu", "usr/lib/x86_64-linux-gnu"]) {
      expect(owners(database, `${folder}/libold.so.1`)).toEqual(["old:amd64"]);
      expect(owners(database, `${folder}/libnew.so.1`)).toEqual(["new:amd64"]);
      expect(owners(database, folder)).toEqual(["old:amd64", "new:amd64"]);
    }
    expect(owners(database, "usr/lib/libnobody.so")).toEqual([]);
  });

  it("is not merged where the image's own /lib is a folder", () => {
    const database = databaseOf({
      packages: { old: {} },
      lists: { "old.list": [`${LIB}/libold.so.1`] },
      files: [folderItem("lib/x86_64-linux-gnu/")],
    });
    expect(owners(database, "usr/lib/x86_64-linux-gnu/libold.so.1")).toEqual([]);
  });

  it("moves with diversions: the diverter's own stays, all others' goes, and with a local one everybody's", () => {
    const database = databaseOf({
      packages: { dash: {}, bash: {}, site: {} },
      lists: {
        "dash.list": ["/bin/sh"],
        "bash.list": ["/bin/sh", "/bin/x"],
        "site.list": ["/bin/sh.distrib"],
      },
      files: [
        {
          path: "var/lib/dpkg/diversions",
          content: "/bin/sh\n/bin/sh.distrib\ndash\n/bin/x\n/bin/x.mine\n:\n",
        },
      ],
    });
    expect(owners(database, "bin/sh")).toEqual(["dash:amd64"]);
    expect(owners(database, "bin/sh.distrib")).toEqual(["bash:amd64", "site:amd64"]);
    expect(owners(database, "bin/x")).toEqual([]);
    expect(owners(database, "bin/x.mine")).toEqual(["bash:amd64"]);
  });

  it("may be several packages': folders, and files of one package for two architectures", () => {
    const database = databaseOf({
      packages: { libx: { "Multi-Arch": "same" } },
      lists: { "libx:amd64.list": ["/usr", "/usr/share/doc/libx/copyright"] },
    });
    expect(owners(database, "usr/share/doc/libx/copyright")).toEqual(["libx:amd64"]);
    expect(owners(database, "usr")).toEqual(["libx:amd64"]);
  });

  it("does not hang on the path being there: filters leave out documentation", () => {
    const database = databaseOf({
      packages: { a: {} },
      lists: { "a.list": ["/usr/share/doc/a/README"] },
    });
    expect(owners(database, "usr/share/doc/a/README")).toEqual(["a:amd64"]);
    expect(database.unread).toEqual([]);
  });
});

describe("an alternative", () => {
  const record = "auto\n/usr/bin/awk\nnawk\n/usr/bin/nawk\n\n/usr/bin/mawk\n5\n/usr/bin/mawk\n\n";
  const links = [
    linkItem("usr/bin/awk", "/etc/alternatives/awk"),
    linkItem("etc/alternatives/awk", "/usr/bin/mawk"),
  ];

  it("has a name for its link, its followers, and its links in /etc", () => {
    const database = databaseOf({
      packages: { mawk: {} },
      lists: { "mawk.list": ["/usr/bin/mawk"] },
      files: [{ path: "var/lib/dpkg/alternatives/awk", content: record }, ...links],
    });
    for (const path of ["usr/bin/awk", "usr/bin/nawk", "etc/alternatives/awk", "etc/alternatives/nawk"])
      expect(database.alternativeOf(path)).toBe("awk");
    expect(database.alternativeOf("usr/bin/mawk")).toBeUndefined();
    expect(database.alternatives.get("awk")).toEqual({
      name: "awk",
      mode: "auto",
      link: "usr/bin/awk",
      followers: [{ name: "nawk", link: "usr/bin/nawk" }],
      choices: [{ path: "usr/bin/mawk", priority: 5 }],
    });
  });

  it("is known by its link alone where its record is not in the image", () => {
    const database = databaseOf({ packages: {}, files: links });
    expect(database.alternativeOf("usr/bin/awk")).toBe("awk");
    expect(database.alternativeOf("etc/alternatives/awk")).toBe("awk");
  });

  it("with a damaged record is left out, and told", () => {
    const files = [{ path: "var/lib/dpkg/alternatives/awk", content: "auto\n/usr/bin/awk\n" }];
    const { alternatives, unread } = databaseOf({ packages: {}, files });
    expect(alternatives.size).toBe(0);
    expect(unread).toEqual([
      {
        path: "var/lib/dpkg/alternatives/awk",
        why: "var/lib/dpkg/alternatives/awk:3: it ends before a follower",
      },
    ]);
  });
});

describe("what cannot be read", () => {
  const info = "var/lib/dpkg/info/a.list";

  it("is told: a list that is missing, a line that is no path, an interrupted dpkg", () => {
    expect(databaseOf({ packages: { a: {} } }).unread).toEqual([
      { path: info, why: "it is missing: which files the package has is not known" },
    ]);
    const odd = databaseOf({ packages: { a: {} }, lists: { "a.list": ["/usr", "here", "/../../etc"] } });
    expect(odd.unread).toEqual([{ path: info, why: "line 2: it is no path (and 1 more lines)" }]);
    expect(odd.packages.get("a:amd64")?.paths).toEqual(["usr"]);
    const files = [{ path: "var/lib/dpkg/updates/0001", content: "Package: a\n" }];
    expect(databaseOf({ packages: {}, files }).unread).toHaveLength(1);
  });

  it("stops the reading where dpkg would stop, by file and line", () => {
    const status = "var/lib/dpkg/status";
    const of = (content: string) => errorOf([{ path: status, content }]);
    const good = statusText({ a: {} });
    expect(of("Package: a\n")).toBe(`DPKG_INVALID ${status}:1`);
    expect(of(`${good}Nonsense\n`)).toBe(`DPKG_INVALID ${status}:6`);
    expect(of(good + good)).toBe(`DPKG_INVALID ${status}:6`);
    expect(of(statusText({ a: { Depends: "b (>= )" } }))).toBe(`DPKG_INVALID ${status}:5`);
    expect(of(statusText({ a: { Version: "1-" } }))).toBe(`DPKG_INVALID ${status}:1`);
    expect(of(statusText({ a: { Status: "install ok great" } }))).toBe(`DPKG_INVALID ${status}:2`);
    expect(of(statusText({ "../a": {} }))).toBe(`DPKG_INVALID ${status}:1`);
    const cut = debianItems({
      packages: {},
      files: [{ path: "var/lib/dpkg/diversions", content: "/a\n/b\n" }],
    });
    expect(errorOf(cut)).toBe("DPKG_INVALID var/lib/dpkg/diversions:1");
  });

  it("is no empty database: a status whose content was not kept is an error", () => {
    const nothing: ContentQuestion = { id: "none", keepLimit: 0, reads: () => undefined };
    expect(errorOf(debianItems({ packages: { a: {} } }), nothing)).toBe("DPKG_INVALID var/lib/dpkg/status:1");
  });

  it("costs no more time for a relation of spaces than for another", () => {
    const spaces = " ".repeat(200_000);
    expect(errorOf(debianItems({ packages: { a: { Depends: `b${spaces}!` } } }))).toMatch(/^DPKG_INVALID/);
    expect(errorOf(debianItems({ packages: { a: { Version: `1${spaces}1` } } }))).toMatch(/^DPKG_INVALID/);
  });
});
