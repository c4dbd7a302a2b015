/** A small blueprint that shows every section; the reference page quotes it and a test reads it. */
export const SAMPLE_BLUEPRINT = `version: 1
fleet: voice-assistant
registry: local/example
channels: [canary, stable]

roots:
  python-3.11:
    image: docker.io/library/python:3.11-slim-bookworm
    bootstrap: { suite: bookworm, packages: [python3, python3-venv, ca-certificates] }

images:
  base-python:
    dockerfile: docker/base-images/base-python/Dockerfile
  family-web:
    dockerfile: docker/families/family-web/Dockerfile
    args: { BASE_IMAGE: base-python }
  family-llm-cu121:
    dockerfile: docker/families/family-llm-cu121/Dockerfile
    tier: gpu
    compression: zstd
    cache: max
    weight: 2

services:
  service_registry:
    dockerfile: services/service_registry/Dockerfile
    machines: [mainpc]
    ports: { service: 7200, health: 8200 }
  memory_fusion_hub: # built twice: memory_fusion_hub-mainpc and memory_fusion_hub-pc2
    dockerfile: services/memory_fusion_hub/Dockerfile
    context: .
    machines: [mainpc, pc2]
    ports: { service: 5713, health: 6713 }
  system_digital_twin:
    planned: true
    family: base-cpu-pydeps
    machines: [mainpc]
    ports: { service: 7220, health: 8220 }

machines:
  mainpc:
    gpu: NVIDIA RTX 4090
    sm: "8.9" # in quotes: YAML would read a number
    profile: { OMP_NUM_THREADS: 16, UVICORN_WORKERS: 32 }
  pc2:
    gpu: NVIDIA RTX 3060
    sm: "8.6"
    profile: { OMP_NUM_THREADS: 4, UVICORN_WORKERS: 8 }

budgets:
  cpu: { compressed: 100MB, unpacked: 400MB }
  gpu: { compressed: 3GB }

build:
  trust: host
  cache: min

ci:
  lapstrake: { kind: package, path: tools } # tools/package-lock.json names it
  registry: ghcr.io/example # "local" is on one machine, jobs run on several
  runners: { gpu: [self-hosted, linux, x64] }

guides: [docs/guide.md]
decisions:
  - id: ambiguous-budget/docs/guide.md
    decision: budgets are compressed sizes, as the registry stores them
    who: fleet owners
    when: 2026-03-31
    why: that is what is paid for, and what a machine pulls

plan: # or the path of a file that has it: plan.yaml
  id: first_fleet
  title: The first fleet
  machines: [mainpc, pc2]
  documents:
    postreview: docs/{plan}_phase{phase}_postreview.md
    preanalysis: docs/{plan}_phase{phase}_preanalysis.md
  phases:
    0:
      title: Protocol
      note: No phase is skipped.
      constraints: { order: No phase is skipped }
      rules:
        sound: { proves: [order], check: { kind: plan-sound } }
    1:
      title: Base images
      note: Base images are released whole and correctly tagged.
      constraints: { whole: released whole, tagged: correctly tagged }
      deliverables: [the base images]
      rules:
        whole: { proves: [whole], check: { kind: release-complete, images: images } }
        tagged: { proves: [tagged], check: { kind: tags-in-scheme } }
        in-step: { proves: [whole], perMachine: true, expires: 30, check: { kind: inventory-in-step } }
`;
