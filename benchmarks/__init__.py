"""What exports cost: CPU and memory a format, rivals, latency, beside the targets."""
