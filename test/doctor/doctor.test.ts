import { describe, expect, it } from "vitest";
import { createMemoryEngine } from "../../src/edge/engine/memory.ts";
import { probeEngine } from "../../src/edge/engine/probe.ts";
import { RegistryError } from "../../src/edge/registry/error.ts";
import { TreeError } from "../../src/edge/tree/error.ts";
import type { CheckStatus } from "../../src/flow/doctor/check.ts";
import { type DoctorReport, doctor } from "../../src/flow/doctor/doctor.ts";
import { rootDigest } from "../kit/memory-image.ts";
import { SAMPLE_BLUEPRINT } from "../kit/sample-fleet.ts";
import { gitAt } from "../kit/world.ts";
import { CAPABLE, healthyPatient, type Patient } from "./healthy.ts";

function statusOf(report: DoctorReport, id: string): CheckStatus | undefined {
  return report.checks.find((check) => check.id === id)?.status;
}

async function examine(harm: (patient: Patient) => void): Promise<DoctorReport> {
  const patient = await healthyPatient();
  harm(patient);
  return doctor(patient.world);
}

function blueprint(change: (text: string) => string): (patient: Patient) => void {
  return ({ test }) => void (test.files["lapstrake.yaml"] = change(SAMPLE_BLUEPRINT));
}

function onGhcr(text: string): string {
  return text.replace("registry.example/demo", "ghcr.io/demo");
}

const TRUSTING = `${SAMPLE_BLUEPRINT}  trust: host\n`;

describe("a healthy machine", () => {
  it("has every check green, and exit 0", async () => {
    const report = await examine(() => {});
    expect(report.checks.map(({ id, status }) => [id, status])).toEqual(
      [
        "engine",
        "image-store",
        "buildx",
        "call",
        "rawjson",
        "direct-push",
        "registry",
        "login:registry.example",
        "login:roots.example",
        "disk",
        "git",
        "trust",
        "clock",
        "blueprint",
        "root:debian",
        "variables",
        "variable:GH_USERNAME",
      ].map((id) => [id, "ok"]),
    );
    expect(report.exit).toBe(0);
    expect(report.checks.every(({ fix }) => fix === undefined)).toBe(true);
  });

  it("on GHCR has its token looked at too", async () => {
    const report = await examine((patient) => {
      blueprint(onGhcr)(patient);
      patient.test.env["GH_TOKEN"] = "secret-value";
    });
    expect(statusOf(report, "token-scopes")).toBe("ok");
    expect(JSON.stringify(report)).not.toContain("secret-value");
  });
});

/** Each check, made to see what it is for. */
const CANARIES: readonly (readonly [
  what: string,
  harm: (patient: Patient) => void,
  id: string,
  status: CheckStatus,
  exit: number,
])[] = [
  ["no engine.json", (p) => void (p.world = { ...p.world, engine: () => undefined }), "engine", "failure", 3],
  [
    "a damaged engine.json",
    (p) =>
      void (p.world = {
        ...p.world,
        engine: () => {
          throw new TreeError("ENGINE_FILE", "it is no JSON");
        },
      }),
    "engine",
    "failure",
    3,
  ],
  ["an engine that does not answer", deadEngine, "engine", "failure", 3],
  ["a store that a dead engine does not tell", deadEngine, "image-store", "unknown", 3],
  ["a probe on a dead engine", deadEngine, "direct-push", "unknown", 3],
  [
    "an engine without the containerd store",
    ({ machine }) =>
      void (machine.probeEngine = () =>
        probeEngine(createMemoryEngine({ info: { containerdStore: false } }))),
    "image-store",
    "failure",
    3,
  ],
  ...CAPABLE.map(
    ({ id }) =>
      [
        `a builder without ${id}`,
        ({ machine }: Patient) =>
          void (machine.probeBuilder = () =>
            Promise.resolve(
              CAPABLE.map((each) => (each.id === id ? { ...each, state: "lacking" as const } : each)),
            )),
        id,
        "failure" as const,
        3,
      ] as const,
  ),
  [
    "a capability that could not be tried",
    ({ machine }) =>
      void (machine.probeBuilder = () => Promise.resolve([{ id: "call", state: "unknown", reason: "?" }])),
    "call",
    "unknown",
    0,
  ],
  ["a registry that does not answer", refusing("REGISTRY_UNREACHABLE"), "registry", "failure", 3],
  ["a registry that refuses the login", refusing("REGISTRY_UNAUTHORIZED"), "registry", "failure", 3],
  ["a credential helper that crashes", login("problem"), "login:registry.example", "failure", 3],
  [
    "a helper for the roots' host that crashes",
    login("problem", "roots"),
    "login:roots.example",
    "warning",
    0,
  ],
  ["no login where one may be needed", login("none"), "login:registry.example", "warning", 0],
  [
    "no login for GHCR",
    (p) => {
      blueprint(onGhcr)(p);
      login("none")(p);
    },
    "login:ghcr.io",
    "failure",
    3,
  ],
  ["a full disk", free(1e6), "disk", "failure", 3],
  ["a disk that may be too small", free(1e9), "disk", "warning", 0],
  [
    "no data of the engine here",
    ({ machine }) => void (machine.disk = () => Promise.resolve(undefined)),
    "disk",
    "unknown",
    0,
  ],
  ["changes that no commit holds", (p) => void (p.test.git = gitAt("one", ["web/app"])), "git", "warning", 0],
  [
    "no repository",
    (p) => void (p.test.git = { kind: "none", why: "not-a-repository" }),
    "git",
    "failure",
    3,
  ],
  ["no git", (p) => void (p.test.git = { kind: "none", why: "no-git" }), "git", "failure", 3],
  [
    "no bundle where builds want one",
    (p) => {
      p.test.files["lapstrake.yaml"] = TRUSTING;
      p.world = { ...p.world, trustBundle: () => undefined };
    },
    "trust",
    "failure",
    3,
  ],
  [
    "a bundle without a certificate",
    (p) => {
      p.test.files["lapstrake.yaml"] = TRUSTING;
      p.test.files["/etc/certs.pem"] = "nothing\n";
    },
    "trust",
    "failure",
    3,
  ],
  [
    "SSL_CERT_FILE that is not there",
    (p) => {
      p.test.files["lapstrake.yaml"] = TRUSTING;
      p.test.env["SSL_CERT_FILE"] = "/gone.pem";
    },
    "trust",
    "warning",
    0,
  ],
  ["a clock that is ahead", clock(6 * 60_000), "clock", "warning", 0],
  ["a clock that is behind", clock(-6 * 60_000), "clock", "warning", 0],
  [
    "no clock to compare with",
    ({ machine }) => void (machine.serverTime = () => Promise.resolve(undefined)),
    "clock",
    "unknown",
    0,
  ],
  [
    "a commit of the future",
    (p) => void (p.test.git = { ...gitAt("one"), commitTime: 4e9 }),
    "clock",
    "warning",
    0,
  ],
  ["no blueprint", (p) => void delete p.test.files["lapstrake.yaml"], "blueprint", "warning", 0],
  ["a blueprint that is no YAML", blueprint(() => "images: [\n"), "blueprint", "failure", 2],
  ["an unknown key", blueprint((text) => `${text}flet: x\n`), "blueprint", "failure", 2],
  [
    "a Dockerfile that is missing",
    (p) => void delete p.test.files["web/Dockerfile"],
    "blueprint",
    "failure",
    2,
  ],
  [
    "a root that is not locked",
    (p) => void delete p.test.files["lapstrake.lock"],
    "root:debian",
    "failure",
    2,
  ],
  [
    "a root whose reference moved since",
    blueprint((text) => text.replace("debian:12", "debian:13")),
    "root:debian",
    "warning",
    0,
  ],
  [
    "a root that could not be had",
    (p) =>
      void (p.test.files["lapstrake.lock"] =
        "version: 1\nroots:\n  debian:\n    unavailable: nowhere\nindex: {}\n"),
    "root:debian",
    "warning",
    0,
  ],
  [
    "a root that is gone",
    (p) => void (p.test.faults.resolve = () => Promise.resolve(undefined)),
    "root:debian",
    "failure",
    3,
  ],
  [
    "a root whose registry is gone",
    (p) =>
      void (p.test.faults.resolve = () => Promise.reject(new RegistryError("REGISTRY_UNREACHABLE", "gone"))),
    "root:debian",
    "failure",
    3,
  ],
  ["a TAG outside the scheme", env("TAG", "latest"), "variable:TAG", "failure", 2],
  ["a DATE that is none", env("DATE", "today"), "variable:DATE", "failure", 2],
  ["a SHA that is none", env("SHA", "main"), "variable:SHA", "failure", 2],
  ["an ORG that is no namespace", env("ORG", "Some Org"), "variable:ORG", "failure", 2],
  [
    "a registry that is none",
    env("LAPSTRAKE_REGISTRY", "https://x y"),
    "variable:LAPSTRAKE_REGISTRY",
    "failure",
    2,
  ],
  ["a relative state folder", env("LAPSTRAKE_STATE", "state"), "variable:LAPSTRAKE_STATE", "failure", 2],
  ["an engine that is none", env("LAPSTRAKE_ENGINE", "both"), "variable:LAPSTRAKE_ENGINE", "failure", 2],
  ["a PLATFORM that is none", env("PLATFORM", "linux"), "variable:PLATFORM", "failure", 2],
];

describe("each check turns from green (canary)", () => {
  it.each(CANARIES)("%s", async (...[, harm, id, status, exit]) => {
    const report = await examine(harm);
    expect([statusOf(report, id), report.exit]).toEqual([status, exit]);
    const wrong = report.checks.filter((check) => check.status === "failure" || check.status === "warning");
    expect(wrong.filter(({ fix }) => fix === undefined || fix === "")).toEqual([]);
  });

  it.each([
    ["lacks write:packages", { kind: "classic", user: "me", scopes: ["read:packages"] }, "failure"],
    ["has no scope", { kind: "classic", user: undefined, scopes: [] }, "failure"],
    ["is refused", { kind: "refused", status: 401 }, "failure"],
    ["has no scopes to tell", { kind: "without-scopes", user: "me" }, "unknown"],
  ] as const)("a token of GHCR that %s", async (_what, told, status) => {
    const report = await examine((patient) => {
      blueprint(onGhcr)(patient);
      patient.test.env["GH_TOKEN"] = "secret-value";
      patient.machine = { ...patient.machine, tokenScopes: () => Promise.resolve(told) };
    });
    expect(statusOf(report, "token-scopes")).toBe(status);
    expect(JSON.stringify(report)).not.toContain("secret-value");
  });
});

describe("doctor goes on", () => {
  it("without an engine: what needs one is unknown, the rest is looked at", async () => {
    const report = await examine((p) => void (p.world = { ...p.world, engine: () => undefined }));
    for (const id of ["image-store", "call", "disk"]) expect(statusOf(report, id)).toBe("unknown");
    for (const id of ["registry", "git", "root:debian", "blueprint"]) expect(statusOf(report, id)).toBe("ok");
  });

  it("without a blueprint: the machine alone, and no check of what only a fleet has", async () => {
    const report = await examine((p) => void delete p.test.files["lapstrake.yaml"]);
    expect(statusOf(report, "engine")).toBe("ok");
    expect(statusOf(report, "disk")).toBe("ok");
    expect(report.checks.some(({ id }) => id.startsWith("root:"))).toBe(false);
    expect(report.checks.map(({ id }) => id)).toContain("login:127.0.0.1:5000");
  });

  it("with a broken blueprint, whose place it names", async () => {
    const report = await examine(blueprint((text) => text.replace("images:", "imagse:")));
    const found = report.checks.find(({ id }) => id === "blueprint");
    expect(found).toMatchObject({ status: "failure", area: "configuration" });
    expect(found?.finding).toMatch(/^lapstrake\.yaml:\d+:\d+/);
    expect(statusOf(report, "engine")).toBe("ok");
    // There is room, but for what is not known.
    expect(statusOf(report, "disk")).toBe("unknown");
  });

  it("and an environment failure outranks one of the configuration", async () => {
    const report = await examine((p) => {
      env("TAG", "latest")(p);
      deadEngine(p);
    });
    expect(report.exit).toBe(3);
  });

  it("but not after an interrupt", async () => {
    const patient = await healthyPatient();
    patient.test.drain.abort();
    await expect(doctor(patient.world)).rejects.toMatchObject({ name: "AbortError" });
  });
});

describe("what is shown", () => {
  it("of cache options, never their keys", async () => {
    const report = await examine(
      env("CACHE_TO", "type=s3,bucket=b,access_key_id=AKIA1,secret_access_key=hush"),
    );
    const found = report.checks.find(({ id }) => id === "variable:CACHE_TO");
    expect(found?.finding).toContain("bucket=b");
    expect(JSON.stringify(report)).not.toMatch(/AKIA1|hush/);
  });

  it("of each variable of our own that is set, its value", async () => {
    const set = {
      LAPSTRAKE_REGISTRY: "registry.example/demo",
      LAPSTRAKE_STATE: "/var/lib/lapstrake",
      LAPSTRAKE_ENGINE: "host",
      LAPSTRAKE_TRIVY: "/opt/trivy",
    };
    const report = await examine(({ test }) => void Object.assign(test.env, set));
    for (const [name, value] of Object.entries(set))
      expect(report.checks.find(({ id }) => id === `variable:${name}`)).toMatchObject({
        status: "ok",
        finding: value,
      });
    const none = (await examine(() => {})).checks.find(({ id }) => id === "variables");
    for (const name of Object.keys(set)) expect(none?.finding).toContain(name);
  });

  it("of a variable, no escape sequence", async () => {
    const report = await examine(env("GH_USERNAME", "\u001b[31mred"));
    expect(JSON.stringify(report)).not.toContain("\\u001b");
  });

  it("TAG alone decides where it is set: DATE and SHA beside it are not judged", async () => {
    const report = await examine(
      ({ test }) => void Object.assign(test.env, { TAG: "20260304-abcdef0", DATE: "today", SHA: "main" }),
    );
    for (const name of ["TAG", "DATE", "SHA"]) expect(statusOf(report, `variable:${name}`)).toBe("ok");
  });

  it("of a root, its digest and its source", async () => {
    const report = await examine(() => {});
    const found = report.checks.find(({ id }) => id === "root:debian");
    expect(found?.finding).toContain(rootDigest("debian").slice("sha256:".length, "sha256:".length + 12));
    expect(found?.finding).toContain("from registry");
  });
});

function deadEngine({ machine }: Patient): void {
  machine.probeEngine = () =>
    Promise.resolve({
      capabilities: [
        { id: "engine", state: "lacking", reason: "refused" },
        { id: "containerd-store", state: "unknown", reason: "no answer" },
      ],
      info: undefined,
    });
}

function refusing(code: "REGISTRY_UNREACHABLE" | "REGISTRY_UNAUTHORIZED"): (patient: Patient) => void {
  return ({ test }) => void (test.faults.ping = () => Promise.reject(new RegistryError(code, "no")));
}

/** Of the hosts whose names begin so; the others keep their login. */
function login(what: "none" | "problem", of = ""): (patient: Patient) => void {
  return ({ machine }) => {
    const healthy = machine.login;
    const problem = what === "problem" ? "docker-credential-x: failed" : undefined;
    machine.login = (host, signal) =>
      host.startsWith(of)
        ? Promise.resolve({ host, source: undefined, user: undefined, problem })
        : healthy(host, signal);
  };
}

function free(freeBytes: number): (patient: Patient) => void {
  return ({ machine }) => {
    machine.disk = (path) => Promise.resolve({ path, device: 1, freeBytes, totalBytes: 200e9 });
  };
}

function clock(aheadMs: number): (patient: Patient) => void {
  return ({ machine, test }) => {
    machine.serverTime = (host) => Promise.resolve({ host, ours: test.now, theirs: test.now - aheadMs });
  };
}

function env(name: string, value: string): (patient: Patient) => void {
  return ({ test }) => void (test.env[name] = value);
}
