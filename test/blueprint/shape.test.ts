import { describe, expect, test } from "vitest";
import { errorOf, HEAD, refused } from "./refused.ts";

const image = (keys: string) => `${HEAD}images:\n  i: { dockerfile: d, ${keys} }\n`;
const service = (keys: string) => `${HEAD}machines: { m: {} }\nservices:\n  s: { ${keys} }\n`;
const root = (keys: string) => `${HEAD}roots:\n  r: { ${keys} }\n`;
const machine = (keys: string) => `${HEAD}machines:\n  m: { ${keys} }\n`;
const build = (keys: string) => `${HEAD}build: { ${keys} }\n`;
const top = (line: string) => `${HEAD}${line}\n`;

describe("each value in its place", () => {
  test.each([
    ["version", "version: 2\nfleet: f\nregistry: local\n", "1:10"],
    ["version as text", 'version: "1"\nfleet: f\nregistry: local\n', "1:10"],
    ["fleet", "version: 1\nfleet: Voice\nregistry: local\n", "2:8"],
    ["fleet of nothing", "version: 1\nfleet:\nregistry: local\n", "2:1"],
    ["registry with a scheme", "version: 1\nfleet: f\nregistry: https://ghcr.io/x\n", "3:11"],
    ["registry with credentials", "version: 1\nfleet: f\nregistry: me:pw@ghcr.io/x\n", "3:11"],
    ["registry without a host", "version: 1\nfleet: f\nregistry: haymayndzultra/x\n", "3:11"],
    ["registry in upper case", "version: 1\nfleet: f\nregistry: ghcr.io/HaymayndzUltra\n", "3:11"],
    ["registry with a slash at its end", "version: 1\nfleet: f\nregistry: ghcr.io/x/\n", "3:11"],
    ["tag without {sha}", top('tag: "{date}"'), "4:6"],
    ["tag with an unknown placeholder", top('tag: "{date}-{shaa}"'), "4:6"],
    ["tag that is none", top('tag: "{sha}+x"'), "4:6"],
    ["platform", top("platforms: [linux/amd64, amd64]"), "4:26"],
    ["no platform", top("platforms: []"), "4:1"],
    ["root for a user", top("user: 0:0"), "4:7"],
    ["a group of root's", top("user: 1000:0"), "4:7"],
    ["a user by name", top("user: app"), "4:7"],
    ["a user whom no system has", top("user: 1000:4294967295"), "4:7"],
    ["roots as a list", top("roots: [a]"), "4:1"],
    ["root without a tag", root("image: python"), "5:15"],
    ["root that is no reference", root('image: "Python:3"'), "5:15"],
    ["mirror without a host", root("image: a:1, mirrors: [library/a]"), "5:30"],
    ["mirror with a tag", root('image: a:1, mirrors: ["m.io/a:1"]'), "5:30"],
    ["bootstrap suite", root("image: a:1, bootstrap: { suite: Book Worm, packages: [pp] }"), "5:40"],
    ["bootstrap without packages", root("image: a:1, bootstrap: { suite: s, packages: [] }"), "5:43"],
    ["bootstrap package", root("image: a:1, bootstrap: { suite: s, packages: [--x] }"), "5:54"],
    ["bootstrap variant", root("image: a:1, bootstrap: { suite: s, packages: [pp], variant: mini }"), "5:68"],
    ["image name", top("images:\n  Base: { dockerfile: d }"), "5:3"],
    ["image name that is kept for release records", top("images:\n  releases: { dockerfile: d }"), "5:3"],
    ["image name that every object has", top("images:\n  constructor: { dockerfile: d }"), "5:3"],
    ["image of nothing", top("images:\n  i:"), "5:3"],
    ["argument name", image('args: { "A-B": x }'), "5:31"],
    ["argument of nothing", image("args: { A: }"), "5:31"],
    ["target", image('target: "a b"'), "5:31"],
    ["tier", image("tier: gppu"), "5:29"],
    ["compression", image("compression: lz4"), "5:36"],
    ["cache", image("cache: some"), "5:30"],
    ["weight 0", image("weight: 0"), "5:31"],
    ["weight 1.5", image("weight: 1.5"), "5:31"],
    ["secret of two sources", image("secrets: { a: { env: A, file: f } }"), "5:34"],
    ["secret of no source", image("secrets: { a: {} }"), "5:34"],
    ["secret's variable", image("secrets: { a: { env: A-B } }"), "5:44"],
    ["secret's file", image("secrets: { a: { file: /etc/pw } }"), "5:45"],
    ["secret id", image('secrets: { "a,b": { env: A } }'), "5:34"],
    ["context path", image("contexts: { shared: ../shared }"), "5:43"],
    ["apt", image("apt: yes"), "5:28"],
    ["planned", service("planned: yes"), "6:17"],
    ["machines", service("dockerfile: d, machines: m"), "6:33"],
    ["port 0", service("dockerfile: d, ports: { service: 0 }"), "6:41"],
    ["port 65536", service("dockerfile: d, ports: { health: 65536 }"), "6:40"],
    ["sm", machine('sm: "89"'), "5:12"],
    ["engine without scheme", machine("engine: mainpc"), "5:16"],
    ["engine with a password", machine("engine: ssh://me:pw@mainpc"), "5:16"],
    ["profile key", machine("profile: { A B: 1 }"), "5:19"],
    ["profile value", machine("profile: { A: [1] }"), "5:19"],
    ["budget without a unit", top("budgets: { cpu: { compressed: 100 } }"), "4:31"],
    ["budget with a wrong unit", top("budgets: { cpu: { compressed: 100Mb } }"), "4:31"],
    ["budget of nothing", top("budgets: { cpu: { unpacked: 0MB } }"), "4:29"],
    ["parallelism", build("parallelism: 0"), "4:23"],
    ["trust", build("trust: hst"), "4:17"],
    ["build cache", build("cache: on"), "4:17"],
    ["cacheRef", build("cacheRef: cache"), "4:20"],
    ["mirror host", build('mirrors: { "a b": [https://m.io] }'), "4:21"],
    ["mirror without URLs", build("mirrors: { docker.io: [] }"), "4:21"],
    ["mirror URL", build("mirrors: { docker.io: [ftp://m.io] }"), "4:33"],
    ["mirror URL with a user", build('mirrors: { docker.io: ["https://u:p@m.io"] }'), "4:33"],
    ["insecure host", build('insecure: ["http://a"]'), "4:21"],
    ["index", build("index: loose"), "4:17"],
  ])("%s", (_, text, place) => {
    expect(refused(text)).toEqual([`${place} BLUEPRINT_VALUE`]);
  });
});

describe("paths stay in the tree", () => {
  test.each([
    ["/etc/passwd"],
    ["../Dockerfile"],
    ["a/../../b"],
    ["~/Dockerfile"],
    ["C:/Dockerfile"],
    ["a\\b"],
    [""],
    ["a\\u0007b"],
    ["x".repeat(1025)],
  ])("%s", (path) => {
    expect(refused(`${HEAD}images:\n  i: { dockerfile: "${path.replaceAll("\\b", "\\\\b")}" }\n`)).toEqual([
      "5:20 BLUEPRINT_VALUE",
    ]);
  });
});

describe("keys", () => {
  test.each([
    ["at the top", top("imagess: {}"), "4:1", 'did you mean "images"?'],
    ["of an image", image("dokerfile: x"), "5:23", 'did you mean "dockerfile"?'],
    ["of a service", service("dockerfile: d, portz: {}"), "6:23", 'did you mean "ports"?'],
    ["of a planned service", service("planned: true, dockerfile: d"), "6:23", "keys here: planned, family"],
    ["of a budget", top("budgets: { tpu: {} }"), "4:12", "did you mean"],
    ["of build", build("trusted: host"), "4:10", 'did you mean "trust"?'],
    ["of a secret", image("secrets: { a: { env: A, path: x } }"), "5:47", "keys here: env, file"],
    ["that is like none", top("zzzzzz: 1"), "4:1", "keys here: version, fleet"],
  ])("unknown %s", (_, text, place, hint) => {
    expect(refused(text)).toEqual([`${place} BLUEPRINT_UNKNOWN_KEY`]);
    expect(errorOf(text).hint).toContain(hint);
  });

  test.each([
    ["fleet", "version: 1\nregistry: local\n", "1:1"],
    ["registry", "version: 1\nfleet: f\n", "1:1"],
    ["image's dockerfile", top("images:\n  i: {}"), "5:3"],
    ["service's dockerfile", service("machines: [m]"), "6:3"],
    ["root's image", root("mirrors: []"), "5:3"],
    ["bootstrap's packages", root("image: a:1, bootstrap: { suite: s }"), "5:20"],
  ])("missing %s", (_, text, place) => {
    expect(refused(text)).toEqual([`${place} BLUEPRINT_MISSING`]);
  });
});

describe("the error", () => {
  test("carries every problem in file order, shows the first and the count", () => {
    const text = "version: 2\nfleet: F\nregistri: local\nimages: { i: { tier: gpu, parent: nobody } }\n";
    const error = errorOf(text);
    expect(refused(text)).toEqual([
      "1:1 BLUEPRINT_MISSING",
      "1:10 BLUEPRINT_VALUE",
      "2:8 BLUEPRINT_VALUE",
      "3:1 BLUEPRINT_UNKNOWN_KEY",
      "4:11 BLUEPRINT_MISSING",
      "4:35 BLUEPRINT_REFERENCE",
    ]);
    expect(error).toMatchObject({ exit: 2, code: "BLUEPRINT_MISSING", at: { line: 1, column: 1 }, total: 6 });
    expect(error.message).toContain("(and 5 more)");
    expect(error.message).not.toContain("\n");
  });

  test("never repeats a password", () => {
    const text = "version: 1\nfleet: f\nregistry: me:hunter2@ghcr.io/x\n";
    expect(JSON.stringify(errorOf(text).problems)).not.toContain("hunter2");
  });

  test("a file of junk is told in a hundred problems", () => {
    const junk = Array.from({ length: 5000 }, (_, index) => `junk${index}: 1`).join("\n");
    const error = errorOf(`${HEAD}${junk}\n`);
    expect(error.problems).toHaveLength(100);
    expect(error.total).toBe(5000);
  });
});
