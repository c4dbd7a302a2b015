/**
 * Libraries of NVIDIA's driver that the container runtime mounts from the machine: they must fit its kernel module, so no
 * image may bring them. The lists of libnvidia-container (src/nvc_info.c), which the NVIDIA container toolkit and CDI
 * specifications follow; without the GL front ends (`libGL.so`, `libEGL.so`), which distributions have as packages.
 */
const OF_THE_DRIVER = [
  "cuda",
  "cudadebugger",
  "dxcore",
  "nvcuvid",
  "nvoptix",
  "nvidia-ml",
  "nvidia-cfg",
  "nvidia-nscq",
  "nvidia-opencl",
  "nvidia-gpucomp",
  "nvidia-ptxjitcompiler",
  "nvidia-fatbinaryloader",
  "nvidia-allocator",
  "nvidia-compiler",
  "nvidia-pkcs11",
  "nvidia-pkcs11-openssl3",
  "nvidia-nvvm",
  "nvidia-tileiras",
  "nvidia-encode",
  "nvidia-opticalflow",
  "nvidia-eglcore",
  "nvidia-glcore",
  "nvidia-tls",
  "nvidia-glsi",
  "nvidia-fbc",
  "nvidia-ifr",
  "nvidia-rtcore",
  "nvidia-glvkspirv",
  "nvidia-cbl",
  "nvidia-ngx",
  "vdpau_nvidia",
  "GLX_nvidia",
  "EGL_nvidia",
  "GLESv2_nvidia",
  "GLESv1_CM_nvidia",
];

const NAMES: ReadonlySet<string> = new Set(OF_THE_DRIVER);

/** Whether a name is one that the container runtime supplies: `libcuda.so.1`, `libnvidia-ml.so.1`, `libnvidia-tls.so.535.54.03`. */
export function isHostLibrary(name: string): boolean {
  const stem = /^lib(.+?)\.so(?:\.[0-9]+)*$/.exec(name)?.[1];
  return stem !== undefined && NAMES.has(stem);
}
