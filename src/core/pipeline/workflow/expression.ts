import type { FileName, Job, Start } from "../pipeline.ts";

/** When a job starts, as the server's expressions say it; undefined: after its needs went well. */
export function startCondition({ starts }: Job): string | undefined {
  if (starts.length === 0) return undefined;
  // A job that is not started counts as one that went well for those that need it only where this is said; a failure
  // anywhere above stops them all.
  const whatever = starts.some(({ kind }) => kind === "whatever-happened");
  const parts = ["!cancelled()", ...(whatever ? [] : ["!failure()"]), ...starts.flatMap(startText)];
  return `\${{ ${parts.join(" && ")} }}`;
}

function startText(start: Start): readonly string[] {
  switch (start.kind) {
    case "whatever-happened":
      return [];
    case "not-for-pull-request":
      return ["github.event_name != 'pull_request'"];
    case "output-is-not":
      return [`needs.${start.job}.outputs.${start.output} != '${start.text}'`];
  }
}

/** For inputs of actions, which no shell reads. */
export function fileExpression(folder: string, file: FileName): string {
  return folder === "" ? nameExpression(file) : `${folder}/${nameExpression(file)}`;
}

export function nameExpression(file: FileName): string {
  return file.map((part) => (typeof part === "string" ? part : `\${{ matrix.${part.matrix} }}`)).join("");
}
