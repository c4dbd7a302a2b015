import { describePath, describeValue } from "./describe-value.ts";
import type { Problem } from "./error.ts";
import { type Lookup, repeats, unknownName, unknownNames } from "./name-lookup.ts";
import { PHASE_ID, parentOf } from "./phase-id.ts";
import { lookUp, type Path } from "./positions.ts";
import { requiresCycle } from "./requires-cycle.ts";
import { riskProblems } from "./risk-problems.ts";
import type { Source } from "./source.ts";
import { listOf, mapOf, textsOf, type Untyped } from "./untyped.ts";

/** Nobody can follow more; phases are compared with each other. */
const MAX_PHASES = 500;

/** Names of the blueprint that a plan may use. */
export interface PlanNames {
  readonly machines: readonly string[];
  /** Of images and of services that are built. */
  readonly images: readonly string[];
  /** Of all services, planned ones too. */
  readonly services: readonly string[];
}

interface Context extends Lookup {
  readonly plan: Untyped;
  readonly path: Path;
  readonly names: { readonly [Name in keyof PlanNames]: ReadonlySet<string> };
  readonly phases: ReadonlySet<string>;
}

/**
 * What is wrong between the parts of a plan: quotes that do not stand in their note, names that nothing has, phases that
 * wait for each other. Reads the unchecked value and passes over whatever has another shape, so that these problems are
 * told together with those of the shape.
 */
export function planProblems(
  value: unknown,
  path: Path,
  { names, ...lookup }: Lookup & { readonly names: PlanNames },
): readonly Problem[] {
  const plan = mapOf(value);
  const ids = Object.keys(mapOf(plan["phases"]));
  if (ids.length > MAX_PHASES) return [tooMany([...path, "phases"], ids.length, lookup.source)];
  const context: Context = {
    ...lookup,
    plan,
    path,
    names: {
      machines: new Set(names.machines),
      images: new Set(names.images),
      services: new Set(names.services),
    },
    // What is no id is the shape's problem.
    phases: new Set(ids.filter((id) => PHASE_ID.test(id))),
  };
  const machines = [...path, "machines"];
  return [
    ...unknownNames(
      plan["machines"],
      nameOf(machines, "machines", "the name of a machine", context),
      context,
    ),
    ...repeats(plan["machines"], machines, context.source),
    ...[...context.phases].flatMap((id) => phaseProblems(id, context)),
    ...cycleProblems(context),
    ...riskProblems(plan["risks"], [...path, "risks"], {
      ...lookup,
      images: context.names.images,
      machines: context.names.machines,
      phases: context.phases,
    }),
  ];
}

function tooMany(path: Path, count: number, source: Source): Problem {
  const message = `expected at most ${MAX_PHASES} phases, found ${count}`;
  return { code: "BLUEPRINT_TOO_BIG", message, at: lookUp(source.file, source.positions, path) };
}

function nameOf(path: Path, kind: keyof PlanNames, expected: string, { names }: Context) {
  return { path, expected, known: names[kind] };
}

function phaseProblems(id: string, context: Context): readonly Problem[] {
  const { plan, phases, source } = context;
  const path = [...context.path, "phases", id];
  const phase = mapOf(mapOf(plan["phases"])[id]);
  const constraints = new Set(Object.keys(mapOf(phase["constraints"])));
  const requires = [...path, "requires"];
  return [
    ...partProblems(id, path, context),
    ...unknownNames(
      phase["requires"],
      { path: requires, expected: "the id of a phase", known: phases },
      context,
    ),
    ...repeats(phase["requires"], requires, source),
    ...quoteProblems(id, path, context),
    ...Object.keys(mapOf(phase["rules"])).flatMap((rule) =>
      ruleProblems([...path, "rules", rule], mapOf(mapOf(phase["rules"])[rule]), { ...context, constraints }),
    ),
  ];
}

/** A part has a whole, and a phase has a note of its own or is a part of one that has. */
function partProblems(id: string, path: Path, context: Context): readonly Problem[] {
  const { plan, phases, source } = context;
  const at = lookUp(source.file, source.positions, path);
  const parent = parentOf(id);
  if (parent !== undefined && !phases.has(parent)) {
    const message = `expected the phase "${parent}" of which ${id} is a part, found none`;
    return [{ code: "BLUEPRINT_REFERENCE", message, at }];
  }
  if (noteOf(id, plan) !== undefined || typeof mapOf(plan["phases"])[id] !== "object") return [];
  const message = `expected the key "note" in ${describePath(path)}, found none`;
  const hint = "each phase has its IMPORTANT NOTE; a sub-phase may leave it to its parent";
  return [{ code: "BLUEPRINT_MISSING", message, at, hint }];
}

function noteOf(id: string, plan: Untyped): string | undefined {
  const phases = mapOf(plan["phases"]);
  const parent = parentOf(id);
  const own = mapOf(phases[id])["note"];
  if (own !== undefined) return typeof own === "string" ? own : "";
  return parent === undefined ? undefined : noteOf(parent, plan);
}

/** A constraint says in the note's own words what it asks for. */
function quoteProblems(id: string, path: Path, { plan, source }: Context): readonly Problem[] {
  const note = noteOf(id, plan);
  if (note === undefined) return [];
  return Object.entries(mapOf(mapOf(mapOf(plan["phases"])[id])["constraints"])).flatMap(
    ([name, quote]): Problem[] => {
      if (typeof quote !== "string" || note.includes(quote)) return [];
      const at = lookUp(source.file, source.positions, [...path, "constraints", name]);
      return [
        {
          code: "BLUEPRINT_VALUE",
          message: `expected words of the note of phase ${id}, verbatim, found ${describeValue(quote)}`,
          at,
          hint: `the note is ${describeValue(note)}`,
        },
      ];
    },
  );
}

type RuleContext = Context & { readonly constraints: ReadonlySet<string> };

function ruleProblems(path: Path, rule: Untyped, context: RuleContext): readonly Problem[] {
  const { plan, constraints, source } = context;
  const proves = [...path, "proves"];
  const isForMachines = rule["perMachine"] === true && listOf(plan["machines"]).length === 0;
  const noMachine: Problem = {
    code: "BLUEPRINT_REFERENCE",
    message: `${describePath([...path, "perMachine"])}: found true, but the plan names no machine`,
    at: lookUp(source.file, source.positions, [...path, "perMachine"]),
    hint: "name them in their order: machines: [first, second]",
  };
  return [
    ...unknownNames(
      rule["proves"],
      { path: proves, expected: "a constraint of its phase", known: constraints },
      context,
    ),
    ...repeats(rule["proves"], proves, source),
    ...(isForMachines ? [noMachine] : []),
    ...checkProblems([...path, "check"], mapOf(rule["check"]), context),
  ];
}

function checkProblems(path: Path, check: Untyped, context: RuleContext): readonly Problem[] {
  const { since, allow } = check;
  const images = nameOf(
    [...path, "images"],
    "images",
    "the name of an image or service that is built",
    context,
  );
  const services = nameOf([...path, "services"], "services", "the name of a service", context);
  const risks = new Set(Object.keys(mapOf(context.plan["risks"])));
  const phase = { path: [...path, "since"], expected: "the id of a phase", known: context.phases };
  return [
    ...unknownNames(check["images"], images, context),
    ...unknownNames(check["services"], services, context),
    ...unknownNames(
      check["risks"],
      { path: [...path, "risks"], expected: "the id of a risk", known: risks },
      context,
    ),
    ...listOf(allow).flatMap((each, index) =>
      unknownNames(mapOf(each)["images"], { ...images, path: [...path, "allow", index, "images"] }, context),
    ),
    ...(typeof since === "string" && !context.phases.has(since)
      ? [unknownName({ ...phase, found: since }, context)]
      : []),
  ];
}

function cycleProblems({ plan, path, source, phases: ids }: Context): readonly Problem[] {
  const phases = mapOf(plan["phases"]);
  const requires = new Map(
    [...ids].map((id) => {
      const parts = [...ids].filter((each) => parentOf(each) === id);
      return [id, [...textsOf(mapOf(phases[id])["requires"]), ...parts]] as const;
    }),
  );
  const cycle = requiresCycle(requires);
  const [first] = cycle ?? [];
  if (cycle === undefined || first === undefined) return [];
  // A part may close the cycle: the place is that of a phase in it that says what it requires.
  const written = cycle.find((id) => mapOf(phases[id])["requires"] !== undefined) ?? first;
  return [
    {
      code: "BLUEPRINT_REFERENCE",
      message: `found phases that wait for each other: ${[...cycle, first].join(" requires ")}`,
      at: lookUp(source.file, source.positions, [...path, "phases", written, "requires"]),
    },
  ];
}
