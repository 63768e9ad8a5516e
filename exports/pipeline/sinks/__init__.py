"""What becomes of rendered bytes: wrapped, hashed, measured, stored."""
