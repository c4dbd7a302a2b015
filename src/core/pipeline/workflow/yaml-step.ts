import { Scalar } from "yaml";
import { ACTIONS, type ActionName } from "./actions.ts";

/** A step as the workflow has it; keys stand in this order. */
export interface YamlStep {
  readonly name: string;
  readonly id?: string;
  readonly if?: string;
  readonly uses?: Scalar<string>;
  readonly with?: Readonly<Record<string, string | number | boolean>>;
  readonly run?: string;
  readonly "working-directory"?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Commands and files fail as a whole: only what is said to come always, comes after a failure. */
export const ALWAYS = "${{ !cancelled() }}";

export function actionStep(
  name: string,
  action: ActionName,
  inputs: NonNullable<YamlStep["with"]>,
  condition?: string,
): YamlStep {
  const { uses, commit, version } = ACTIONS[action];
  const pinned = new Scalar(`${uses}@${commit}`);
  pinned.comment = ` ${version}`;
  return { name, ...(condition === undefined ? {} : { if: condition }), uses: pinned, with: inputs };
}
