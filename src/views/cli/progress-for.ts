import { chooseProgressMode, createProgress, type Progress } from "../render/progress.ts";
import { type FlagValues, flagOn, flagText, type Io } from "./command.ts";

type ModeFlag = Parameters<typeof chooseProgressMode>[0];

/** The progress that this call's flags and terminal ask for, on stderr. */
export function progressFor(flags: FlagValues, io: Io): Progress {
  // parse-call has let only these words through.
  const flag = (flagText(flags, "progress") ?? "auto") as ModeFlag;
  const colour = io.errIsTerminal && (io.env["NO_COLOR"] ?? "") === "";
  return createProgress({
    mode: chooseProgressMode(flag, { terminal: io.errIsTerminal, quiet: flagOn(flags, "quiet") }),
    out: {
      get columns() {
        return io.errSize().columns;
      },
      get rows() {
        return io.errSize().rows;
      },
      write: (text: string) => io.err(text),
    },
    colour,
    clock: Date.now,
  });
}
