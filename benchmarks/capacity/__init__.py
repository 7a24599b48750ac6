"""What an office, a nation, a ministry and a telephone company ask of machines, computed from what was measured."""
