import type { TarFile } from "../../../audit/tar/write-tar.ts";
import { writeTar } from "../../../audit/tar/write-tar.ts";
import { digestOf } from "../../../base/digest.ts";
import { Annotation } from "../../../oci/annotation.ts";
import type { Artifact } from "../../../oci/artifact.ts";
import type { ImageConfig } from "../../../oci/manifest.ts";
import { packImage } from "../../../oci/pack-image.ts";
import type { ExpectedImage } from "../../image/image-facts.ts";
import type { SizeBudget } from "../../image/rules/budget.ts";
import { APP_USER } from "../../image/rules/user.ts";
import {
  CANARY_DEBS,
  CANARY_DISTRIBUTION,
  CANARY_PYTHON,
  type CanaryDeb,
  type CanaryDistribution,
  debFiles,
  distributionFiles,
  INTERPRETER,
  TINI,
} from "./canary-files.ts";
import { canarySbom } from "./canary-sbom.ts";
import { type CanaryFault, PLANTED, type PlantedFault } from "./faults.ts";
import { plantedNoise, plantedToken } from "./planted.ts";

/** An image with one fault, or with none, and what a gate has to know beside it. */
export interface Canary {
  readonly fault: CanaryFault;
  /** Undefined for the one that must pass every gate. */
  readonly planted: PlantedFault | undefined;
  readonly name: string;
  /** Its blobs and its manifest, to be pushed to where it is read from. */
  readonly image: Artifact;
  /** A CycloneDX document. */
  readonly sbom: Uint8Array;
  readonly expected: ExpectedImage;
  readonly budget: SizeBudget;
}

export interface CanaryOptions {
  readonly fault: CanaryFault;
  /** Another one in each run: it is in every layer, so that no cache answers for whoever should read them. */
  readonly nonce: string;
  /** gzip. */
  compress(tar: Uint8Array): Uint8Array;
}

const CREATED = "2026-01-01T00:00:00Z";
/** The image without a fault has a third of it. */
const BUDGET: SizeBudget = { tier: "cpu", compressed: 64 * 1024, unpacked: 128 * 1024 };
const LAYER_OF_NOISE = 160 * 1024;

const LABELS = {
  [Annotation.created]: CREATED,
  [Annotation.revision]: "0".repeat(40),
};

/** Equal faults and nonces give equal images. */
export function canaryImage(options: CanaryOptions): Canary {
  const { fault, nonce } = options;
  const name = `canary-${fault}`;
  const debs = [...CANARY_DEBS, ...(fault === "vulnerable-package" ? [OLD_DEB] : [])];
  const distributions = [
    CANARY_DISTRIBUTION,
    ...(fault === "vulnerable-distribution" ? [OLD_DISTRIBUTION] : []),
  ];
  const identity = digestOf(`${fault} ${nonce}`);
  const layers = [
    { createdBy: "RUN apt-get install", files: [...debFiles(debs), ...CANARY_PYTHON] },
    { createdBy: "RUN pip install", files: distributions.flatMap(distributionFiles) },
    {
      createdBy: "COPY . /app",
      files: [{ path: "app/main.py", content: "print('canary')\n" }, ...plantedFiles(options)],
    },
    ...(fault === "hidden-secret"
      ? [{ createdBy: "RUN rm settings.py", files: [{ path: "app/.wh.settings.py" }] }]
      : []),
  ];
  const image = packImage({
    layers: layers.map(({ createdBy, files }, index) => {
      const mark = { path: `usr/share/canary/${index}`, content: `${nonce}\n` };
      const tar = writeTar([...files, mark]);
      return { tar, blob: options.compress(tar), createdBy };
    }),
    config: configOf(fault),
    annotations: { ...LABELS, [Annotation.identity]: identity },
    created: CREATED,
  });
  const listed = fault === "empty-sbom" ? { debs: [], distributions: [] } : { debs, distributions };
  return {
    fault,
    planted: fault === "none" ? undefined : PLANTED[fault],
    name,
    image,
    sbom: canarySbom({ name, digest: image.descriptor.digest, created: CREATED, ...listed }),
    expected: {
      name,
      kind: "service",
      at: { file: name, line: 1, column: 1 },
      profile: undefined,
      identity,
      base: undefined,
      rootLayers: [],
    },
    budget: BUDGET,
  };
}

const OLD_DEB: CanaryDeb = {
  name: "libssl3",
  version: "3.0.9-1",
  source: "openssl",
  files: [{ path: "usr/lib/x86_64-linux-gnu/libssl.so.3", content: "stands for a library\n" }],
};
const OLD_DISTRIBUTION: CanaryDistribution = { name: "Jinja2", version: "2.10", module: "jinja2" };

function plantedFiles({ fault, nonce }: CanaryOptions): readonly TarFile[] {
  switch (fault) {
    case "secret":
    case "hidden-secret":
      return [{ path: "app/settings.py", content: `DEBUG = False\nTOKEN = "${plantedToken(nonce)}"\n` }];
    case "setuid":
      return [{ path: "usr/local/bin/canary", content: "stands for a program\n", mode: 0o4755 }];
    case "world-writable":
      return [{ path: "app/canary.conf", content: "debug = false\n", mode: 0o666 }];
    case "oversized":
      return [{ path: "app/weights.bin", content: plantedNoise(nonce, LAYER_OF_NOISE) }];
    case "none":
    case "vulnerable-distribution":
    case "vulnerable-package":
    case "root-user":
    case "no-init":
    case "no-health":
    case "no-labels":
    case "empty-sbom":
      return [];
  }
}

function configOf(fault: CanaryFault): ImageConfig["config"] {
  const program = [`/${INTERPRETER}`, "/app/main.py"];
  const check = ["CMD", `/${INTERPRETER}`, "/app/main.py", "--health"];
  return {
    User: fault === "root-user" ? "root" : `${APP_USER.uid}:${APP_USER.gid}`,
    Env: ["PATH=/usr/local/bin:/usr/bin"],
    WorkingDir: "/app",
    ...(fault === "no-init" ? { Entrypoint: program } : { Entrypoint: [`/${TINI}`, "--"], Cmd: program }),
    ...(fault === "no-labels" ? {} : { Labels: LABELS }),
    ...(fault === "no-health" ? {} : { Healthcheck: { Test: check } }),
  };
}
