import { describe, expect, test } from "vitest";
import { hasFailure } from "../../../src/core/policy/audit/audit-document.ts";
import type { AuditSurroundings } from "../../../src/core/policy/audit/audit-image.ts";
import type { ImageAudit } from "../../../src/core/policy/audit/image-audit.ts";
import { chainOf } from "../../../src/core/policy/audit/reason.ts";
import { library, program } from "../../kit/elf-facts.ts";
import { audited, type Made } from "./audited.ts";
import { audit, EXTENSION, LIB, missing, SERVICE, SITE } from "./service.ts";

function uses({ packages }: ImageAudit): Readonly<Record<string, string>> {
  return Object.fromEntries(packages.map(({ name, use }) => [name, use]));
}

describe("the packages of an image", () => {
  test("stay where something in use came with them alone", () => {
    // What the extension loads is there for curl's sake; whoever installs no curl has none of it.
    const came = (more: Readonly<Record<string, string>>) =>
      audit({
        ...SERVICE,
        packages: [
          { name: "zlib1g", files: [`${LIB}/libz.so.1`] },
          { name: "curl", files: ["usr/bin/curl"], depends: "libcurl4" },
          { name: "libcurl4", files: [`${LIB}/libcurl.so.4`], depends: "zlib1g" },
          { name: "wget", files: ["usr/bin/wget"] },
        ],
        files: { ...SERVICE.files, ...more },
      });
    const automatic = ["zlib1g", "libcurl4"].map(
      (name) => `Package: ${name}\nArchitecture: amd64\nAuto-Installed: 1\n`,
    );
    const marked = came({ "var/lib/apt/extended_states": automatic.join("\n") });
    expect(uses(marked)).toMatchObject({
      zlib1g: "needed",
      curl: "kept",
      libcurl4: "depends",
      wget: "unused",
    });
    expect(marked.packages.find(({ name }) => name === "curl")?.reason?.name).toBe(
      "zlib1g is in use and came with it",
    );
    expect(uses(came({}))).toMatchObject({ zlib1g: "needed", curl: "unused", libcurl4: "unused" });
    // A package that is kept by a rule alone keeps nobody else.
    const rule = audit({
      ...SERVICE,
      packages: [
        { name: "curl", files: ["usr/bin/curl"], depends: "ca-certificates" },
        { name: "ca-certificates", files: ["usr/sbin/update-ca-certificates"] },
      ],
      files: {
        ...SERVICE.files,
        "var/lib/apt/extended_states": "Package: ca-certificates\nArchitecture: amd64\nAuto-Installed: 1\n",
      },
    });
    expect(uses(rule)).toMatchObject({ "ca-certificates": "kept", curl: "unused" });
  });

  test("are needed from an import to a package, with the whole chain", () => {
    const found = audit(SERVICE);
    expect(uses(found)).toEqual({
      libc6: "needed",
      "python3.11": "needed",
      zlib1g: "needed",
      curl: "unused",
      libcurl4: "unused",
    });
    expect(missing(found)).toEqual([]);
    const zlib = found.packages.find(({ name }) => name === "zlib1g");
    expect(zlib?.reason && chainOf(zlib.reason).map(({ what, name }) => `${what} ${name}`)).toEqual([
      "entrypoint python app.py",
      "import /app/app.py",
      "import fast",
      "import fast._core",
      `extension ${SITE}/${EXTENSION}`,
      "library libz.so.1",
    ]);
  });

  test("are unused where nothing leads to them, with what would go as well", () => {
    const { packages } = audit(SERVICE);
    expect(packages.find(({ name }) => name === "libcurl4")?.alsoRemoved).toEqual(["curl:amd64"]);
  });

  test("are tools where the health check runs them, and what those need stays", () => {
    const Healthcheck = { Test: ["CMD-SHELL", "curl -f http://127.0.0.1/health || exit 1"] };
    const elf = {
      ...SERVICE.elf,
      "usr/bin/curl": program({ needed: ["libcurl.so.4"] }),
      [`${LIB}/libcurl.so.4`]: library(),
    };
    const found = uses(audit({ ...SERVICE, elf, config: { ...SERVICE.config, Healthcheck } }));
    expect(found).toMatchObject({ curl: "tool", libcurl4: "tool" });
  });

  test("are used where an image built on it uses them, or a RUN of one", () => {
    const base: Made = { packages: SERVICE.packages ?? [] };
    expect(uses(audit(base))).toMatchObject({ zlib1g: "unused", curl: "unused" });
    const use = { ...audited(SERVICE), startsPython: true };
    const children = [{ name: "app", direct: "app", use }];
    expect(uses(audit(base, { children }))).toMatchObject({ zlib1g: "needed", curl: "unused" });
    const steps = [{ image: "app", at: "Dockerfile:3:1", shell: "curl -O https://example.org/x" }];
    const elf = { "usr/bin/curl": program() };
    expect(uses(audit({ ...base, elf }, { steps }))).toMatchObject({ curl: "tool", libcurl4: "depends" });
  });

  test("that only one of several children uses belong there", () => {
    const base: Made = { packages: SERVICE.packages ?? [] };
    const other = audited({ ...base, config: { Entrypoint: ["python", "-m", "site"] } });
    const children = [
      { name: "app", direct: "app", use: { ...audited(SERVICE), startsPython: true } },
      { name: "other", direct: "other", use: { ...other, startsPython: true } },
    ];
    const originOf = () => ({
      layer: 0,
      instruction: { image: "image", file: "Dockerfile", line: 2, endLine: 2 },
    });
    const rules = (surroundings: Partial<AuditSurroundings>) =>
      audit(base, surroundings).mismatches.map(({ rule, subject }) => `${rule} ${subject}`);
    expect(rules({ children, originOf })).toEqual(["one-child zlib1g"]);
    // What its own base brought is not for this image to move (canary).
    expect(rules({ children, originOf: () => undefined })).toEqual([]);
  });
});

describe("a program that loads more than is followed", () => {
  test("fails the audit: what it lacks is not known", () => {
    const names = Array.from({ length: 600 }, (_, index) => `lib${index}.so`);
    const runpath = Array.from({ length: 1000 }, (_, index) => `/d${index}`).join(":");
    const made: Made = {
      config: { Entrypoint: ["/usr/bin/big"] },
      elf: { "usr/bin/big": program({ needed: names, runpath }) },
    };
    const found = audit(made);
    expect(found.mismatches).toMatchObject([
      { rule: "loader-limit", subject: "/usr/bin/big", severity: "error" },
    ]);
    expect(hasFailure({ ...found, missing: [] })).toBe(true);
  });

  test("says beside its answers what they rest on", () => {
    const made: Made = {
      config: { Entrypoint: ["python"] },
      files: { "etc/ld.so.cache": "no cache at all" },
    };
    expect(audit(made).uncertain.map(({ text }) => text)).toContainEqual(
      expect.stringContaining("the loader goes on without its cache"),
    );
  });
});

describe("what an image lacks", () => {
  const without = (path: string): Made => {
    const { [path]: _, ...elf } = SERVICE.elf ?? {};
    return { ...SERVICE, elf, packages: [] };
  };

  test("is a library that an import needs and that is gone, with what was tried", () => {
    const found = audit(without(`${LIB}/libz.so.1`));
    expect(missing(found)).toEqual(["library libz.so.1"]);
    expect(found.missing[0]?.tried).toContain(`/lib/x86_64-linux-gnu/libz.so.1 (default): absent`);
  });

  test("is one that a wrong RUNPATH does not lead to", () => {
    const elf = (runpath: string) => ({
      ...without(`${LIB}/libz.so.1`).elf,
      [`${SITE}/${EXTENSION}`]: library({ needed: ["libz.so.1"], runpath }),
      [`${SITE}/fast.libs/libz.so.1`]: library(),
    });
    expect(missing(audit({ ...SERVICE, packages: [], elf: elf("$ORIGIN/../fast.libs") }))).toEqual([]);
    expect(missing(audit({ ...SERVICE, packages: [], elf: elf("$ORIGIN/../fast.lib") }))).toEqual([
      "library libz.so.1",
    ]);
  });

  test.each([
    ["required", "import gone", ["module gone"]],
    ["optional", "try:\n    import gone\nexcept ImportError:\n    gone = None", []],
    [
      "required",
      "try:\n    import gone\nexcept ImportError as error:\n    raise SystemExit(1) from error",
      ["module gone"],
    ],
    ["deferred", "def later():\n    import gone", []],
    ["optional", "import os\nif os.environ.get('X'):\n    import gone", []],
    ["none", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import gone", []],
    ["optional", "import sys\nif sys.platform == 'win32':\n    import gone", []],
  ] as const)("is a module, %s: %s", (level, source, expected) => {
    const found = audit({ ...SERVICE, files: { "app/app.py": `${source}\n` }, wheels: [] });
    expect(missing(found)).toEqual(expected);
    const levels = found.missing.filter(({ name }) => name === "gone").map((each) => each.level as string);
    expect(levels).toEqual(level === "none" ? [] : [level]);
  });

  test.each([
    ["cd /srv && exec python -u main.py"],
    ["cd /; cd srv && ./run.sh"],
    ["cd /srv && exec python -m main"],
    ["(cd /opt; true); python main.py"],
  ])("is not what lies where a shell went before: %s", (line) => {
    const files = { "srv/main.py": "import gone\n", "srv/run.sh": "#!/usr/bin/python3.11\n" };
    const config = { Entrypoint: ["/usr/bin/sh", "-c", line] };
    const elf = { ...SERVICE.elf, "usr/bin/sh": program() };
    const found = missing(audit({ ...SERVICE, elf, config, files }));
    expect(found).toEqual(line.startsWith("cd /srv") ? ["module gone"] : []);
  });

  test("is what a folder with a `__main__` imports from beside it, and the folder where it has none", () => {
    const made = { ...SERVICE, config: { Entrypoint: ["python", "tool"] } };
    const files = { "app/tool/__main__.py": "import beside\n", "app/tool/beside.py": "import gone\n" };
    expect(missing(audit({ ...made, files }))).toEqual(["module gone"]);
    expect(missing(audit({ ...made, files: { "app/tool/beside.py": "" } }))).toEqual(["program tool"]);
  });

  test("is what a file imports where it is run, and not where it is imported", () => {
    const main = 'if __name__ == "__main__":\n    import gone\n';
    const files = { "app/app.py": `import fast\n${main}` };
    expect(missing(audit({ ...SERVICE, files }))).toEqual(["module gone"]);
    expect(
      missing(audit({ ...SERVICE, files: { "app/app.py": "import other\n", "app/other.py": main } })),
    ).toEqual([]);
    const called = "def main():\n    import gone\nif __name__ == '__main__':\n    pass\n";
    expect(missing(audit({ ...SERVICE, files: { "app/app.py": called } }))).toEqual([]);
  });

  test("is what the `__main__` of a package imports that runs by `-m`, and that itself", () => {
    const made = { ...SERVICE, config: { Entrypoint: ["python", "-m", "tool"] } };
    const files = { "app/tool/__init__.py": "", "app/tool/__main__.py": "from . import beside\n" };
    const beside = { "app/tool/beside.py": "import gone\n" };
    expect(missing(audit({ ...made, files: { ...files, ...beside } }))).toEqual(["module gone"]);
    expect(missing(audit({ ...made, files: { "app/tool/__init__.py": "" } }))).toEqual([
      "module tool.__main__",
    ]);
    const plain = { "app/tool.py": "if __name__ == '__main__':\n    import gone\n" };
    expect(missing(audit({ ...made, files: plain }))).toEqual(["module gone"]);
    const served = { ...SERVICE, config: { Entrypoint: ["uvicorn", "tool:app"] } };
    expect(missing(audit({ ...served, files }))).not.toContain("module gone");
  });

  test("is a program that its health check names and nobody installed", () => {
    const Healthcheck = { Test: ["CMD", "wget", "-q", "http://127.0.0.1/health"] };
    expect(missing(audit({ ...SERVICE, config: { ...SERVICE.config, Healthcheck } }))).toEqual([
      "program wget",
    ]);
  });

  test("is not known where only the machine decides where it is looked for, or who loads it", () => {
    const uncertain = (elf: Made["elf"]) =>
      audit({ ...SERVICE, elf: { ...SERVICE.elf, ...elf } }).uncertain.map(
        ({ what, path }) => `${what} ${path}`,
      );
    const platform = {
      [`${SITE}/${EXTENSION}`]: library({ needed: ["libq.so"], runpath: "/opt/$PLATFORM" }),
      "opt/haswell/libq.so": library(),
    };
    expect(uncertain(platform)).toEqual([`library ${SITE}/${EXTENSION}`]);
    expect(uncertain({ "usr/bin/python3.11": program({ interpreter: "/lib/ld-other.so.9" }) })).toContain(
      "library usr/bin/python3.11",
    );
    expect(uncertain({})).toEqual([]);
  });

  test("is not the driver's library, which the host brings", () => {
    const elf = {
      ...SERVICE.elf,
      [`${SITE}/${EXTENSION}`]: library({ needed: ["libz.so.1", "libcuda.so.1"] }),
    };
    const found = audit({ ...SERVICE, elf });
    expect(missing(found)).toEqual([]);
    expect(found.host.map(({ name }) => name)).toEqual(["libcuda.so.1"]);
  });
});

describe("the distributions of an image", () => {
  const rules = (made: Made) => audit(made).mismatches.map(({ rule, severity }) => `${severity} ${rule}`);
  const wheel = (more: object) => ({ ...SERVICE, wheels: [{ ...SERVICE.wheels![0]!, ...more }] });

  test("fit (canary)", () => {
    expect(rules(SERVICE)).toEqual([]);
  });

  test.each([
    "cp310-cp310-manylinux_2_17_x86_64",
    "cp311-cp311-manylinux_2_17_aarch64",
    "cp311-cp311-manylinux_2_99_x86_64",
    "cp312-abi3-linux_x86_64",
    "cp311-cp311-musllinux_1_2_x86_64",
  ])("do not fit where a wheel is %s", (tag) => {
    expect(rules(wheel({ tag }))).toEqual(["error wheel-misfit"]);
  });

  test.each([
    "cp39-abi3-manylinux2014_x86_64",
    "py2.py3-none-any",
    "cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64",
  ])("fit as %s", (tag) => {
    expect(rules(wheel({ tag }))).toEqual([]);
  });

  test("require what is not there, or another version, for this platform", () => {
    expect(rules(wheel({ requires: ["gone>=1"] }))).toEqual(["warning requirement-missing"]);
    expect(rules(wheel({ requires: ['gone; sys_platform == "win32"', 'gone; extra == "all"'] }))).toEqual([]);
    const two = [...SERVICE.wheels!, { name: "user", files: { "user.py": "" }, requires: ["fast>=2"] }];
    expect(rules({ ...SERVICE, wheels: two })).toEqual(["warning requirement-version"]);
  });

  test("are imported from sources without an error, where they surely are", () => {
    const files = (more: string) => ({
      "app/app.py": `${more}\ndef later():\n    import idle\n`,
      "app/broken.py": "import os\ndef f(:\n    pass\n",
      "app/idle.py": "x = (\n",
    });
    expect(rules({ ...SERVICE, files: files("") })).toEqual([]);
    expect(rules({ ...SERVICE, files: files("import broken") })).toEqual(["warning source-error"]);
  });

  test("share no file with another content, and have all that they record", () => {
    const twice = [
      ...SERVICE.wheels!,
      { name: "other", files: { "fast/__init__.py": "from . import _core\n" } },
    ];
    expect(rules({ ...SERVICE, wheels: twice })).toContain("warning file-of-two");
  });

  test("are unused where no service imports them, uncertain where one imports what no literal names", () => {
    const wheels = [...SERVICE.wheels!, { name: "spare", files: { "spare.py": "" } }];
    const use = (made: Made) => audit(made).distributions.find(({ name }) => name === "spare")?.use;
    expect(use({ ...SERVICE, wheels })).toBe("unused");
    const open = {
      "app/app.py": "import fast, importlib, sys\nimportlib.import_module(sys.argv[1])\n",
      "usr/lib/python3.11/importlib/__init__.py": "",
    };
    expect(use({ ...SERVICE, wheels, files: open })).toBe("uncertain");
  });
});
