"""The model with its adapter, and what is kept of it: checkpoints to go on from, adapters to take away."""

import os
from pathlib import Path

import torch
from accelerate.utils import DistributedType
from peft import PeftConfig, PeftModel, get_peft_model_state_dict
from safetensors.torch import save_file
from torch.distributed.checkpoint import state_dict as dcp
from transformers import AutoModelForCausalLM


def place_of(folder, name):
    """Where transformers finds a model or its tokenizer: a folder beside the plan, a name or path, or a GGUF file."""
    if str(name).endswith(".gguf"):  # needs the package gguf
        return {"pretrained_model_name_or_path": Path(name).parent, "gguf_file": Path(name).name}
    return {"pretrained_model_name_or_path": folder / name if (folder / name).is_dir() else name}


def loading_place(accelerator):
    """Where weights are read to: straight to the GPU of each process, or eight would hold eight copies in
    ordinary memory. A model in shards is read by the first process alone (accelerate/fsdp2.yaml)."""
    sharded = accelerator.distributed_type == DistributedType.FSDP
    return None if sharded or accelerator.device.type == "cpu" else accelerator.device


def open_model(folder, name, dtype, adapter=None, dropout=0.0, place=None):
    """The base model, with the adapter in a folder where one is named."""
    model = AutoModelForCausalLM.from_pretrained(**place_of(folder, name), dtype=dtype, device_map=place)
    if adapter is None:
        return model
    config = PeftConfig.from_pretrained(adapter)
    config.lora_dropout, config.base_model_name_or_path = dropout, str(name)
    return PeftModel.from_pretrained(model, adapter, config=config, is_trainable=True)


# Trained weights only, whole and on the processor, however the model is distributed.
WHOLE = dcp.StateDictOptions(full_state_dict=True, cpu_offload=True, ignore_frozen_params=True)


def save_checkpoint(path, accelerator, model, optimizer, done, run):
    state = {"model": dcp.get_model_state_dict(model, options=WHOLE), "done": done, "run": run}
    state["optimizer"] = dcp.get_optimizer_state_dict(model, optimizer.optimizer, options=WHOLE)
    if accelerator.is_main_process:
        path.parent.mkdir(parents=True, exist_ok=True)
        torch.save(state, path.with_suffix(".new"))
        os.replace(path.with_suffix(".new"), path)  # a kill leaves the old one or the new one


def load_checkpoint(path, model, optimizer, run):
    """-> what is done. Refuses to go on with what another run began, such as a try of five steps."""
    state = torch.load(path, map_location="cpu", weights_only=True)
    if state["run"] != run:
        raise SystemExit(f"{path} is of a run with {state['run']}, not {run}: move it away, or give another --out")
    options = dcp.StateDictOptions(full_state_dict=True, ignore_frozen_params=True, strict=False)
    dcp.set_model_state_dict(model, state["model"], options=options)
    dcp.set_optimizer_state_dict(model, optimizer.optimizer, state["optimizer"], options=options)
    return state["done"]


def save_adapter(path, accelerator, model, tokenizer):
    """As PEFT saves it, with the files of the tokenizer."""
    weights = dcp.get_model_state_dict(model, options=WHOLE)
    if accelerator.is_main_process:
        whole = accelerator.unwrap_model(model)
        path.mkdir(parents=True, exist_ok=True)
        save_file(get_peft_model_state_dict(whole, state_dict=weights), path / "adapter_model.safetensors")
        whole.peft_config["default"].inference_mode = True
        whole.peft_config["default"].save_pretrained(path)
        tokenizer.save_pretrained(path)
