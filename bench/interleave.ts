/** One of the things that are compared. */
export interface Side {
  readonly name: string;
  /** Prepares what it needs, untimed, does the work once, and gives the measured number. Rounds count from 0. */
  readonly run: (round: number) => Promise<number>;
}

export interface InterleaveOptions {
  readonly rounds: number;
  /** Rests before each run, so that one side's aftermath (writes, the engine's own housekeeping) is not the next one's. */
  readonly rest?: () => Promise<void>;
  readonly onRun?: (round: number, name: string, value: number) => void;
}

/**
 * Runs every side once a round, and starts each round one side further: what slows the machine down for a while meets
 * all of them, and none is always first. Gives the samples by name, in the order of the rounds.
 */
export async function interleave(
  sides: readonly Side[],
  { rounds, rest, onRun }: InterleaveOptions,
): Promise<ReadonlyMap<string, readonly number[]>> {
  const samples = new Map(sides.map(({ name }): [string, number[]] => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const side of rotated(sides, round)) {
      await rest?.();
      const value = await side.run(round);
      samples.get(side.name)?.push(value);
      onRun?.(round, side.name, value);
    }
  }
  return samples;
}

function rotated<T>(items: readonly T[], by: number): readonly T[] {
  const first = items.length === 0 ? 0 : by % items.length;
  return [...items.slice(first), ...items.slice(0, first)];
}
