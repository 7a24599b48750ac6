"""Figures of many offices together: sums of counts by department, region and nation, and who stands apart in them."""
