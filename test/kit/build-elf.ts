import { execFileSync } from "node:child_process";
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

export interface ElfSpec {
  readonly soname?: string;
  /** As they stand in the file, whatever there is. */
  readonly needed?: readonly string[];
  readonly rpath?: string;
  readonly runpath?: string;
  readonly filter?: string;
  readonly auxiliary?: string;
  readonly noDefaultLibraries?: boolean;
  readonly program?: boolean;
  /** Versions that it defines, and those that it wants of a library which is needed. */
  readonly defines?: readonly string[];
  readonly wants?: { readonly of: string; readonly versions: readonly string[] };
  /** Bytes of the header that are changed afterwards: its class, byte order, machine. */
  readonly patch?: Readonly<Record<number, number>>;
}

const START = ".globl _start\n_start: mov $60,%eax\nxor %edi,%edi\nsyscall\n";

/** Links an ELF file with this machine's gcc (some 40 ms): nothing in it but what the specification says. */
export function buildElf(path: string, spec: ElfSpec): void {
  const work = mkdtempSync(join(tmpdir(), "lapstrake-elf-"));
  try {
    const source = join(work, "source.s");
    const { wants } = spec;
    const calls = (wants?.versions ?? []).map((_, index) => `.quad of${index}\n`).join("");
    const own = (spec.defines ?? [])
      .map(
        (_, index) =>
          `.globl of${index}\n.type of${index},@object\n.size of${index},8\nof${index}: .quad 0\n`,
      )
      .join("");
    writeFileSync(
      source,
      `${spec.program ? `.text\n${START}` : ""}.data\n${calls}${own}.section .note.GNU-stack,"",@progbits\n`,
    );
    const stubs = (spec.needed ?? []).map((name, index) =>
      stub(join(work, `stub${index}.so`), name, wants?.of === name ? wants.versions : []),
    );
    const flags = [
      ...(spec.program ? ["-pie", "-Wl,-dynamic-linker,/lib64/ld-linux-x86-64.so.2"] : ["-shared"]),
      ...(spec.soname === undefined ? [] : [`-Wl,-soname,${spec.soname}`]),
      ...(spec.rpath === undefined ? [] : ["-Wl,--disable-new-dtags", `-Wl,-rpath,${spec.rpath}`]),
      ...(spec.runpath === undefined ? [] : ["-Wl,--enable-new-dtags", `-Wl,-rpath,${spec.runpath}`]),
      ...(spec.filter === undefined ? [] : [`-Wl,-F,${spec.filter}`]),
      ...(spec.auxiliary === undefined ? [] : [`-Wl,-f,${spec.auxiliary}`]),
      ...(spec.noDefaultLibraries ? ["-Wl,-z,nodefaultlib"] : []),
      ...versionScript(work, spec.defines ?? []),
    ];
    mkdirSync(dirname(path), { recursive: true });
    const linked = [
      "-nostdlib",
      "-Wl,--no-as-needed",
      "-Wl,--allow-shlib-undefined",
      "-o",
      path,
      source,
      ...stubs,
      ...flags,
    ];
    execFileSync("gcc", linked, { stdio: ["ignore", "ignore", "inherit"] });
    patch(path, spec.patch ?? {});
  } finally {
    rmSync(work, { recursive: true });
  }
}

/** Stands in at link time for what is needed, under the name that is to be written down. */
function stub(path: string, soname: string, versions: readonly string[]): string {
  const source = `${path}.s`;
  writeFileSync(
    source,
    `.data\n${versions.map((_, index) => `.globl of${index}\n.type of${index},@object\n.size of${index},8\nof${index}: .quad 0\n`).join("")}.section .note.GNU-stack,"",@progbits\n`,
  );
  const script = versionScript(dirname(path), versions);
  execFileSync("gcc", ["-nostdlib", "-shared", `-Wl,-soname,${soname}`, "-o", path, source, ...script]);
  return path;
}

function versionScript(folder: string, versions: readonly string[]): readonly string[] {
  if (versions.length === 0) return [];
  const path = join(folder, `versions-${versions.join("-")}.map`);
  writeFileSync(path, versions.map((name, index) => `${name} { global: of${index}; };\n`).join(""));
  return [`-Wl,--version-script,${path}`];
}

function patch(path: string, bytes: Readonly<Record<number, number>>): void {
  const file = openSync(path, "r+");
  for (const [at, byte] of Object.entries(bytes)) writeSync(file, Uint8Array.of(byte), 0, 1, Number(at));
  closeSync(file);
}
