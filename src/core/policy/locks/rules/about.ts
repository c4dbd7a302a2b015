import type { Subject, Verdict, VerdictInput } from "../../verdict.ts";
import type { LockFacts, LockInImage, NamedFile } from "../lock-facts.ts";

/** Rule, subject and inputs of a verdict about a lock by itself. */
export function aboutLock(
  rule: string,
  { lock }: LockFacts,
  named: readonly NamedFile[] = [],
): Pick<Verdict, "rule" | "subject" | "inputs"> {
  const subject: Subject = { kind: "lock", name: lock.path, digest: lock.digest };
  return {
    rule,
    subject,
    inputs: [inputOf(lock), ...named.flatMap(({ read }) => (read ? [inputOf(read)] : []))],
  };
}

/** The same about a lock in an image that installs it. */
export function aboutUse(
  rule: string,
  { facts, image }: LockInImage,
  inputs: readonly VerdictInput[] = [],
): Pick<Verdict, "rule" | "subject" | "inputs"> {
  const { subject, inputs: own } = aboutLock(rule, facts);
  return { rule, subject: { ...subject, image }, inputs: [...own, ...inputs] };
}

export function inputOf({
  path,
  digest,
}: {
  readonly path: string;
  readonly digest: VerdictInput["digest"];
}): VerdictInput {
  return { name: path, digest };
}

export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
