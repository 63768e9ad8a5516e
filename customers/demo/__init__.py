"""Made-up data in any quantity, the same for the same arguments."""
