"""Write the generated documents below `docs/`."""

from __future__ import annotations

from agents.schemas.documents import write_documents

write_documents()
