#!/bin/bash
# sbatch cluster/slurm.sh, from the exported folder. Sent again after its time is up, it goes on.
#SBATCH --job-name=calibration
#SBATCH --nodes=1
#SBATCH --gpus-per-node=4
#SBATCH --cpus-per-task=16
#SBATCH --mem=128G
#SBATCH --time=04:00:00
#SBATCH --output=%x-%j.log
set -euo pipefail
source .venv/bin/activate
accelerate launch --config_file accelerate/fsdp2.yaml --num_processes "$SLURM_GPUS_ON_NODE" \
  train.py --dtype bfloat16 --save-every 25
accelerate launch --config_file accelerate/ddp.yaml --num_processes "$SLURM_GPUS_ON_NODE" score.py
