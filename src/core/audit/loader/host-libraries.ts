/**
 * What belongs to the driver of the machine and is put into a container when it starts (libnvidia-container, nvc_info.c):
 * an image that has a copy of its own has the wrong one on the next machine.
 */
const DRIVER =
  /^lib(?:cuda|cudadebugger|nvcuvid|nvoptix|nvidia-[a-z0-9-]+|GLX_nvidia|EGL_nvidia|GLESv1_CM_nvidia|GLESv2_nvidia|vdpau_nvidia)\.so(?:\.\d+)*$/;

export function isHostLibrary(name: string): boolean {
  return DRIVER.test(name);
}
