"""The figures of many offices together: by department, region and nation, for people, spreadsheets and programs."""
