"""What programs that watch a desk are told: metrics, and whether a process lives and is ready."""
