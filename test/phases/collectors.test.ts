import { beforeEach, describe, expect, test } from "vitest";
import { notBuilt } from "../../src/edge/builder/memory.ts";
import { createMemoryEngine } from "../../src/edge/engine/memory.ts";
import type { EngineContainer } from "../../src/edge/engine/port.ts";
import { RegistryError } from "../../src/edge/registry/error.ts";
import { COLLECTORS } from "../../src/flow/phases/collectors.ts";
import { released } from "../flow/run.ts";
import { HOST, NAMESPACE } from "../kit/sample-fleet.ts";
import { LOCAL_ENGINE, type TestMachine } from "../kit/world.ts";
import { BLUEPRINT, collect, createPlannedMachine, verify } from "./planned-machine.ts";

let machine: TestMachine;

beforeEach(async () => {
  machine = await createPlannedMachine();
});

/** A plan of one phase with this check. */
function ask(check: string, more = ""): void {
  machine.files["plan.yaml"] = `id: p
title: P
machines: [first, second]
documents: { postreview: "{phase}.md", preanalysis: "{phase}p.md" }
phases:
  0:
    title: T
    note: Note.
    constraints: { note: Note }
    rules: { it: { proves: [note], ${more} check: ${check} } }
`;
}

async function answer(on?: string): Promise<string> {
  const { results } = await collect(machine, "0", on, { verify, collectors: COLLECTORS });
  const { outcome, reason } = results.at(on === undefined ? 0 : -1)!;
  return `${outcome}: ${reason.replaceAll(/[0-9a-f]{12}/g, "…").replaceAll(/20260304-\w{7}/g, "TAG")}`;
}

describe("size-budget", () => {
  const budget = (bytes: string) => {
    machine.files["lapstrake.yaml"] = `${BLUEPRINT}budgets: { cpu: { compressed: ${bytes} } }\n`;
    ask("{ kind: size-budget, images: [base] }");
  };

  test("takes the bytes from the registry and the budget from the blueprint", async () => {
    budget("1MB");
    await released(machine);
    expect(await answer()).toBe(
      "holds: compressed, all 1 images are within the budget of their tier: base … 1 %",
    );
    budget("100B");
    expect(await answer()).toMatch(/^fails: base … has \d+ bytes compressed, its budget is 100$/);
  });

  test("what the registry does not give is unknown", async () => {
    budget("1MB");
    await released(machine);
    machine.faults = {
      readManifest: async (ref, options) => {
        if (ref.repository.endsWith("/base")) throw new RegistryError("REGISTRY_DENIED", "403");
        return machine.registry.readManifest(ref, options);
      },
    };
    expect(await answer()).toBe("unknown: the registry did not give the manifest of base …");
  });
});

describe("previous-tags", () => {
  beforeEach(() => ask("{ kind: previous-tags }"));

  test("a first release has no way back, and none is asked for", async () => {
    await released(machine);
    expect(await answer()).toBe(
      "holds: the way back from TAG stands under TAG-prev: no image had a predecessor; nothing before it had base, web, cpu, api",
    );
  });

  test("of a second one each image has its own, or the rule fails", async () => {
    await released(machine);
    machine.files["cpu/lib.so"] = "new\n";
    machine.commit("two");
    machine.now += 1000;
    const { tag } = await released(machine);
    expect(await answer()).toBe(
      "holds: the way back from TAG stands under TAG-prev: base … of TAG, web … of TAG, cpu … of TAG, api … of TAG",
    );
    machine.faults = {
      resolve: async (ref, options) =>
        ref.tag === `${tag}-prev` && ref.repository === `${NAMESPACE}/cpu`
          ? undefined
          : machine.registry.resolve(ref, options),
    };
    expect(await answer()).toMatch(/^fails: cpu:TAG-prev belongs on sha256:.*, but there is none$/);
  });
});

describe("inventory-in-step", () => {
  beforeEach(async () => {
    await released(machine);
    ask("{ kind: inventory-in-step }");
  });

  test("images of somebody else on the engine are nothing that the registry should know", async () => {
    const foreign = {
      id: "sha256:f",
      repoTags: ["other.example/x/y:1"],
      repoDigests: [],
      sizeBytes: 1,
      created: 0,
      labels: {},
    };
    machine.engines.set(LOCAL_ENGINE, createMemoryEngine({ images: [foreign] }));
    expect(await answer()).toBe(
      "holds: blueprint, registry.example and engine local are in step for TAG: 12 in-step, 1 foreign",
    );
  });

  test("an image that somebody built by hand is drift", async () => {
    const own = `${HOST}/${NAMESPACE}/web:20260304-${"0".repeat(7)}`;
    const image = {
      id: "sha256:hand",
      repoTags: [own],
      repoDigests: [],
      sizeBytes: 1,
      created: 0,
      labels: {},
    };
    machine.engines.set(LOCAL_ENGINE, createMemoryEngine({ images: [image] }));
    expect(await answer()).toMatch(/^fails: web:TAG is /);
  });

  test("a repository that the registry does not give is unknown", async () => {
    machine.faults = {
      listTags: async (at, options) => {
        if (at.repository.endsWith("/web")) throw new RegistryError("REGISTRY_DENIED", "403");
        return machine.registry.listTags(at, options);
      },
    };
    expect(await answer()).toBe("unknown: the registry did not answer for demo/web");
  });
});

describe("multi-stage and document-present", () => {
  test("count what the build reaches", async () => {
    await released(machine);
    ask("{ kind: multi-stage, images: [web] }");
    expect(await answer()).toBe("fails: web is built in the stage that it runs in");
    machine.files["web/Dockerfile"] =
      "ARG BASE_IMAGE\nFROM ${BASE_IMAGE} AS build\nRUN make\nFROM ${BASE_IMAGE}\nCOPY --from=build /app /app\n";
    expect(await answer()).toBe("holds: 1 of 1 build in a stage of its own");
    machine.files["web/Dockerfile"] =
      "ARG BASE_IMAGE\nFROM ${BASE_IMAGE} AS build\nRUN make\nFROM ${BASE_IMAGE}\nCOPY app/ /app/\n";
    expect(await answer()).toBe("fails: web is built in the stage that it runs in");
  });

  test("a folder is no document", async () => {
    await released(machine);
    ask("{ kind: document-present, path: PROCEDURE.md }");
    expect(await answer()).toBe("fails: there is no file PROCEDURE.md");
    machine.files["PROCEDURE.md"] = "";
    expect(await answer()).toBe("fails: PROCEDURE.md is empty");
    machine.files["PROCEDURE.md"] = "how\n";
    expect(await answer()).toMatch(/^holds: PROCEDURE.md has 4 bytes, sha256:/);
  });
});

describe("services", () => {
  const BLUEPRINT_WITH_SERVICE = BLUEPRINT.replace(
    "images:\n",
    `services:
  svc: { dockerfile: web/Dockerfile, context: web, args: { BASE_IMAGE: base }, machines: [first], ports: { health: 8200 } }
  later: { planned: true, machines: [second] }
images:
`,
  );
  const container = (digest: string, more: Partial<EngineContainer> = {}): EngineContainer => ({
    id: "c1",
    name: "svc-1",
    image: `${HOST}/${NAMESPACE}/svc:latest`,
    imageId: digest,
    state: "running",
    created: 0,
    labels: {},
    ports: [{ containerPort: 8200, protocol: "tcp", hostIp: "0.0.0.0", hostPort: 18_200 }],
    ...more,
  });
  const run = (...containers: EngineContainer[]) =>
    machine.engines.set(LOCAL_ENGINE, createMemoryEngine({ containers }));
  let digest: string;

  beforeEach(async () => {
    machine.files["lapstrake.yaml"] = BLUEPRINT_WITH_SERVICE;
    ask("{ kind: health-exact, services: [svc] }", "perMachine: true,");
    const { images } = await released(machine);
    digest = images.find(({ name }) => name === "svc")!.digest;
  });

  test("health-exact asks the container of the released digest, on its own port", async () => {
    expect(await answer()).toBe("fails: no container of svc … runs on local");
    run(container("sha256:another"), container(digest, { id: "c2", state: "exited" }));
    expect(await answer()).toBe("fails: no container of svc … runs on local");
    run(container(digest));
    expect(await answer()).toBe(
      "unknown: svc-1 of svc … was not asked: nobody answers at http://127.0.0.1:18200/health",
    );
    machine.http = (url) =>
      url === "http://127.0.0.1:18200/health" ? { status: 200, body: '{"status": "ok"}' } : undefined;
    expect(await answer()).toBe('holds: exactly {"status":"ok"} from svc-1 of svc …');
    machine.http = (url) =>
      url === "http://127.0.0.1:18200/health" ? { status: 200, body: '{"status":"degraded"}' } : undefined;
    expect(await answer()).toMatch(/^fails: svc-1 of svc … answers 200 with/);
  });

  test("health-exact finds no way into a container that publishes nothing", async () => {
    run(container("sha256:config", { manifestDigest: digest, ports: [] }));
    expect(await answer()).toBe("unknown: svc-1 of svc … was not asked: its port 8200 is not published");
  });

  test("health-exact holds for nothing where nothing of it is placed", async () => {
    run(container(digest));
    machine.http = (url) =>
      url === "http://127.0.0.1:18200/health" ? { status: 200, body: '{"status":"ok"}' } : undefined;
    await answer();
    expect(await answer("second")).toBe("holds: none of the services is placed on second");
  });

  test("health-exact of another host goes to that host, but not to its loopback", async () => {
    machine.files["lapstrake.yaml"] = BLUEPRINT_WITH_SERVICE.replace(
      "first: {}",
      "first: { engine: ssh://me@far }",
    );
    expect(await answer()).toBe("unknown: first did not answer: nobody answers at ssh://me@far");
    machine.engines.set("ssh://me@far", createMemoryEngine({ containers: [container(digest)] }));
    machine.http = (url) =>
      url === "http://far:18200/health" ? { status: 200, body: '{"status":"ok"}' } : undefined;
    expect(await answer()).toBe('holds: exactly {"status":"ok"} from svc-1 of svc …');
    const inside = [{ containerPort: 8200, protocol: "tcp", hostIp: "127.0.0.1", hostPort: 18_200 }];
    machine.engines.set(
      "ssh://me@far",
      createMemoryEngine({ containers: [container(digest, { ports: inside })] }),
    );
    expect(await answer()).toContain("is published on first itself only");
  });

  test("migrated: built and released, and not only planned", async () => {
    ask("{ kind: migrated, services: [svc, later] }");
    expect(await answer()).toBe("fails: 1 of 2 services are still planned: later");
    ask("{ kind: migrated, services: [svc] }");
    expect(await answer()).toBe("holds: all 1 services are built and in TAG: svc …");
  });
});

describe("image-verified and image-ran", () => {
  test("have a verdict of each image and rule, and fail where one does", async () => {
    ask("{ kind: image-verified, images: [base, web] }");
    await released(machine);
    const said = await answer();
    expect(said).toMatch(/^fails: /);
    // The images of these tests have no user and no tini.
    for (const image of ["base", "web"]) expect(said).toContain(`${image}: `);
    expect(said).toContain("[image-user]");
  });

  test("are unknown where no engine can run them", async () => {
    ask("{ kind: image-ran, images: [base] }");
    await released(machine);
    expect(await answer()).toMatch(/^unknown: base: .* \[run-identity\]$/);
  });
});

describe("locks-verified", () => {
  const LOCK = `# uv pip compile --generate-hashes --python-version 3.11 requirements.in\nsix==1.16.0 \\\n    --hash=sha256:${"0".repeat(64)}\n`;
  beforeEach(async () => {
    machine.files["base/requirements.in"] = "six\n";
    machine.files["base/requirements.lock"] = LOCK;
    machine.files["base/Dockerfile"] =
      "FROM debian\nCOPY etc/ /etc/\nCOPY requirements.lock /\nRUN pip install --require-hashes -r /requirements.lock\n";
    ask("{ kind: locks-verified, images: [base, cpu] }");
  });

  test("is unknown where the package index was not asked, and says which lock of which image", async () => {
    await released(machine);
    expect(await answer()).toMatch(/^unknown: base: base\/requirements.lock: /);
  });

  test("fails for a hash of the wrong length, and its evidence goes stale with the lock", async () => {
    machine.files["base/requirements.lock"] = LOCK.replace("0".repeat(64), "0".repeat(40));
    await released(machine);
    expect(await answer()).toMatch(/^fails: base: base\/requirements.lock: .*\[lock-hashes\]/);
    const entry = await machine.state.ledger.last("evidence");
    expect(Object.keys(entry?.body.inputs ?? {})).toContain("file:base/requirements.lock");
  });
});

describe("inventory-in-step", () => {
  test("does not hold what a release was asked to leave out against it, and counts it", async () => {
    machine.files["lapstrake.yaml"] = BLUEPRINT.replace(
      "    context: cpu\n",
      "    context: cpu\n    tier: gpu\n",
    ).replace("    context: api\n", "    context: api\n    tier: gpu\n");
    ask("{ kind: inventory-in-step }");
    await released(machine, { tier: "cpu" });
    expect(await answer()).toMatch(/^holds: .*2 left out by choice/);
    // The canary: what failed to be built is missing.
    machine.commit("two");
    machine.files["cpu/lib.so"] = "new\n";
    machine.build = async (request, push) => (request.image === "cpu" ? notBuilt("step-failed") : push());
    await released(machine, { partial: true });
    expect(await answer()).toMatch(/^fails: /);
  });
});
