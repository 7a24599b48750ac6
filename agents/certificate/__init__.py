"""The certificate of a published figure: which checks covered it, and which faults they would have caught."""
