"""train.py of an exported folder, its model in shards (FSDP2) on processors, by PyTorch's gloo backend.

Accelerate shards on accelerators only: on processors it reads the configuration and leaves it alone. PyTorch itself
can, so its state is told to. Run in the folder:
accelerate launch --config_file accelerate/fsdp2.yaml fsdp2-on-gloo.py [options of train.py]
"""

import os
import sys

sys.path.insert(0, os.getcwd())
from accelerate import Accelerator, state
from accelerate.utils import DistributedType
from torch.distributed.tensor import DTensor

import train

begin, prepare = state.AcceleratorState.__init__, Accelerator.prepare


def sharded_state(self, *args, fsdp_plugin=None, **kwargs):
    begin(self, *args, **kwargs)
    if fsdp_plugin:  # what accelerate/fsdp2.yaml says
        self.distributed_type, self.fsdp_plugin = DistributedType.FSDP, fsdp_plugin
        # Whence every further state is made.
        state.PartialState._shared_state["distributed_type"] = DistributedType.FSDP


def prepared(self, model, optimizer):
    model, optimizer = prepare(self, model, optimizer)
    shards = [parameter for parameter in model.parameters() if isinstance(parameter, DTensor)]
    assert shards and all(shard.to_local().numel() < shard.numel() for shard in shards), "nothing is sharded"
    self.print(f"{len(shards)} of {len(list(model.parameters()))} parameters are in shards")
    return model, optimizer


state.AcceleratorState.__init__, Accelerator.prepare = sharded_state, prepared
train.main()
