import { z } from "zod";
import { BlueprintShape } from "./shape/blueprint.ts";
import { PlanShape } from "./shape/plan.ts";

/** The part of JSON Schema that our shapes use. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly examples?: readonly unknown[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
}

/** JSON Schema 2020-12 of `lapstrake.yaml`, for editors. */
export function blueprintJsonSchema(): JsonSchema {
  return toJsonSchema(BlueprintShape);
}

/** The same of a plan in a file of its own. */
export function planJsonSchema(): JsonSchema {
  return toJsonSchema(PlanShape);
}

export function toJsonSchema(shape: z.ZodType): JsonSchema {
  // zod's type is the whole of JSON Schema; ours is the part that it makes of our shapes.
  return z.toJSONSchema(shape, { io: "input", override: keepAsWritten }) as JsonSchema;
}

/** zod leaves examples and defaults out above a transformation, as they might be of its output; ours are as written. */
function keepAsWritten({ zodSchema, jsonSchema }: SchemaOverride): void {
  const examples = z.globalRegistry.get(zodSchema)?.["examples"];
  if (Array.isArray(examples)) jsonSchema.examples = examples;
  const { def } = zodSchema._zod;
  if (def.type === "default") jsonSchema.default = structuredClone(def.defaultValue);
}

type SchemaOverride = Parameters<NonNullable<z.core.ToJSONSchemaParams["override"]>>[0];

/** The schema of the values under `key`, where a map or list has one. */
export function childSchema(schema: JsonSchema | undefined, key: string | number): JsonSchema | undefined {
  if (typeof key === "number") return schema?.items;
  const named = schema?.properties;
  if (named !== undefined && Object.hasOwn(named, key)) return named[key];
  const others = schema?.additionalProperties;
  return typeof others === "object" ? others : undefined;
}

/** The alternatives of a schema, or itself. */
export function alternatives(schema: JsonSchema): readonly JsonSchema[] {
  return schema.oneOf ?? schema.anyOf ?? [schema];
}
