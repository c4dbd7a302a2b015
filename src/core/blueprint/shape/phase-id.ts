import { PHASE_ID } from "../phase-id.ts";
import { pattern } from "./leaf.ts";

export const PhaseIdShape = pattern(PHASE_ID, 'the id of a phase, such as "4" or "4.1"');
