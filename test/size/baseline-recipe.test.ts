import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { readAptInstalls } from "../../src/core/policy/size/apt-installs.ts";
import { baselineDockerfile } from "../../src/core/policy/size/baseline-dockerfile.ts";
import { type BaselineRecipe, baselineRecipe } from "../../src/core/policy/size/baseline-recipe.ts";
import { createProcessRunner } from "../../src/edge/process/run-process.ts";
import { openWorkingTree } from "../../src/edge/tree/working-tree.ts";
import { type Fleet, loadFleet } from "../../src/flow/load-fleet.ts";
import { readRequirements } from "../../src/flow/size/baseline/read-requirements.ts";
import { createTestMachine } from "../kit/world.ts";

const FLEET = join(import.meta.dirname, "../../fleet");

describe("what apt is asked for", () => {
  it("is read from the words of its commands", () => {
    expect(
      readAptInstalls('apt-get "$@" update && apt-get "$@" install -y --no-install-recommends curl tini'),
    ).toEqual(["curl", "tini"]);
    expect(
      readAptInstalls(
        "DEBIAN_FRONTEND=noninteractive /usr/bin/apt install -y -t bookworm-backports g++=4:12.2 libc6:amd64; echo install nothing",
      ),
    ).toEqual(["g++=4:12.2", "libc6:amd64"]);
    expect(readAptInstalls('apt-get install -y $PACKAGES "$MORE" ./local.deb\nnpm install left-pad')).toEqual(
      [],
    );
    expect(readAptInstalls("apt-get update\napt-get -y install \\\n  a1 \\\n  b2")).toEqual(["a1", "b2"]);
  });
});

describe("the recipe of a service of the reference fleet", () => {
  let fleet: Fleet;
  beforeAll(async () => {
    const machine = await createTestMachine();
    fleet = await loadFleet({
      ...machine.world(),
      findBlueprint: () => join(FLEET, "lapstrake.yaml"),
      tree: (root) =>
        openWorkingTree({
          root,
          runner: createProcessRunner(),
          clock: Date.now,
          cacheFile: "/nowhere/cache",
        }),
    });
  });
  const recipeOf = (name: string): BaselineRecipe => {
    const recipe = baselineRecipe(fleet.graph, fleet.graph.nodes.get(name)!);
    if (recipe === undefined) throw new Error(`${name} has no recipe`);
    return recipe;
  };
  const textOf = async (name: string): Promise<string> => {
    const recipe = recipeOf(name);
    return baselineDockerfile(recipe, await readRequirements(fleet, name, recipe));
  };

  it("is one stage with all that its images install", async () => {
    expect(
      await textOf("service_registry"),
    ).toBe(`# One stage, everything installed, nothing taken away again. Written by lapstrake size --baseline.
FROM python-3.11
RUN --mount=type=secret,id=ca-bundle,required=false \\
    if [ -s /run/secrets/ca-bundle ]; then set -- -o Acquire::https::CaInfo=/run/secrets/ca-bundle; fi \\
    && apt-get "$@" update \\
    && DEBIAN_FRONTEND=noninteractive apt-get "$@" install -y -o APT::Keep-Downloaded-Packages=false build-essential ca-certificates curl dumb-init gosu tini tzdata
RUN python3 -m venv /opt/venv
ENV PATH="/opt/venv/bin:$PATH"
COPY --from=baseline-requirements . /requirements/
RUN --mount=type=secret,id=ca-bundle,target=/etc/ssl/certs/ca-certificates.crt,required=false \\
    PIP_CERT=/etc/ssl/certs/ca-certificates.crt /opt/venv/bin/pip download --no-cache-dir -d /root/.cache/pip --require-hashes --no-deps --only-binary :all: -r /requirements/1.txt \\
    && /opt/venv/bin/pip install --no-cache-dir --no-index --find-links /root/.cache/pip --require-hashes --no-deps --only-binary :all: -r /requirements/1.txt
RUN --mount=type=secret,id=ca-bundle,target=/etc/ssl/certs/ca-certificates.crt,required=false \\
    PIP_CERT=/etc/ssl/certs/ca-certificates.crt /opt/venv/bin/pip download --no-cache-dir -d /root/.cache/pip --require-hashes --no-deps --only-binary :all: -r /requirements/2.txt \\
    && /opt/venv/bin/pip install --no-cache-dir --no-index --find-links /root/.cache/pip --require-hashes --no-deps --only-binary :all: -r /requirements/2.txt
WORKDIR /app
COPY . /app/
COPY --from=fleet-runtime . /app/
`);
  });

  it("has what builder stages install, and compiles where they did", async () => {
    const recipe = recipeOf("model_ops_coordinator");
    expect(recipe.apt).toContain("g++");
    expect((await readRequirements(fleet, "x", recipe)).map(({ path }) => path)).toEqual([
      "docker/base-images/base-gpu-cu121/requirements.lock",
      "docker/families/family-torch-cu121/requirements.lock",
      "docker/families/family-llm-cu121/build.lock",
      "docker/families/family-llm-cu121/llama.lock",
      "docker/families/family-llm-cu121/requirements.lock",
    ]);
    expect(await textOf("model_ops_coordinator")).toContain(
      "/opt/venv/bin/pip install --no-cache-dir --no-index --find-links /root/.cache/pip --require-hashes --no-deps --no-build-isolation --no-binary :all: -r /requirements/4.txt",
    );
  });

  it("is had of every service", async () => {
    for (const { name, declared } of fleet.graph.nodes.values()) {
      if (declared.kind !== "service") continue;
      const requirements = await readRequirements(fleet, name, recipeOf(name));
      expect(requirements.length, name).toBeGreaterThan(0);
    }
  });

  it("quotes every word that comes from a Dockerfile", () => {
    const recipe = { ...recipeOf("service_registry"), environment: "/opt/$(reboot)", apt: ["a=1;reboot"] };
    const text = baselineDockerfile(recipe, [
      { file: "1.txt", choices: ["--only-binary", "x' && reboot '"] },
    ]);
    expect(text).toContain(
      "'/opt/$(reboot)/bin/pip' install --no-cache-dir --no-index --find-links /root/.cache/pip --only-binary 'x'\\'' && reboot '\\''' -r",
    );
    expect(text).toContain("'a=1;reboot'");
  });
});
