"""Evidence for a published figure: which checks covered it, and the smallest fault that they could have missed."""
