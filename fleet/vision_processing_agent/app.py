"""VisionProcessingAgent: counts edges in a picture, and tells which execution providers inference would have."""

import fleet_runtime  # first: sets CUDA_VISIBLE_DEVICES and OMP_NUM_THREADS before the libraries read them

from typing import Dict, List

import cv2
import numpy as np
import onnxruntime
from fastapi import HTTPException, Request

LARGEST_PICTURE = 32 * 1024 * 1024  # bytes, encoded

app = fleet_runtime.create_app("vision_processing_agent")


@app.get("/providers")
def providers() -> List[str]:
    return onnxruntime.get_available_providers()


@app.post("/edges")
async def edges(request: Request) -> Dict[str, int]:
    """Body: an encoded picture (PNG, JPEG, …). Answers its size and how many pixels Canny takes for an edge."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_PICTURE:
            raise HTTPException(413, f"a picture has at most {LARGEST_PICTURE} bytes")
    picture = cv2.imdecode(np.frombuffer(body, np.uint8), cv2.IMREAD_GRAYSCALE) if body else None
    if picture is None:
        raise HTTPException(422, "the body is no picture that OpenCV can read")
    height, width = picture.shape
    return {"width": width, "height": height, "edges": int(np.count_nonzero(cv2.Canny(picture, 100, 200)))}


if __name__ == "__main__":
    fleet_runtime.serve(app)
