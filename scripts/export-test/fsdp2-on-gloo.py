"""train.py of an exported folder, its model in shards (FSDP2) on processors, by PyTorch's gloo backend.

Accelerate shards on accelerators only: on processors it leaves ACCELERATE_USE_FSDP alone. PyTorch itself can, so
its state is told to. Run in the folder: torchrun --nproc_per_node 2 fsdp2-on-gloo.py [options of train.py]
"""

import os
import sys

sys.path.insert(0, os.getcwd())
from accelerate import Accelerator, state
from accelerate.utils import DistributedType, FullyShardedDataParallelPlugin
from torch.distributed.tensor import DTensor

import train

begin, prepare = state.AcceleratorState.__init__, Accelerator.prepare


def sharded_state(self, *args, **kwargs):
    begin(self, *args, **kwargs)
    self.distributed_type = DistributedType.FSDP
    # As accelerate/fsdp2.yaml has it.
    self.fsdp_plugin = FullyShardedDataParallelPlugin(
        fsdp_version=2,
        auto_wrap_policy="transformer_based_wrap",
        reshard_after_forward=True,
        state_dict_type="SHARDED_STATE_DICT",
        cpu_ram_efficient_loading=False,
    )


def prepared(self, model, optimizer):
    model, optimizer = prepare(self, model, optimizer)
    shards = [parameter for parameter in model.parameters() if isinstance(parameter, DTensor)]
    assert shards and all(shard.to_local().numel() < shard.numel() for shard in shards), "nothing is sharded"
    self.print(f"{len(shards)} of {len(list(model.parameters()))} parameters are in shards")
    return model, optimizer


state.AcceleratorState.__init__, Accelerator.prepare = sharded_state, prepared
train.main()
