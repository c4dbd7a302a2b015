import type { PlanFixture } from "./plan-facts.ts";

const ROOT = "roots:\n  debian: { image: debian:12 }\n";
const BASE = `${ROOT}images:\n  base-cpu: { dockerfile: base/Dockerfile }\n`;
const SERVICE = `${BASE}services:\n  api: { dockerfile: api/Dockerfile, ports: { service: 80, health: 81 } }\n`;
const FROM_BASE = { "base/Dockerfile": "FROM debian\n" };
const dockerfile = (path: string, text: string) => `\`\`\`dockerfile ${path}\n${text}\`\`\`\n`;
const bash = (text: string) => `\`\`\`bash\n${text}\`\`\`\n`;
const api = (text: string): Readonly<Record<string, string>> => ({
  ...FROM_BASE,
  "api/Dockerfile": `FROM base-cpu\n${text}`,
});

export interface ContradictionCase {
  readonly rule: string;
  readonly because: string;
  readonly fires: PlanFixture;
  readonly id: string;
  /** The first place and the other. */
  readonly places: readonly [at: string, against: string | undefined];
  /** The same but for the contradiction. */
  readonly quiet: readonly PlanFixture[];
}

/** For each rule what it must find, and the twin in which it must find nothing. */
export const CASES: readonly ContradictionCase[] = [
  {
    rule: "unknown-family",
    because: "a service is planned on what nobody declares",
    fires: {
      blueprint: `${BASE}services:\n  api: { planned: true, family: family-cpu }\n`,
      files: FROM_BASE,
    },
    id: "family-cpu",
    places: ["lapstrake.yaml:9:33", "lapstrake.yaml:6:1"],
    quiet: [
      { blueprint: `${BASE}services:\n  api: { planned: true, family: base-cpu }\n`, files: FROM_BASE },
    ],
  },
  {
    rule: "unknown-family",
    because: "an example stands on what nobody declares",
    fires: {
      blueprint: BASE,
      files: FROM_BASE,
      guide: dockerfile("x/Dockerfile", "FROM ghcr.io/demo/family-cpu:1\n"),
    },
    id: "family-cpu",
    places: ["guide.md:2:1", "lapstrake.yaml:6:1"],
    quiet: [
      {
        blueprint: BASE,
        files: FROM_BASE,
        guide: dockerfile("x/Dockerfile", "FROM ghcr.io/demo/base-cpu:1\n"),
      },
      {
        blueprint: BASE,
        files: FROM_BASE,
        guide: dockerfile("x/Dockerfile", "FROM ghcr.io/other/family-cpu:1\n"),
      },
      {
        blueprint: BASE,
        files: FROM_BASE,
        guide: dockerfile("x/Dockerfile", "FROM debian:12 AS b\nFROM b\n"),
      },
    ],
  },
  {
    rule: "cuda-arch-list",
    because: "a Dockerfile sets architectures without a dot",
    fires: {
      blueprint: `${BASE}machines:\n  m: { sm: "8.9" }\n`,
      files: { "base/Dockerfile": 'FROM debian\nENV TORCH_CUDA_ARCH_LIST="89;86"\n' },
    },
    id: "89;86",
    places: ["base/Dockerfile:2:1", "lapstrake.yaml:9:12"],
    quiet: [
      {
        blueprint: BASE,
        files: { "base/Dockerfile": 'FROM debian\nENV TORCH_CUDA_ARCH_LIST="8.9;8.6+PTX"\n' },
      },
      {
        blueprint: BASE,
        files: { "base/Dockerfile": "FROM debian\nENV TORCH_CUDA_ARCH_LIST=Ampere\\ 9.0a\n" },
      },
      { blueprint: BASE, files: { "base/Dockerfile": "FROM debian\nENV OTHER_LIST=89;86\n" } },
    ],
  },
  {
    rule: "cuda-arch-list",
    because: "a command of the document exports them so",
    fires: { guide: bash("export TORCH_CUDA_ARCH_LIST='sm_89'\n") },
    id: "sm_89",
    places: ["guide.md:2:8", undefined],
    quiet: [{ guide: bash("export TORCH_CUDA_ARCH_LIST='8.9'\n") }],
  },
  {
    rule: "example-tag",
    because: "an example's tag has no commit",
    fires: { guide: dockerfile("x/Dockerfile", "FROM ghcr.io/demo/base-cpu:20240815\n") },
    id: "20240815",
    places: ["guide.md:2:1", "lapstrake.yaml:1:1"],
    quiet: [
      { guide: dockerfile("x/Dockerfile", "FROM ghcr.io/demo/base-cpu:20240815-0123abc\n") },
      { guide: dockerfile("x/Dockerfile", "FROM python:3.11-slim\n") },
      {
        blueprint: "channels: [stable]\n",
        guide: dockerfile("x/Dockerfile", "FROM ghcr.io/demo/a:stable\n"),
      },
    ],
  },
  {
    rule: "example-tag",
    because: "a build is tagged latest where the document pushes to",
    fires: { guide: bash("docker build -t quay.io/x/a:latest .\n") },
    id: "latest",
    places: ["guide.md:2:17", "lapstrake.yaml:1:1"],
    quiet: [{ guide: bash("export TAG=$(date +%Y%m%d)-$SHA\ndocker build -t quay.io/x/a:$TAG .\n") }],
  },
  {
    rule: "single-stage",
    because: "the document wants several stages of every image",
    fires: { blueprint: BASE, files: FROM_BASE, guide: "# G\n\nEach image is multi-stage.\n" },
    id: "fleet",
    places: ["base/Dockerfile:1:1", "guide.md:3:15"],
    quiet: [
      { blueprint: BASE, files: FROM_BASE, guide: "# G\n\nEach image is small.\n" },
      {
        blueprint: BASE,
        files: { "base/Dockerfile": "FROM debian AS b\nFROM debian\nCOPY --from=b /a /a\n" },
        guide: "Each image is multi-stage.\n",
      },
    ],
  },
  {
    rule: "app-before-dependencies",
    because: "the application is there before its dependencies",
    fires: { blueprint: SERVICE, files: api("COPY . .\nRUN pip install -r requirements.txt\n") },
    id: "api/Dockerfile",
    places: ["api/Dockerfile:2:1", "api/Dockerfile:3:1"],
    quiet: [
      {
        blueprint: SERVICE,
        files: api("COPY requirements.txt .\nRUN pip install -r requirements.txt\nCOPY . .\n"),
      },
      { blueprint: SERVICE, files: api("COPY . .\nRUN make\n") },
      {
        blueprint: SERVICE,
        files: api("COPY --from=debian /lib /lib\nRUN pip install -r /requirements.txt\n"),
      },
    ],
  },
  {
    rule: "health-port",
    because: "the health check asks the port of the service",
    fires: { blueprint: SERVICE, files: api("HEALTHCHECK CMD curl -f http://localhost:80/health\n") },
    id: "api",
    places: ["api/Dockerfile:2:1", "lapstrake.yaml:9:68"],
    quiet: [
      { blueprint: SERVICE, files: api("HEALTHCHECK CMD curl -f http://localhost:81/health\n") },
      {
        blueprint: SERVICE,
        files: api("ENV PORT=81\nHEALTHCHECK CMD curl http://127.0.0.1:${PORT}/health\n"),
      },
      { blueprint: SERVICE, files: api("HEALTHCHECK CMD curl http://127.0.0.1:$PORT/health\n") },
      { blueprint: SERVICE, files: api("HEALTHCHECK NONE\n") },
    ],
  },
  {
    rule: "no-init",
    because: "an example starts its program as the first process",
    fires: {
      guide: `\`tini\` is PID 1.\n${dockerfile("x/Dockerfile", 'FROM debian:12\nCMD ["python", "a.py"]\n')}`,
    },
    id: "x/Dockerfile",
    places: ["guide.md:4:1", "guide.md:1:1"],
    quiet: [
      { guide: dockerfile("x/Dockerfile", 'FROM debian:12\nCMD ["python", "a.py"]\n') },
      {
        guide: `\`tini\` is PID 1.\n${dockerfile("x/Dockerfile", 'FROM debian:12\nENTRYPOINT ["/usr/bin/tini", "--"]\nCMD ["a"]\n')}`,
      },
    ],
  },
  {
    rule: "no-init",
    because: "no image under a service brings one",
    fires: { blueprint: SERVICE, files: api('CMD ["a"]\n'), guide: "`tini` is PID 1.\n" },
    id: "api",
    places: ["lapstrake.yaml:9:3", "guide.md:1:1"],
    quiet: [
      {
        blueprint: SERVICE,
        files: { ...api('CMD ["a"]\n'), "base/Dockerfile": 'FROM debian\nENTRYPOINT ["tini", "--"]\n' },
        guide: "`tini` is PID 1.\n",
      },
    ],
  },
  {
    rule: "cache-disabled",
    because: "pip has a cache mount and the order to use none",
    fires: {
      blueprint: BASE,
      files: {
        "base/Dockerfile":
          "FROM debian\nRUN --mount=type=cache,target=/root/.cache/pip pip install --no-cache-dir a\n",
      },
    },
    id: "base/Dockerfile",
    places: ["base/Dockerfile:2:1", "base/Dockerfile:2:1"],
    quiet: [
      {
        blueprint: BASE,
        files: {
          "base/Dockerfile": "FROM debian\nRUN --mount=type=cache,target=/root/.cache/pip pip install a\n",
        },
      },
      { blueprint: BASE, files: { "base/Dockerfile": "FROM debian\nRUN pip install --no-cache-dir a\n" } },
    ],
  },
  {
    rule: "cache-disabled",
    because: "the order is a variable",
    fires: {
      blueprint: BASE,
      files: {
        "base/Dockerfile":
          "FROM debian\nENV PIP_NO_CACHE_DIR=1\nRUN --mount=type=cache,target=/root/.cache/pip pip install a\n",
      },
    },
    id: "base/Dockerfile",
    places: ["base/Dockerfile:3:1", "base/Dockerfile:2:1"],
    quiet: [
      {
        blueprint: BASE,
        files: {
          "base/Dockerfile":
            "FROM debian\nENV PIP_NO_CACHE_DIR=0\nRUN --mount=type=cache,target=/root/.cache/pip pip install a\n",
        },
      },
    ],
  },
  {
    rule: "shared-builder",
    because: "all packages of a builder on the same image are copied",
    fires: {
      blueprint: BASE,
      files: {
        "base/Dockerfile":
          "FROM debian AS base\nFROM base AS builder\nRUN make\nFROM base\nCOPY --from=builder /usr/lib/python3/site-packages /usr/lib/python3/site-packages\n",
      },
    },
    id: "base/Dockerfile",
    places: ["base/Dockerfile:5:1", "base/Dockerfile:2:1"],
    quiet: [
      {
        blueprint: BASE,
        files: {
          "base/Dockerfile":
            "FROM python:3 AS builder\nFROM debian\nCOPY --from=builder /usr/lib/python3/site-packages /x\n",
        },
      },
      {
        blueprint: BASE,
        files: {
          "base/Dockerfile":
            "FROM debian AS builder\nFROM debian\nCOPY --from=builder /build/wheels /wheels\n",
        },
      },
    ],
  },
  {
    rule: "drawn-parent",
    because: "a tree draws it under another image",
    fires: {
      blueprint: `${ROOT}images:\n  a: { dockerfile: a/Dockerfile }\n  b: { dockerfile: b/Dockerfile }\n`,
      files: { "a/Dockerfile": "FROM debian\n", "b/Dockerfile": "FROM debian\n" },
      guide: "```text\na\n└── b\n```\n",
    },
    id: "b",
    places: ["guide.md:3:5", "b/Dockerfile:1:1"],
    quiet: [
      {
        blueprint: `${ROOT}images:\n  a: { dockerfile: a/Dockerfile }\n  b: { dockerfile: b/Dockerfile }\n`,
        files: { "a/Dockerfile": "FROM debian\n", "b/Dockerfile": "FROM a\n" },
        guide: "```text\na\n└── b\n```\n",
      },
      { blueprint: BASE, files: FROM_BASE, guide: "```text\nsrc\n└── main\n```\n" },
    ],
  },
  {
    rule: "ambiguous-budget",
    because: "a size does not say of what",
    fires: { blueprint: "budgets: { cpu: { compressed: 100MB } }\n", guide: "Size budget:\nabout 100 MB.\n" },
    id: "guide.md",
    places: ["guide.md:2:7", "lapstrake.yaml:4:1"],
    quiet: [
      { guide: "Size budget: 100 MB compressed.\n" },
      { guide: "The disk has 100 MB.\n" },
      { guide: "A size budget is needed.\n" },
    ],
  },
  {
    rule: "port-taken",
    because: "two services listen on one port of one machine",
    fires: {
      blueprint:
        "machines: { m: {}, n: {} }\nservices:\n  a: { planned: true, machines: [m, n], ports: { service: 80 } }\n  b: { planned: true, machines: [n], ports: { health: 80 } }\n",
    },
    id: "a+b@n",
    places: ["lapstrake.yaml:7:55", "lapstrake.yaml:6:59"],
    quiet: [
      {
        blueprint:
          "machines: { m: {}, n: {} }\nservices:\n  a: { planned: true, machines: [m], ports: { service: 80 } }\n  b: { planned: true, machines: [n], ports: { health: 80 } }\n",
      },
    ],
  },
  {
    rule: "shared-cache",
    because: "two images are built with one cache reference",
    fires: {
      guide: bash(
        "export C=type=registry,ref=ghcr.io/demo/cache\ndocker buildx build --cache-to=$C,mode=max -t ghcr.io/demo/a:1 .\ndocker buildx build --cache-from=$C -t ghcr.io/demo/b:1 .\n",
      ),
    },
    id: "ghcr.io/demo/cache",
    places: ["guide.md:3:21", "guide.md:4:21"],
    quiet: [
      {
        guide: bash(
          "docker buildx build --cache-to=type=registry,ref=r/cache:a -t r/a:1 .\ndocker buildx build --cache-to=type=registry,ref=r/cache:b -t r/b:1 .\n",
        ),
      },
      {
        guide: bash(
          "docker buildx build --cache-from=type=registry,ref=r/c --cache-to=type=registry,ref=r/c -t r/a:1 .\n",
        ),
      },
    ],
  },
  {
    rule: "argument-ignored",
    because: "the fleet's Dockerfile does not declare it",
    fires: {
      blueprint: BASE,
      files: FROM_BASE,
      guide: bash("docker build -f base/Dockerfile --build-arg BASE_IMAGE=x/y:1 base\n"),
    },
    id: "BASE_IMAGE",
    places: ["guide.md:2:45", "base/Dockerfile:1:1"],
    quiet: [
      {
        blueprint: BASE,
        files: { "base/Dockerfile": "ARG BASE_IMAGE=debian\nFROM ${BASE_IMAGE}\n" },
        guide: bash("docker build -f base/Dockerfile --build-arg BASE_IMAGE=x/y:1 base\n"),
      },
      {
        blueprint: BASE,
        files: FROM_BASE,
        guide: bash("docker build -f base/Dockerfile --build-arg HTTP_PROXY=p base\n"),
      },
      { guide: bash("docker build -f elsewhere/Dockerfile --build-arg BASE_IMAGE=x/y:1 .\n") },
    ],
  },
  {
    rule: "argument-ignored",
    because: "the document's own example does not declare it",
    fires: {
      guide: `${dockerfile("a/Dockerfile", "FROM x/y:2\n")}${bash("docker build --build-arg BASE_IMAGE=x/y:1 ./a\n")}`,
    },
    id: "BASE_IMAGE",
    places: ["guide.md:5:26", "guide.md:2:1"],
    quiet: [
      {
        guide: `${dockerfile("a/Dockerfile", "ARG BASE_IMAGE\nFROM $BASE_IMAGE\n")}${bash("docker build --build-arg BASE_IMAGE=x/y:1 ./a\n")}`,
      },
    ],
  },
  {
    rule: "context-differs",
    because: "the blueprint builds it from another folder",
    fires: { blueprint: BASE, files: FROM_BASE, guide: bash("docker build -f base/Dockerfile .\n") },
    id: ".",
    places: ["guide.md:2:33", "lapstrake.yaml:7:3"],
    quiet: [
      { blueprint: BASE, files: FROM_BASE, guide: bash("docker build -f base/Dockerfile ./base/\n") },
      { blueprint: BASE, files: FROM_BASE, guide: bash("docker build -f base/Dockerfile $DIR\n") },
    ],
  },
  {
    rule: "argument-not-passed",
    because: "a section asks for it and its builds do not pass it",
    fires: {
      guide: `# G\n## One\nPass the build argument \`MACHINE\`.\n${bash("docker build .\n")}## Two\n${bash("docker build --build-arg MACHINE=m .\n")}`,
    },
    id: "MACHINE@one",
    places: ["guide.md:3:10", "guide.md:5:1"],
    quiet: [
      {
        guide: `# G\nPass the build argument \`MACHINE\`.\n## Two\n${bash("docker build --build-arg MACHINE=m .\n")}`,
      },
      { guide: "Pass the build argument `MACHINE`.\n" },
      { guide: `# G\n${bash("docker build .\n")}` },
    ],
  },
  {
    rule: "undefined-scope",
    because: "nobody says how much goes back",
    fires: { guide: "- Use `FORCE_IMAGE_TAG`.\n" },
    id: "FORCE_IMAGE_TAG",
    places: ["guide.md:1:8", "lapstrake.yaml:1:1"],
    quiet: [
      { guide: "- Use `FORCE_IMAGE_TAG`, which pins one service.\n" },
      { guide: "- Use `FORCE_IMAGE_TAG`.\n- `FORCE_IMAGE_TAG` is for the whole fleet.\n" },
      { guide: "- Use the tag before.\n" },
    ],
  },
  {
    rule: "undefined-scope",
    because: "a suffix says nothing of its scope",
    fires: { guide: "Put `-prev` on the last.\n" },
    id: "-prev",
    places: ["guide.md:1:6", "lapstrake.yaml:1:1"],
    quiet: [
      { guide: "Each image has its own `-prev`: every image by itself.\n" },
      { guide: "The CHANNEL-prev.\n" },
    ],
  },
  {
    rule: "undefined-scope",
    because: "a new tag says nothing of its scope",
    fires: { guide: "Then re-tag the legacy image.\n" },
    id: "re-tag",
    places: ["guide.md:1:6", "lapstrake.yaml:1:1"],
    quiet: [{ guide: "Then re-tag all images.\n" }, { guide: "Then tag the legacy image.\n" }],
  },
  {
    rule: "pins-conflict",
    because: "no release of one takes the other",
    fires: {
      guide:
        "```requirements torch\ntorch==2.2.2+cu121\n```\n```requirements llm\nvllm\n```\n```text\ntorch\n└── llm\n```\n",
    },
    id: "vllm+torch@llm@guide",
    places: ["guide.md:5:1", "guide.md:2:1"],
    quiet: [
      {
        guide:
          "```requirements torch\ntorch==2.4.0+cu121\n```\n```requirements llm\nvllm\n```\n```text\ntorch\n└── llm\n```\n",
      },
      // Images that are not of one line share no interpreter.
      { guide: "```requirements torch\ntorch==2.2.2\n```\n```requirements llm\nvllm\n```\n" },
    ],
  },
  {
    rule: "pins-conflict",
    because: "the fleet pins two that exclude each other",
    fires: { blueprint: BASE, files: FROM_BASE, pins: { "base-cpu": "vllm==0.5.5 \\\ntorch==2.2.2\n" } },
    id: "vllm+torch@base-cpu",
    places: ["base-cpu/requirements.lock:1:1", "base-cpu/requirements.lock:2:1"],
    quiet: [
      { blueprint: BASE, files: FROM_BASE, pins: { "base-cpu": "vllm==0.5.5\ntorch==2.4.0\n" } },
      // Of a release that the table does not know nothing is said.
      { blueprint: BASE, files: FROM_BASE, pins: { "base-cpu": "vllm==0.2.5\ntorch==2.2.2\n" } },
    ],
  },
  {
    rule: "unreadable-example",
    because: "it claims to be a Dockerfile and is none",
    fires: { guide: dockerfile("x/Dockerfile", "FROM debian:12\nFETCH x\n") },
    id: "x/Dockerfile",
    places: ["guide.md:3:1", undefined],
    quiet: [{ guide: dockerfile("x/Dockerfile", "FROM debian:12\nRUN x\n") }],
  },
];
