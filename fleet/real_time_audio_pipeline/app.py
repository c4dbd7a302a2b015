"""RealTimeAudioPipeline: decodes a clip and tells its loudness, its strongest frequency, and where sound is."""

import fleet_runtime  # first: sets PYTORCH_CUDA_ALLOC_CONF, CUDA_VISIBLE_DEVICES and OMP_NUM_THREADS before torch

import io
from typing import Dict

import soundfile
import torch
from fastapi import HTTPException, Request

LARGEST_CLIP = 64 * 1024 * 1024  # bytes, encoded
FRAME = 1024  # samples
SILENCE = 0.01  # root mean square below which a frame counts as silent

app = fleet_runtime.create_app("real_time_audio_pipeline")
device = torch.device("cuda" if torch.cuda.is_available() else "cpu")


def analyse(samples: torch.Tensor, rate: int) -> Dict[str, float]:
    """`samples`: mono, shape (n,), -1 to 1; `rate` in Hz. Seconds, root mean square, Hz, and the voiced share 0 to 1."""
    padded = torch.nn.functional.pad(samples, (0, -len(samples) % FRAME))
    frames = padded.reshape(-1, FRAME)
    spectrum = torch.fft.rfft(frames * torch.hann_window(FRAME, device=samples.device)).abs().mean(dim=0)
    spectrum[0] = 0  # a constant offset is no sound
    return {
        "seconds": len(samples) / rate,
        "rms": float(samples.square().mean().sqrt()),
        "strongest_hz": float(spectrum.argmax()) * rate / FRAME,
        "voiced": float((frames.square().mean(dim=1).sqrt() > SILENCE).float().mean()),
    }


@app.get("/formats")
def formats() -> Dict[str, str]:
    return soundfile.available_formats()


@app.post("/analyse")
async def analysed(request: Request) -> Dict[str, float]:
    """Body: an encoded clip (WAV, FLAC, OGG, …)."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_CLIP:
            raise HTTPException(413, f"a clip has at most {LARGEST_CLIP} bytes")
    try:
        samples, rate = soundfile.read(io.BytesIO(bytes(body)), dtype="float32", always_2d=True)
    except soundfile.LibsndfileError as error:
        raise HTTPException(422, str(error)) from error
    if len(samples) == 0:
        raise HTTPException(422, "the clip is empty")
    return analyse(torch.from_numpy(samples).mean(dim=1).to(device), rate)


if __name__ == "__main__":
    fleet_runtime.serve(app)
