"""Figures of many offices together: sums of counts by department, region and nation, and their outliers."""
