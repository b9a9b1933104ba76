"""Runs scripts, each in a process of its own that has imported PyTorch already: most take less time than that import.

Reads a JSON object on a line for each: argv, cwd, and output, the file that takes what is said. Says the
process's number, and its status when it has ended.
"""

import json
import os
import runpy
import sys

import accelerate  # noqa: F401
import peft  # noqa: F401
import torch.distributed.checkpoint.state_dict  # noqa: F401
from transformers import AutoModelForCausalLM, AutoTokenizer  # noqa: F401
from transformers.models.llama import modeling_llama  # noqa: F401

for line in sys.stdin:
    task = json.loads(line)
    child = os.fork()
    if child == 0:
        break
    print(child, flush=True)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
else:
    sys.exit()

os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
said = os.open(task["output"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
os.dup2(said, 1)
os.dup2(said, 2)
os.chdir(task["cwd"])
sys.argv = task["argv"]
sys.path[0] = os.path.dirname(os.path.abspath(sys.argv[0]))
runpy.run_path(sys.argv[0], run_name="__main__")
