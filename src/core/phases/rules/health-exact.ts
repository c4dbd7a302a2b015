import { type Digest, shortDigest } from "../../base/digest.ts";
import { canonicalJson, type Json } from "../../base/json.ts";
import type { Fields } from "../../record/fields.ts";
import { type Judgement, sentence, weigh } from "./judgement.ts";

export interface HealthExactFacts {
  readonly release: string | null;
  /** The machine, or the engine where none is named. */
  readonly place: string;
  readonly engine: string;
  /** Why the engine did not say what runs on it. */
  readonly silent: string | null;
  /** Services of the rule that are placed there. */
  readonly expected: readonly string[];
  /** The images of them that the release holds. */
  readonly images: readonly {
    readonly service: string;
    readonly image: string;
    readonly digest: Digest;
    readonly containers: readonly HealthAnswer[];
  }[];
}

/** What a container of the released image answered. */
export interface HealthAnswer {
  readonly name: string;
  readonly id: string;
  /** Undefined where there was nobody to ask: `why` says it. */
  readonly url: string | null;
  readonly status: number | null;
  readonly body: string | null;
  readonly why: string | null;
}

const EXACT = '{"status":"ok"}';

export function judgeHealthExact(facts: Fields): Judgement {
  const release = facts.textOrNull("release");
  if (release === null) return { outcome: "fails", reason: "nothing was released yet" };
  const engine = facts.text("engine");
  const silent = facts.textOrNull("silent");
  const expected = facts.texts("expected");
  const images = facts.list("images");
  const held = new Set(images.map((image) => image.text("service")));
  const fails = expected
    .filter((service) => !held.has(service))
    .map((service) => `${release} holds no image of ${service}`);
  const unknown: string[] = silent === null ? [] : [`${engine} did not answer: ${silent}`];
  const good: string[] = [];
  for (const each of images) {
    const [image, digest] = [each.text("image"), each.digest("digest")];
    const containers = each.list("containers");
    if (containers.length === 0 && silent === null)
      fails.push(`no container of ${image} ${shortDigest(digest)} runs on ${engine}`);
    for (const container of containers) {
      const answer = judgeAnswer(container);
      const what = `${container.text("name")} of ${image} ${shortDigest(digest)}`;
      if (answer.outcome === "holds") good.push(what);
      else (answer.outcome === "fails" ? fails : unknown).push(`${what} ${answer.reason}`);
    }
  }
  if (expected.length === 0)
    return { outcome: "holds", reason: `none of the services is placed on ${facts.text("place")}` };
  return weigh({ fails, unknown, holds: `exactly ${EXACT} from ${sentence(good, ", ")}` });
}

function judgeAnswer(container: Fields): Judgement {
  const why = container.textOrNull("why");
  const body = container.textOrNull("body");
  if (body === null || why !== null)
    return { outcome: "unknown", reason: `was not asked: ${why ?? "nobody says why"}` };
  const status = container.count("status");
  if (status === 200 && isExact(body)) return { outcome: "holds", reason: "" };
  return {
    outcome: "fails",
    reason: `answers ${status} with ${JSON.stringify(body.slice(0, 80))}, expected 200 with ${EXACT}`,
  };
}

/** The JSON value, member for member: white space is nobody's contract. */
function isExact(body: string): boolean {
  try {
    // JSON.parse gives nothing but JSON.
    return canonicalJson(JSON.parse(body) as Json) === EXACT;
  } catch {
    return false;
  }
}
