"""MemoryFusionHub: memories as text and vector, kept in memory, and recalled by likeness."""

import fleet_runtime  # first: sets OMP_NUM_THREADS before numpy is imported

from typing import Dict, List

import numpy as np
from fastapi import HTTPException
from pydantic import BaseModel, Field


class Memory(BaseModel):
    text: str = Field(max_length=65536)
    vector: List[float] = Field(min_length=1, max_length=4096)


class Query(BaseModel):
    vector: List[float] = Field(min_length=1, max_length=4096)
    limit: int = Field(default=5, ge=1, le=100)


memories: Dict[str, Memory] = {}
app = fleet_runtime.create_app("memory_fusion_hub")


def likeness(left: List[float], right: List[float]) -> float:
    """Cosine of two vectors, -1 to 1; 0 where one has no length."""
    a, b = np.asarray(left), np.asarray(right)
    norm = float(np.linalg.norm(a) * np.linalg.norm(b))
    return float(a @ b) / norm if norm else 0.0


@app.put("/memories/{key}", status_code=204)
def remember(key: str, memory: Memory) -> None:
    memories[key] = memory


@app.get("/memories/{key}")
def read(key: str) -> Memory:
    if key not in memories:
        raise HTTPException(404, f"no memory named {key}")
    return memories[key]


@app.delete("/memories/{key}", status_code=204)
def forget(key: str) -> None:
    memories.pop(key, None)


@app.post("/recall")
def recall(query: Query) -> List[dict]:
    alike = [
        {"key": key, "text": memory.text, "likeness": likeness(query.vector, memory.vector)}
        for key, memory in list(memories.items())
        if len(memory.vector) == len(query.vector)
    ]
    return sorted(alike, key=lambda found: -found["likeness"])[: query.limit]


if __name__ == "__main__":
    fleet_runtime.serve(app)
