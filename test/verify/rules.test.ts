import { describe, expect, it } from "vitest";
import { digestOf } from "../../src/core/base/digest.ts";
import { Annotation } from "../../src/core/oci/annotation.ts";
import { judgeImage } from "../../src/core/policy/image/judge-image.ts";
import { findSecrets } from "../../src/core/policy/image/secrets/find-secrets.ts";
import { layerOf } from "../audit/layers.ts";
import { folderItem, hardLinkItem, linkItem } from "../kit/tar-writer.ts";
import { type Changes, factsOf, judged, red } from "./image-facts.ts";
import { ANNOTATIONS, CONFIG, FACTS, FILES, IDENTITY, PROFILE, without } from "./sound-image.ts";

const OF_ROOT = [{ path: "var/log/apt/history.log", content: "from the root's maker" }];
const KEY = `-----BEGIN OPENSSH PRIVATE KEY-----\n${"b3BlbnNzaC1rZXk".repeat(5)}\n`;

describe("a sound image", () => {
  it("holds by every rule, in verdicts that are plain data about its digest", () => {
    expect(red({})).toEqual([]);
    const verdicts = judgeImage(factsOf({}));
    expect(verdicts).toHaveLength(10);
    expect(JSON.parse(JSON.stringify(verdicts))).toEqual(verdicts);
    for (const { subject, inputs } of verdicts) {
      expect(subject).toEqual({ kind: "image", name: "app", digest: digestOf("manifest") });
      expect(inputs[0]).toEqual({ name: "manifest of app", digest: digestOf("manifest") });
    }
  });

  it.each<readonly [string, Changes]>([
    ["a user by name", { config: { User: "appuser" } }],
    ["a user and a group by name", { config: { User: "appuser:appuser" } }],
    ["a user whose group only /etc/passwd tells", { config: { User: "10001" } }],
    ["no accounts at all", { layers: [without("etc/passwd").filter(({ path }) => path !== "etc/group")] }],
    ["tini on PATH", { config: { Entrypoint: ["tini", "-g", "--"] } }],
    ["tini through a link", { config: { Entrypoint: ["/bin/tini", "--"] } }],
    [
      "a health check by a shell",
      {
        layers: [[...FILES, { path: "usr/bin/sh", content: "x", mode: 0o755 }]],
        config: { Healthcheck: { Test: ["CMD-SHELL", "curl x"] } },
      },
    ],
    [
      "an image that is no service, of no machine",
      {
        config: { Healthcheck: {} },
        layers: [without("etc/machine-profile.json")],
        expected: { kind: "image", profile: undefined },
      },
    ],
    [
      "a profile in another order and layout",
      {
        layers: [
          without("etc/machine-profile.json", [
            { path: "etc/machine-profile.json", content: '{ "OMP_NUM_THREADS": 16,\n "machine": "mainpc" }' },
          ]),
        ],
      },
    ],
    [
      "a base whose digest nobody knows",
      { expected: { base: { name: "root", digest: undefined }, identity: undefined } },
    ],
    ["an image from scratch", { expected: { base: undefined } }],
    [
      "logs and caches that its root brought",
      { layers: [OF_ROOT, FILES], expected: { rootLayers: [layerOf(OF_ROOT).diffId] } },
    ],
    [
      "the first line of a key in a program",
      {
        layers: [
          [...FILES, { path: "app/ssh.py", content: 'MARK = "-----BEGIN RSA PRIVATE KEY-----"\nx = 1\n' }],
        ],
      },
    ],
    ["AWS's example key", { layers: [[...FILES, { path: "app/doc.txt", content: "AKIAIOSFODNN7EXAMPLE" }]] }],
    [
      "a build argument that is no secret",
      { history: ["RUN |2 TOKENIZER=fast MACHINE=pc2 /bin/sh -c x", "ENV API_KEY=$KEY"] },
    ],
  ])("may have %s", (_what, changes) => {
    expect(red(changes)).toEqual([]);
  });
});

describe("each rule has faults that turn it, and it alone", () => {
  it.each<readonly [string, Changes, string, string]>([
    ["no user", { config: { User: "" } }, "image-user fails", "no USER is set, which is root"],
    ["root by name", { config: { User: "root" } }, "image-user fails", "USER root is 0:0, not 10001:10001"],
    [
      "a user whom another fleet has",
      { expected: { user: "1000:1000" } },
      "image-user fails",
      "10001:10001, not 1000:1000",
    ],
    ["another user", { config: { User: "1000:1000" } }, "image-user fails", "1000:1000, not"],
    [
      "the group of root, since no passwd tells another",
      { config: { User: "10001" }, layers: [without("etc/passwd")] },
      "image-user fails",
      "10001:0",
    ],
    ["somebody who is not there", { config: { User: "ghost" } }, "image-user fails", "nobody whom"],
    [
      "a member of shadow",
      {
        layers: [
          without("etc/group", [{ path: "etc/group", content: "shadow:x:42:appuser\nappuser:x:10001:\n" }]),
        ],
      },
      "image-user fails",
      "in the group shadow (42)",
    ],
    [
      "accounts that were not read",
      {
        layers: [
          without("etc/passwd", [
            linkItem("etc/passwd", "/opt/passwd"),
            { path: "opt/passwd", content: "x" },
          ]),
        ],
      },
      "image-user unknown",
      "none that could be read",
    ],
    ["no entrypoint", { config: { Entrypoint: [] } }, "image-init fails", "no entrypoint"],
    [
      "a shell as PID 1",
      { config: { Entrypoint: ["/bin/sh", "-c", "tini -- x"] } },
      "image-init fails",
      "not tini",
    ],
    [
      "tini that is not there",
      { layers: [without("usr/bin/tini")] },
      "image-init fails",
      "/usr/bin/tini is not in the image",
    ],
    [
      "tini that was deleted above",
      { layers: [FILES, [{ path: "usr/bin/.wh.tini" }]] },
      "image-init fails",
      "not in the image",
    ],
    [
      "tini that may not be run",
      { layers: [without("usr/bin/tini", [{ path: "usr/bin/tini", content: "x", mode: 0o744 }])] },
      "image-init fails",
      "may not be run by 10001:10001",
    ],
    [
      "tini in a closed folder",
      {
        layers: [
          [...FILES, folderItem("usr/bin", { mode: 0o700 }), { path: "opt/curl", content: "x", mode: 0o755 }],
        ],
        config: { Healthcheck: { Test: ["CMD", "/opt/curl"] } },
      },
      "image-init fails",
      "may not be run",
    ],
    [
      "tini that is a folder",
      { layers: [without("usr/bin/tini", [folderItem("usr/bin/tini")])] },
      "image-init fails",
      "is no file",
    ],
    [
      "a service without health check",
      { config: { Healthcheck: {} } },
      "image-health fails",
      "no health check",
    ],
    [
      "a health check that is switched off",
      { config: { Healthcheck: { Test: ["NONE"] } } },
      "image-health fails",
      "no health check",
    ],
    [
      "a health check without its program",
      { layers: [without("usr/bin/curl")] },
      "image-health fails",
      "curl is not in the image on PATH",
    ],
    [
      "a set-user-id program of nobody's",
      { layers: [[...FILES, { path: "usr/bin/backdoor", content: "x", mode: 0o4755 }]] },
      "image-setuid fails",
      "/usr/bin/backdoor is set-user-id (owner 0)",
    ],
    [
      "a usual one with another bit",
      { layers: [without("usr/bin/chage", [{ path: "usr/bin/chage", content: "x", mode: 0o4755 }])] },
      "image-setuid fails",
      "chage is set-user-id",
    ],
    [
      "a usual one of another owner",
      { layers: [without("usr/bin/su", [{ path: "usr/bin/su", content: "x", mode: 0o4755, uid: 5 }])] },
      "image-setuid fails",
      "owner 5",
    ],
    [
      "a hard link to a usual one",
      { layers: [[...FILES, hardLinkItem("app/su", "usr/bin/su")]] },
      "image-setuid fails",
      "/app/su",
    ],
    [
      "a usual name in another folder",
      { layers: [[...FILES, { path: "opt/usr/bin/su", content: "x", mode: 0o4755 }]] },
      "image-setuid fails",
      "/opt/usr/bin/su",
    ],
    [
      "file capabilities",
      {
        layers: [
          [
            ...FILES,
            {
              path: "usr/bin/ping",
              content: "x",
              mode: 0o755,
              pax: { "SCHILY.xattr.security.capability": "x" },
            },
          ],
        ],
      },
      "image-setuid fails",
      "/usr/bin/ping has file capabilities",
    ],
    [
      "apt's lists",
      { layers: [[...FILES, { path: "var/lib/apt/lists/x_Packages", content: "x" }]] },
      "image-caches fails",
      "apt's package lists: /var/lib/apt/lists/x_Packages (1 bytes)",
    ],
    [
      "apt's archives",
      { layers: [[...FILES, { path: "var/cache/apt/archives/x.deb", content: "x" }]] },
      "image-caches fails",
      "apt's archives",
    ],
    [
      "pip's cache",
      { layers: [[...FILES, { path: "root/.cache/pip/http/a/b", content: "x" }]] },
      "image-caches fails",
      "caches in a home",
    ],
    [
      "a log",
      { layers: [without("var/log/faillog", [{ path: "var/log/dpkg.log", content: "x" }])] },
      "image-caches fails",
      "logs: /var/log/dpkg.log",
    ],
    [
      "temporary files",
      { layers: [[...FILES, { path: "tmp/build/x.o", content: "x" }]] },
      "image-caches fails",
      "temporary files",
    ],
    [
      "the same logs in a layer that is not the root's",
      { layers: [OF_ROOT, FILES], expected: { rootLayers: [layerOf(FILES).diffId] } },
      "image-caches fails",
      "logs: /var/log/apt/history.log",
    ],
    [
      "a cache that a later layer hides",
      { layers: [[...FILES, { path: "root/.cache/x", content: "x" }], [{ path: "root/.wh..cache" }]] },
      "image-caches fails",
      "/root/.cache/x",
    ],
    [
      "bytecode whose source is gone",
      { layers: [without("app/main.py")] },
      "image-caches fails",
      "bytecode without its source",
    ],
    [
      "a private key",
      { layers: [[...FILES, { path: "app/id", content: `x\n${KEY}` }]] },
      "image-secrets fails",
      "a private-key in /app/id, line 2",
    ],
    [
      "a private key that a later layer hides",
      { layers: [[...FILES, { path: "app/id", content: KEY }], [{ path: "app/.wh.id" }]] },
      "image-secrets fails",
      "a private-key in /app/id",
    ],
    [
      "a token in a script",
      {
        layers: [
          [...FILES, { path: "app/x.sh", content: `curl -H "Authorization: ghp_${"a1B2".repeat(9)}"` }],
        ],
      },
      "image-secrets fails",
      "a github-token in /app/x.sh, line 1",
    ],
    [
      "a login file",
      { layers: [[...FILES, { path: "root/.docker/config.json", content: "{}" }]] },
      "image-secrets fails",
      "/root/.docker/config.json is a file that holds a login",
    ],
    [
      "a variable named for a secret",
      { config: { Env: [...CONFIG.Env, "DB_PASSWORD=hunter2"] } },
      "image-secrets fails",
      "the variable DB_PASSWORD is named for a secret",
    ],
    [
      "a token in a variable of another name",
      { config: { Env: [...CONFIG.Env, `X=hf_${"aBc".repeat(11)}d`] } },
      "image-secrets fails",
      "a huggingface-token in its environment",
    ],
    [
      "a build argument in the history",
      { history: ["RUN |1 GH_TOKEN=abc123 /bin/sh -c make"] },
      "image-secrets fails",
      "the history has a value of GH_TOKEN",
    ],
    [
      "a file that could not be looked into",
      { layers: [[...FILES, { path: "app/sparse", content: "x", pax: { "GNU.sparse.realsize": "10" } }]] },
      "image-secrets unknown",
      "sparse file",
    ],
    [
      "no profile",
      { layers: [without("etc/machine-profile.json")] },
      "image-profile fails",
      "is not in it, and it is for mainpc",
    ],
    [
      "the profile of another machine",
      {
        layers: [
          without("etc/machine-profile.json", [
            { path: "etc/machine-profile.json", content: PROFILE.replace("mainpc", "pc2") },
          ]),
        ],
      },
      "image-profile fails",
      "is another one than the blueprint's of mainpc",
    ],
    [
      "an edited profile",
      { expected: { profile: { machine: "mainpc", text: PROFILE.replace("16", "8") } } },
      "image-profile fails",
      "is another one",
    ],
    [
      "a profile that is no JSON",
      { layers: [without("etc/machine-profile.json", [{ path: "etc/machine-profile.json", content: "{" }])] },
      "image-profile fails",
      "is no JSON",
    ],
    [
      "a profile that its user cannot read",
      {
        layers: [
          without("etc/machine-profile.json", [
            { path: "etc/machine-profile.json", content: PROFILE, mode: 0o600 },
          ]),
        ],
      },
      "image-profile fails",
      "cannot be read",
    ],
    [
      "a profile in an image of no machine",
      { expected: { profile: undefined } },
      "image-profile fails",
      "belongs to no machine, but has",
    ],
    [
      "a missing label",
      { config: { Labels: {} } },
      "image-labels fails",
      `it has no label ${Annotation.created}`,
    ],
    [
      "a missing annotation",
      { annotations: { [Annotation.identity]: IDENTITY } },
      "image-labels fails",
      `it has no annotation ${Annotation.created}`,
    ],
    [
      "a label that is not its annotation",
      { config: { Labels: { ...FACTS, [Annotation.revision]: "b".repeat(40) } } },
      "image-labels fails",
      "its annotation",
    ],
    [
      "a revision that is no commit",
      {
        config: { Labels: { ...FACTS, [Annotation.revision]: "main" } },
        annotations: { ...ANNOTATIONS, [Annotation.revision]: "main" },
      },
      "image-labels fails",
      'is "main", which is no commit',
    ],
    [
      "another base than it says",
      { expected: { base: { name: "base", digest: digestOf("newer base") } } },
      "image-labels fails",
      "but base is sha256:",
    ],
    [
      "another identity than recorded",
      { expected: { identity: digestOf("other") } },
      "image-labels fails",
      "but the record says",
    ],
    ["no identity", { annotations: FACTS }, "image-labels fails", `no annotation ${Annotation.identity}`],
    [
      "an entry that leads out of it",
      { layers: [[...FILES, { path: "../../etc/cron.d/x", content: "x" }]] },
      "image-layers fails",
      "it leads out of the image",
    ],
    [
      "a hard link to nothing",
      { layers: [[...FILES, hardLinkItem("x", "gone")]] },
      "image-layers fails",
      "hard link to gone",
    ],
  ])("%s", (_fault, changes, turned, reason) => {
    expect(red(changes)).toEqual([turned]);
    const verdict = judged(changes)[turned.split(" ")[0] ?? ""];
    expect(verdict?.reasons.map(({ message }) => message).join("\n")).toContain(reason);
  });

  it.each(["fails", "unknown"] as const)(
    "layers that could not be read (%s) leave all rules about files unknown",
    (outcome) => {
      const verdicts = judgeImage(factsOf({ content: { state: "unread", outcome, why: "cut" } }));
      expect(Object.fromEntries(verdicts.map(({ rule, outcome: found }) => [rule, found]))).toEqual({
        "image-layers": outcome,
        "image-user": "unknown",
        "image-init": "unknown",
        "image-health": "unknown",
        "image-setuid": "unknown",
        "image-world-writable": "unknown",
        "image-caches": "unknown",
        "image-secrets": "unknown",
        "image-profile": "unknown",
        "image-labels": "holds",
      });
    },
  );
});

describe("secrets", () => {
  it("never show themselves", () => {
    const token = `glpat-${"s3cr3t".repeat(4)}`;
    const verdicts = judgeImage(
      factsOf({
        layers: [[...FILES, { path: "x", content: token }]],
        config: { Env: ["MY_TOKEN=swordfish"] },
      }),
    );
    expect(JSON.stringify(verdicts)).not.toMatch(/s3cr3t|swordfish/);
  });

  it("of a build argument are told once, however many steps repeat them", () => {
    const history = ["RUN |1 GH_TOKEN=a /bin/sh -c x", "RUN |1 GH_TOKEN=a /bin/sh -c y"];
    expect(judged({ history })["image-secrets"]?.reasons).toHaveLength(1);
  });

  it("are found in time that follows the text's length", () => {
    const started = performance.now();
    for (const text of ["-----BEGIN PRIVATE KEY-----", "-----BEGIN ", "ghp_", "A: b\n", "PRIVATE KEY-----\n"])
      findSecrets(text.repeat(20_000).slice(0, 256 * 1024));
    expect(performance.now() - started).toBeLessThan(3000);
  });
});
