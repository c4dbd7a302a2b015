import { describe, expect, test } from "vitest";
import { auditImage } from "../../../src/core/policy/audit/audit-image.ts";
import type { DistributionUse } from "../../../src/core/policy/audit/image-audit.ts";
import { chainOf } from "../../../src/core/policy/audit/reason.ts";
import { library, program } from "../../kit/elf-facts.ts";
import { audited, type Made } from "./audited.ts";

const DIST = "usr/lib/python3/dist-packages";
const LOCAL = "usr/local/lib/python3.11/dist-packages";
const SURROUNDINGS = {
  machine: "x86_64",
  children: [],
  steps: [],
  name: undefined,
  machines: [],
  originOf: () => undefined,
};

function audit(made: Made, commands: readonly string[] = []) {
  const { distributions, mismatches, unread } = auditImage(audited(made), { ...SURROUNDINGS, commands });
  const system = distributions.filter(({ environment }) => environment === "usr/bin/python3.11");
  return {
    system,
    all: Object.fromEntries(distributions.map(({ name, use }) => [name, use])),
    uses: Object.fromEntries(system.map(({ name, version, use }) => [`${name} ${version}`, use])),
    rules: mismatches.map(({ rule, subject }) => `${rule} ${subject}`),
    unread: [...new Set(unread.map(({ path, why }) => `${path}: ${why}`))],
  };
}

const chain = ({ reason }: DistributionUse) =>
  reason === undefined ? [] : chainOf(reason).map(({ what, name }) => `${what} ${name}`);

const info = (name: string, version: string, more = "") =>
  `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n${more}`;

/** What runs is Debian's own interpreter. */
const started = (source: string): Made => ({
  config: { Entrypoint: ["/usr/bin/python3.11", "app.py"] },
  files: { "app/app.py": source },
});

describe("distributions that Debian's packages bring", () => {
  const EGG = `${DIST}/PyYAML-6.0.egg-info`;
  const made = (source: string, info_: Readonly<Record<string, string>>, files: readonly string[]): Made => ({
    ...started(source),
    files: { "app/app.py": source, ...info_, [`${DIST}/yaml/__init__.py`]: "x = 1\n" },
    packages: [{ name: "python3-yaml", files: [...Object.keys(info_), ...files] }],
  });
  const files = [`${DIST}/yaml/__init__.py`, "usr/share/doc/python3-yaml/copyright"];

  test.each([
    [
      "a folder of egg-info",
      { [`${EGG}/PKG-INFO`]: info("PyYAML", "6.0"), [`${EGG}/top_level.txt`]: "yaml\n" },
    ],
    ["a file of egg-info", { [EGG]: info("PyYAML", "6.0") }],
    ["dist-info without RECORD", { [`${DIST}/PyYAML-6.0.dist-info/METADATA`]: info("PyYAML", "6.0") }],
  ])("own what the package lists: %s", (_, about) => {
    const found = audit(made("import yaml\n", about, files));
    expect(found.uses).toEqual({ "PyYAML 6.0": "imported" });
    expect(found.system.map(chain)).toEqual([
      ["entrypoint /usr/bin/python3.11 app.py", "import /app/app.py", "import yaml"],
    ]);
    expect(audit(made("import os\n", about, files)).uses).toEqual({ "PyYAML 6.0": "unused" });
  });

  test("own what the package lists, not what a RECORD of the build says", () => {
    const folder = `${DIST}/PyYAML-6.0.dist-info`;
    const about = {
      [`${folder}/METADATA`]: info("PyYAML", "6.0"),
      [`${folder}/RECORD`]: "yaml/__init__.py,,999\n../scripts/yaml,,1\n",
    };
    const found = audit(made("import yaml\n", about, files));
    expect(found).toMatchObject({ uses: { "PyYAML 6.0": "imported" }, rules: [] });
  });

  test("own what another package brings of their top level, and each of two in one package its own", () => {
    const about = {
      [`${DIST}/a-1.egg-info/PKG-INFO`]: info("a", "1"),
      [`${DIST}/a-1.egg-info/top_level.txt`]: "a\nhelper\n",
      [`${DIST}/b-1.egg-info/PKG-INFO`]: info("b", "1"),
      [`${DIST}/b-1.egg-info/top_level.txt`]: "b\n",
      [`${DIST}/a.py`]: "x = 1\n",
      [`${DIST}/b.py`]: "x = 1\n",
      [`${DIST}/helper/__init__.py`]: "x = 1\n",
    };
    const uses = (source: string) =>
      audit({
        ...started(source),
        files: { "app/app.py": source, ...about },
        packages: [
          { name: "python3-ab", files: Object.keys(about).filter((path) => !path.includes("helper")) },
          { name: "python3-helper", files: [`${DIST}/helper/__init__.py`] },
        ],
      }).uses;
    expect(uses("import a\n")).toEqual({ "a 1": "imported", "b 1": "unused" });
    expect(uses("import b\n")).toEqual({ "a 1": "unused", "b 1": "imported" });
    expect(uses("import helper\n")).toEqual({ "a 1": "imported", "b 1": "unused" });
  });
});

describe("distributions without any list", () => {
  test.each([
    ["SOURCES.txt", "SOURCES.txt", "setup.py\nold/__init__.py\nsrc/gone.py\n"],
    ["top_level.txt", "top_level.txt", "old\ngone\n"],
  ])("own what lies there by %s", (_, name, text) => {
    const egg = `${LOCAL}/old-1.0.egg-info`;
    const found = audit({
      ...started("import old\n"),
      files: {
        "app/app.py": "import old\n",
        [`${egg}/PKG-INFO`]: info("old", "1.0"),
        [`${egg}/${name}`]: text,
        [`${LOCAL}/old/__init__.py`]: "x = 1\n",
      },
    });
    expect(found.uses).toEqual({ "old 1.0": "imported" });
  });
});

describe("two distributions of one name", () => {
  const pair = (requires: string): Made => {
    const dist = (site: string, version: string) => ({
      [`${site}/two-${version}.dist-info/METADATA`]: info("two", version),
      [`${site}/two-${version}.dist-info/RECORD`]: `two.py,,\n`,
      [`${site}/two.py`]: "x = 1\n",
    });
    return {
      ...started(""),
      files: {
        "app/app.py": "import two, user\n",
        ...dist(LOCAL, "2.0"),
        ...dist(DIST, "1.0"),
        [`${LOCAL}/user-1.0.dist-info/METADATA`]: info("user", "1.0", `Requires-Dist: ${requires}\n`),
        [`${LOCAL}/user-1.0.dist-info/RECORD`]: "user.py,,\n",
        [`${LOCAL}/user.py`]: "x = 1\n",
      },
    };
  };

  test("have the entry points of the first only", () => {
    const of = (site: string, version: string, module: string) => ({
      [`${site}/two-${version}.dist-info/METADATA`]: info("two", version),
      [`${site}/two-${version}.dist-info/RECORD`]: `${module}.py,,\n`,
      [`${site}/two-${version}.dist-info/entry_points.txt`]: `[g]\nx = ${module}\n`,
      [`${site}/${module}.py`]: "x = 1\n",
    });
    const files = {
      "app/app.py": "from importlib.metadata import entry_points\nentry_points(group='g')\n",
      ...of(LOCAL, "2.0", "newer"),
      ...of(DIST, "1.0", "older"),
    };
    expect(audit({ ...started(""), files }).uses).toEqual({ "two 2.0": "imported", "two 1.0": "unused" });
  });

  test("are told apart: the first on sys.path is the one that counts", () => {
    expect(audit(pair("two>=2"))).toMatchObject({
      uses: { "two 2.0": "imported", "two 1.0": "unused", "user 1.0": "imported" },
      rules: [],
    });
    expect(audit(pair("two<2")).rules).toEqual(["requirement-version user 1.0"]);
  });

  test("own a file both where two versions of one lie in one folder", () => {
    const one = (version: string): Readonly<Record<string, string>> => ({
      [`${DIST}/two-${version}.dist-info/METADATA`]: info("two", version),
      [`${DIST}/two-${version}.dist-info/RECORD`]: "two.py,,6\n",
    });
    const files = { "app/app.py": "", [`${DIST}/two.py`]: "x = 1\n" };
    expect(audit({ ...started(""), files: { ...files, ...one("1.0") } }).rules).toEqual([]);
    expect(audit({ ...started(""), files: { ...files, ...one("1.0"), ...one("2.0") } }).rules).toEqual([
      expect.stringMatching(/^file-of-two two [12]\.0 and two [12]\.0$/),
    ]);
  });

  test.each([
    [">=3.12", true],
    ["<3.11", true],
    ["!=3.11.*", true],
    [">=3.11.4", false],
    ["<3.11.4", false],
    [">3.11.3,<3.11.9", false],
    [">=3.8,<4", false],
  ])("are for another Python where they require %s: %s", (requires, isMisfit) => {
    const about = {
      [`${DIST}/one-1.dist-info/METADATA`]: info("one", "1", `Requires-Python: ${requires}\n`),
    };
    const { rules } = audit({ ...started(""), files: { "app/app.py": "", ...about } });
    expect(rules).toEqual(isMisfit ? ["requires-python one 1"] : []);
  });

  test("are not compared where what they say cannot be read, which is told", () => {
    const about = (version: string, more: string) => ({
      [`${DIST}/one-1.dist-info/METADATA`]: info("one", version, more),
    });
    const unread = (version: string, more: string) =>
      audit({ ...started(""), files: { "app/app.py": "", ...about(version, more) } }).unread;
    expect(unread("1", "Requires-Dist: two>=1\nRequires-Python: >=3\n")).toEqual([]);
    expect(unread("banana", "Requires-Dist: ???\nRequires-Python: any\n")).toEqual([
      `${DIST}/one-1.dist-info: one has the version banana, which is none: whether others accept it is not known`,
      `${DIST}/one-1.dist-info: one requires ???, which is no requirement`,
      `${DIST}/one-1.dist-info: one requires Python any, which is no set of versions`,
    ]);
  });

  test("are one where a folder describes it twice", () => {
    const about = {
      [`${DIST}/c-1.dist-info/METADATA`]: info("c", "1"),
      [`${DIST}/c.egg-info/PKG-INFO`]: info("c", "1"),
      [`${DIST}/c.py`]: "x = 1\n",
    };
    const found = audit({
      ...started("import c\n"),
      files: { "app/app.py": "import c\n", ...about },
      packages: [{ name: "python3-c", files: Object.keys(about) }],
    });
    expect(found).toMatchObject({ uses: { "c 1": "imported" }, rules: [] });
  });
});

describe("plugins", () => {
  const wheels = [
    { name: "host", files: { "host.py": "" } },
    {
      name: "plugin",
      files: { "plugin/__init__.py": "", "plugin/main.py": "import helper\n" },
      entryPoints: "[host.plugins]\nmine = plugin.main:load [extra]\n",
    },
    { name: "helper", files: { "helper.py": "" } },
    { name: "tool", files: { "tool.py": "" }, entryPoints: "[console_scripts]\ntool = tool:main\n" },
  ];
  const uses = (host: string) => {
    const all = wheels.map((each) => (each.name === "host" ? { ...each, files: { "host.py": host } } : each));
    const found = auditImage(
      audited({
        config: { Entrypoint: ["python", "app.py"] },
        files: {
          "app/app.py": "import host\n",
          "usr/lib/python3.11/importlib/metadata/__init__.py": "",
          "usr/lib/python3.11/importlib/__init__.py": "",
        },
        wheels: all,
      }),
      SURROUNDINGS,
    );
    return found.distributions;
  };
  const named = (all: readonly DistributionUse[]) =>
    Object.fromEntries(
      all.map(({ name, use, level }) => [name, level === undefined ? use : `${use} ${level}`]),
    );

  test("of a group that is asked for are imported, perhaps, with what they import", () => {
    const found = uses(
      "from importlib.metadata import entry_points\nfor each in entry_points(group='host.plugins'): pass\n",
    );
    expect(named(found)).toEqual({
      host: "imported required",
      plugin: "imported optional",
      helper: "imported optional",
      tool: "unused",
    });
    expect(found.filter(({ name }) => name === "plugin").map(chain)).toEqual([
      ["entrypoint python app.py", "import /app/app.py", "import host", "plugin plugin.main"],
    ]);
    const [last] = found.flatMap(({ name, reason }) => (name === "plugin" && reason ? [reason] : []));
    expect(last?.at).toBe("opt/venv/lib/python3.11/site-packages/host.py:2");
  });

  test("of another group, and programs, are not", () => {
    const source = (group: string) =>
      `import importlib.metadata as m\nm.entry_points().select(group='${group}')\n`;
    const none = { host: "imported required", plugin: "unused", helper: "unused", tool: "unused" };
    expect(named(uses(source("other")))).toEqual(none);
    expect(named(uses(source("console_scripts")))).toEqual(none);
  });
});

describe("extras", () => {
  const made = (wheels: Readonly<Record<string, readonly string[]>>): Made => ({
    config: { Entrypoint: ["python", "app.py"] },
    files: { "app/app.py": "import user\n" },
    wheels: Object.entries(wheels).map(([name, requires]) => ({
      name,
      files: { [`${name}.py`]: "" },
      requires,
    })),
  });
  const fast = [
    "tls>=1; extra == 'Secure_Sockets'",
    'more; extra == "all"',
    'fast[secure-sockets]; extra == "all"',
  ];

  test("that nobody asks for stay out (canary)", () => {
    const found = audit(made({ user: ["fast"], fast, tls: [] }));
    expect(found).toMatchObject({ all: { user: "imported", fast: "required", tls: "unused" }, rules: [] });
  });

  test("are followed where a requirer asks for them", () => {
    expect(audit(made({ user: ["fast[secure.sockets]"], fast, tls: [] }))).toMatchObject({
      all: { fast: "required", tls: "required" },
      rules: [],
    });
    expect(audit(made({ user: ["fast[secure.sockets]"], fast })).rules).toEqual([
      "requirement-missing fast 1.0",
    ]);
  });

  test("are followed where another extra asks for them, and where a command did", () => {
    expect(audit(made({ user: ["fast[all]"], fast, tls: [], more: [] }))).toMatchObject({
      all: { fast: "required", tls: "required", more: "required" },
      rules: [],
    });
    const commands = ["RUN /bin/sh -c pip install --no-cache-dir 'fast[secure_sockets]==1.0' # buildkit"];
    expect(audit(made({ user: ["fast"], fast, tls: [] }), commands).all["tls"]).toBe("required");
  });

  test("of an egg are those of its sections", () => {
    const egg = `${LOCAL}/old-1.0.egg-info`;
    const files = {
      "app/app.py": "import old\n",
      [`${egg}/PKG-INFO`]: info("old", "1.0"),
      [`${egg}/top_level.txt`]: "old\n",
      [`${egg}/requires.txt`]:
        'gone>=1\n\n[:python_version < "3"]\nnever\n\n[x]\nextra\n\n[y:python_version >= "3"]\nboth\n',
      [`${LOCAL}/old.py`]: "",
    };
    const made = { ...started(""), files };
    const messages = (commands: readonly string[]) =>
      auditImage(audited(made), { ...SURROUNDINGS, commands }).mismatches.map(({ message }) => message);
    expect(messages([])).toEqual(["it requires gone>=1, which is not installed"]);
    expect(messages(["pip install old[x,y]"])).toEqual([
      "it requires gone>=1, which is not installed",
      'it requires extra; extra == "x", which is not installed',
      'it requires both; (python_version >= "3") and extra == "y", which is not installed',
    ]);
  });

  test("aside, a requirement that may hold counts where it is met, and is not missed where it is not", () => {
    const requires = ["maybe>=9; python_full_version < '3.11.4'"];
    expect(audit(made({ user: requires, maybe: [] }))).toMatchObject({
      all: { maybe: "required" },
      rules: [],
    });
    expect(audit(made({ user: requires })).rules).toEqual([]);
  });
});

describe("an image that starts nothing", () => {
  const used = (files: readonly string[]) => {
    const wheels = [{ name: "parts", files: Object.fromEntries(files.map((path) => [path, ""])) }];
    const { python } = audited({ wheels });
    const modules = python.flatMap(({ reach }) => [...reach.modules.values()]);
    return modules.flatMap(({ found, module }) =>
      "path" in found && found.path.includes("/site-packages/") ? [module] : [],
    );
  };

  test("imports what lies at the top of a distribution, and in its namespaces where nothing does", () => {
    expect(
      used(["cloud/store/__init__.py", "cloud/store/deep.py", "cloud/one.py", "cloud/x-y/no.py"]),
    ).toEqual(["cloud.one", "cloud.store"]);
    expect(used(["top.py", "_fast.abi3.so", "pkg/__init__.py", "pkg/in.py", "docs/conf.py"])).toEqual([
      "_fast",
      "pkg",
      "top",
    ]);
  });
});

describe("a venv of copies", () => {
  const site = "srv/venv/lib/python3.11/site-packages";
  const made = (entrypoint: string): Made => ({
    config: { Entrypoint: [entrypoint, "app.py"] },
    files: {
      "app/app.py": "import user, inside\n",
      "srv/venv/pyvenv.cfg": "home = /usr/bin\ninclude-system-site-packages = false\n",
      [`${site}/user-1.0.dist-info/METADATA`]: info("user", "1.0"),
      [`${site}/user-1.0.dist-info/RECORD`]: "user.py,,\n",
      [`${site}/user.py`]: "x = 1\n",
    },
    elf: {
      "srv/venv/bin/python": program({ needed: ["libpython3.11.so.1.0"] }),
      "srv/venv/bin/python3": program({ needed: ["libpython3.11.so.1.0"] }),
      "usr/lib/libpython3.11.so.1.0": library({ pythonModules: ["inside"] }),
    },
  });

  test.each(["/srv/venv/bin/python", "/srv/venv/bin/python3"])("is started by %s", (entrypoint) => {
    const { distributions, missing } = auditImage(audited(made(entrypoint)), SURROUNDINGS);
    const own = distributions.filter(({ environment }) => environment.startsWith("srv/venv"));
    expect(own.map(chain)).toEqual([
      [`entrypoint ${entrypoint} app.py`, "import /app/app.py", "import user"],
    ]);
    expect(missing.filter(({ what }) => what === "module")).toEqual([]);
  });
});
