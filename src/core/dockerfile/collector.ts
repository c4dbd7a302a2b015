import type { SourcePosition } from "../base/error.ts";
import type {
  ContextSource,
  DeclaredArg,
  ExternalRef,
  Finding,
  RemoteSource,
  SecretUse,
} from "./resolved.ts";

/** What the instructions of all reachable stages add up to, gathered while they are expanded. */
export class Collector {
  readonly sources: ContextSource[] = [];
  readonly remotes: RemoteSource[] = [];
  readonly externals: ExternalRef[] = [];
  readonly declaredArgs: DeclaredArg[] = [];
  readonly findings: Finding[] = [];
  readonly secrets = new Map<string, SecretUse>();
  readonly ssh = new Map<string, SecretUse>();
  usesApt = false;

  /** The first use gives the position; one required use makes it required. */
  addSecret(kind: "secrets" | "ssh", use: SecretUse): void {
    const before = this[kind].get(use.id);
    const merged = before === undefined ? use : { ...before, required: before.required || use.required };
    this[kind].set(use.id, merged);
  }

  warn(rule: Finding["rule"], message: string, at: SourcePosition): void {
    this.findings.push({ rule, severity: "warning", message, at });
  }
}
