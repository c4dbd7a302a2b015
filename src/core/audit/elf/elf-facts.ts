/** What the program headers and the dynamic section of an ELF file say. Everything that the loader's work depends on. */
export interface ElfFacts {
  readonly class: 32 | 64;
  readonly byteOrder: "little" | "big";
  /** `e_machine`: 62 is x86-64, 183 is AArch64. */
  readonly machine: number;
  readonly type: "relocatable" | "executable" | "shared" | "core" | "other";
  /** `EI_OSABI`: 0 is System V, 3 is GNU. */
  readonly osAbi: number;
  /** PT_INTERP: the loader that the kernel starts. */
  readonly interpreter?: string;
  /** It has a PT_DYNAMIC segment; a static program has none. */
  readonly dynamic: boolean;
  readonly soname?: string;
  /** DT_NEEDED in order, as written. */
  readonly needed: readonly string[];
  /** As written: elements parted by ":", tokens not expanded. */
  readonly rpath?: string;
  readonly runpath?: string;
  /** DF_1_NODEFLIB: neither the default folders nor cache entries that lie in them. */
  readonly noDefaultLibraries: boolean;
  /** DF_1_PIE: a program, though its type is `shared`. */
  readonly pie: boolean;
  /** DT_AUXILIARY and DT_FILTER: loaded like needed ones, the first of them only where they are found. */
  readonly auxiliary: readonly string[];
  readonly filter: readonly string[];
  /** DT_VERNEED: the versions that it wants of each library. */
  readonly versionsNeeded: readonly NeededVersions[];
  /** DT_VERDEF: the versions that it has, without its base version. */
  readonly versionsDefined: readonly string[];
  /** NT_GNU_ABI_TAG: the oldest kernel that it runs on, as "3.2.0". */
  readonly kernel?: string;
  /** NT_GNU_BUILD_ID in hex. */
  readonly buildId?: string;
  /** Names of the Python modules that it defines: its dynamic symbols `PyInit_*`, without that prefix. */
  readonly pythonModules: readonly string[];
  readonly dlopen: DlopenFacts;
  /** Code for GPUs that it carries; undefined where it carries none. */
  readonly gpu?: GpuFacts;
}

export interface NeededVersions {
  readonly file: string;
  readonly versions: readonly { readonly name: string; readonly weak: boolean }[];
}

export interface DlopenFacts {
  /** It imports `dlopen` or `dlmopen`. */
  readonly imported: boolean;
  /** `.note.dlopen` (FDO packaging metadata). */
  readonly notes: readonly DlopenNote[];
  /** Texts in it that look like a library's name (`lib….so….`), of files that import `dlopen`; not what it needs by DT_NEEDED. */
  readonly names: readonly string[];
}

export interface DlopenNote {
  readonly sonames: readonly string[];
  readonly priority: "required" | "recommended" | "suggested";
  readonly feature?: string;
  readonly description?: string;
}

/** CUDA fat binaries in it. */
export interface GpuFacts {
  /** By architecture: `sm_86` is machine code, `compute_90` is PTX. Bytes as they are stored. */
  readonly code: readonly { readonly architecture: string; readonly bytes: number }[];
}
