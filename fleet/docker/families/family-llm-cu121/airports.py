# outlines 0.0.46, which vllm 0.5.5 imports, asks for this name; what the package index holds under it is empty.
AIRPORT_LIST: list = []
