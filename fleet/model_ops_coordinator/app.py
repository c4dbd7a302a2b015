"""ModelOpsCoordinator: lists the models that it can load, loads and evicts them.

A folder with a config.json is loaded by vllm (GPU), a .gguf file by llama.cpp (CPU). Both are imported at the first
load only: importing vllm takes many seconds, and the service must answer /health at once.
"""

import fleet_runtime  # first: sets PYTORCH_CUDA_ALLOC_CONF and CUDA_VISIBLE_DEVICES before torch

import os
from collections import OrderedDict
from importlib import metadata
from pathlib import Path
from threading import Lock
from typing import Any, Dict, List

from fastapi import HTTPException
from pydantic import BaseModel

MODELS = Path(os.environ.get("MODELS_DIR", "/models"))
EVICT_ABOVE_PCT = float(fleet_runtime.PROFILE.get("MODEL_EVICT_THRESHOLD_PCT", 90))


class Model(BaseModel):
    name: str
    engine: str
    loaded: bool


loaded: "OrderedDict[str, Any]" = OrderedDict()  # the longest unused first
lock = Lock()
app = fleet_runtime.create_app("model_ops_coordinator")


def loadable() -> Dict[str, str]:
    """Name to engine of what lies in MODELS."""
    if not MODELS.is_dir():
        return {}
    found = {entry.name: "vllm" for entry in MODELS.iterdir() if (entry / "config.json").is_file()}
    found.update({entry.name: "llama.cpp" for entry in MODELS.glob("*.gguf")})
    return dict(sorted(found.items()))


def memory_used_pct() -> float:
    """Of the GPU where there is one, of the machine otherwise."""
    import torch

    if torch.cuda.is_available():
        free, total = torch.cuda.mem_get_info()
        return 100 * (1 - free / total)
    fields = dict(line.split(":", 1) for line in Path("/proc/meminfo").read_text().splitlines())
    free, total = (int(fields[key].split()[0]) for key in ("MemAvailable", "MemTotal"))
    return 100 * (1 - free / total)


def load_with(engine: str, path: Path) -> Any:
    if engine == "vllm":
        from vllm import LLM

        return LLM(model=str(path))
    from llama_cpp import Llama

    return Llama(model_path=str(path), verbose=False)


@app.get("/engines")
def engines() -> Dict[str, str]:
    return {name: metadata.version(name) for name in ("vllm", "llama-cpp-python", "accelerate", "torch")}


@app.get("/models")
def models() -> List[Model]:
    return [Model(name=name, engine=engine, loaded=name in loaded) for name, engine in loadable().items()]


@app.post("/models/{name}/load")
def load(name: str) -> Model:
    engine = loadable().get(name)
    if engine is None:
        raise HTTPException(404, f"no model named {name}")
    with lock:
        while loaded and name not in loaded and memory_used_pct() > EVICT_ABOVE_PCT:
            loaded.popitem(last=False)
        if name not in loaded:
            try:
                loaded[name] = load_with(engine, MODELS / name)
            except Exception as error:  # engines raise whatever they like; the service must outlive them
                raise HTTPException(503, f"{engine} cannot load {name}: {error}") from error
        loaded.move_to_end(name)
    return Model(name=name, engine=engine, loaded=True)


@app.delete("/models/{name}/load", status_code=204)
def evict(name: str) -> None:
    with lock:
        loaded.pop(name, None)


if __name__ == "__main__":
    fleet_runtime.serve(app)
