"""The customer-360 report: everything about one customer, as a file to hand over."""
