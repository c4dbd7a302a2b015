"""What every service of the fleet does alike: read its machine profile, answer /health, listen on two ports, stop soon.

Import this module before numpy, torch or onnxruntime: they read the environment once, at their own import.
"""

import json
import os
import socket
from typing import Any, Dict, MutableMapping

import uvicorn
from fastapi import FastAPI, Response

PROFILE_PATH = "/etc/machine-profile.json"

# Two keys of the machine profile reach nobody under the names that it gives them:
# PyTorch reads PYTORCH_CUDA_ALLOC_CONF, and the CUDA driver reads CUDA_VISIBLE_DEVICES.
READ_AS = {
    "TORCH_CUDA_ALLOC_CONF": "PYTORCH_CUDA_ALLOC_CONF",
    "GPU_VISIBLE_DEVICES": "CUDA_VISIBLE_DEVICES",
}


def load_profile(path: str, environ: MutableMapping[str, str]) -> Dict[str, Any]:
    """Returns the profile and puts its values into `environ`; what the operator set there before wins.

    Raises FileNotFoundError or json.JSONDecodeError: a service without its profile must not start.
    """
    with open(path, encoding="utf-8") as file:
        profile: Dict[str, Any] = json.load(file)
    for key, value in profile.items():
        environ.setdefault(READ_AS.get(key, key), str(value))
    return profile


PROFILE = load_profile(os.environ.get("MACHINE_PROFILE", PROFILE_PATH), os.environ)


def create_app(title: str) -> FastAPI:
    """A FastAPI application that answers /health with exactly {"status":"ok"}."""
    app = FastAPI(title=title)

    @app.get("/health")
    def health() -> Response:
        return Response(b'{"status":"ok"}', media_type="application/json")

    return app


def serve(app: FastAPI, **options: Any) -> None:
    """Serves `app` on SERVICE_PORT and on HEALTH_PORT until SIGTERM, then gives open requests one second.

    One process, whatever UVICORN_WORKERS says: these services keep state or a model in memory,
    and 32 workers would hold it 32 times.
    """
    ports = dict.fromkeys((int(os.environ["SERVICE_PORT"]), int(os.environ["HEALTH_PORT"])))
    sockets = [socket.create_server(("0.0.0.0", port)) for port in ports]
    config = uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=1, **options)
    uvicorn.Server(config).run(sockets=sockets)
