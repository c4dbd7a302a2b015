"""ServiceRegistry: services announce where they listen; others list them, or watch them come and go."""

import fleet_runtime

import asyncio
from typing import Dict, List, Set

from fastapi import HTTPException, WebSocket, WebSocketDisconnect
from pydantic import BaseModel, Field


class Service(BaseModel):
    name: str = Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")
    host: str = Field(min_length=1, max_length=255)
    port: int = Field(ge=1, le=65535)
    health_port: int = Field(ge=1, le=65535)


services: Dict[str, Service] = {}
watchers: Set["asyncio.Queue[dict]"] = set()
app = fleet_runtime.create_app("service_registry")


def tell(event: str, service: Service) -> None:
    for queue in watchers:
        queue.put_nowait({"event": event, "service": service.model_dump()})


@app.post("/services", status_code=201)
async def register(service: Service) -> Service:
    services[service.name] = service
    tell("registered", service)
    return service


@app.get("/services")
async def listed() -> List[Service]:
    return [services[name] for name in sorted(services)]


@app.get("/services/{name}")
async def found(name: str) -> Service:
    if name not in services:
        raise HTTPException(404, f"no service named {name}")
    return services[name]


@app.delete("/services/{name}", status_code=204)
async def unregister(name: str) -> None:
    service = services.pop(name, None)
    if service is not None:
        tell("unregistered", service)


@app.websocket("/watch")
async def watch(socket: WebSocket) -> None:
    """Sends one JSON message for each service that comes or goes."""
    await socket.accept()
    queue: "asyncio.Queue[dict]" = asyncio.Queue()
    watchers.add(queue)
    sending = asyncio.create_task(send_all(socket, queue))
    try:
        while True:  # nothing is expected; reading is how a closed connection is noticed
            await socket.receive_text()
    except WebSocketDisconnect:
        pass
    finally:
        watchers.discard(queue)
        sending.cancel()


async def send_all(socket: WebSocket, queue: "asyncio.Queue[dict]") -> None:
    while True:
        await socket.send_json(await queue.get())


if __name__ == "__main__":
    fleet_runtime.serve(app, loop="uvloop", http="httptools", ws="websockets-sansio")
