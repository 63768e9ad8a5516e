"""Real company files and shops, read into a business."""
