"""IntentionValidatorAgent: says whether an intent is known, complete and sure enough to act on. Python 3.10, pydantic 1."""

import fleet_runtime

from typing import Dict, List

from pydantic import BaseModel, Field, validator

# Slots that must be filled before an intent may be carried out.
REQUIRED_SLOTS: Dict[str, List[str]] = {
    "play_music": ["title"],
    "set_timer": ["seconds"],
    "send_message": ["recipient", "text"],
    "stop": [],
}
SURE_ENOUGH = 0.6


class Intent(BaseModel):
    name: str
    confidence: float = Field(ge=0, le=1)
    slots: Dict[str, str] = {}

    @validator("name")
    def known(cls, name: str) -> str:
        if name not in REQUIRED_SLOTS:
            raise ValueError(f"unknown intent; known are {', '.join(sorted(REQUIRED_SLOTS))}")
        return name


class Verdict(BaseModel):
    valid: bool
    reasons: List[str]


app = fleet_runtime.create_app("intention_validator_agent")


@app.post("/validate")
def validate(intent: Intent) -> Verdict:
    reasons = [f"slot {slot} is empty" for slot in REQUIRED_SLOTS[intent.name] if not intent.slots.get(slot)]
    if intent.confidence < SURE_ENOUGH:
        reasons.append(f"confidence {intent.confidence} is below {SURE_ENOUGH}")
    return Verdict(valid=not reasons, reasons=reasons)


if __name__ == "__main__":
    fleet_runtime.serve(app)
