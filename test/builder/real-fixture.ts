import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { z } from "zod";
import type { BuildRequest } from "../../src/edge/builder/port.ts";
import { requestOf } from "./request.ts";

const Manifest = z.object({
  mediaType: z.string(),
  annotations: z.record(z.string(), z.string()).optional(),
  config: z.object({ digest: z.string() }),
  layers: z.array(z.object({ digest: z.string(), mediaType: z.string() })),
});
const Config = z.object({
  architecture: z.string(),
  created: z.string(),
  config: z.object({ Labels: z.record(z.string(), z.string()).optional() }),
});

/** Repositories of one test run in the local registry, and folders that hold contexts. */
export class RealFixture {
  readonly #registry: string;
  readonly #run = randomBytes(4).toString("hex");

  constructor(registry: string) {
    this.#registry = registry;
  }

  name(image: string): string {
    return `${this.#registry}/test-builder/${this.#run}/${image}:in`;
  }

  /** A request for an image whose context holds these files; `Dockerfile` is one of them. */
  request(
    image: string,
    files: Readonly<Record<string, string | Uint8Array>>,
    changes: Partial<BuildRequest> = {},
  ): BuildRequest {
    const context = mkdtempSync(join(tmpdir(), "lap-real-"));
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(context, path)), { recursive: true });
      writeFileSync(join(context, path), content, { mode: 0o755 });
    }
    const dockerfile = join(context, "Dockerfile");
    return requestOf({ image, context, dockerfile, name: this.name(image), ...changes });
  }

  /** The digest that a tag stands for, or undefined. Asked with plain fetch, so that it proves our own client too. */
  async resolve(image: string): Promise<string | undefined> {
    const response = await this.#get(image, "manifests/in");
    return response.ok ? (response.headers.get("docker-content-digest") ?? undefined) : undefined;
  }

  async manifest(image: string, reference = "in"): Promise<z.infer<typeof Manifest>> {
    return Manifest.parse(await (await this.#get(image, `manifests/${reference}`)).json());
  }

  async config(image: string): Promise<z.infer<typeof Config>> {
    const { config } = await this.manifest(image);
    return Config.parse(await (await this.#get(image, `blobs/${config.digest}`)).json());
  }

  async blob(image: string, digest: string): Promise<Buffer> {
    return Buffer.from(await (await this.#get(image, `blobs/${digest}`)).arrayBuffer());
  }

  #get(image: string, path: string): Promise<Response> {
    const accept = "application/vnd.oci.image.manifest.v1+json";
    const url = `http://${this.#registry}/v2/test-builder/${this.#run}/${image}/${path}`;
    return fetch(url, { headers: { accept } });
  }
}
