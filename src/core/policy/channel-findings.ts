import type { Finding } from "../base/finding.ts";
import type { Blueprint } from "../blueprint/blueprint.ts";
import { positionOf } from "../blueprint/positions.ts";
import { tagJudge } from "../blueprint/tag-kind.ts";

/** Channels whose name has the form of a tag that is never moved: promoting to them could only fail. */
export function channelFindings(blueprint: Blueprint): readonly Finding[] {
  const { channels, tag: scheme } = blueprint;
  const judge = tagJudge({ scheme, channels });
  return channels.flatMap((channel, index): Finding[] => {
    const kind = judge(channel);
    if (kind === "channel") return [];
    return [
      {
        rule: "channel-guarded",
        level: "error",
        message: `the channel ${channel} has the form of a ${kind} tag, which is never moved`,
        at: positionOf(blueprint, ["channels", index]),
        hint: `name it so that the scheme ${scheme} does not match it`,
      },
    ];
  });
}
