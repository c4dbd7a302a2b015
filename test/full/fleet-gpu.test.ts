import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { requireEngine } from "../kit/engine.ts";
import { ReleasedFleet } from "../kit/released-fleet.ts";

const engine = await requireEngine();
const HEALTHY = { status: 200, body: '{"status":"ok"}' };

const SERVICES = [
  ["model_ops_coordinator", [7212, 8212]],
  ["real_time_audio_pipeline-mainpc", [5557, 6557]],
  ["real_time_audio_pipeline-pc2", [5557, 6557]],
  ["vision_processing_agent", [7160, 8160]],
] as const;

/** Imports on a machine without a GPU; writable caches are given, since the root is the image's own user's. */
const IMPORTS = [
  ["family-torch-cu121", "import torch, torchvision; assert torch.version.cuda == '12.1'"],
  [
    "family-llm-cu121",
    "import torch, vllm, vllm.entrypoints.openai.api_server, accelerate, llama_cpp; assert torch.__version__ == '2.4.0+cu121'",
  ],
  [
    "family-vision-cu121",
    "import cv2, onnxruntime; assert 'CUDAExecutionProvider' in onnxruntime.get_available_providers()",
  ],
] as const;

// About ten minutes and 40 GB of disk where nothing is built yet: `npm run test:full`.
describe.skipIf(engine === undefined)("the reference fleet, GPU images included", () => {
  if (engine === undefined) return;
  const fleet = new ReleasedFleet(engine);

  beforeAll(() => fleet.releaseAll(), 60 * 60_000);
  afterAll(() => fleet.cleanUp());

  it("is released whole", () => {
    expect(fleet.release.unavailable).toEqual([]);
    expect(fleet.release.partial).toBe(false);
    expect(fleet.release.images).toHaveLength(17);
  });

  it.each(IMPORTS)("%s imports what it is for", async (name, code) => {
    await expect(fleet.output(name, `python -c "${code}"`)).resolves.toBeDefined();
  });

  it.each(IMPORTS)("%s has one copy of CUDA: the base's", async (name) => {
    const copies = await fleet.output(name, "find / -xdev -name 'libcublas.so.12' 2>/dev/null | wc -l");
    expect(copies.trim()).toBe("1");
  });

  it("names the architectures in the form that PyTorch takes", async () => {
    expect((await fleet.output("family-torch-cu121", 'echo "$TORCH_CUDA_ARCH_LIST"')).trim()).toBe("8.6;8.9");
  });

  it.each(SERVICES)("%s answers /health exactly on both ports, and stops on SIGTERM", async (name, ports) => {
    const { health, stopSeconds } = await fleet.probe(name, ports);
    expect(health).toEqual([HEALTHY, HEALTHY]);
    expect(stopSeconds).toBeLessThan(2);
  });
});
