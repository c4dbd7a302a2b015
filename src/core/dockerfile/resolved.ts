import type { SourcePosition } from "../base/error.ts";
import type { Json } from "../base/json.ts";

export interface ResolveOptions {
  /** Build arguments as passed, by name. */
  readonly args: Readonly<Record<string, string>>;
  /** A stage's name; the last stage where it is missing. */
  readonly target?: string;
  /** Of the image, e.g. `linux/amd64`, `linux/arm/v7`. */
  readonly platform: string;
  /** Of the builder; the same as `platform` where it is missing. */
  readonly buildPlatform?: string;
  /** Names of the named contexts that the build is given (local folders and images alike). */
  readonly contexts: readonly string[];
  /**
   * Environment of external bases by `ref`, where it is known. Without it a variable that neither ARG nor ENV declares
   * stays as it is written (it may come from the base), and a COPY source that needs it counts as the whole context.
   */
  readonly baseEnv?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export type ResolvedBase =
  | { readonly kind: "scratch" }
  | { readonly kind: "stage"; readonly index: number }
  /** `ref` is the text after expansion: a named context of exactly this name replaces it. */
  | { readonly kind: "image"; readonly ref: string; readonly at: SourcePosition };

export interface ResolvedInstruction {
  readonly name: string;
  /** What decides the build: expanded, without comments and positions. For the build identity and for `why`. */
  readonly canonical: Json;
  readonly at: SourcePosition;
  readonly endLine: number;
  /** It came by ONBUILD of the stage's base stage; `at` is then that ONBUILD's. */
  readonly onbuild: boolean;
}

export interface ResolvedStage {
  readonly index: number;
  readonly name: string | undefined;
  readonly base: ResolvedBase;
  /** A named context has this stage's name and replaces the whole stage: `instructions` is empty. */
  readonly replaced: boolean;
  /** `--platform` of FROM after expansion. */
  readonly platform: string | undefined;
  /** FROM first. */
  readonly instructions: readonly ResolvedInstruction[];
  readonly at: SourcePosition;
}

export interface ExternalRef {
  /** As it reads after expansion: this exact text is the key of a buildx named context. */
  readonly ref: string;
  readonly via: "FROM" | "COPY --from" | "RUN --mount";
  /** One of `options.contexts` answers to it. */
  readonly named: boolean;
  readonly at: SourcePosition;
}

/** Files that one instruction reads from the build context, or from the named context `from`. */
export interface ContextSource {
  readonly kind: "copy" | "add" | "bind";
  /** Expanded. Wildcards count in COPY and ADD, not in bind mounts. `.` is the whole context. */
  readonly patterns: readonly string[];
  readonly exclude: readonly string[];
  readonly parents: boolean;
  readonly from?: string;
  readonly at: SourcePosition;
}

/** An ADD source that is fetched: a URL or a git repository. */
export interface RemoteSource {
  readonly kind: "http" | "git";
  readonly url: string;
  readonly checksum: string | undefined;
  readonly at: SourcePosition;
}

export interface DeclaredArg {
  readonly name: string;
  /** As written, unexpanded; missing where ARG gives none. */
  readonly default?: string;
  readonly at: SourcePosition;
}

/** An argument that the build consumes, as BuildKit's outline lists it. */
export interface UsedArg {
  readonly name: string;
  /** The empty string where it has none. */
  readonly value: string;
  readonly at: SourcePosition;
}

export type FindingRule =
  /** The engine's built-in frontend does not know the flag; a newer `# syntax=` frontend would. */
  | "dockerfile-frontend-refuses"
  /** A `# syntax=` line: the frontend image must be in reach of the engine. */
  | "dockerfile-needs-frontend"
  | "dockerfile-frontend-by-tag"
  /** A variable that only the base image's environment can define decides which files are read. */
  | "dockerfile-unknown-variable"
  /** Two stages have one name; the later wins. */
  | "dockerfile-duplicate-stage"
  | "dockerfile-empty-continuation";

export interface Finding {
  readonly rule: FindingRule;
  readonly severity: "error" | "warning";
  readonly message: string;
  readonly at: SourcePosition;
}

export interface SecretUse {
  readonly id: string;
  readonly required: boolean;
  readonly at: SourcePosition;
}

/** What a Dockerfile means for one set of arguments: only what the target stage reaches. */
export interface ResolvedDockerfile {
  /** Reachable stages in the order of the file; the target is `target`. */
  readonly stages: readonly ResolvedStage[];
  /** Index (in the file) of the stage that is built. */
  readonly target: number;
  readonly externals: readonly ExternalRef[];
  readonly sources: readonly ContextSource[];
  readonly remotes: readonly RemoteSource[];
  readonly declaredArgs: readonly DeclaredArg[];
  readonly usedArgs: readonly UsedArg[];
  /** Passed, but declared by no ARG before FROM or in a reachable stage (and not predefined). Sorted. */
  readonly unusedArgs: readonly string[];
  readonly secrets: readonly SecretUse[];
  readonly ssh: readonly SecretUse[];
  /** A reachable RUN runs apt-get, apt or aptitude. */
  readonly usesApt: boolean;
  readonly needsFrontend: { readonly ref: string; readonly at: SourcePosition } | undefined;
  readonly findings: readonly Finding[];
}
