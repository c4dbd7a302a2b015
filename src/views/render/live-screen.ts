import { columnsOf, withoutColour } from "./progress-text.ts";

/** The terminal, as far as it is needed; process.stderr is one. */
export interface ScreenStream {
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
  write(text: string): unknown;
}

export interface LiveScreenOptions {
  readonly out: ScreenStream;
  /** Draws the frame for a terminal of this size: at most `height - 1` lines, each at most `width` columns. */
  readonly draw: (size: { readonly width: number; readonly height: number }) => readonly string[];
  /** Milliseconds between two frames. */
  readonly interval?: number;
  /** Arranges that `restore` runs when the program ends, and gives what undoes that. */
  readonly onExit?: (restore: () => void) => () => void;
}

export interface LiveScreen {
  /** Something changed: the next frame shows it. */
  touch(): void;
  /** Prints lines that stay, above the frame. */
  print(lines: readonly string[]): void;
  /** Takes the frame away, or leaves these lines in its place, and gives the cursor back. */
  close(last?: readonly string[]): void;
}

const HIDE = "\u001b[?25l";
const SHOW = "\u001b[?25h";
const CLEAR_LINE = "\u001b[K";
const CLEAR_BELOW = "\u001b[J";
const DEFAULT_SIZE = { width: 80, height: 24 };

/**
 * A region at the bottom of a terminal that is drawn again and again in place: at most once an interval when touched,
 * and once a second anyway, since seconds are shown. Never more than one write a frame, so that nothing flickers.
 */
export function createLiveScreen(options: LiveScreenOptions): LiveScreen {
  const { out } = options;
  let drawn: readonly string[] = [];
  let dirty = true;
  let sinceDrawn = 0;
  let closed = false;
  const interval = options.interval ?? 100;

  const size = (): { width: number; height: number } => ({
    // Terminals that know no size say 0.
    width: Math.max(1, (out.columns || DEFAULT_SIZE.width) - 1),
    height: Math.max(2, out.rows || DEFAULT_SIZE.height),
  });
  const replace = (above: readonly string[], frame: readonly string[]): void => {
    const lines = [...above, ...frame].map((line) => `${line}${CLEAR_LINE}\n`);
    out.write(`${up(drawn, size().width + 1)}${lines.join("")}${CLEAR_BELOW}`);
    drawn = frame;
    dirty = false;
    sinceDrawn = 0;
  };
  const restore = (): void => {
    out.write(SHOW);
  };
  const timer = setInterval(() => {
    sinceDrawn += interval;
    if (dirty || sinceDrawn >= 1000) replace([], options.draw(size()));
  }, interval);
  // A picture must not keep a program alive that has nothing left to do.
  timer.unref();
  const forget = (options.onExit ?? onProcessExit)(restore);
  out.write(HIDE);

  return {
    touch: () => {
      dirty = true;
    },
    print: (lines) => replace(lines, closed ? [] : options.draw(size())),
    close: (last = []) => {
      if (closed) return;
      closed = true;
      clearInterval(timer);
      forget();
      replace(last, []);
      restore();
    },
  };
}

/** Moves to the start of the frame. After the window became narrower, its lines take more rows than they had. */
function up(drawn: readonly string[], columns: number): string {
  const rows = drawn.reduce(
    (sum, line) => sum + Math.max(1, Math.ceil(columnsOf(withoutColour(line)) / columns)),
    0,
  );
  return rows === 0 ? "\r" : `\r\u001b[${rows}A`;
}

function onProcessExit(restore: () => void): () => void {
  process.once("exit", restore);
  return () => process.removeListener("exit", restore);
}
