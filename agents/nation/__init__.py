"""The figures of many offices as one: by department, region and nation, for people, spreadsheets and programs."""
