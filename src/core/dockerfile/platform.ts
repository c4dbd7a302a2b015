import type { SourcePosition } from "../base/error.ts";
import { DockerfileError } from "./error.ts";

export interface Platform {
  readonly os: string;
  readonly osVersion: string;
  readonly architecture: string;
  readonly variant: string;
}

const KNOWN_OS: ReadonlySet<string> = new Set(
  "aix android darwin dragonfly freebsd hurd illumos ios js linux nacl netbsd openbsd plan9 solaris windows zos".split(
    " ",
  ),
);
const KNOWN_ARCHITECTURES: ReadonlySet<string> = new Set(
  (
    "386 amd64 amd64p32 arm armbe arm64 arm64be ppc64 ppc64le loong64 mips mipsle mips64 mips64le mips64p32 " +
    "mips64p32le ppc riscv riscv64 s390 s390x sparc sparc64 wasm"
  ).split(" "),
);

/** A platform as containerd reads and normalises it. Throws DockerfileError DOCKERFILE_VALUE. */
export function parsePlatform(text: string, at?: SourcePosition): Platform {
  const parts = text.split("/");
  const [first = "", second, third] = parts;
  const os = /^([A-Za-z0-9_-]+)(?:\(([A-Za-z0-9_.-]*)\))?$/.exec(first);
  const rest = parts.slice(1);
  if (os === null || parts.length > 3 || !rest.every((part) => /^[A-Za-z0-9_.-]+$/.test(part)))
    throw wrong(text, at);
  const name = os[1]?.toLowerCase() ?? "";
  const base = { os: name === "macos" ? "darwin" : name, osVersion: os[2] ?? "" };
  if (second !== undefined) return { ...base, ...architectureOf(second, third ?? "") };
  if (KNOWN_OS.has(base.os)) return { ...base, architecture: "amd64", variant: "" };
  const alone = architectureOf(first, "");
  if (!KNOWN_ARCHITECTURES.has(alone.architecture)) throw wrong(text, at);
  return { os: "linux", osVersion: "", ...alone };
}

/** `os/architecture[/variant]`. */
export function formatPlatform({ os, architecture, variant }: Platform): string {
  return [os, architecture, variant].filter((part) => part !== "").join("/");
}

function architectureOf(text: string, givenVariant: string): Pick<Platform, "architecture" | "variant"> {
  const architecture = text.toLowerCase();
  const variant = givenVariant.toLowerCase();
  switch (architecture) {
    case "i386":
      return { architecture: "386", variant: "" };
    case "x86_64":
    case "x86-64":
    case "amd64":
      return { architecture: "amd64", variant: variant === "v1" ? "" : variant };
    case "aarch64":
    case "arm64":
      return { architecture: "arm64", variant: armVariant64(variant) };
    case "armhf":
      return { architecture: "arm", variant: "v7" };
    case "armel":
      return { architecture: "arm", variant: "v6" };
    case "arm":
      return { architecture, variant: variant === "" ? "v7" : variant.replace(/^(?=[5678]$)/, "v") };
    default:
      return { architecture, variant };
  }
}

function armVariant64(variant: string): string {
  if (["8", "v8", "v8.0"].includes(variant)) return "";
  return ["9", "9.0", "v9.0"].includes(variant) ? "v9" : variant;
}

function wrong(text: string, at: SourcePosition | undefined): DockerfileError {
  return new DockerfileError(
    "DOCKERFILE_VALUE",
    `"${text}" is no platform such as linux/amd64`,
    at === undefined ? {} : { at },
  );
}
