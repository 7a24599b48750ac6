"""Settings, and the catalogue of an office: its lines, services, channels and calendar."""
