"""The machines that an office, a nation, a ministry and a telephone company need, computed from measurements."""
