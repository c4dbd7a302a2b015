import type { SourcePosition } from "../base/error.ts";
import { contextMatcher, imageRefOf } from "./context-name.ts";
import type { Dockerfile, Instruction, Stage } from "./dockerfile.ts";
import { Environment } from "./environment.ts";
import { DockerfileError } from "./error.ts";
import type { Expander } from "./expander.ts";
import { parseInteger } from "./go-value.ts";
import { flagValue, flagValues } from "./instruction-flags.ts";
import { parseMount } from "./mount.ts";
import { parsePlatform } from "./platform.ts";
import type { ExternalRef } from "./resolved.ts";

/** An instruction of a stage, with the stages or images that its `--from` and its mounts name. */
export interface Command {
  readonly instruction: Instruction;
  /** By mount for RUN (undefined where a mount has no from), one for COPY --from. */
  readonly sources: readonly (StageState | undefined)[];
  readonly onbuild: boolean;
}

/** A stage, or an image that a COPY or a mount names (`stage` is then undefined). */
export interface StageState {
  readonly stage: Stage | undefined;
  /** After expansion. */
  readonly baseName: string;
  readonly platform: string | undefined;
  readonly via: ExternalRef["via"];
  readonly at: SourcePosition;
  /** A named context has the stage's own name: its instructions do not run. */
  readonly replaced: boolean;
  /** A named context answers to the base, or to the stage itself. */
  readonly named: boolean;
  readonly base: StageState | undefined;
  /** Arguments that its FROM uses, and those of the stages below it. */
  readonly usedArgs: ReadonlySet<string>;
  readonly commands: Command[];
  readonly deps: Set<StageState>;
}

interface Inputs {
  readonly dockerfile: Dockerfile;
  readonly globals: Environment;
  readonly expander: Expander;
  readonly contexts: readonly string[];
}

const NO_VARIABLES = new Environment([], false);

/** The stages of a file with their bases and dependencies, before it is known which are needed. */
export class StageStates {
  readonly list: StageState[] = [];
  readonly #byName = new Map<string, StageState>();
  readonly #expander: Expander;
  readonly #isContext: (name: string) => boolean;

  /** Throws DockerfileError for a base that is blank or no reference, and for what `--from` cannot mean. */
  constructor({ dockerfile, globals, expander, contexts }: Inputs) {
    this.#expander = expander;
    this.#isContext = contextMatcher(contexts);
    for (const stage of dockerfile.stages) this.#addStage(stage, globals);
    // Names are complete only now: COPY --from may name a later stage, which is refused with a better reason below.
    for (const state of this.list) {
      for (const instruction of state.stage?.instructions ?? []) this.addCommand(state, instruction, false);
    }
    checkCycles(this.list);
  }

  byName(name: string): StageState | undefined {
    return this.#byName.get(name.toLowerCase());
  }

  #addStage(stage: Stage, globals: Environment): void {
    const { at } = stage;
    const base = this.#expander.lex(stage.base, globals, at);
    if (base.text === "")
      throw new DockerfileError("DOCKERFILE_STAGE", `the base "${stage.base}" is blank`, { at });
    const platform =
      stage.platform === undefined ? undefined : this.#expander.lex(stage.platform, globals, at);
    if (platform !== undefined) parsePlatform(platform.text, at);
    const replaced = this.#isReplaced(stage);
    const parent = replaced ? undefined : this.#byName.get(base.text);
    const state: StageState = {
      stage,
      baseName: base.text,
      platform: platform?.text,
      via: "FROM",
      at,
      replaced,
      named: replaced || this.#isContext(base.text),
      base: parent,
      usedArgs: replaced
        ? new Set()
        : new Set([...base.set, ...(platform?.set ?? []), ...(parent?.usedArgs ?? [])]),
      commands: [],
      deps: new Set(),
    };
    if (state.base === undefined) checkImage(base.text, at);
    this.list.push(state);
    if (stage.name !== undefined) this.#byName.set(stage.name, state);
  }

  /** BuildKit asks for a context of the stage's own name, and refuses names that are no references (`a-`, `a..b`). */
  #isReplaced({ name, at }: Stage): boolean {
    if (name === undefined || name === "scratch" || name === "context") return false;
    if (imageRefOf(name) === undefined) {
      throw new DockerfileError(
        "DOCKERFILE_STAGE",
        `the stage name "${name}" is no image name, which BuildKit asks for`,
        { at },
      );
    }
    return this.#isContext(name);
  }

  /** Links an instruction to what it reads from. The caller places ONBUILD triggers. */
  addCommand(state: StageState, instruction: Instruction, onbuild: boolean): Command {
    const sources = this.#sourcesOf(instruction);
    for (const source of sources) if (source !== undefined) state.deps.add(source);
    const command: Command = { instruction, sources, onbuild };
    if (!onbuild) state.commands.push(command);
    return command;
  }

  #sourcesOf(instruction: Instruction): readonly (StageState | undefined)[] {
    const { name, at } = instruction;
    if (name === "RUN") {
      return flagValues(instruction, "mount").map((mount) => {
        const { from } = parseMount(mount);
        return from === "" ? undefined : (this.byName(from) ?? this.#image(from, "RUN --mount", at));
      });
    }
    const from = name === "COPY" ? (flagValue(instruction, "from") ?? "") : "";
    return from === "" ? [] : [this.#copySource(from, at)];
  }

  #copySource(from: string, at: SourcePosition): StageState {
    if (this.#expander.lex(from, NO_VARIABLES, at).text !== from) {
      throw new DockerfileError("DOCKERFILE_STAGE", `--from=${from} cannot hold a variable`, {
        at,
        hint: "define a stage with FROM and an ARG from before the first FROM, and name that stage",
      });
    }
    const index = parseInteger(from);
    if (index === undefined) return this.byName(from) ?? this.#image(from, "COPY --from", at);
    const state = this.list[index];
    if (state === undefined)
      throw new DockerfileError("DOCKERFILE_STAGE", `there is no stage ${index}`, { at });
    return state;
  }

  #image(ref: string, via: ExternalRef["via"], at: SourcePosition): StageState {
    checkImage(ref, at);
    return {
      stage: undefined,
      baseName: ref,
      platform: undefined,
      via,
      at,
      replaced: false,
      named: this.#isContext(ref),
      base: undefined,
      usedArgs: new Set(),
      commands: [],
      deps: new Set(),
    };
  }
}

function checkImage(ref: string, at: SourcePosition): void {
  if (ref === "scratch" || imageRefOf(ref) !== undefined) return;
  throw new DockerfileError("DOCKERFILE_STAGE", `"${ref.slice(0, 200)}" is no image reference`, { at });
}

/** Only COPY and mounts can make a cycle: FROM looks backwards. */
function checkCycles(states: readonly StageState[]): void {
  const done = new Set<StageState>();
  const path = new Set<StageState>();
  const visit = (state: StageState): void => {
    if (path.has(state)) {
      const names = [...path, state].map(({ stage }) => stage?.name ?? `stage ${stage?.index}`);
      throw new DockerfileError("DOCKERFILE_STAGE", `stages need each other: ${names.join(" -> ")}`, {
        at: state.at,
      });
    }
    if (done.has(state)) return;
    path.add(state);
    for (const dependency of state.deps) visit(dependency);
    path.delete(state);
    done.add(state);
  };
  for (const state of states) visit(state);
}
